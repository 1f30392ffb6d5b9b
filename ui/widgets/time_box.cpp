#include "widgets/time_box.h"

#include <QKeyEvent>
#include <QPainter>
#include <QStyle>
#include <QStyleOptionFrame>
#include <QToolTip>

#include "state/time_text.h"
#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr int kPadding = 10, kEditWidth = 300;

void setInvalid(QLineEdit& edit, bool invalid) {
    edit.setProperty("invalid", invalid);
    edit.style()->unpolish(&edit);
    edit.style()->polish(&edit);
}

}  // namespace

TimeBox::TimeBox(Workspace& workspace, const Theme& theme, QWidget* parent) : QLineEdit(parent), workspace_(workspace), theme_(theme) {
    setAccessibleName(tr("Time range"));
    setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    setFixedHeight(7 * theme.unit);
    setContextMenuPolicy(Qt::NoContextMenu);
    setToolTip(plainToolTip(tr("10:40..11:30, now-1h (now is the end of the data), 2026-03-17T10:57Z +15m, a pasted time, incident, all")));
    connect(&workspace_, &Workspace::rangeChanged, this, &TimeBox::show);
    connect(&workspace_, &Workspace::utcChanged, this, &TimeBox::show);
    connect(this, &QLineEdit::returnPressed, this, &TimeBox::apply);
    show();
}

QString TimeBox::rangeText() const {
    const TimeRange range = workspace_.range();
    return range.empty() ? tr("no times") : formatRange(range, workspace_.utc()) + QLatin1Char(' ') + zoneName(range.from, workspace_.utc());
}

QString TimeBox::detailText() const {
    const TimeRange range = workspace_.range();
    if (range.empty())
        return {};
    const bool oneDay = formatDate(range.from, workspace_.utc()) == formatDate(range.to, workspace_.utc());
    return (oneDay ? formatDate(range.from, workspace_.utc()) + QStringLiteral(" · ") : QString()) + formatLength(range.length());
}

QSize TimeBox::sizeHint() const {
    if (hasFocus())
        return {kEditWidth, 7 * theme_.unit};
    const QFontMetrics bold(theme_.panelTitle), plain(theme_.table);
    return {bold.horizontalAdvance(rangeText()) + plain.horizontalAdvance(detailText()) + 3 * kPadding, 7 * theme_.unit};
}

void TimeBox::show() {
    if (!hasFocus())
        setText(editableRangeText(workspace_.range(), workspace_.utc()));
    setAccessibleDescription(rangeText() + QLatin1Char(' ') + detailText());
    updateGeometry();
    update();
}

void TimeBox::edit() {
    setFocus(Qt::ShortcutFocusReason);
    selectAll();
}

// Esc is this box's own while it has the focus, not the window's command.
bool TimeBox::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void TimeBox::paintEvent(QPaintEvent* event) {
    if (hasFocus()) {
        QLineEdit::paintEvent(event);
        return;
    }
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(underMouse() ? theme_.muted : theme_.line);
    p.setBrush(theme_.raised);
    p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
    QRectF area = QRectF(rect()).adjusted(kPadding, 0, -kPadding, 0);
    QFont strong = theme_.panelTitle;
    strong.setWeight(QFont::Medium);
    p.setFont(strong);
    p.setPen(theme_.text);
    const QString main = rangeText();
    p.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, main);
    area.setLeft(area.left() + QFontMetricsF(strong).horizontalAdvance(main) + kPadding * 0.7);
    p.setFont(theme_.table);
    p.setPen(theme_.muted);
    p.drawText(area, Qt::AlignLeft | Qt::AlignVCenter, detailText());
}

void TimeBox::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    updateGeometry();
    selectAll();
}

void TimeBox::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    setInvalid(*this, false);
    show();
}

void TimeBox::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Escape) {
        clearFocus();
        Q_EMIT left();
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void TimeBox::apply() {
    const auto range = parseRangeText(text(), {workspace_.all(), workspace_.range(), incident_, workspace_.utc()});
    setInvalid(*this, !range.ok());
    if (!range.ok()) {
        QToolTip::showText(mapToGlobal(QPoint(0, height())), plainToolTip(QString::fromStdString(range.error().message)), this);
        return;
    }
    workspace_.setRange(*range);
    clearFocus();
    Q_EMIT left();
}

}  // namespace nj::ui

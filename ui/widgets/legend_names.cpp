#include "widgets/legend_names.h"

#include <QHelpEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QToolTip>
#include <algorithm>

#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr double kLine = 18, kSwatch = 12, kAfterSwatch = 5, kGap = 14, kWidestName = 260, kMoreRoom = 48;

}  // namespace

LegendNames::LegendNames(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFixedHeight(static_cast<int>(kLine));
    setCursor(Qt::PointingHandCursor);
}

void LegendNames::setEntries(const QVector<Entry>& entries, int mostLines) {
    if (entries.size() != entries_.size())
        hidden_.clear();
    entries_ = entries;
    mostLines_ = mostLines;
    QStringList names;
    for (const Entry& entry : entries_.mid(0, 20))
        names << entry.name;
    setAccessibleName(tr("Legend: %1").arg(names.join(QStringLiteral(", "))));
    layoutEntries();
    update();
}

void LegendNames::layoutEntries() {
    places_.clear();
    const QFontMetricsF metrics(theme_.table);
    double x = 0;
    int line = 0;
    for (qsizetype i = 0; i < entries_.size(); ++i) {
        const double wide = std::min({metrics.horizontalAdvance(entries_[i].name) + 1, kWidestName, static_cast<double>(width()) - kSwatch - kAfterSwatch}) + kSwatch + kAfterSwatch;
        const double more = line + 1 == mostLines_ && i + 1 < entries_.size() ? kMoreRoom : 0;
        if (x > 0 && x + wide + more > width()) {
            if (line + 1 == mostLines_)
                break;
            ++line;
            x = 0;
        }
        places_.push_back({x, line * kLine, wide, kLine});
        x += wide + kGap;
    }
    setFixedHeight(static_cast<int>(kLine) * (line + 1));
}

void LegendNames::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    layoutEntries();
}

void LegendNames::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    const QFontMetricsF metrics(theme_.table);
    painter.setFont(theme_.table);
    for (qsizetype i = 0; i < places_.size(); ++i) {
        const QRectF& place = places_[i];
        painter.setOpacity(hidden_.contains(static_cast<int>(i)) ? 0.4 : 1);
        painter.setPen(QPen(entries_[i].color, 2.5, entries_[i].dash, Qt::FlatCap));
        painter.drawLine(QPointF(place.left(), place.center().y()), QPointF(place.left() + kSwatch, place.center().y()));
        painter.setPen(theme_.muted);
        const double left = place.left() + kSwatch + kAfterSwatch;
        painter.drawText(QRectF(left, place.top(), place.right() - left, kLine), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(entries_[i].name, Qt::ElideMiddle, place.right() - left));
    }
    painter.setOpacity(1);
    if (places_.size() < entries_.size() && !places_.isEmpty()) {
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(places_.back().right() + kGap / 2, places_.back().top(), kMoreRoom, kLine), Qt::AlignLeft | Qt::AlignVCenter, QStringLiteral("+ %1").arg(entries_.size() - places_.size()));
    }
}

int LegendNames::entryAt(const QPointF& at) const {
    for (qsizetype i = 0; i < places_.size(); ++i)
        if (places_[i].contains(at))
            return static_cast<int>(i);
    return -1;
}

void LegendNames::mouseReleaseEvent(QMouseEvent* event) {
    const int at = entryAt(event->position());
    if (event->button() != Qt::LeftButton || at < 0)
        return;
    if (event->modifiers() & Qt::ControlModifier) {
        if (!hidden_.remove(at))
            hidden_.insert(at);
    } else if (const bool isolated = hidden_.size() == entries_.size() - 1 && !hidden_.contains(at); isolated) {
        hidden_.clear();
    } else {
        hidden_.clear();
        for (int i = 0; i < static_cast<int>(entries_.size()); ++i)
            if (i != at)
                hidden_.insert(i);
    }
    update();
    Q_EMIT hiddenChanged();
}

bool LegendNames::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QStringList names;
    if (const int at = entryAt(help->pos()); at >= 0)
        names << entries_[at].name;
    else
        for (qsizetype i = places_.size(); i < std::min(entries_.size(), places_.size() + 30); ++i)
            names << entries_[i].name;
    QToolTip::showText(help->globalPos(), plainToolTip(names.join(QLatin1Char('\n'))), this);
    return true;
}

}  // namespace nj::ui

#include "widgets/metric_chips.h"

#include <QKeyEvent>
#include <QMenu>
#include <QPainter>
#include <QToolButton>
#include <algorithm>

#include "theme/heat_scale.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kHeight = 62, kNarrowest = 150, kChipGap = 6, kMore = 76, kMiniHeight = 20;

}  // namespace

MetricChip::MetricChip(MetricChipData data, const Theme& theme, QWidget* parent) : QAbstractButton(parent), data_(std::move(data)), theme_(theme) {
    setCheckable(true);
    setFocusPolicy(Qt::StrongFocus);
    setCursor(Qt::PointingHandCursor);
    setText(data_.title);
    setAccessibleName(data_.title);
    setAccessibleDescription(data_.words);
    setToolTip(plainToolTip(data_.title + QStringLiteral(": ") + data_.words));
}

void MetricChip::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const bool lit = isChecked() || hasFocus();
    painter.setPen(QPen(lit ? theme_.accent : underMouse() ? theme_.muted : theme_.line, isChecked() ? 2 : 1));
    painter.setBrush(isChecked() ? theme_.raised : theme_.base);
    painter.drawRoundedRect(QRectF(rect()).adjusted(1, 1, -1, -1), theme_.radius, theme_.radius);
    const QRectF inner = QRectF(rect()).adjusted(10, 5, -10, -5);
    painter.setFont(theme_.caption);
    painter.setPen(theme_.muted);
    const double unitWidth = QFontMetricsF(theme_.caption).horizontalAdvance(data_.unit);
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width(), 15), Qt::AlignRight | Qt::AlignVCenter, data_.unit);
    QFont title = theme_.table;
    title.setWeight(QFont::Medium);
    painter.setFont(title);
    painter.setPen(theme_.text);
    const QFontMetricsF metrics(title);
    painter.drawText(QRectF(inner.left(), inner.top(), inner.width() - unitWidth - 6, 15), Qt::AlignLeft | Qt::AlignVCenter,
                     metrics.elidedText(data_.title, Qt::ElideRight, inner.width() - unitWidth - 6));
    const QRectF mini(inner.left(), inner.top() + 17, inner.width(), kMiniHeight);
    painter.setRenderHint(QPainter::Antialiasing, false);
    painter.fillRect(mini, missingBrush(theme_));
    painter.drawImage(mini, data_.mini);
    painter.setFont(theme_.caption);
    painter.setPen(data_.departs ? theme_.text : theme_.muted);
    const QFontMetricsF small(theme_.caption);
    painter.drawText(QRectF(inner.left(), mini.bottom() + 1, inner.width(), 14), Qt::AlignLeft | Qt::AlignVCenter, small.elidedText(data_.words, Qt::ElideRight, inner.width()));
}

void MetricChip::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Left || event->key() == Qt::Key_Right)
        event->ignore();
    else
        QAbstractButton::keyPressEvent(event);
}

MetricChips::MetricChips(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme), more_(new QToolButton(this)) {
    setObjectName(QStringLiteral("metricChips"));
    setFixedHeight(kHeight);
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    more_->setText(tr("More ▾"));
    more_->setPopupMode(QToolButton::InstantPopup);
    more_->setFocusPolicy(Qt::StrongFocus);
    more_->setAccessibleName(tr("More metrics"));
    more_->setMenu(new QMenu(more_));
}

void MetricChips::setChips(const QVector<MetricChipData>& chips) {
    const bool focused = isAncestorOf(focusWidget());
    qDeleteAll(chips_);
    chips_.clear();
    for (const MetricChipData& each : chips) {
        auto* chip = new MetricChip(each, theme_, this);
        connect(chip, &QAbstractButton::clicked, this, [this, id = each.id] { pick(id); });
        chips_.push_back(chip);
    }
    choose(chosen_);
    arrange();
    if (focused)
        for (MetricChip* chip : chips_)
            if (chip->isChecked())
                chip->setFocus();
}

void MetricChips::choose(const QString& id) {
    chosen_ = id;
    for (MetricChip* chip : chips_)
        chip->setChecked(chip->data().id == id);
    arrange();
}

void MetricChips::pick(const QString& id) {
    choose(id);
    Q_EMIT chipChosen(id);
}

QVector<MetricChip*> MetricChips::visibleChips() const {
    QVector<MetricChip*> shown;
    for (MetricChip* chip : chips_)
        if (!chip->isHidden())
            shown.push_back(chip);
    return shown;
}

void MetricChips::arrange() {
    const int count = static_cast<int>(chips_.size());
    int fit = std::max(1, (width() + kChipGap) / (kNarrowest + kChipGap));
    const bool all = fit >= count;
    if (!all)
        fit = std::max(1, (width() - kMore) / (kNarrowest + kChipGap));
    // The chosen one is always among those shown.
    int chosen = 0;
    for (int i = 0; i < count; ++i)
        if (chips_[i]->isChecked())
            chosen = i;
    QVector<MetricChip*> shown;
    for (int i = 0; i < std::min(fit, count); ++i)
        shown.push_back(chips_[i]);
    if (chosen >= fit && !shown.isEmpty())
        shown.back() = chips_[chosen];
    const int slots_ = static_cast<int>(std::max<qsizetype>(1, all ? std::max<qsizetype>(shown.size(), 4) : shown.size()));
    const int room = width() - (all ? 0 : kMore) - kChipGap * (slots_ - 1);
    int x = 0;
    more_->menu()->clear();
    for (int i = 0; i < count; ++i) {
        MetricChip* chip = chips_[i];
        const bool visible = shown.contains(chip);
        chip->setVisible(visible);
        if (visible)
            continue;
        QString words = chip->data().title + QStringLiteral("  —  ") + chip->data().words;
        more_->menu()->addAction(words.replace(QLatin1Char('&'), QLatin1String("&&")), this, [this, id = chip->data().id] { pick(id); });
    }
    for (int i = 0; i < shown.size(); ++i) {
        const int right = room * (i + 1) / slots_ + kChipGap * i;
        shown[i]->setGeometry(x, 0, right - x, kHeight);
        x = right + kChipGap;
    }
    more_->setVisible(!all);
    more_->setGeometry(width() - kMore + kChipGap, 0, kMore - kChipGap, kHeight);
}

void MetricChips::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    arrange();
}

void MetricChips::keyPressEvent(QKeyEvent* event) {
    const int step = event->key() == Qt::Key_Right ? 1 : event->key() == Qt::Key_Left ? -1 : 0;
    const QVector<MetricChip*> shown = visibleChips();
    if (step == 0 || shown.isEmpty()) {
        event->ignore();
        return;
    }
    int at = 0;
    for (int i = 0; i < shown.size(); ++i)
        if (shown[i]->isChecked())
            at = i;
    MetricChip* next = shown[(at + step + static_cast<int>(shown.size())) % static_cast<int>(shown.size())];
    next->setFocus(Qt::TabFocusReason);
    pick(next->data().id);
}

}  // namespace nj::ui

#include "widgets/distribution_chart.h"

#include <QFontMetricsF>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <algorithm>
#include <cmath>
#include <limits>

#include "theme/number_format.h"
#include "widgets/chart_scale.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr double kLegendHeight = 22, kMedianHeight = 18, kAxisHeight = 18, kChangeTitle = 18, kChangeHeight = 40, kCategoryRow = 34;
constexpr double kNeedsChange = 220;   // height under which the change is left out

double place(const DistributionData& data, double value) {
    const double low = data.edges.front(), high = data.edges.back();
    if (data.logarithmic)
        return value > 0 ? std::clamp(std::log(value / low) / std::log(high / low), 0.0, 1.0) : 0;
    return std::clamp((value - low) / (high - low), 0.0, 1.0);
}

double mostShare(const DistributionData& data) {
    double most = 0;
    for (int i = 0; i < data.bins(); ++i)
        most = std::max({most, data.reference[i], data.current[i]});
    return most;
}

void layoutCategories(const DistributionData& data, const QSizeF& size, DistributionLayout& out) {
    const double label = std::min(size.width() * 0.34, 170.0), figures = 96;
    out.plot = QRectF(label, kLegendHeight + 4, std::max(size.width() - label - figures, 20.0), std::max(size.height() - kLegendHeight - 4, 10.0));
    const double row = std::min(kCategoryRow, out.plot.height() / std::max(data.bins(), 1));
    for (int i = 0; i < data.bins(); ++i) {
        const double top = out.plot.top() + row * i + row * 0.12, height = row * 0.34;
        out.outlines.push_back({out.plot.left(), top, out.plot.width() * data.reference[i], height});
        out.bars.push_back({out.plot.left(), top + height + 1, out.plot.width() * data.current[i], height});
    }
}

void layoutNumbers(const DistributionData& data, const QSizeF& size, const Theme& theme, DistributionLayout& out) {
    const QFontMetricsF metrics(theme.caption);
    const double left = metrics.horizontalAdvance(QStringLiteral("00.0 %")) + 8, top = kLegendHeight + kMedianHeight;
    const bool change = size.height() >= kNeedsChange;
    const double below = kAxisHeight + (change ? kChangeTitle + kChangeHeight : 0);
    out.plot = QRectF(left, top, std::max(size.width() - left - 8, 20.0), std::max(size.height() - top - below, 20.0));
    const ValueScale shares = niceScale(0, std::max(mostShare(data), 1e-9) * 100, {}, 4);
    for (const double tick : valueTicks(shares, 4))
        out.yTicks.push_back({out.plot.bottom() - out.plot.height() * shares.position(tick), formatNumber(tick) + QStringLiteral(" %")});
    const ValueScale values{data.logarithmic, data.edges.front() * data.scale, data.edges.back() * data.scale, false};
    const int ticks = std::max(2, static_cast<int>(out.plot.width() / 64));
    for (const double tick : valueTicks(values, ticks))
        out.xTicks.push_back({out.plot.left() + out.plot.width() * place(data, tick / data.scale), formatNumber(tick)});
    double most = 1e-12;
    for (int i = 0; i < data.bins(); ++i)
        most = std::max(most, std::abs(data.current[i] - data.reference[i]));
    // Differences keep the plot's scale unless they are too small to see; noise must not look like a change.
    const double tall = std::max(most, 0.25 * mostShare(data));
    if (change)
        out.change = QRectF(left, size.height() - kChangeHeight, out.plot.width(), kChangeHeight);
    for (int i = 0; i < data.bins(); ++i) {
        const double x0 = out.plot.left() + out.plot.width() * place(data, data.edges[i]), x1 = out.plot.left() + out.plot.width() * place(data, data.edges[i + 1]);
        const auto height = [&](double share) { return out.plot.height() * shares.position(share * 100); };
        out.bars.push_back({x0, out.plot.bottom() - height(data.current[i]), x1 - x0, height(data.current[i])});
        const double y = out.plot.bottom() - height(data.reference[i]);
        if (i == 0)
            out.outline << QPointF(x0, out.plot.bottom());
        out.outline << QPointF(x0, y) << QPointF(x1, y);
        if (i + 1 == data.bins())
            out.outline << QPointF(x1, out.plot.bottom());
        if (change) {
            const double middle = out.change.center().y(), d = (data.current[i] - data.reference[i]) / tall * out.change.height() / 2;
            out.differences.push_back(QRectF(x0, std::min(middle, middle - d), std::max(x1 - x0 - 1, 1.0), std::abs(d)));
        }
    }
    const auto medianX = [&](double value) { return std::isfinite(value) ? out.plot.left() + out.plot.width() * place(data, value) : kNone; };
    out.referenceX = medianX(data.referenceMedian);
    out.currentX = medianX(data.currentMedian);
}

}  // namespace

DistributionLayout DistributionLayout::of(const DistributionData& data, const QSizeF& size, const Theme& theme) {
    DistributionLayout out;
    out.referenceX = out.currentX = kNone;
    if (data.bins() == 0)
        return out;
    if (data.categorical())
        layoutCategories(data, size, out);
    else
        layoutNumbers(data, size, theme, out);
    return out;
}

int DistributionLayout::binAt(const QPointF& at) const {
    for (int i = 0; i < bars.size(); ++i) {
        if (!outlines.isEmpty()) {
            if (at.y() >= outlines[i].top() && at.y() < bars[i].bottom() + 4)
                return i;
        } else if (at.x() >= bars[i].left() && at.x() < bars[i].right() && at.y() >= plot.top() && at.y() <= std::max(plot.bottom(), change.bottom())) {
            return i;
        }
    }
    return -1;
}

DistributionChart::DistributionChart(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setMouseTracking(true);
    setFocusPolicy(Qt::StrongFocus);
}

void DistributionChart::setData(const DistributionData& data) {
    data_ = data;
    marked_ = -1;
    layout_ = DistributionLayout::of(data_, size(), theme_);
    setAccessibleDescription(tr("%1, %2").arg(data_.referenceText, data_.currentText));
    update();
}

void DistributionChart::resizeEvent(QResizeEvent*) { layout_ = DistributionLayout::of(data_, size(), theme_); }

QString DistributionChart::number(double value) const { return formatNumber(value * data_.scale); }

QString DistributionChart::binText(int bin) const {
    if (bin < 0 || bin >= data_.bins())
        return {};
    const QString shares = formatShare(data_.reference[bin]) + QStringLiteral(" → ") + formatShare(data_.current[bin]);
    if (data_.categorical())
        return data_.labels.value(bin) + QStringLiteral(": ") + shares;
    return tr("%1 – %2 %3: %4").arg(number(data_.edges[bin]), number(data_.edges[bin + 1]), data_.unit, shares);
}

void DistributionChart::mark(int bin) {
    if (bin == marked_)
        return;
    marked_ = bin;
    setToolTip(bin < 0 ? QString() : plainToolTip(binText(bin)));
    if (bin >= 0)
        setAccessibleDescription(binText(bin));
    update();
}

void DistributionChart::mouseMoveEvent(QMouseEvent* event) { mark(layout_.binAt(event->position())); }
void DistributionChart::leaveEvent(QEvent*) { mark(-1); }
void DistributionChart::focusInEvent(QFocusEvent*) { update(); }
void DistributionChart::focusOutEvent(QFocusEvent*) { update(); }

void DistributionChart::mousePressEvent(QMouseEvent* event) {
    const int bin = layout_.binAt(event->position());
    if (event->button() == Qt::LeftButton && bin >= 0)
        Q_EMIT binOpened(bin);
}

void DistributionChart::keyPressEvent(QKeyEvent* event) {
    const int last = data_.bins() - 1;
    const bool forward = event->key() == Qt::Key_Right || event->key() == Qt::Key_Down, back = event->key() == Qt::Key_Left || event->key() == Qt::Key_Up;
    if (last >= 0 && (forward || back))
        mark(marked_ < 0 ? last / 2 : std::clamp(marked_ + (forward ? 1 : -1), 0, last));
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && marked_ >= 0)
        Q_EMIT binOpened(marked_);
    else
        QWidget::keyPressEvent(event);
}

void DistributionChart::paintLegend(QPainter& painter) const {
    painter.setFont(theme_.caption);
    const QFontMetricsF metrics(theme_.caption);
    QString first = data_.referenceText, second = data_.currentText;
    double x = 0;
    const auto entry = [&](const QString& text, bool filled) {
        const QRectF box(x + 0.5, 5.5, 11, 9);
        QColor fill = theme_.seriesColor(0);
        if (filled) {
            fill.setAlphaF(0.55F);
            painter.fillRect(box, fill);
        } else {
            painter.setPen(QPen(theme_.muted, 1, Qt::DashLine));
            painter.setBrush(Qt::NoBrush);
            painter.drawRect(box);
        }
        painter.setPen(theme_.muted);
        painter.drawText(QPointF(x + 16, 14), metrics.elidedText(text, Qt::ElideRight, std::max(width() - x - 16, 0.0)));
        x += 16 + metrics.horizontalAdvance(text) + 14;
    };
    entry(first, false);
    entry(second, true);
    // What the pointer or the arrow keys are on, instead of a card that covers the bars.
    if (marked_ >= 0) {
        const QString text = binText(marked_);
        const double width = metrics.horizontalAdvance(text);
        if (x + width < this->width()) {
            painter.setPen(theme_.text);
            painter.drawText(QPointF(this->width() - width, 14), text);
        }
    }
}

void DistributionChart::paintMedians(QPainter& painter) const {
    const QFontMetricsF metrics(theme_.caption);
    painter.setFont(theme_.caption);
    const bool both = std::isfinite(layout_.referenceX) && std::isfinite(layout_.currentX);
    const QString before = QStringLiteral("p50 ") + number(data_.referenceMedian), after = QStringLiteral("p50 ") + number(data_.currentMedian);
    const double y = layout_.plot.top() - 5;
    if (std::isfinite(layout_.referenceX)) {
        painter.setPen(QPen(theme_.muted, 1, Qt::DashLine));
        painter.drawLine(QPointF(layout_.referenceX, layout_.plot.top() - 2), QPointF(layout_.referenceX, layout_.plot.bottom()));
    }
    if (std::isfinite(layout_.currentX)) {
        painter.setPen(QPen(theme_.seriesColor(0), 1.5));
        painter.drawLine(QPointF(layout_.currentX, layout_.plot.top() - 2), QPointF(layout_.currentX, layout_.plot.bottom()));
    }
    const double beforeWidth = metrics.horizontalAdvance(before), afterWidth = metrics.horizontalAdvance(after), right = layout_.plot.right();
    if (both && std::abs(layout_.referenceX - layout_.currentX) < 24) {
        const QString text = QStringLiteral("p50 ") + number(data_.referenceMedian) + QStringLiteral(" → ") + number(data_.currentMedian);
        painter.setPen(theme_.text);
        painter.drawText(QPointF(std::min(layout_.currentX + 4, right - metrics.horizontalAdvance(text)), y), text);
        return;
    }
    // Outwards, so that the labels never meet.
    const bool rose = layout_.currentX >= layout_.referenceX;
    if (std::isfinite(layout_.referenceX)) {
        painter.setPen(theme_.muted);
        const double x = rose && both ? layout_.referenceX - beforeWidth - 4 : layout_.referenceX + 4;
        painter.drawText(QPointF(std::clamp(x, 0.0, std::max(0.0, right - beforeWidth)), y), before);
    }
    if (std::isfinite(layout_.currentX)) {
        painter.setPen(theme_.text);
        const double x = rose || !both ? layout_.currentX + 4 : layout_.currentX - afterWidth - 4;
        painter.drawText(QPointF(std::clamp(x, 0.0, std::max(0.0, right - afterWidth)), y), after);
    }
}

void DistributionChart::paintNumbers(QPainter& painter) const {
    painter.setFont(theme_.caption);
    const QFontMetricsF metrics(theme_.caption);
    for (const auto& tick : layout_.yTicks) {
        painter.setPen(QPen(theme_.grid, 1));
        painter.drawLine(QPointF(layout_.plot.left(), std::round(tick.at) + 0.5), QPointF(layout_.plot.right(), std::round(tick.at) + 0.5));
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(0, tick.at - 8, layout_.plot.left() - 6, 16), Qt::AlignRight | Qt::AlignVCenter, tick.text);
    }
    QColor fill = theme_.seriesColor(0);
    fill.setAlphaF(0.5F);
    for (int i = 0; i < layout_.bars.size(); ++i) {
        QColor here = fill;
        if (i == marked_)
            here.setAlphaF(0.9F);
        painter.fillRect(layout_.bars[i], here);
    }
    painter.setPen(QPen(theme_.seriesColor(0), 1.25));
    QPolygonF top;
    for (const QRectF& bar : layout_.bars)
        top << bar.topLeft() << bar.topRight();
    painter.drawPolyline(top);
    painter.setPen(QPen(theme_.text, 1.25, Qt::DashLine));
    painter.drawPolyline(layout_.outline);
    paintMedians(painter);
    double last = -1e9;
    painter.setFont(theme_.caption);
    painter.setPen(theme_.muted);
    const double unitWidth = metrics.horizontalAdvance(data_.unit) + 10;
    for (const auto& tick : layout_.xTicks) {
        const double width = metrics.horizontalAdvance(tick.text), x = tick.at - width / 2;
        if (x < last + 8 || x < unitWidth || x + width > this->width())
            continue;
        painter.drawText(QPointF(x, layout_.plot.bottom() + 14), tick.text);
        last = x + width;
    }
    painter.drawText(QPointF(0, layout_.plot.bottom() + 14), data_.unit);
    if (layout_.change.isEmpty())
        return;
    double moved = 0;
    for (int i = 0; i < data_.bins(); ++i)
        moved += std::abs(data_.current[i] - data_.reference[i]) / 2;
    painter.setPen(theme_.text);
    painter.drawText(QPointF(layout_.change.left(), layout_.change.top() - 5), metrics.elidedText(tr("%1 moved: change of share").arg(formatShare(moved)), Qt::ElideRight, layout_.change.width()));
    painter.setPen(QPen(theme_.line, 1));
    painter.drawLine(QPointF(layout_.change.left(), std::round(layout_.change.center().y()) + 0.5), QPointF(layout_.change.right(), std::round(layout_.change.center().y()) + 0.5));
    for (int i = 0; i < layout_.differences.size(); ++i)
        painter.fillRect(layout_.differences[i], data_.current[i] > data_.reference[i] ? theme_.warning : theme_.accent);
}

void DistributionChart::paintCategories(QPainter& painter) const {
    painter.setFont(theme_.table);
    const QFontMetricsF metrics(theme_.table);
    for (int i = 0; i < layout_.bars.size(); ++i) {
        const QRectF row(0, layout_.outlines[i].top() - 2, width(), layout_.bars[i].bottom() - layout_.outlines[i].top() + 4);
        if (i == marked_)
            painter.fillRect(row, theme_.raised);
        painter.setPen(theme_.text);
        painter.drawText(QRectF(0, row.top(), layout_.plot.left() - 8, row.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         metrics.elidedText(cutForCell(data_.labels.value(i)).simplified(), Qt::ElideMiddle, layout_.plot.left() - 8));
        QColor fill = theme_.seriesColor(0);
        fill.setAlphaF(0.6F);
        painter.fillRect(layout_.bars[i], fill);
        painter.setPen(QPen(theme_.text, 1, Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        if (data_.reference[i] > 0)
            painter.drawRect(layout_.outlines[i].adjusted(0.5, 0.5, 0.5, -0.5));
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(layout_.plot.right() + 6, row.top(), width() - layout_.plot.right() - 6, row.height()), Qt::AlignRight | Qt::AlignVCenter,
                         formatShare(data_.reference[i]) + QStringLiteral(" → ") + formatShare(data_.current[i]));
    }
}

void DistributionChart::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing, true);
    if (data_.bins() == 0)
        return;
    paintLegend(painter);
    if (data_.categorical())
        paintCategories(painter);
    else
        paintNumbers(painter);
    if (hasFocus()) {
        painter.setPen(QPen(theme_.accent, 1));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

}  // namespace nj::ui

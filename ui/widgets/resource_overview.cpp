#include "widgets/resource_overview.h"

#include <QMouseEvent>
#include <QPainter>
#include <QPainterPath>
#include <algorithm>
#include <cmath>
#include <utility>

#include "theme/number_format.h"
#include "widgets/chart_marks.h"
#include "widgets/plain_label.h"
#include "widgets/tabular_text.h"
#include "widgets/time_axis.h"

namespace nj::ui {
namespace {

constexpr int kTicks = 16, kFunnel = 12, kNamedRow = 12, kMostBand = 104, kOverviewTickEvery = 130;
constexpr int kNamedRows = kMostBand / kNamedRow;

}  // namespace

ResourceOverview::ResourceOverview(Workspace& workspace, const Theme& theme, HeatMargins margins, QWidget* parent)
    : QWidget(parent), workspace_(workspace), theme_(theme), margins_(margins) {
    setObjectName(QStringLiteral("resourceOverview"));
    setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    setCursor(Qt::CrossCursor);
    setAccessibleName(tr("All time, with the shown range in a bracket"));
    gesture_.setMode(ChartDrag::kBrush);
    connect(&workspace, &Workspace::cursorChanged, this, [this] {
        const QRect before = std::exchange(cursorRect_, cursorRect());
        update(QRegion(before) + cursorRect_);
    });
    connect(&workspace, &Workspace::rangeChanged, this, &ResourceOverview::redraw);
    connect(&workspace, &Workspace::baselineChanged, this, &ResourceOverview::redraw);
    connect(&workspace, &Workspace::utcChanged, this, &ResourceOverview::redraw);
}

void ResourceOverview::redraw() {
    still_.drop();
    update();
}

QRect ResourceOverview::cursorRect() const {
    const auto cursor = workspace_.cursor();
    return cursor && rows_.range().contains(*cursor) ? QRectF(xOf(*cursor) - 2, band().top() - 1, 4, band().height() + 2).toAlignedRect() : QRect();
}

bool ResourceOverview::named() const { return rows_.rows.size() <= kNamedRows; }

QSize ResourceOverview::sizeHint() const {
    const int band = named() ? static_cast<int>(rows_.rows.size()) * kNamedRow : std::clamp(static_cast<int>(rows_.rows.size()), 72, kMostBand);
    return {600, kTicks + std::max(band, kNamedRow) + kFunnel};
}

void ResourceOverview::setRows(const HeatRows& rows, bool lowIsWorse, const QString& extreme) {
    rows_ = rows;
    lowIsWorse_ = lowIsWorse;
    extreme_ = extreme;
    cells_ = heatImage(rows_, theme_, named() ? 0 : kMostBand, lowIsWorse);
    setFixedHeight(sizeHint().height());
    redraw();
}

QRectF ResourceOverview::band() const { return QRectF(margins_.names, kTicks, std::max(10, width() - margins_.names - margins_.side), height() - kTicks - kFunnel); }

PlotFrame ResourceOverview::frame() const {
    PlotFrame frame;
    frame.plot = band();
    frame.range = rows_.range();
    return frame;
}

double ResourceOverview::xOf(TimeNs time) const { return frame().x(time); }

void ResourceOverview::paintEvent(QPaintEvent*) {
    if (rows_.rows.isEmpty())
        return;
    QPainter painter(this);
    still_.draw(painter, size(), theme_, theme_.panel, [this](QPainter& still) { paintStill(still); });
    if (const auto rubber = gesture_.rubber())
        painter.fillRect(QRectF(rubber->left(), band().top(), rubber->width(), band().height()), theme_.selection);
    const auto cursor = workspace_.cursor();
    if (cursor && rows_.range().contains(*cursor)) {
        const double x = std::floor(xOf(*cursor)) + 0.5;
        painter.setRenderHint(QPainter::Antialiasing);
        painter.setPen(QPen(theme_.text, 1));
        painter.drawLine(QPointF(x, band().top()), QPointF(x, band().bottom()));
    }
}

void ResourceOverview::paintStill(QPainter& painter) const {
    const QRectF area = band();
    painter.fillRect(area, missingBrush(theme_));
    painter.save();
    painter.setClipRect(area);
    const PlotFrame at = frame();
    const double left = at.x(rows_.covered().from), across = at.x(rows_.covered().to) - left;
    if (named()) {
        for (int row = 0; row < rows_.rows.size(); ++row)
            painter.drawImage(QRectF(left, area.top() + row * kNamedRow, across, kNamedRow - 1), cells_, QRectF(0, row, rows_.columns, 1));
        for (int row = 0; row < rows_.rows.size(); ++row)
            painter.fillRect(QRectF(area.left(), area.top() + (row + 1) * kNamedRow - 1, area.width(), 1), theme_.panel);
    } else {
        painter.drawImage(QRectF(left, area.top(), across, area.height()), cells_);
    }
    painter.restore();
    painter.setRenderHint(QPainter::Antialiasing);
    paintTicks(painter);
    paintNames(painter);
    paintMarks(painter);
    paintBracket(painter);
}

void ResourceOverview::paintTicks(QPainter& painter) const {
    const PlotFrame at = frame();
    painter.setFont(theme_.caption);
    const QFontMetricsF metrics(theme_.caption);
    double free = at.plot.left();
    for (const TimeTick& tick : timeTicks(at.range, std::max(2, static_cast<int>(at.plot.width() / kOverviewTickEvery)), workspace_.utc()).ticks) {
        const double width = metrics.horizontalAdvance(tick.label), left = std::clamp(at.x(tick.time) - width / 2, at.plot.left(), at.plot.right() - width);
        if (left < free)
            continue;
        painter.setPen(theme_.muted);
        painter.drawText(QPointF(left, kTicks - 5), tick.label);
        free = left + width + 8;
    }
    const auto baseline = workspace_.baseline();
    if (baseline && baseline->overlaps(at.range)) {
        painter.setPen(QPen(theme_.muted, 1, Qt::DashLine));
        painter.drawLine(QPointF(std::max(at.plot.left(), at.x(baseline->from)), kTicks - 1.5), QPointF(std::min(at.plot.right(), at.x(baseline->to)), kTicks - 1.5));
    }
}

void ResourceOverview::paintNames(QPainter& painter) const {
    if (!named())
        return;
    const QRectF area = band();
    QString group;
    for (int row = 0; row < rows_.rows.size(); ++row) {
        const HeatRow& shown = rows_.rows[row];
        const QRectF line(0, area.top() + row * kNamedRow - 1, margins_.names - 8, kNamedRow);
        QFont font = theme_.caption;
        if (shown.strong)
            font.setWeight(QFont::DemiBold);
        painter.setFont(font);
        painter.setPen(shown.strong ? theme_.text : theme_.muted);
        const QFontMetricsF metrics(font);
        const QString name = metrics.elidedText(cutForCell(shown.name), Qt::ElideMiddle, line.width() * 0.6);
        painter.drawText(line, Qt::AlignRight | Qt::AlignVCenter, name);
        float worst = std::nanf("");
        for (const float v : shown.values)
            if (!std::isnan(v) && (std::isnan(worst) || (lowIsWorse_ ? v < worst : v > worst)))
                worst = v;
        if (std::isnan(worst))
            continue;
        painter.setPen(shown.strong ? theme_.warning : theme_.muted);
        drawTabular(painter, QRectF(area.right() + 8, line.top(), margins_.side - 8, kNamedRow), Qt::AlignRight | Qt::AlignVCenter,
                    (shown.strong ? QStringLiteral("◆ ") : QString()) + rows_.text(static_cast<double>(worst)));
    }
    painter.setFont(theme_.caption);
    painter.setPen(theme_.muted);
    painter.drawText(QRectF(area.right() + 8, 0, margins_.side - 8, kTicks - 2), Qt::AlignRight | Qt::AlignVCenter, extreme_);
}

void ResourceOverview::paintMarks(QPainter& painter) const {
    if (!named())
        return;
    const PlotFrame at = frame();
    QFont small = theme_.caption;
    small.setPixelSize(9);
    small.setWeight(QFont::DemiBold);
    const QFontMetricsF metrics(small);
    for (int row = 0; row < rows_.rows.size(); ++row) {
        const double y = at.plot.top() + row * kNamedRow + (kNamedRow - 1) / 2.0;
        for (const HeatMark& mark : rows_.rows[row].marks) {
            if (mark.small)
                continue;
            const double x = at.x(std::max(mark.time, at.range.from));
            const QColor color = roleColor(theme_, mark.role);
            if (mark.label.isEmpty()) {
                paintDiamond(painter, {x, y}, 3.5, color, mark.hollow, theme_.base);
                continue;
            }
            if (mark.end > mark.time) {
                painter.setPen(QPen(theme_.muted, 1, Qt::DotLine));
                painter.drawLine(QPointF(x, y), QPointF(std::min(at.plot.right(), at.x(std::min(mark.end, at.range.to))), y));
            }
            const double width = metrics.horizontalAdvance(mark.label) + 5;
            painter.setPen(Qt::NoPen);
            painter.setBrush(color);
            painter.drawRoundedRect(QRectF(x - width / 2, y - 5.5, width, 11), 2, 2);
            painter.setFont(small);
            painter.setPen(theme_.panel);
            painter.drawText(QRectF(x - width / 2, y - 5.5, width, 11), Qt::AlignCenter, mark.label);
        }
    }
}

void ResourceOverview::paintBracket(QPainter& painter) const {
    const PlotFrame at = frame();
    const TimeRange shown = workspace_.range();
    if (!shown.overlaps(at.range))
        return;
    const double left = std::max(at.plot.left(), at.x(shown.from)), right = std::max(left + 2, std::min(at.plot.right(), at.x(shown.to)));
    const double top = at.plot.bottom() + 1, bottom = height() - 0.5;
    QColor fill = theme_.accent;
    fill.setAlphaF(0.14F);
    QPainterPath funnel;
    funnel.moveTo(left, top);
    funnel.lineTo(at.plot.left(), bottom);
    funnel.lineTo(at.plot.right(), bottom);
    funnel.lineTo(right, top);
    funnel.closeSubpath();
    painter.fillPath(funnel, fill);
    QColor edge = theme_.accent;
    edge.setAlphaF(0.55F);
    painter.setPen(QPen(edge, 1));
    painter.drawLine(QPointF(left, top), QPointF(at.plot.left() + 0.5, bottom));
    painter.drawLine(QPointF(right, top), QPointF(at.plot.right() - 0.5, bottom));
    painter.setPen(QPen(theme_.accent, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(left, at.plot.top() - 1, right - left, at.plot.height() + 1));
}

void ResourceOverview::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton && !rows_.rows.isEmpty())
        gesture_.press(event->position(), event->modifiers() & Qt::AltModifier, frame());
    else if (event->button() == Qt::RightButton)
        workspace_.undo().undo();
}

void ResourceOverview::mouseMoveEvent(QMouseEvent* event) {
    gesture_.move(event->position());
    update();
}

void ResourceOverview::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !gesture_.pressed())
        return;
    const GestureResult result = gesture_.release(event->position());
    if (result.kind == GestureResult::Kind::kRange) {
        workspace_.setRange(result.range);
    } else if (result.kind == GestureResult::Kind::kCompare) {
        workspace_.compare(result.range);
    } else if (result.kind == GestureResult::Kind::kClick && band().contains(result.at)) {
        // The bracket moves there, as long as it is.
        const DurationNs length = workspace_.range().length();
        const TimeNs from = frame().timeAt(result.at.x()) - length / 2;
        workspace_.setRange({from, from + length});
    }
    update();
}

void ResourceOverview::mouseDoubleClickEvent(QMouseEvent*) {
    gesture_.cancel();
    workspace_.setRange(workspace_.all());
}

}  // namespace nj::ui

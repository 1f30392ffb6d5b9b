#include "widgets/resource_heatmap.h"

#include <QHelpEvent>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QToolTip>
#include <algorithm>
#include <cmath>
#include <utility>

#include "theme/number_format.h"
#include "widgets/chart_marks.h"
#include "widgets/crosshair.h"
#include "widgets/plain_label.h"
#include "widgets/sparkline.h"
#include "widgets/tabular_text.h"
#include "widgets/time_axis.h"

namespace nj::ui {
namespace {

constexpr int kTallRow = 28, kShortRow = 20, kGapBetweenRows = 2, kValueWidth = 62, kTickEvery = 110;

}  // namespace

void paintDiamond(QPainter& painter, const QPointF& centre, double size, const QColor& color, bool hollow, const QColor& rim) {
    const QPolygonF shape{centre - QPointF(0, size), centre + QPointF(size, 0), centre + QPointF(0, size), centre - QPointF(size, 0)};
    painter.setPen(QPen(rim, 3, Qt::SolidLine, Qt::SquareCap, Qt::MiterJoin));
    painter.setBrush(rim);
    painter.drawPolygon(shape);
    painter.setPen(QPen(color, 1.3));
    painter.setBrush(hollow ? QBrush(Qt::NoBrush) : QBrush(color));
    painter.drawPolygon(shape);
}

ResourceHeatmap::ResourceHeatmap(Workspace& workspace, const Theme& theme, HeatMargins margins, QWidget* parent)
    : QAbstractScrollArea(parent), workspace_(workspace), theme_(theme), margins_(margins) {
    setObjectName(QStringLiteral("resourceHeatmap"));
    setFrameShape(QFrame::NoFrame);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFocusPolicy(Qt::StrongFocus);
    viewport()->setMouseTracking(true);
    viewport()->setAutoFillBackground(false);
    setAccessibleName(tr("Resource heatmap"));
    connect(&workspace, &Workspace::cursorChanged, viewport(), [this] { cursorMoved(); });
    connect(verticalScrollBar(), &QScrollBar::actionTriggered, this, [this] { scrolled_ = true; });
    connect(&workspace, &Workspace::utcChanged, viewport(), [this] { viewport()->update(); });
}

void ResourceHeatmap::redraw() {
    still_.drop();
    viewport()->update();
}

QRegion ResourceHeatmap::cursorRegion() const {
    const QRectF area = plot();
    // The axis, whose labels make room for the tag, and the values at the cursor.
    QRegion region(QRectF(0, area.bottom(), viewport()->width(), kAxis).toAlignedRect());
    region += QRectF(margins_.names - 8 - kValueWidth, area.top(), kValueWidth, area.height()).toAlignedRect();
    if (const auto cursor = workspace_.cursor(); cursor && frame().range.contains(*cursor))
        region += QRectF(frame().x(*cursor) - 2, 0, 4, area.bottom()).toAlignedRect();
    if (current_ >= 0)
        region += rowRect(current_).adjusted(-2, -2, 2, 2);
    return region;
}

void ResourceHeatmap::cursorMoved() {
    const QRegion before = std::exchange(cursorRegion_, cursorRegion());
    viewport()->update(before + cursorRegion_);
}

void ResourceHeatmap::setRows(const HeatRows& rows) {
    const QString key = current_ >= 0 && current_ < rows_.rows.size() ? rows_.rows.at(current_).key : QString();
    rows_ = rows;
    cells_ = heatImage(rows_, theme_);
    current_ = -1;
    setCurrent(key);
    fit();
    redraw();
}

void ResourceHeatmap::setFlags(const QVector<ChartFlag>& flags) {
    flags_ = flags;
    redraw();
}

void ResourceHeatmap::setCurrent(const QString& key) {
    int found = -1;
    for (int i = 0; i < rows_.rows.size() && found < 0; ++i)
        found = rows_.rows.at(i).key == key && !key.isEmpty() ? i : -1;
    if (found == current_)
        return;
    current_ = found;
    setAccessibleDescription(current_ < 0 ? QString() : sentence(current_));
    redraw();
}

QSize ResourceHeatmap::sizeHint() const {
    HeatRowLayout tall;
    tall.set(rows_, kTallRow, kHeading);
    return {600, tall.height() + kAxis + kFlags};
}

void ResourceHeatmap::fit() {
    const int room = viewport()->height() - kAxis - kFlags;
    layout_.set(rows_, kTallRow, kHeading);
    if (layout_.height() > room && !rows_.rows.isEmpty()) {
        // As tall as fits, down to 20 px; then it scrolls.
        const int headings = layout_.height() - layout_.count() * kTallRow;
        layout_.set(rows_, std::clamp((room - headings) / layout_.count(), kShortRow, kTallRow), kHeading);
    }
    verticalScrollBar()->setPageStep(std::max(1, room));
    verticalScrollBar()->setSingleStep(layout_.rowHeight());
    verticalScrollBar()->setRange(0, std::max(0, layout_.height() - room));
    // Until a person scrolls, the first row that departs from its peers is in sight.
    const auto strong = std::find_if(rows_.rows.cbegin(), rows_.rows.cend(), [](const HeatRow& row) { return row.strong; });
    if (!scrolled_ && strong != rows_.rows.cend())
        verticalScrollBar()->setValue(layout_.top(static_cast<int>(strong - rows_.rows.cbegin())) + layout_.rowHeight() - room);
}

QRectF ResourceHeatmap::plot() const {
    // The scroll bar takes of the side, so that the plot stays over the lanes below.
    return QRectF(margins_.names, kFlags, std::max(10, width() - margins_.names - margins_.side), std::max(0, viewport()->height() - kAxis - kFlags));
}

PlotFrame ResourceHeatmap::frame() const {
    PlotFrame frame;
    frame.plot = plot();
    frame.range = rows_.range();
    return frame;
}

QRect ResourceHeatmap::rowRect(int row) const {
    const QRectF area = plot();
    return QRect(static_cast<int>(area.left()), kFlags + layout_.top(row) - verticalScrollBar()->value(), static_cast<int>(area.width()), layout_.rowHeight() - kGapBetweenRows);
}

QRect ResourceHeatmap::wholeRow(int row) const {
    const QRect cells = rowRect(row);
    return QRect(0, cells.top() - 1, viewport()->width(), cells.height() + 2);
}

int ResourceHeatmap::rowAt(const QPointF& at) const {
    const QRectF area = plot();
    if (at.y() < area.top() || at.y() >= area.bottom())
        return -1;
    return layout_.rowAt(static_cast<int>(at.y()) - kFlags + verticalScrollBar()->value());
}

QString ResourceHeatmap::sentence(int row) const {
    const HeatRow& shown = rows_.rows[row];
    const auto cursor = workspace_.cursor();
    const int column = cursor ? rows_.column(*cursor) : -1;
    const double value = column >= 0 ? static_cast<double>(shown.values[static_cast<size_t>(column)]) : kNoValue;
    QString text = shown.name;
    if (column >= 0)
        text += QStringLiteral(", ") + formatClock(*cursor, workspace_.utc(), kMinute) + QStringLiteral(": ") + (std::isnan(value) ? tr("no sample") : rows_.text(value));
    for (const HeatMark& mark : shown.marks)
        if (cursor && !mark.small && mark.time <= *cursor && *cursor <= std::max(mark.end, mark.time + rows_.width))
            text += QStringLiteral("\n") + mark.text;
    return text;
}

// ---------------------------------------------------------------- painting

void ResourceHeatmap::paintEvent(QPaintEvent*) {
    QPainter painter(viewport());
    still_.draw(painter, viewport()->size(), theme_, theme_.panel, [this](QPainter& still) { paintStill(still); });
    if (rows_.rows.isEmpty())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plot();
    painter.save();
    painter.setClipRect(QRectF(0, area.top(), viewport()->width(), area.height()));
    const auto [first, last] = visibleRows();
    if (hovered_ >= first && hovered_ < last && hovered_ != current_) {
        painter.save();
        painter.setClipRect(wholeRow(hovered_), Qt::IntersectClip);
        painter.fillRect(wholeRow(hovered_), theme_.raised);
        paintRow(painter, hovered_);
        paintFlags(painter);   // their lines cross it
        painter.restore();
    }
    for (int row = first; row < last; ++row)
        paintValue(painter, row);
    if (current_ >= first && current_ < last)
        paintCell(painter, current_);
    painter.restore();
    paintAxis(painter);
    if (const auto rubber = gesture_.rubber())
        painter.fillRect(QRectF(rubber->left(), area.top(), rubber->width(), area.height()), theme_.selection);
    paintCursor(painter);
}

std::pair<int, int> ResourceHeatmap::visibleRows() const {
    const int scrolled = verticalScrollBar()->value();
    const int first = std::max(0, layout_.rowAt(scrolled));
    int last = first;
    while (last < layout_.count() && layout_.headingTop(last) < scrolled + plot().height())
        ++last;
    return {first, last};
}

void ResourceHeatmap::paintStill(QPainter& painter) const {
    if (rows_.rows.isEmpty())
        return;
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF area = plot();
    painter.save();
    painter.setClipRect(QRectF(0, area.top(), viewport()->width(), area.height()));
    const auto [first, last] = visibleRows();
    for (int row = first; row < last; ++row)
        paintRow(painter, row);
    painter.restore();
    paintFlags(painter);
}

void ResourceHeatmap::paintRow(QPainter& painter, int row) const {
    const HeatRow& shown = rows_.rows[row];
    const QRectF cells = rowRect(row);
    if (!shown.heading.isEmpty()) {
        const QRectF line(0, kFlags + layout_.headingTop(row) - verticalScrollBar()->value(), viewport()->width(), kHeading);
        QFont strong = theme_.caption;
        strong.setWeight(QFont::DemiBold);
        painter.setFont(strong);
        painter.setPen(theme_.text);
        const QFontMetricsF metrics(strong);
        const QString heading = metrics.elidedText(shown.heading, Qt::ElideRight, line.width() * 0.5);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, heading);
        painter.setFont(theme_.caption);
        painter.setPen(theme_.muted);
        const double left = std::max<double>(margins_.names + 4, metrics.horizontalAdvance(heading) + 12);
        painter.drawText(QRectF(left, line.top(), line.width() - left, line.height()), Qt::AlignLeft | Qt::AlignVCenter,
                         QFontMetricsF(theme_.caption).elidedText(shown.headingNote, Qt::ElideRight, line.width() - left));
    }
    if (row == current_) {
        const QRectF whole = wholeRow(row);
        painter.fillRect(whole, theme_.selection);
        painter.fillRect(QRectF(0, whole.top(), 2, whole.height()), theme_.accent);
    }
    painter.setRenderHint(QPainter::Antialiasing, false);
    if (std::any_of(shown.values.begin(), shown.values.end(), [](float v) { return std::isnan(v); }))
        painter.fillRect(cells, missingBrush(theme_));
    painter.save();
    painter.setClipRect(cells, Qt::IntersectClip);
    const PlotFrame at = frame();
    const double left = at.x(rows_.covered().from);
    painter.drawImage(QRectF(left, cells.top(), at.x(rows_.covered().to) - left, cells.height()), cells_, QRectF(0, row, rows_.columns, 1));
    painter.restore();
    painter.setRenderHint(QPainter::Antialiasing, true);
    paintMarks(painter, row, cells);
    paintName(painter, row, QRectF(0, cells.top(), margins_.names - 8, cells.height()));
    paintSide(painter, row, QRectF(cells.right() + 8, cells.top() + 1, viewport()->width() - cells.right() - 8, cells.height() - 2));
}

// What the keyboard stands on.
void ResourceHeatmap::paintCell(QPainter& painter, int row) const {
    const auto cursor = workspace_.cursor();
    if (!hasFocus() || !cursor || rows_.column(*cursor) < 0)
        return;
    const QRectF cells = rowRect(row);
    const TimeNs cell = rows_.from + rows_.column(*cursor) * rows_.width;
    const double x = frame().x(cell), width = frame().x(cell + rows_.width) - x;
    painter.setPen(QPen(theme_.text, 1.5));
    painter.setBrush(Qt::NoBrush);
    painter.drawRect(QRectF(x - 1, cells.top() - 0.5, std::max(4.0, width) + 1, cells.height()));
}

QFont ResourceHeatmap::nameFont(int row) const {
    QFont font = theme_.table;
    if (rows_.rows[row].strong || row == current_)
        font.setWeight(QFont::DemiBold);
    return font;
}

void ResourceHeatmap::paintValue(QPainter& painter, int row) const {
    const HeatRow& shown = rows_.rows[row];
    const auto cursor = workspace_.cursor();
    int column = cursor ? rows_.column(*cursor) : -1;
    for (int c = rows_.columns - 1; column < 0 && c >= 0; --c)   // else the last value there is
        if (!std::isnan(shown.values[static_cast<size_t>(c)]))
            column = c;
    const double value = column >= 0 ? static_cast<double>(shown.values[static_cast<size_t>(column)]) : kNoValue;
    const bool low = shown.strong && !std::isnan(value) && rows_.scale.kind == HeatScale::Kind::kShortfall && value < rows_.scale.high;
    const QRect cells = rowRect(row);
    painter.setFont(nameFont(row));
    painter.setPen(low ? theme_.warning : std::isnan(value) ? theme_.muted : theme_.text);
    drawTabular(painter, QRectF(margins_.names - 8 - kValueWidth, cells.top(), kValueWidth, cells.height()), Qt::AlignRight | Qt::AlignVCenter,
                std::isnan(value) ? QStringLiteral("–") : rows_.text(value));
}

void ResourceHeatmap::paintName(QPainter& painter, int row, const QRectF& area) const {
    const HeatRow& shown = rows_.rows[row];
    const QFont font = nameFont(row);
    const QRectF name(area.left() + 12, area.top(), area.width() - kValueWidth - 16 - (shown.strong ? 14 : 0), area.height());
    painter.setFont(font);
    painter.setPen(theme_.text);
    const QString text = QFontMetricsF(font).elidedText(cutForCell(shown.name), Qt::ElideMiddle, name.width());
    painter.drawText(name, Qt::AlignLeft | Qt::AlignVCenter, text);
    if (shown.strong)
        paintDiamond(painter, {name.left() + QFontMetricsF(font).horizontalAdvance(text) + 11, area.center().y()}, 4, theme_.warning, false, theme_.panel);
}

void ResourceHeatmap::paintMarks(QPainter& painter, int row, const QRectF& area) const {
    const PlotFrame frame = this->frame();
    painter.save();
    painter.setClipRect(area.adjusted(-8, -2, 8, 2), Qt::IntersectClip);
    const QFontMetricsF metrics(theme_.caption);
    const QVector<HeatMark>& marks = rows_.rows[row].marks;
    for (int i = 0; i < marks.size(); ++i) {
        const HeatMark& mark = marks[i];
        const QColor color = roleColor(theme_, mark.role);
        const bool before = mark.time < frame.range.from;
        const double x = before ? area.left() + 16 : frame.x(mark.time);
        if (mark.label.isEmpty()) {
            paintDiamond(painter, {x, mark.small ? area.bottom() - 6 : area.center().y()}, mark.small ? 3 : 5.5, color, mark.hollow || mark.small, theme_.base);
            continue;
        }
        const double width = metrics.horizontalAdvance(mark.label) + 8;
        const QRectF box(x - width / 2, area.center().y() - 7, width, 14);
        double textEnd = box.right();
        const double next = i + 1 < marks.size() && marks[i + 1].time > mark.time ? frame.x(marks[i + 1].time) - 8 : area.right();
        if (const QString text = metrics.elidedText(mark.text, Qt::ElideRight, next - box.right() - 8); next - box.right() > 60) {
            painter.setFont(theme_.caption);
            drawHaloText(painter, {box.right() + 6, area.center().y() + (metrics.ascent() - metrics.descent()) / 2}, text, theme_.muted, theme_.panel);
            textEnd += metrics.horizontalAdvance(text) + 10;
        }
        if (mark.end > frame.range.from && mark.end > mark.time) {
            painter.setPen(QPen(theme_.muted, 1, Qt::DotLine));
            painter.drawLine(QPointF(textEnd, area.center().y()), QPointF(std::min(area.right(), frame.x(std::min(mark.end, frame.range.to))), area.center().y()));
        }
        painter.setPen(Qt::NoPen);
        painter.setBrush(color);
        painter.drawRoundedRect(box, 2, 2);
        painter.setFont(theme_.caption);
        painter.setPen(theme_.panel);
        painter.drawText(box, Qt::AlignCenter, mark.label);
    }
    painter.restore();
}

void ResourceHeatmap::paintSide(QPainter& painter, int row, const QRectF& area) const {
    const HeatRow& shown = rows_.rows[row];
    SparkLine line;
    line.color = shown.strong ? theme_.warning : theme_.muted;
    line.points.reserve(shown.values.size());
    for (int c = 0; c < rows_.columns; ++c)
        line.points.emplace_back(rows_.from + c * rows_.width, static_cast<double>(shown.values[static_cast<size_t>(c)]));
    paintSparkLines(painter, area, {line}, rows_.range(), {}, theme_, rows_.scale.low, rows_.scale.kind == HeatScale::Kind::kShortfall ? std::max(1.02, rows_.scale.high) : rows_.scale.high);
}

void ResourceHeatmap::paintAxis(QPainter& painter) const {
    const PlotFrame frame = this->frame();
    painter.setFont(theme_.caption);
    const double top = frame.plot.bottom();
    painter.setPen(theme_.muted);
    painter.drawText(QRectF(0, top + 4, margins_.names, kAxis - 4), Qt::AlignLeft | Qt::AlignVCenter, formatDate(frame.range.from, workspace_.utc()) + QStringLiteral(", ") + zoneName(frame.range.from, workspace_.utc()));
    const TimeTicks ticks = timeTicks(frame.range, std::max(2, static_cast<int>(frame.plot.width() / kTickEvery)), workspace_.utc());
    const auto cursor = workspace_.cursor();
    for (const TimeTick& tick : ticks.ticks) {
        const double x = frame.x(tick.time);
        painter.setPen(theme_.line);
        painter.drawLine(QPointF(x, top), QPointF(x, top + 4));
        if (cursor && std::abs(frame.x(*cursor) - x) < 44)
            continue;   // the cursor's tag stands there
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(x - 50, top + 4, 100, kAxis - 4), Qt::AlignCenter, tick.label);
    }
}

void ResourceHeatmap::paintFlags(QPainter& painter) const {
    const PlotFrame frame = this->frame();
    const QFontMetricsF metrics(theme_.caption);
    QVector<double> widths;
    for (const ChartFlag& flag : flags_)
        widths.push_back(metrics.horizontalAdvance(flag.label) + metrics.horizontalAdvance(QStringLiteral("▲ ")));
    painter.setFont(theme_.caption);
    const QVector<FlagPlace> places = placeFlags(flags_, frame, widths, metrics.horizontalAdvance(QStringLiteral("▲")), frame.plot.right() + margins_.side, 1);
    for (const FlagPlace& place : places) {
        const ChartFlag& flag = flags_[place.flag];
        const bool covered = place.label.isEmpty() && std::any_of(places.begin(), places.end(), [&](const FlagPlace& other) {
            return other.label.left() - 2 < place.x + 12 && place.x < other.label.right() + 2;
        });
        QColor color = roleColor(theme_, flag.role);
        // A word cut to its first letter says less than the mark alone.
        constexpr int kFewestLetters = 6;
        painter.setPen(color);
        if (!covered)
            painter.drawText(QPointF(place.label.isEmpty() ? place.x + 2 : place.label.left(), kFlags - 5), place.text.size() < kFewestLetters ? roleGlyph(flag.role) : place.text);
        color.setAlphaF(0.75F);
        painter.setPen(QPen(color, 1, Qt::DotLine));
        const double bottom = std::min(frame.plot.bottom(), frame.plot.top() + layout_.height() - verticalScrollBar()->value());
        painter.drawLine(QPointF(std::floor(place.x) + 0.5, frame.plot.top()), QPointF(std::floor(place.x) + 0.5, bottom));
    }
}

void ResourceHeatmap::paintCursor(QPainter& painter) const {
    const auto cursor = workspace_.cursor();
    const PlotFrame frame = this->frame();
    if (!cursor || !frame.range.contains(*cursor))
        return;
    const double x = std::floor(frame.x(*cursor)) + 0.5;
    QColor line = theme_.text;
    line.setAlphaF(0.7F);
    painter.setPen(QPen(line, 1));
    painter.drawLine(QPointF(x, frame.plot.top() - 4), QPointF(x, frame.plot.bottom()));
    const QString clock = formatClock(*cursor, workspace_.utc(), cursorResolution(frame.nsPerPixel()));
    paintCursorTag(painter, clock, cursorTagPlace(clock, x, frame.plot.bottom() + 3, QRectF(viewport()->rect()), theme_), theme_);
}

// ---------------------------------------------------------------- mouse and keys

void ResourceHeatmap::resizeEvent(QResizeEvent* event) {
    QAbstractScrollArea::resizeEvent(event);
    fit();
    redraw();
}

void ResourceHeatmap::scrollContentsBy(int, int) { redraw(); }

void ResourceHeatmap::setHovered(int row) {
    if (row == hovered_)
        return;
    for (const int changed : {std::exchange(hovered_, row), row})
        if (changed >= 0 && changed < layout_.count())
            viewport()->update(wholeRow(changed));
}

void ResourceHeatmap::choose(int row) {
    if (row < 0 || row >= rows_.rows.size())
        return;
    current_ = row;
    scrolled_ = true;
    const int top = layout_.headingTop(row), bottom = layout_.top(row) + layout_.rowHeight();
    QScrollBar* bar = verticalScrollBar();
    if (top < bar->value())
        bar->setValue(top);
    else if (bottom > bar->value() + bar->pageStep())
        bar->setValue(bottom - bar->pageStep());
    setAccessibleDescription(sentence(row));
    redraw();
    Q_EMIT rowChosen(row);
}

void ResourceHeatmap::mousePressEvent(QMouseEvent* event) {
    if (event->button() == Qt::LeftButton)
        gesture_.press(event->position(), event->modifiers(), frame());
    else if (event->button() == Qt::RightButton)
        workspace_.undo().undo();
    event->accept();
}

void ResourceHeatmap::mouseMoveEvent(QMouseEvent* event) {
    const QPointF at = event->position();
    if (gesture_.pressed())
        gesture_.move(at);
    setHovered(rowAt(at));
    const QRectF area = plot();
    if (at.x() >= area.left() && at.x() <= area.right() && !rows_.range().empty())
        workspace_.setCursor(frame().timeAt(at.x()));
    viewport()->setCursor(at.x() < area.left() || at.x() > area.right() ? Qt::PointingHandCursor : Qt::CrossCursor);
    if (gesture_.pressed())
        viewport()->update();   // the rubber band
}

void ResourceHeatmap::mouseReleaseEvent(QMouseEvent* event) {
    if (event->button() != Qt::LeftButton || !gesture_.pressed())
        return;
    const GestureResult result = gesture_.release(event->position());
    if (result.kind == GestureResult::Kind::kRange || result.kind == GestureResult::Kind::kPan) {
        workspace_.setRange(result.range);
    } else if (result.kind == GestureResult::Kind::kCompare) {
        workspace_.compare(result.range);
    } else if (result.kind == GestureResult::Kind::kClick) {
        const QRectF area = plot();
        if (result.at.x() >= area.left() && result.at.x() <= area.right())
            workspace_.setCursor(frame().timeAt(result.at.x()));
        choose(rowAt(result.at));
    }
    viewport()->update();
}

void ResourceHeatmap::mouseDoubleClickEvent(QMouseEvent* event) {
    gesture_.cancel();
    if (const int row = rowAt(event->position()); row >= 0 && event->button() == Qt::LeftButton) {
        choose(row);
        Q_EMIT rowOpened(row);
    }
}

void ResourceHeatmap::wheelEvent(QWheelEvent* event) {
    if (event->modifiers().testFlag(Qt::ControlModifier) && event->angleDelta().y() != 0 && !rows_.range().empty()) {
        workspace_.setRange(zoomedRange(rows_.range(), frame().timeAt(event->position().x()), std::pow(0.8, event->angleDelta().y() / 120.0)));
        event->accept();
    } else {
        QAbstractScrollArea::wheelEvent(event);
    }
}

void ResourceHeatmap::moveCursor(int columns) {
    const TimeRange range = rows_.range();
    const TimeNs now = workspace_.cursor().value_or(range.from + range.length() / 2);
    workspace_.setCursor(std::clamp(now + columns * rows_.width, range.from, range.to - 1));
    if (current_ >= 0)
        setAccessibleDescription(sentence(current_));
}

void ResourceHeatmap::keyPressEvent(QKeyEvent* event) {
    const int stride = event->modifiers().testFlag(Qt::ShiftModifier) ? 10 : 1;
    const int last = static_cast<int>(rows_.rows.size()) - 1;
    if (last < 0) {
        event->ignore();
        return;
    }
    if (event->matches(QKeySequence::Copy)) {
        Q_EMIT copyAsked();
        return;
    }
    const int page = std::max(1, verticalScrollBar()->pageStep() / layout_.rowHeight());
    switch (event->key()) {
    case Qt::Key_Up: choose(current_ < 0 ? last : std::max(0, current_ - stride)); return;
    case Qt::Key_Down: choose(std::min(last, current_ + stride)); return;
    case Qt::Key_PageUp: choose(std::max(0, current_ - page)); return;
    case Qt::Key_PageDown: choose(std::min(last, current_ + page)); return;
    case Qt::Key_Left: moveCursor(-stride); return;
    case Qt::Key_Right: moveCursor(stride); return;
    case Qt::Key_Home: workspace_.setCursor(rows_.range().from); return;
    case Qt::Key_End: workspace_.setCursor(rows_.range().to - 1); return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (current_ >= 0)
            Q_EMIT rowOpened(current_);
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
    case Qt::Key_Minus:
        workspace_.setRange(zoomedRange(rows_.range(), workspace_.cursor().value_or(rows_.range().from + rows_.range().length() / 2), event->key() == Qt::Key_Minus ? 2 : 0.5));
        return;
    default: event->ignore();
    }
}

void ResourceHeatmap::leaveEvent(QEvent* event) {
    setHovered(-1);
    QAbstractScrollArea::leaveEvent(event);
}

bool ResourceHeatmap::viewportEvent(QEvent* event) {
    if (event->type() == QEvent::ToolTip) {
        const auto* help = static_cast<QHelpEvent*>(event);
        const int row = rowAt(QPointF(help->pos()));
        if (row >= 0)
            QToolTip::showText(help->globalPos(), plainToolTip(sentence(row) + (rows_.rows[row].detail.isEmpty() ? QString() : QLatin1Char('\n') + rows_.rows[row].detail)), viewport());
        else
            QToolTip::hideText();
        return true;
    }
    return QAbstractScrollArea::viewportEvent(event);
}

}  // namespace nj::ui

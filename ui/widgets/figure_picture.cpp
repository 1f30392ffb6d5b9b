#include "widgets/figure_picture.h"

#include <QHelpEvent>
#include <QPainter>
#include <QPainterPath>
#include <QToolTip>
#include <QtMath>
#include <algorithm>
#include <cmath>

#include "widgets/plain_label.h"
#include "widgets/sparkline.h"

namespace nj::ui {
namespace {

constexpr double kTileAspect = 2.2, kDialAspect = 1.25, kNameHeight = 18, kFigureGap = 8, kMostBarHeight = 30, kLeastBarHeight = 17, kWordRoom = 17, kArrow = 7, kExtremeHeight = 15, kLeastWithExtreme = 42, kLeastWithBoth = 62, kWordGap = 4;
constexpr int kLargestNumber = 40, kSmallestNumber = 12;
// Degrees, counter-clockwise from three o'clock, as Qt counts: a dial is open at the bottom.
constexpr double kDialStart = 220, kDialSpan = 260;

// The head of an arrow: what is drawn here goes on beyond the scale.
void paintArrow(QPainter& painter, const QPointF& tip, const QPointF& direction, double width, const QColor& color, double length = kArrow) {
    const QPointF across(-direction.y() * width / 2, direction.x() * width / 2), base = tip - direction * length;
    painter.setPen(Qt::NoPen);
    painter.setBrush(color);
    painter.drawPolygon(QPolygonF({tip, base + across, base - across}));
}

// So many columns that the cells come closest to the aspect.
int columnsFor(int count, const QSizeF& size, double aspect) {
    int best = 1;
    double smallest = HUGE_VAL;
    for (int columns = 1; columns <= count; ++columns) {
        const double rows = std::ceil(static_cast<double>(count) / columns);
        const double shape = (size.width() / columns) / std::max(1.0, size.height() / rows);
        const double off = std::fabs(std::log(std::max(shape, 0.01) / aspect)) + 0.15 * (rows * columns - count) / count;
        if (off < smallest) {
            smallest = off;
            best = columns;
        }
    }
    return best;
}

}  // namespace

FigurePicture::FigurePicture(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) { setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Expanding); }

void FigurePicture::setFigures(Kind kind, const QVector<PanelFigure>& figures) {
    kind_ = kind;
    figures_ = figures;
    const QFontMetricsF metrics(theme_.table);
    nameWidth_ = textWidth_ = 0;
    QStringList words;
    for (const PanelFigure& figure : figures_) {
        nameWidth_ = std::max(nameWidth_, metrics.horizontalAdvance(figure.name));
        textWidth_ = std::max(textWidth_, metrics.horizontalAdvance(figure.text));
        words << wordsOf(figure);
    }
    setAccessibleName(words.mid(0, 20).join(QStringLiteral(", ")));
    update();
}

QVector<QRectF> FigurePicture::places() const {
    QVector<QRectF> places;
    const int count = static_cast<int>(figures_.size());
    if (count == 0)
        return places;
    const QRectF area(rect());
    if (upright()) {
        const double width = area.width() / count;
        for (int i = 0; i < count; ++i)
            places.push_back({area.left() + i * width, area.top(), width, area.height()});
        return places;
    }
    if (kind_ == Kind::kBars) {
        const double height = std::min(kMostBarHeight, area.height() / count);
        for (int i = 0; i < count; ++i)
            places.push_back({area.left(), area.top() + i * height, area.width(), height});
        return places;
    }
    const int columns = columnsFor(count, area.size(), kind_ == Kind::kDials ? kDialAspect : kTileAspect);
    const int rows = (count + columns - 1) / columns;
    const double width = (area.width() - (columns - 1) * kFigureGap) / columns, height = (area.height() - (rows - 1) * kFigureGap) / rows;
    for (int i = 0; i < count; ++i)
        places.push_back({area.left() + (i % columns) * (width + kFigureGap), area.top() + (i / columns) * (height + kFigureGap), width, height});
    return places;
}

QFont FigurePicture::fitting(const QString& text, double width, double height, int size) const {
    QFont font = theme_.number;
    int pixels = std::clamp(static_cast<int>(height), kSmallestNumber, size);
    for (font.setPixelSize(pixels); pixels > kSmallestNumber && QFontMetricsF(font).horizontalAdvance(text) > width; font.setPixelSize(--pixels)) {
    }
    return font;
}

void FigurePicture::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QVector<QRectF> all = places();
    for (qsizetype i = 0; i < all.size(); ++i) {
        switch (kind_) {
        case Kind::kTiles: paintTile(painter, all[i], figures_[i]); break;
        case Kind::kDials: paintDial(painter, all[i], figures_[i]); break;
        case Kind::kBars: upright() ? paintColumn(painter, all[i], figures_[i]) : paintBar(painter, all[i], figures_[i]); break;
        }
    }
    if (hasFocus()) {
        painter.setPen(theme_.accent);
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5));
    }
}

// The number over its course; its name above it where there are several.
void FigurePicture::paintTile(QPainter& painter, const QRectF& area, const PanelFigure& figure) const {
    QRectF rest = area;
    if (figures_.size() > 1 && area.height() > 44) {
        painter.setFont(theme_.table);
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(rest.left(), rest.top(), rest.width(), kNameHeight), Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(theme_.table).elidedText(figure.name, Qt::ElideMiddle, rest.width()));
        rest.setTop(rest.top() + kNameHeight);
    }
    const bool course = figure.course.size() > 2 && rest.height() > 56;
    const bool extreme = !figure.extreme.isEmpty() && rest.height() >= (course ? kLeastWithBoth : kLeastWithExtreme) && QFontMetricsF(theme_.caption).horizontalAdvance(figure.extreme) <= rest.width();
    if (extreme)
        rest.setHeight(rest.height() - kExtremeHeight);
    const QRectF number(rest.left(), rest.top(), rest.width(), course ? rest.height() * 0.56 : rest.height());
    const QFont font = fitting(figure.text, number.width(), number.height() * 0.8, kLargestNumber);
    painter.setFont(font);
    painter.setPen(figure.color.isValid() ? figure.color : theme_.text);
    painter.drawText(number, static_cast<int>(figures_.size() > 1 ? Qt::AlignLeft | Qt::AlignVCenter : Qt::AlignCenter), QFontMetricsF(font).elidedText(figure.text, Qt::ElideRight, number.width()));
    if (extreme) {
        painter.setFont(theme_.caption);
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(number.left(), number.bottom() - 2, number.width(), kExtremeHeight), static_cast<int>((figures_.size() > 1 ? Qt::AlignLeft : Qt::AlignHCenter) | Qt::AlignVCenter), figure.extreme);
        rest.translate(0, kExtremeHeight);
    }
    if (!course)
        return;
    SparkLine line;
    for (size_t i = 0; i < figure.course.size(); ++i)
        line.points.emplace_back(static_cast<TimeNs>(i), figure.course[i]);
    line.color = figure.color.isValid() ? figure.color : theme_.series.value(0, theme_.accent);
    paintSparkLines(painter, QRectF(rest.left(), rest.top() + number.height() + 2, rest.width(), rest.height() - number.height() - 4), {line}, {0, static_cast<TimeNs>(figure.course.size())}, {}, theme_);
}

void FigurePicture::paintDial(QPainter& painter, const QRectF& area, const PanelFigure& figure) const {
    const double names = area.height() > 70 && (figures_.size() > 1 || !figure.name.isEmpty()) && figures_.size() > 1 ? kNameHeight : 0;
    // The circle's lower sixth is open: its box may hang over the area by that much.
    const double side = std::max(20.0, std::min(area.width() - 8, (area.height() - names) / 0.86));
    const QRectF circle(area.center().x() - side / 2, area.top() + 3, side, side);
    const double thick = std::clamp(side * 0.11, 5.0, 18.0), ring = 3;
    const QRectF arc = circle.adjusted(thick / 2 + ring + 2, thick / 2 + ring + 2, -thick / 2 - ring - 2, -thick / 2 - ring - 2);
    const auto stroke = [&](const QRectF& box, double from, double to, const QColor& color, double width) {
        painter.setPen(QPen(color, width, Qt::SolidLine, Qt::FlatCap));
        painter.drawArc(box, static_cast<int>((kDialStart - from * kDialSpan) * 16), static_cast<int>(-(to - from) * kDialSpan * 16));
    };
    const QColor color = figure.color.isValid() ? figure.color : theme_.accent;
    painter.setBrush(Qt::NoBrush);
    stroke(arc, 0, 1, theme_.raised, thick);
    if (std::isfinite(figure.value))
        stroke(arc, 0, figure.beyond > 0 ? 1 - thick / (qDegreesToRadians(kDialSpan) * arc.width() / 2) : figure.share, color, thick);
    if (figure.beyond != 0) {
        // As long as it is wide, with its tip about at the end of the arc.
        const double at = qDegreesToRadians(figure.beyond > 0 ? kDialStart - kDialSpan : kDialStart) + figure.beyond * thick / (arc.width() / 2);
        const QPointF base = arc.center() + QPointF(std::cos(at), -std::sin(at)) * arc.width() / 2, onward = QPointF(std::sin(at), std::cos(at)) * figure.beyond;
        paintArrow(painter, base + onward * thick, onward, thick, color, thick + 0.5);
        painter.setBrush(Qt::NoBrush);
    }
    const QRectF outer = circle.adjusted(ring, ring, -ring, -ring);
    for (qsizetype i = 0; i < figure.steps.size(); ++i)
        stroke(outer, figure.steps[i].from, i + 1 < figure.steps.size() ? figure.steps[i + 1].from : 1, figure.steps[i].color, ring - 0.5);
    const QRectF inside = arc.adjusted(thick * 0.8, arc.height() * 0.25, -thick * 0.8, -arc.height() * 0.25);
    painter.setFont(fitting(figure.text, inside.width(), inside.height() * 0.7, kLargestNumber));
    painter.setPen(figure.color.isValid() ? figure.color : theme_.text);
    painter.drawText(inside, Qt::AlignCenter, figure.text);
    // The scale's ends, where there is room between the arc's.
    if (side > 150) {
        painter.setFont(theme_.caption);
        painter.setPen(theme_.muted);
        const double open = qDegreesToRadians(kDialStart - 180), y = arc.center().y() + arc.width() / 2 * std::sin(open) - 5;
        const double room = (arc.width() / 2 - thick / 2) * std::cos(open) - kWordGap;
        painter.drawText(QRectF(arc.center().x() - room, y, room, 14), Qt::AlignLeft | Qt::AlignVCenter, figure.low);
        painter.drawText(QRectF(arc.center().x(), y, room, 14), Qt::AlignRight | Qt::AlignVCenter, figure.high);
    }
    if (names > 0) {
        painter.setFont(theme_.table);
        painter.setPen(theme_.muted);
        painter.drawText(QRectF(area.left(), area.bottom() - names, area.width(), names), Qt::AlignCenter, QFontMetricsF(theme_.table).elidedText(figure.name, Qt::ElideMiddle, area.width()));
    }
}

void FigurePicture::paintBar(QPainter& painter, const QRectF& area, const PanelFigure& figure) const {
    const QFontMetricsF metrics(theme_.table);
    const double name = std::min(nameWidth_, area.width() * 0.35), text = std::min(textWidth_, area.width() * 0.3);
    painter.setFont(theme_.table);
    painter.setPen(theme_.text);
    painter.drawText(QRectF(area.left(), area.top(), name, area.height()), Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(figure.name, Qt::ElideMiddle, name));
    const double left = area.left() + name + (name > 0 ? kFigureGap : 0), right = area.right() - text - kFigureGap;
    const double height = std::clamp(area.height() - 6, 4.0, 18.0);
    const QRectF track(left, area.center().y() - height / 2, std::max(0.0, right - left), height);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.raised);
    painter.drawRect(track);
    const QColor color = figure.color.isValid() ? figure.color : theme_.series.value(0, theme_.accent);
    painter.setBrush(color);
    if (figure.share > 0)
        painter.drawRect(QRectF(track.left(), track.top(), std::max(1.0, track.width() * figure.share - (figure.beyond > 0 ? kArrow : 0)), track.height()));
    if (figure.beyond > 0)
        paintArrow(painter, {track.right(), track.center().y()}, {1, 0}, track.height(), color);
    else if (figure.beyond < 0)
        paintArrow(painter, {track.left(), track.center().y()}, {-1, 0}, track.height(), color);
    painter.setPen(figure.color.isValid() ? figure.color : theme_.text);
    painter.drawText(QRectF(area.right() - text, area.top(), text, area.height()), Qt::AlignRight | Qt::AlignVCenter, metrics.elidedText(figure.text, Qt::ElideRight, text));
}

bool FigurePicture::upright() const { return kind_ == Kind::kBars && !figures_.isEmpty() && height() / static_cast<double>(figures_.size()) < kLeastBarHeight; }

void FigurePicture::paintColumn(QPainter& painter, const QRectF& area, const PanelFigure& figure) const {
    const QFontMetricsF metrics(theme_.caption);
    const double gap = std::min(6.0, area.width() * 0.2);
    const QRectF track = area.adjusted(gap / 2, kWordRoom, -gap / 2, -kWordRoom);
    painter.setPen(Qt::NoPen);
    painter.setBrush(theme_.raised);
    painter.drawRect(track);
    const QColor color = figure.color.isValid() ? figure.color : theme_.series.value(0, theme_.accent);
    painter.setBrush(color);
    if (figure.share > 0) {
        const double height = std::max(1.0, track.height() * figure.share - (figure.beyond > 0 ? kArrow : 0));
        painter.drawRect(QRectF(track.left(), track.bottom() - height, track.width(), height));
    }
    if (figure.beyond > 0)
        paintArrow(painter, {track.center().x(), track.top()}, {0, -1}, track.width(), color);
    else if (figure.beyond < 0)
        paintArrow(painter, {track.center().x(), track.bottom()}, {0, 1}, track.width(), color);
    painter.setFont(theme_.caption);
    painter.setPen(theme_.muted);
    const auto word = [&](const QRectF& place, const QString& text) {
        const QString number = text.section(QChar(0x00A0), 0, 0);   // without its unit, which a hover says
        if (const double room = area.width() - kWordGap; metrics.horizontalAdvance(text) <= room || metrics.horizontalAdvance(number) <= room)
            painter.drawText(place, Qt::AlignCenter, metrics.horizontalAdvance(text) <= room ? text : number);
        else if (area.width() > 40)
            painter.drawText(place, Qt::AlignCenter, metrics.elidedText(text, Qt::ElideRight, area.width() - 2));
    };
    word(QRectF(area.left(), area.bottom() - kWordRoom, area.width(), kWordRoom), figure.name);
    painter.setPen(theme_.text);
    word(QRectF(area.left(), area.top(), area.width(), kWordRoom), figure.text);
}

QString FigurePicture::wordsOf(const PanelFigure& figure) const {
    QString words = figure.name.isEmpty() ? figure.text : figure.name + QStringLiteral(": ") + figure.text;
    if (!figure.extreme.isEmpty())
        words += QStringLiteral(", ") + figure.extreme;
    if (kind_ != Kind::kTiles && figure.beyond != 0)
        words += figure.beyond > 0 ? tr(", above the scale, which ends at %1").arg(figure.high) : tr(", below the scale, which begins at %1").arg(figure.low);
    return words;
}

bool FigurePicture::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return QWidget::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    const QVector<QRectF> all = places();
    for (qsizetype i = 0; i < all.size(); ++i)
        if (all[i].contains(help->pos())) {
            QToolTip::showText(help->globalPos(), plainToolTip(wordsOf(figures_[i])), this);
            return true;
        }
    QToolTip::hideText();
    return true;
}

}  // namespace nj::ui

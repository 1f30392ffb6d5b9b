#include "widgets/story_tiles.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <cmath>

#include "widgets/plain_label.h"
#include "widgets/sparkline.h"

namespace nj::ui {

namespace {

constexpr int kTileHeight = 88, kFactsHeight = 34;
constexpr double kSparkWidth = 62, kLeastSpark = 28;

QColor ink(const QString& role, const Theme& theme) {
    return role == u"error" ? theme.error : role == u"warning" ? theme.warning : role == u"ok" ? theme.ok : theme.muted;
}

class Tile : public QAbstractButton {
public:
    Tile(StoryTile tile, const Theme& theme, QWidget* parent) : QAbstractButton(parent), tile_(std::move(tile)), theme_(theme) {
        setFixedHeight(kTileHeight);
        setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        setAccessibleName(QStringList{tile_.caption, tile_.number + tile_.unit, tile_.baseline.isEmpty() ? QString() : StoryTiles::tr("baseline %1").arg(tile_.baseline), tile_.first, tile_.second}.join(QLatin1Char(' ')));
        setToolTip(plainToolTip(accessibleName()));
        if (tile_.link.kind != StoryLink::Kind::kNone)
            setCursor(Qt::PointingHandCursor);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        p.setRenderHint(QPainter::Antialiasing);
        p.setPen(hasFocus() ? theme_.accent : underMouse() && tile_.link.kind != StoryLink::Kind::kNone ? theme_.muted : theme_.line);
        p.setBrush(theme_.panel);
        p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
        const QRectF area = QRectF(rect()).adjusted(theme_.padding, 7, -theme_.padding, -7);
        paintCaption(p, area);
        paintNumber(p, area);
        p.setFont(theme_.table);
        const QFontMetricsF metrics(theme_.table);
        // Words come first; the line beside them takes what they leave, down to a width at which it still shows a course.
        const double words = std::max(metrics.horizontalAdvance(tile_.first), metrics.horizontalAdvance(tile_.second)) + 1;
        const double spark = std::min(kSparkWidth, area.width() - words - 8) < kLeastSpark ? 0 : std::min(kSparkWidth, area.width() - words - 8);
        const double room = spark > 0 ? area.width() - spark - 8 : area.width();
        p.setPen(theme_.text);
        p.drawText(QRectF(area.left(), area.top() + 45, room, 16), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(tile_.first, Qt::ElideRight, room));
        p.setPen(theme_.muted);
        p.drawText(QRectF(area.left(), area.top() + 60, room, 16), Qt::AlignLeft | Qt::AlignVCenter, metrics.elidedText(tile_.second, Qt::ElideRight, room));
        if (spark > 0)
            paintSpark(p, QRectF(area.right() - spark, area.bottom() - 30, spark, 26));
    }

private:
    void paintCaption(QPainter& p, const QRectF& area) const {
        double left = area.left();
        p.setFont(theme_.table);
        if (!tile_.mark.isEmpty()) {
            p.setPen(ink(tile_.role, theme_));
            p.drawText(QRectF(left, area.top(), 14, 16), Qt::AlignLeft | Qt::AlignVCenter, tile_.mark);
            left += 17;
        }
        p.setPen(theme_.muted);
        p.drawText(QRectF(left, area.top(), area.right() - left, 16), Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(theme_.table).elidedText(tile_.caption, Qt::ElideRight, area.right() - left));
    }
    void paintNumber(QPainter& p, const QRectF& area) const {
        QFont font = theme_.number;
        const double room = area.width();
        while (font.pixelSize() > 15 && QFontMetricsF(font).horizontalAdvance(tile_.number) + 70 > room)
            font.setPixelSize(font.pixelSize() - 1);
        p.setFont(font);
        p.setPen(theme_.text);
        const double baseline = area.top() + 39;
        p.drawText(QPointF(area.left(), baseline), tile_.number);
        double x = area.left() + QFontMetricsF(font).horizontalAdvance(tile_.number) + 4;
        p.setFont(theme_.body);
        if (!tile_.unit.isEmpty()) {
            p.drawText(QPointF(x, baseline), tile_.unit);
            x += QFontMetricsF(theme_.body).horizontalAdvance(tile_.unit) + 4;
        }
        if (tile_.baseline.isEmpty() || x + 30 > area.right())
            return;
        QPen dashed(theme_.muted, 1, Qt::DashLine);   // dashed always means baseline
        p.setPen(dashed);
        p.drawLine(QPointF(x + 8, baseline - 4.5), QPointF(x + 22, baseline - 4.5));
        p.setFont(theme_.table);
        p.setPen(theme_.muted);
        p.drawText(QRectF(x + 26, baseline - 13, area.right() - x - 26, 18), Qt::AlignLeft | Qt::AlignVCenter, QFontMetricsF(theme_.table).elidedText(tile_.baseline, Qt::ElideRight, area.right() - x - 26));
    }
    void paintSpark(QPainter& p, const QRectF& area) const {
        if (tile_.spark.size() < 2)
            return;
        SparkLine line;
        for (size_t i = 0; i < tile_.spark.size(); ++i)
            line.points.emplace_back(static_cast<TimeNs>(i), static_cast<double>(tile_.spark[i]));
        line.color = tile_.role == u"error" ? theme_.error : theme_.series.value(0, theme_.accent);
        paintSparkLines(p, area, {line}, {0, static_cast<TimeNs>(tile_.spark.size())}, {}, theme_, 0.0);
    }
    StoryTile tile_;
    const Theme& theme_;
};

}  // namespace

StoryTiles::StoryTiles(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.gap);
    setFixedHeight(kTileHeight);
}

void StoryTiles::setTiles(const QVector<StoryTile>& tiles) {
    while (QLayoutItem* item = layout()->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    for (const StoryTile& tile : tiles) {
        auto* button = new Tile(tile, theme_, this);
        connect(button, &QAbstractButton::clicked, this, [this, link = tile.link] { Q_EMIT linkFollowed(link); });
        layout()->addWidget(button);
        button->show();   // now, not one turn of the event loop later
    }
}

StoryFacts::StoryFacts(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFixedHeight(kFactsHeight);
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
}

void StoryFacts::setFacts(const QVector<StoryFact>& facts) {
    facts_ = facts;
    current_ = nextLink(-1, 1);
    QStringList words;
    for (const StoryFact& fact : facts)
        words.append(fact.caption + QStringLiteral(": ") + fact.text);
    setAccessibleName(words.join(QStringLiteral("; ")));
    update();
}

QVector<QRectF> StoryFacts::places() const {
    QVector<QRectF> places;
    const QFontMetricsF metrics(theme_.body), small(theme_.caption);
    double x = 0;
    for (const StoryFact& fact : facts_) {
        const double w = std::max(metrics.horizontalAdvance(fact.text) + (fact.mark.isEmpty() ? 0 : 16), small.horizontalAdvance(fact.caption)) + 2;
        if (x + w > width())
            break;
        places.push_back(QRectF(x, 0, w, height()));
        x += w + 24;
    }
    return places;
}

int StoryFacts::factAt(const QPointF& at) const {
    const auto all = places();
    for (int i = 0; i < all.size(); ++i)
        if (all[i].contains(at) && facts_[i].link.kind != StoryLink::Kind::kNone)
            return i;
    return -1;
}

void StoryFacts::paintEvent(QPaintEvent*) {
    QPainter p(this);
    const auto all = places();
    for (int i = 0; i < all.size(); ++i) {
        const StoryFact& fact = facts_[i];
        QRectF area = all[i];
        if (i > 0)
            p.fillRect(QRectF(area.left() - 12, 2, 1, height() - 4), theme_.line);
        p.setFont(theme_.caption);
        p.setPen(theme_.muted);
        p.drawText(QRectF(area.left(), 0, area.width(), 14), Qt::AlignLeft | Qt::AlignVCenter, fact.caption);
        area.setTop(15);
        p.setFont(theme_.body);
        if (!fact.mark.isEmpty()) {
            p.setPen(ink(fact.role, theme_));
            p.drawText(QRectF(area.left(), area.top(), 14, 18), Qt::AlignLeft | Qt::AlignVCenter, fact.mark);
            area.setLeft(area.left() + 16);
        }
        p.setPen(theme_.text);
        p.drawText(QRectF(area.left(), area.top(), area.width(), 18), Qt::AlignLeft | Qt::AlignVCenter, fact.text);
        if (fact.link.kind != StoryLink::Kind::kNone) {
            p.setPen(QPen(theme_.muted, 1, Qt::DotLine));
            p.drawLine(QPointF(area.left(), height() - 1.0), QPointF(area.right() - 2, height() - 1.0));
        }
        if (hasFocus() && i == current_) {
            p.setPen(theme_.accent);
            p.setBrush(Qt::NoBrush);
            p.drawRect(all[i].adjusted(-3.5, 0.5, 1.5, -0.5));
        }
    }
}

void StoryFacts::mousePressEvent(QMouseEvent* event) {
    if (const int i = factAt(event->position()); i >= 0 && event->button() == Qt::LeftButton)
        Q_EMIT linkFollowed(facts_[i].link);
}

int StoryFacts::nextLink(int from, int step) const {
    for (int i = from + step; i >= 0 && i < facts_.size(); i += step)
        if (facts_[i].link.kind != StoryLink::Kind::kNone)
            return i;
    return from;
}

void StoryFacts::keyPressEvent(QKeyEvent* event) {
    const int key = event->key();
    if (key == Qt::Key_Left || key == Qt::Key_Right)
        current_ = nextLink(current_, key == Qt::Key_Left ? -1 : 1);
    else if ((key == Qt::Key_Return || key == Qt::Key_Enter || key == Qt::Key_Space) && current_ >= 0)
        Q_EMIT linkFollowed(facts_[current_].link);
    else
        QWidget::keyPressEvent(event);
    update();
}

void StoryFacts::focusInEvent(QFocusEvent*) { update(); }
void StoryFacts::focusOutEvent(QFocusEvent*) { update(); }

void StoryFacts::mouseMoveEvent(QMouseEvent* event) { setCursor(factAt(event->position()) >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor); }

}  // namespace nj::ui

#include "widgets/story_line.h"

#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <vector>

#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr double kMarkRoom = 24;
constexpr int kQuoted = 160;

bool gluedToLast(const QString& word) { return !word.isEmpty() && QStringLiteral(";,.").contains(word[0]); }

}  // namespace

StoryLine::StoryLine(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setMouseTracking(true);
    setFocusPolicy(Qt::TabFocus);
    QSizePolicy policy(QSizePolicy::Expanding, QSizePolicy::Minimum);
    policy.setHeightForWidth(true);
    setSizePolicy(policy);
}

void StoryLine::setStory(const QString& mark, const QString& role, const QVector<StoryPart>& parts, const QString& whole) {
    mark_ = mark;
    role_ = role;
    parts_ = parts;
    // A name from telemetry may be a megabyte; a sentence quotes its beginning.
    for (StoryPart& part : parts_)
        if (part.text.size() > kQuoted)
            part.text = part.text.left(kQuoted) + QChar(0x2026);
    measure();
    focused_ = hovered_ = -1;
    setAccessibleName(cutForCell(whole));
    updateGeometry();
    update();
}

bool StoryLine::leads(int part) const { return part >= 0 && part < parts_.size() && parts_[part].link.kind != StoryLink::Kind::kNone; }

// Layouts ask for the height many times over; shaping the text of a stranger that often is what costs.
void StoryLine::measure() {
    const QFontMetricsF metrics(theme_.title);
    space_ = metrics.horizontalAdvance(QLatin1Char(' '));
    line_ = metrics.height() + 4;
    words_.clear();
    for (int i = 0; i < parts_.size(); ++i)
        for (const QString& text : parts_[i].text.split(QLatin1Char(' '), Qt::SkipEmptyParts))
            words_.push_back({text, i, QRectF(0, 0, metrics.horizontalAdvance(text), line_)});
}

std::vector<StoryLine::Word> StoryLine::layoutWords(double width, double* height) const {
    std::vector<Word> words = words_;
    const double left = mark_.isEmpty() ? 0 : kMarkRoom;
    double x = left, y = 0;
    for (Word& word : words) {
        if (x > left && !gluedToLast(word.text))
            x += space_;
        if (x > left && x + word.rect.width() > width) {
            x = left;
            y += line_;
        }
        word.rect.moveTo(x, y);
        x += word.rect.width();
    }
    if (height)
        *height = y + line_;
    return words;
}

int StoryLine::heightForWidth(int width) const {
    double height = 0;
    static_cast<void>(layoutWords(width, &height));
    return static_cast<int>(height);
}

QSize StoryLine::sizeHint() const { return {400, heightForWidth(width() > 100 ? width() : 1200)}; }

int StoryLine::partAt(const QPointF& at) const {
    for (const Word& word : layoutWords(width(), nullptr))
        if (word.rect.adjusted(-3, 0, 3, 0).contains(at))
            return word.part;
    return -1;
}

void StoryLine::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setFont(theme_.title);
    const QFontMetricsF metrics(theme_.title);
    if (!mark_.isEmpty()) {
        p.setPen(role_ == u"error" ? theme_.error : role_ == u"warning" ? theme_.warning : theme_.ok);
        p.drawText(QRectF(0, 0, kMarkRoom - 4, metrics.height() + 4), Qt::AlignLeft | Qt::AlignVCenter, mark_);
    }
    const auto words = layoutWords(width(), nullptr);
    for (size_t i = 0; i < words.size(); ++i) {
        const Word& word = words[i];
        const bool link = leads(word.part), active = link && (word.part == hovered_ || (hasFocus() && word.part == focused_));
        p.setPen(active ? theme_.accent : theme_.text);
        p.drawText(word.rect, Qt::AlignLeft | Qt::AlignVCenter, word.text);
        if (!link)
            continue;
        QPen dots(active ? theme_.accent : theme_.muted, 1, Qt::DotLine);
        p.setPen(dots);
        const bool joined = i + 1 < words.size() && words[i + 1].part == word.part && words[i + 1].rect.top() == word.rect.top();
        p.drawLine(QPointF(word.rect.left(), word.rect.bottom() - 3), QPointF(joined ? words[i + 1].rect.left() : word.rect.right(), word.rect.bottom() - 3));
    }
}

void StoryLine::mouseMoveEvent(QMouseEvent* event) {
    const int part = partAt(event->position());
    const int now = leads(part) ? part : -1;
    setCursor(now >= 0 ? Qt::PointingHandCursor : Qt::ArrowCursor);
    if (now != hovered_) {
        hovered_ = now;
        update();
    }
}

void StoryLine::mousePressEvent(QMouseEvent* event) {
    const int part = partAt(event->position());
    if (event->button() == Qt::LeftButton && leads(part))
        Q_EMIT linkFollowed(parts_[part].link);
}

void StoryLine::leaveEvent(QEvent*) {
    hovered_ = -1;
    update();
}

void StoryLine::keyPressEvent(QKeyEvent* event) {
    const auto step = [&](int by) {
        for (int next = focused_ + by; next >= 0 && next < parts_.size(); next += by)
            if (leads(next)) {
                focused_ = next;
                update();
                return;
            }
    };
    if (event->key() == Qt::Key_Right)
        step(1);
    else if (event->key() == Qt::Key_Left)
        step(-1);
    else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && leads(focused_))
        Q_EMIT linkFollowed(parts_[focused_].link);
    else
        QWidget::keyPressEvent(event);
}

}  // namespace nj::ui

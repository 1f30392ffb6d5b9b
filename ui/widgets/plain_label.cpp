#include "widgets/plain_label.h"

#include <QEvent>
#include <QStyle>
#include <QVariant>

namespace nj::ui {

QString cutForCell(const QString& text) {
    return text.size() <= kCellCharacters ? text : text.left(kCellCharacters - 1) + QStringLiteral("…");
}

QString oneLine(std::string_view text, qsizetype most) {
    // A character of UTF-8 takes at most four bytes: the rest of a text of megabytes is not even converted. Twice that for folded white space.
    const QString line = qText(text.substr(0, static_cast<size_t>(most) * 8)).simplified();
    return line.size() <= most ? line : line.left(most - 1) + QStringLiteral("…");
}

QString cutForLine(const QString& text) {
    QString line = text.size() <= kLineCharacters ? text : text.left(kLineCharacters / 2) + QStringLiteral("…") + text.right(kLineCharacters / 2 - 1);
    return line.replace(QLatin1Char('\n'), QLatin1Char(' '));
}

QString plainToolTip(const QString& text) {
    if (text.isEmpty())
        return {};
    return QStringLiteral("<qt>") + text.left(1000).toHtmlEscaped().replace(QLatin1Char('\n'), QLatin1String("<br>")) + QStringLiteral("</qt>");
}

PlainLabel::PlainLabel(QWidget* parent) : QLabel(parent) { setTextFormat(Qt::PlainText); }

PlainLabel::PlainLabel(const QString& text, const QFont& font, const char* role, QWidget* parent) : PlainLabel(parent) {
    setFont(font);
    setRole(role);
    setPlain(text);
}

void PlainLabel::setPlain(const QString& text) {
    full_ = cutForCell(text);
    lineWidth_ = -1;
    setAccessibleName(full_);
    layoutText();
    updateGeometry();
}

void PlainLabel::setRole(const char* role) {
    const QString name = QString::fromLatin1(role);
    if (property("role").toString() == name)
        return;
    setProperty("role", name);
    style()->unpolish(this);
    style()->polish(this);
}

void PlainLabel::setElided(bool elided) {
    elided_ = elided;
    setSizePolicy(elided ? QSizePolicy::Maximum : QSizePolicy::Preferred, QSizePolicy::Preferred);
    layoutText();
}

int PlainLabel::lineWidth() const {
    if (lineWidth_ < 0)
        lineWidth_ = fontMetrics().horizontalAdvance(cutForLine(full_));
    return lineWidth_;
}

QSize PlainLabel::minimumSizeHint() const {
    if (!elided_)
        return QLabel::minimumSizeHint();
    return {std::min(lineWidth(), 24), fontMetrics().height()};
}

QSize PlainLabel::sizeHint() const {
    if (!elided_)
        return QLabel::sizeHint();
    const QMargins margins = contentsMargins();
    return {lineWidth() + 2 + margins.left() + margins.right(), fontMetrics().height() + margins.top() + margins.bottom()};
}

void PlainLabel::changeEvent(QEvent* event) {
    if (event->type() == QEvent::FontChange || event->type() == QEvent::StyleChange)
        lineWidth_ = -1;
    QLabel::changeEvent(event);
}

void PlainLabel::resizeEvent(QResizeEvent* event) {
    QLabel::resizeEvent(event);
    if (elided_)
        layoutText();
}

void PlainLabel::layoutText() {
    if (!elided_) {
        setText(full_);
        return;
    }
    const QString line = cutForLine(full_);
    const QString shown = fontMetrics().elidedText(line, Qt::ElideRight, contentsRect().width());
    setText(shown);
    setToolTip(shown == line && line.size() == full_.size() ? QString() : plainToolTip(full_));
}

}  // namespace nj::ui

#include "widgets/plain_label.h"

#include <QStyle>
#include <QVariant>

namespace nj::ui {

QString cutForCell(const QString& text) {
    return text.size() <= kCellCharacters ? text : text.left(kCellCharacters - 1) + QStringLiteral("…");
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

QSize PlainLabel::minimumSizeHint() const {
    if (!elided_)
        return QLabel::minimumSizeHint();
    return {std::min(fontMetrics().horizontalAdvance(full_), 24), fontMetrics().height()};
}

QSize PlainLabel::sizeHint() const {
    if (!elided_)
        return QLabel::sizeHint();
    const QMargins margins = contentsMargins();
    return {fontMetrics().horizontalAdvance(full_) + 2 + margins.left() + margins.right(), fontMetrics().height() + margins.top() + margins.bottom()};
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
    QString line = full_;
    line.replace(QLatin1Char('\n'), QLatin1Char(' '));
    const QString shown = fontMetrics().elidedText(line, Qt::ElideRight, contentsRect().width());
    setText(shown);
    setToolTip(shown == line ? QString() : plainToolTip(full_));
}

}  // namespace nj::ui

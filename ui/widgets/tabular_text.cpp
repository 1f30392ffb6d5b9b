#include "widgets/tabular_text.h"

#include <algorithm>

namespace nj::ui {

namespace {

bool isDigit(QChar c) { return c >= QLatin1Char('0') && c <= QLatin1Char('9'); }

double digitWidth(const QFontMetricsF& metrics) {
    double width = 0;
    for (char c = '0'; c <= '9'; ++c)
        width = std::max(width, metrics.horizontalAdvance(QLatin1Char(c)));
    return width;
}

// Calls piece(text, isDigit) for every digit and every run of other characters.
template <typename Piece>
void pieces(const QString& text, Piece piece) {
    qsizetype i = 0;
    while (i < text.size()) {
        const qsizetype begin = i;
        if (isDigit(text[i])) {
            ++i;
            piece(text.mid(begin, 1), true);
            continue;
        }
        while (i < text.size() && !isDigit(text[i]))
            ++i;
        piece(text.mid(begin, i - begin), false);
    }
}

}  // namespace

double tabularWidth(const QFontMetricsF& metrics, const QString& text) {
    const double digit = digitWidth(metrics);
    double width = 0;
    pieces(text, [&](const QString& part, bool number) { width += number ? digit : metrics.horizontalAdvance(part); });
    return width;
}

void drawTabular(QPainter& painter, const QRectF& rect, Qt::Alignment alignment, const QString& text) {
    const QFontMetricsF metrics(painter.font());
    const double digit = digitWidth(metrics);
    double x = rect.left();
    if (alignment & Qt::AlignRight)
        x = rect.right() - tabularWidth(metrics, text);
    else if (alignment & Qt::AlignHCenter)
        x = rect.center().x() - tabularWidth(metrics, text) / 2;
    double baseline = rect.top() + metrics.ascent();
    if (alignment & Qt::AlignVCenter)
        baseline = rect.center().y() + (metrics.ascent() - metrics.descent()) / 2;
    else if (alignment & Qt::AlignBottom)
        baseline = rect.bottom() - metrics.descent();
    pieces(text, [&](const QString& part, bool number) {
        const double advance = metrics.horizontalAdvance(part);
        painter.drawText(QPointF(number ? x + (digit - advance) / 2 : x, baseline), part);
        x += number ? digit : advance;
    });
}

}  // namespace nj::ui

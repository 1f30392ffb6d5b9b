// Every colour, size and font of the window, as named tokens (look: quiet, dense, exact). No view holds one of its own.
// Immutable values; UI thread.
#pragma once

#include <QColor>
#include <QFont>
#include <QPalette>
#include <QString>
#include <QVector>

namespace nj::ui {

enum class ThemeKind { kDark, kLight };

struct Theme {
    ThemeKind kind = ThemeKind::kDark;

    // Surfaces and text.
    QColor base, panel, raised, line, text, muted, accent, selection;
    // Meaning: never by colour alone, so each comes with a mark: ▲ error, ◆ warning, ● ok.
    QColor error, warning, ok;
    QColor grid;                       // text at 8 %
    QVector<QColor> series;            // Okabe–Ito in a fixed order, for this theme
    QColor others;                     // the band beyond the series colours

    // 4 px unit.
    int unit = 4, padding = 12, gap = 8, rowHeight = 24, toolbarHeight = 36, railCollapsed = 48, railOpen = 168, radius = 4, barHeight = 14;

    QFont body;        // Inter 13
    QFont table;       // Inter 12, tabular figures
    QFont caption;     // Inter 11
    QFont title;       // Inter 16/600
    QFont panelTitle;  // Inter 13/600
    QFont number;      // Inter 24/600
    QFont mono;        // JetBrains Mono 12

    static Theme dark();
    static Theme light();
    [[nodiscard]] QPalette palette() const;
    // For the QApplication: flat buttons, tables, inputs, scroll bars in these tokens.
    [[nodiscard]] QString styleSheet() const;
    // Style, palette, font and style sheet of the whole application.
    void install() const;
    // Series colour by rank: dashes begin where colours repeat (rank ≥ 7).
    [[nodiscard]] QColor seriesColor(int rank) const;
    [[nodiscard]] Qt::PenStyle seriesDash(int rank) const;
    // viridis, t in [0, 1].
    [[nodiscard]] static QRgb heat(double t);
    [[nodiscard]] QColor severityColor(int severityNumber) const;
    [[nodiscard]] static QString severityMark(int severityNumber);   // "▲", "◆", "·"
};

}  // namespace nj::ui

#include "theme/theme.h"

#include <QApplication>
#include <algorithm>
#include <array>
#include <cmath>

#include "theme/cell_style.h"

namespace nj::ui {

namespace {

QFont sansFont(int pixels, QFont::Weight weight) {
    QFont font;
    font.setFamilies({QStringLiteral("Inter"), QStringLiteral("Noto Sans"), QStringLiteral("DejaVu Sans")});
    font.setPixelSize(pixels);
    font.setWeight(weight);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

QFont monoFont(int pixels) {
    QFont font;
    font.setFamilies({QStringLiteral("JetBrains Mono"), QStringLiteral("DejaVu Sans Mono"), QStringLiteral("monospace")});
    font.setStyleHint(QFont::Monospace);
    font.setFixedPitch(true);
    font.setPixelSize(pixels);
    font.setHintingPreference(QFont::PreferNoHinting);
    return font;
}

void setFonts(Theme& t) {
    t.body = sansFont(13, QFont::Normal);
    t.table = sansFont(12, QFont::Normal);
    t.caption = sansFont(11, QFont::Normal);
    t.title = sansFont(16, QFont::DemiBold);
    t.panelTitle = sansFont(13, QFont::DemiBold);
    t.number = sansFont(24, QFont::DemiBold);
    t.mono = monoFont(12);
}

QColor withAlpha(QColor color, double alpha) {
    color.setAlphaF(static_cast<float>(alpha));
    return color;
}

QString css(const QColor& c) {
    return c.alpha() == 255 ? c.name() : QStringLiteral("rgba(%1,%2,%3,%4)").arg(c.red()).arg(c.green()).arg(c.blue()).arg(c.alphaF(), 0, 'f', 3);
}

// viridis at 0, 1/8 … 1; linear between them is within 2/255 of the original.
constexpr std::array<std::array<int, 3>, 9> kViridis{
    {{68, 1, 84}, {71, 44, 122}, {59, 81, 139}, {44, 113, 142}, {33, 144, 141}, {39, 173, 129}, {92, 200, 99}, {170, 220, 50}, {253, 231, 37}}};

// Written with the tokens' names in braces; styleSheet() puts the colours in.
constexpr const char* kStyle = R"(
QWidget { color: {text}; }
QMainWindow, QDialog, QWidget#page { background: {base}; }
QToolTip { background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px 6px; }
QLabel { background: transparent; }
QLabel[role="muted"] { color: {muted}; }
QLabel[role="error"] { color: {error}; }
QLabel[role="warning"] { color: {warning}; }
QLabel[role="ok"] { color: {ok}; }
QLabel[role="accent"] { color: {accent}; }
QPushButton, QToolButton { background: {raised}; border: 1px solid {line}; border-radius: 4px; padding: 0 10px; min-height: 22px; color: {text}; }
QToolButton { padding: 0 8px; }
QPushButton:hover, QToolButton:hover { border-color: {muted}; }
QPushButton:pressed, QToolButton:pressed { background: {line}; }
QPushButton:focus, QToolButton:focus { border-color: {accent}; }
QPushButton:checked, QToolButton:checked { background: {selection}; border-color: {accent}; color: {text}; }
QPushButton:disabled, QToolButton:disabled { color: {faint}; }
QPushButton[role="primary"] { background: {accent}; border-color: {accent}; color: {onAccent}; font-weight: 600; }
QPushButton[role="rail"] { min-height: 32px; max-height: 32px; }
QPushButton[role="big"] { min-height: 64px; max-height: 64px; }
QPushButton[role="link"] { background: transparent; border: 1px solid {line}; color: {accent}; }
QPushButton[role="link"]:hover, QPushButton[role="link"]:focus { border-color: {accent}; }
QPushButton[role="flat"], QToolButton[role="flat"] { background: transparent; border-color: transparent; color: {muted}; min-height: 16px; padding: 0 6px; }
QPushButton[role="segment"] { min-height: 16px; padding: 0 8px; color: {muted}; }
QPushButton[role="segment"]:checked { color: {text}; }
QPushButton[role="flat"]:checked, QToolButton[role="flat"]:checked { background: {selection}; border-color: {accent}; color: {text}; }
QPushButton[role="flat"]:hover, QToolButton[role="flat"]:hover { color: {text}; border-color: {line}; }
QToolButton::menu-indicator, QPushButton::menu-indicator { image: none; width: 0; }
QLineEdit, QComboBox, QSpinBox, QPlainTextEdit { background: {base}; border: 1px solid {line}; border-radius: 4px; padding: 0 8px; min-height: 22px;
  color: {text}; selection-background-color: {accent}; selection-color: {onAccent}; }
QLineEdit:focus, QComboBox:focus, QPlainTextEdit:focus { border-color: {accent}; }
QLineEdit[invalid="true"] { border-color: {error}; }
QComboBox { background: {raised}; padding-right: 18px; }
QComboBox[role="title"] { min-height: 25px; }
QComboBox::drop-down { border: 0; width: 18px; }
QComboBox::down-arrow { image: url(:/nightjar/down-{kind}.png); width: 8px; height: 5px; margin-right: 8px; }
QComboBox QAbstractItemView { background: {panel}; border: 1px solid {line}; selection-background-color: {selection}; selection-color: {text}; outline: 0; }
QCheckBox { spacing: 6px; }
QCheckBox::indicator, QListView::indicator { width: 10px; height: 10px; border: 1px solid {muted}; border-radius: 2px; background: {base}; }
QCheckBox::indicator:checked, QListView::indicator:checked { border-color: {accent}; background: {accent}; }
QMenu { background: {panel}; border: 1px solid {line}; padding: 4px 0; }
QMenu::item { padding: 4px 20px 4px 12px; }
QMenu::item:selected { background: {selection}; }
QMenu::item:disabled { color: {faint}; }
QMenu::separator { height: 1px; background: {line}; margin: 4px 8px; }
QAbstractItemView { background: {panel}; border: 0; outline: 0; selection-background-color: {selection}; selection-color: {text}; gridline-color: {grid}; }
QAbstractItemView::item { border-bottom: 1px solid {grid}; }
QAbstractItemView::item:hover { background: {hover}; }
QAbstractItemView::item:selected { background: {selection}; color: {text}; }
QHeaderView { background: {panel}; border: 0; }
QHeaderView::section { background: {panel}; color: {muted}; border: 0; border-bottom: 1px solid {line}; padding: 0 5px; height: 24px; font-size: 12px; font-weight: 500; }
QTableCornerButton::section { background: {panel}; border: 0; border-bottom: 1px solid {line}; }
QHeaderView::section:hover { color: {text}; }
QHeaderView::up-arrow, QHeaderView::down-arrow { subcontrol-position: top center; width: 7px; height: 5px; }
QScrollArea { background: transparent; border: 0; }
QScrollBar { background: transparent; border: 0; }
QScrollBar:vertical { width: 10px; margin: 0; }
QScrollBar:horizontal { height: 10px; margin: 0; }
QScrollBar::handle { background: {line}; border-radius: 3px; margin: 2px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: {faint}; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QSplitter::handle { background: transparent; }
QSplitter::handle:hover { background: {line}; }
QProgressBar { background: {line}; border: 0; border-radius: 2px; max-height: 4px; text-align: center; }
QProgressBar::chunk { background: {accent}; border-radius: 2px; }
)";

}  // namespace

Theme Theme::dark() {
    Theme t;
    t.kind = ThemeKind::kDark;
    t.base = QColor(0x0E1116);
    t.panel = QColor(0x151A21);
    t.raised = QColor(0x1D242D);
    t.line = QColor(0x2A323D);
    t.text = QColor(0xE7EBF0);
    t.muted = QColor(0x97A3B4);
    t.accent = QColor(0x5AA2FF);
    t.selection = withAlpha(t.accent, 0.22);
    t.error = QColor(0xE8604C);
    t.warning = QColor(0xD9A321);
    t.ok = QColor(0x2BB39A);
    t.grid = withAlpha(t.text, 0.08);
    t.series = {QColor(0x56B4E9), QColor(0xE69F00), QColor(0x2BB39A), QColor(0xF0E442), QColor(0x4C8EDA), QColor(0xD55E00), QColor(0xCC79A7)};
    t.others = QColor(0x6B7686);
    setFonts(t);
    return t;
}

Theme Theme::light() {
    Theme t;
    t.kind = ThemeKind::kLight;
    t.base = QColor(0xF6F7F9);
    t.panel = QColor(0xFFFFFF);
    t.raised = QColor(0xEEF1F5);
    t.line = QColor(0xD8DDE5);
    t.text = QColor(0x1A2028);
    t.muted = QColor(0x5A6676);
    t.accent = QColor(0x1766D6);
    t.selection = withAlpha(t.accent, 0.16);
    t.error = QColor(0xC93A28);
    t.warning = QColor(0xA87400);
    t.ok = QColor(0x0E8A73);
    t.grid = withAlpha(t.text, 0.08);
    t.series = {QColor(0x2A7FB8), QColor(0xB87A00), QColor(0x0E8A73), QColor(0x8F8600), QColor(0x1F5FA8), QColor(0xB04A00), QColor(0xA4477E)};
    t.others = QColor(0x8592A3);
    setFonts(t);
    return t;
}

QPalette Theme::palette() const {
    QPalette p;
    const auto set = [&p](QPalette::ColorRole role, const QColor& color) { p.setColor(role, color); };
    set(QPalette::Window, base);
    set(QPalette::WindowText, text);
    set(QPalette::Base, panel);
    set(QPalette::AlternateBase, raised);
    set(QPalette::Text, text);
    set(QPalette::Button, raised);
    set(QPalette::ButtonText, text);
    set(QPalette::BrightText, error);
    set(QPalette::Highlight, accent);
    set(QPalette::HighlightedText, base);
    set(QPalette::ToolTipBase, raised);
    set(QPalette::ToolTipText, text);
    set(QPalette::PlaceholderText, muted);
    set(QPalette::Link, accent);
    set(QPalette::Light, raised);
    set(QPalette::Midlight, raised);
    set(QPalette::Mid, line);
    set(QPalette::Dark, line);
    set(QPalette::Shadow, base);
    for (const auto role : {QPalette::Text, QPalette::WindowText, QPalette::ButtonText})
        p.setColor(QPalette::Disabled, role, muted);
    return p;
}

QString Theme::styleSheet() const {
    QString sheet = QString::fromLatin1(kStyle);
    const std::pair<const char*, QColor> tokens[] = {
        {"{text}", text},   {"{muted}", muted},         {"{base}", base},       {"{panel}", panel}, {"{raised}", raised},
        {"{line}", line},   {"{accent}", accent},       {"{error}", error},     {"{warning}", warning}, {"{ok}", ok},
        {"{grid}", grid},   {"{selection}", selection}, {"{hover}", withAlpha(text, 0.05)}, {"{faint}", withAlpha(muted, 0.55)},
        {"{onAccent}", kind == ThemeKind::kDark ? base : panel},
    };
    for (const auto& [name, color] : tokens)
        sheet.replace(QLatin1String(name), css(color));
    sheet.replace(QLatin1String("{kind}"), kind == ThemeKind::kDark ? QLatin1String("dark") : QLatin1String("light"));
    return sheet;
}

void Theme::install() const {
    QApplication::setStyle(new CellStyle);
    QApplication::setFont(body);
    QApplication::setPalette(palette());
    qApp->setStyleSheet(styleSheet());
}

QColor Theme::seriesColor(int rank) const {
    if (series.isEmpty() || rank < 0)
        return others;
    return series[rank % series.size()];
}

Qt::PenStyle Theme::seriesDash(int rank) const {
    // Dashed alone means baseline, so repeated colours are told apart by dots and dash-dots.
    constexpr std::array kDashes{Qt::SolidLine, Qt::DashDotLine, Qt::DotLine, Qt::DashDotDotLine};
    const auto round = static_cast<size_t>(std::max(rank, 0)) / static_cast<size_t>(std::max<qsizetype>(series.size(), 1));
    return kDashes[std::min(round, kDashes.size() - 1)];
}

QRgb Theme::heat(double t) {
    if (!(t > 0))   // also NaN
        t = 0;
    const double position = std::min(t, 1.0) * static_cast<double>(kViridis.size() - 1);
    const auto low = std::min(static_cast<size_t>(position), kViridis.size() - 2);
    const double part = position - static_cast<double>(low);
    const auto mix = [&](size_t channel) {
        return static_cast<int>(std::lround(kViridis[low][channel] + part * (kViridis[low + 1][channel] - kViridis[low][channel])));
    };
    return qRgb(mix(0), mix(1), mix(2));
}

QColor Theme::severityColor(int severityNumber) const {
    if (severityNumber >= 17)
        return error;
    if (severityNumber >= 13)
        return warning;
    return muted;
}

QString Theme::severityMark(int severityNumber) {
    if (severityNumber >= 17)
        return QStringLiteral("▲");
    if (severityNumber >= 13)
        return QStringLiteral("◆");
    return QStringLiteral("·");
}

}  // namespace nj::ui

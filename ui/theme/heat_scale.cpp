#include "theme/heat_scale.h"

#include <QBrush>
#include <QImage>
#include <algorithm>
#include <array>
#include <cmath>

namespace nj::ui {
namespace {

using Ramp = std::array<std::array<int, 3>, 4>;
constexpr Ramp kOrangeDark{{{38, 47, 59}, {112, 74, 38}, {205, 112, 28}, {255, 178, 92}}};
constexpr Ramp kOrangeLight{{{222, 229, 239}, {248, 211, 164}, {226, 140, 46}, {150, 70, 0}}};

QRgb along(const Ramp& ramp, double t) {
    const double at = std::clamp(t, 0.0, 0.9999) * static_cast<double>(ramp.size() - 1);
    const auto i = static_cast<size_t>(at);
    const double f = at - static_cast<double>(i);
    const auto channel = [&](size_t k) { return static_cast<int>(std::lround(ramp[i][k] + (ramp[i + 1][k] - ramp[i][k]) * f)); };
    return qRgb(channel(0), channel(1), channel(2));
}

}  // namespace

double HeatScale::position(double value) const {
    if (std::isnan(value))
        return value;
    return high > low ? std::clamp((value - low) / (high - low), 0.0, 1.0) : 0.5;
}

QRgb HeatScale::color(double value, const Theme& theme) const {
    const double t = position(value);
    if (std::isnan(t))
        return qRgba(0, 0, 0, 0);
    const bool dark = theme.kind == ThemeKind::kDark;
    if (kind == Kind::kShortfall)
        return along(dark ? kOrangeDark : kOrangeLight, 1 - t);
    return Theme::heat(dark ? t : 1 - t);
}

QBrush missingBrush(const Theme& theme) {
    constexpr int kTile = 6;
    QImage tile(kTile, kTile, QImage::Format_RGB32);
    tile.fill(theme.panel);
    const auto mix = [&](double share) {
        const auto channel = [&](int a, int b) { return static_cast<int>(a + (b - a) * share); };
        return qRgb(channel(theme.panel.red(), theme.muted.red()), channel(theme.panel.green(), theme.muted.green()), channel(theme.panel.blue(), theme.muted.blue()));
    };
    for (int y = 0; y < kTile; ++y) {
        tile.setPixel((kTile - 1 - y), y, mix(0.75));
        tile.setPixel((kTile - y) % kTile, y, mix(0.3));
    }
    return QBrush(tile);
}

}  // namespace nj::ui

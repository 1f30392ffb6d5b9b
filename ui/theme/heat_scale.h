// Colours of a heatmap's values. A sequence (viridis; reversed in light themes, so that much stands out in both) for figures of which one
// wants to see the size; a shortfall for figures that should stand at a level: what does is the surface's own tone, what falls short stands
// out in orange. Plain values; any thread.
#pragma once

#include <QString>

#include "theme/theme.h"

namespace nj::ui {

struct HeatScale {
    enum class Kind { kSequence, kShortfall } kind = Kind::kSequence;
    double low = 0, high = 1;      // shortfall: `high` and above are neutral, `low` and below the deepest
    // 0 … 1; NaN stays NaN.
    [[nodiscard]] double position(double value) const;
    [[nodiscard]] QRgb color(double value, const Theme& theme) const;
    bool operator==(const HeatScale&) const = default;
};

// Diagonal lines in the muted colour over the panel's: data that is not there.
QBrush missingBrush(const Theme& theme);

}  // namespace nj::ui

// The part of a widget's picture that stays while the cursor moves, kept in the device's own pixels: a paint event then copies what was
// uncovered instead of drawing it anew. Made again after drop(), and when size, pixel ratio or theme differ. UI thread.
#pragma once

#include <QPainter>
#include <QPixmap>
#include <functional>

#include "theme/theme.h"

namespace nj::ui {

class StillPicture {
public:
    void drop() { picture_ = {}; }
    // Draws it at the painter's origin; `paint` draws it anew where it must be, on `ground`.
    void draw(QPainter& painter, QSize size, const Theme& theme, const QColor& ground, const std::function<void(QPainter&)>& paint);

private:
    QPixmap picture_;
    ThemeKind theme_ = ThemeKind::kDark;
};

}  // namespace nj::ui

#include "widgets/still_picture.h"

#include <cmath>

namespace nj::ui {

void StillPicture::draw(QPainter& painter, QSize size, const Theme& theme, const QColor& ground, const std::function<void(QPainter&)>& paint) {
    if (size.isEmpty())
        return;
    const double ratio = painter.device()->devicePixelRatioF();
    const QSize pixels(static_cast<int>(std::ceil(size.width() * ratio)), static_cast<int>(std::ceil(size.height() * ratio)));
    if (picture_.size() != pixels || picture_.devicePixelRatio() != ratio || theme_ != theme.kind) {
        picture_ = QPixmap(pixels);
        picture_.setDevicePixelRatio(ratio);
        picture_.fill(ground);
        theme_ = theme.kind;
        QPainter still(&picture_);
        still.setFont(painter.font());
        paint(still);
    }
    painter.drawPixmap(0, 0, picture_);
}

}  // namespace nj::ui

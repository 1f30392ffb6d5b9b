#include "widgets/cell_delegate.h"

#include <QPainter>

namespace nj::ui {

void paintRowGround(QPainter& painter, const QStyleOptionViewItem& option, const Theme& theme) {
    if (option.state & QStyle::State_Selected)
        painter.fillRect(option.rect, theme.selection);
    else if (option.state & QStyle::State_MouseOver)
        painter.fillRect(option.rect, theme.grid);
    painter.fillRect(QRectF(option.rect.left(), option.rect.bottom(), option.rect.width(), 1), theme.grid);
}

}  // namespace nj::ui

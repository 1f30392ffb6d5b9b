// Draws the cells of a table, their text cut to what a cell can show: laying out a megabyte of text for one row would hold the window
// for seconds. Delegates of this window derive from it; item views without a delegate of their own get it (theme/cell_style.h). UI thread.
#pragma once

#include <QStyledItemDelegate>

#include "theme/theme.h"

namespace nj::ui {

class CellDelegate : public QStyledItemDelegate {
public:
    // Longer than any cell is wide; short enough for combining marks, which cost most.
    static constexpr int kShownCharacters = 512;
    using QStyledItemDelegate::QStyledItemDelegate;

    [[nodiscard]] QString displayText(const QVariant& value, const QLocale& locale) const override {
        const QString text = QStyledItemDelegate::displayText(value, locale);
        return text.size() > kShownCharacters ? text.left(kShownCharacters) + QChar(0x2026) : text;
    }
};

// What lies under a row's own content: the selection, the row under the pointer, the line to the next.
void paintRowGround(QPainter& painter, const QStyleOptionViewItem& option, const Theme& theme);

}  // namespace nj::ui

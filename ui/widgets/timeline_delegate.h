// Cells of the timeline's list, and their editors: a line for words, a list for the kind of a note. UI thread.
#pragma once

#include <QStyledItemDelegate>

#include "theme/theme.h"

namespace nj::ui {

class TimelineDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    TimelineDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    [[nodiscard]] QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;

private:
    const Theme& theme_;
};

}  // namespace nj::ui

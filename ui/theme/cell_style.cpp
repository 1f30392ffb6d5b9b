#include "theme/cell_style.h"

#include <QAbstractItemView>
#include <typeinfo>

#include "widgets/cell_delegate.h"

namespace nj::ui {

void CellStyle::polish(QWidget* widget) {
    QProxyStyle::polish(widget);
    auto* rows = qobject_cast<QAbstractItemView*>(widget);
    if (!rows)
        return;
    const QAbstractItemDelegate* own = rows->itemDelegate();
    if (own && typeid(*own) == typeid(QStyledItemDelegate))
        rows->setItemDelegate(new CellDelegate(rows));
}

}  // namespace nj::ui

// Keys left, values right, monospace, as high as its rows. A row's menu filters by it or copies it; a masked value asks to be shown;
// the current row's value stands whole below when it is too long for the column. UI thread.
#pragma once

#include <QTableWidget>
#include <QWidget>

#include "theme/theme.h"
#include "widgets/inspector_content.h"

namespace nj::ui {

class PlainLabel;

class AttributeTable : public QWidget {
    Q_OBJECT
public:
    AttributeTable(const InspectorSection& section, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] QTableWidget* table() { return table_; }

Q_SIGNALS:
    void filterAsked(const QString& field, const QString& value, bool exclude);
    void showContentsAsked();

private:
    void showWhole(int row);
    void openMenu(const QPoint& at);
    QVector<InspectorRow> rows_;
    const Theme& theme_;
    QTableWidget* table_;
    PlainLabel* whole_;
};

}  // namespace nj::ui

// The table of error groups: two-line rows, bars, small courses. Click or e/E chooses a group, Enter or a double click opens its rows.
// UI thread only.
#pragma once

#include <QTableView>

#include "models/error_group_model.h"

namespace nj::ui {

class ErrorGroupTable : public QTableView {
    Q_OBJECT
public:
    ErrorGroupTable(ErrorGroupModel& model, const Theme& theme, QWidget* parent = nullptr);
    // −1 = none.
    [[nodiscard]] int currentRow() const { return currentIndex().isValid() ? currentIndex().row() : -1; }
    void chooseRow(int row);

Q_SIGNALS:
    void groupChosen(int row);
    void groupOpened(int row);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitColumns();
    ErrorGroupModel& groups_;
    const Theme& theme_;
};

}  // namespace nj::ui

// The table of log records and the keys of the hand: e/E w/W next and previous error and warning, n/N hit, o/O record of the same trace,
// c/C what surrounds it in its file or everywhere, t trace, Space (or → ←) opens a record of several lines, Ctrl+C copy. UI thread only.
#pragma once

#include <QTableView>

#include "models/log_table_model.h"
#include "views/log_cell_delegate.h"
#include "widgets/key_table.h"

class QMenu;

namespace nj::ui {

class LogsTable : public QTableView {
    Q_OBJECT
public:
    enum class Target { kError, kWarning, kHit, kTrace };
    using ServiceColor = LogCellDelegate::ServiceColor;
    LogsTable(LogTableModel& model, const Theme& theme, ServiceColor serviceColor, QWidget* parent = nullptr);
    static const KeyTable<LogsTable>& keys();
    // Selects a row and brings it into view, in the middle when it was outside.
    void goTo(int row);
    // Selected records as lines of text; at most 10,000, only those that are loaded.
    [[nodiscard]] QString selectedText() const;
    // Gives a record that was opened or closed its height.
    void fitRow(int row);
    // Puts the columns of attributes, in the model's order, before the body.
    void placeColumns();

Q_SIGNALS:
    void currentRecordChanged();
    void jumpWanted(bool forward, nj::ui::LogsTable::Target target);
    void contextWanted(bool sameSource);
    void openWanted(int row, bool open);
    void traceWanted();
    void filterWanted(const QString& term);
    void copied(int rows);
    // The columns of attributes as they stand after one was moved or taken away.
    void keysWanted(const QStringList& keys);

protected:
    bool event(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void updateGeometries() override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void copySelection();
    void headerMenu(const QPoint& at);
    [[nodiscard]] QStringList keysAsShown() const;
    void addCellActions(QMenu& menu, const QModelIndex& index);

    LogTableModel& model_;
    const Theme& theme_;
    LogCellDelegate* delegate_;
    bool placing_ = false;
};

}  // namespace nj::ui

// The table of log records: monospace bodies with the searched words marked, service colours, context rows paler, and the keys of the
// hand: e/E w/W next and previous error and warning, c context, t trace, Ctrl+C copy. UI thread only.
#pragma once

#include <QTableView>
#include <functional>

#include "models/log_table_model.h"

namespace nj::ui {

class LogsTable : public QTableView {
    Q_OBJECT
public:
    using ServiceColor = std::function<QColor(const QString&)>;
    LogsTable(LogTableModel& model, const Theme& theme, ServiceColor serviceColor, QWidget* parent = nullptr);
    // Selects a row and brings it into view, in the middle when it was outside.
    void goTo(int row);
    // Selected records as lines of text; at most 10,000, only those that are loaded.
    [[nodiscard]] QString selectedText() const;

Q_SIGNALS:
    void currentRecordChanged();
    void severeWanted(bool forward, bool errors);
    void contextWanted();
    void traceWanted();
    void searchWanted();
    void filterWanted(const QString& term);
    void copied(int rows);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void contextMenuEvent(QContextMenuEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void updateGeometries() override;
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    void copySelection();
    LogTableModel& model_;
    const Theme& theme_;
};

}  // namespace nj::ui

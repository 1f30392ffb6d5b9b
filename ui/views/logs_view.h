// Logs: volume by severity with a brush, search and severities, every matching record in a table that is asked for page by page, and the
// records' patterns beside the baseline. UI thread only.
#pragma once

#include <QTimer>
#include <memory>

#include "models/log_export.h"
#include "models/log_table_model.h"
#include "views/logs_table.h"
#include "views/refreshing_view.h"

namespace nj::ui {

class LogsBar;
class LogsColumnsButton;
class LogsExportJob;
class LogsNavigator;
class LogsPatternsPanel;
class LogsVolumePanel;
class Panel;

class LogsView : public RefreshingView {
    Q_OBJECT
public:
    explicit LogsView(const ViewContext& context, QWidget* parent = nullptr);
    static const KeyTable<LogsView>& keys();
    // "log:<seq>"
    void open(const QString& parameter) override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    // The records of the range; a filter, which SQL writes otherwise, as a comment.
    [[nodiscard]] QString shownSql() const override;
    // Streams all matches into a file, off this thread; the bar tells how far.
    void saveTo(const QString& path, LogFormat format = LogFormat::kText);
    [[nodiscard]] bool exporting() const;

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    void connectWorkspace();
    void connectBar();
    void connectTable();
    void connectPatterns();
    void refresh() override;
    void refreshTable();
    void refreshPatterns();
    void showParts();
    void showChosen();
    void tableReloaded();
    void showCounts();
    [[nodiscard]] TimeRange tableRange() const;
    void selectCurrent();
    void openTrace();
    void togglePattern(const QString& id);
    void chooseFile(LogFormat format);
    [[nodiscard]] LogExportQuestion exportQuestion(LogFormat format) const;
    void announce();

    ViewContext context_;
    LogsVolumePanel* volume_;
    LogsBar* bar_;
    Panel* tablePanel_;
    LogTableModel* model_;
    LogsTable* table_;
    QTimer seekSoon_;
    LogsNavigator* navigator_;
    LogsExportJob* export_;
    LogsColumnsButton* columns_;
    LogsPatternsPanel* patterns_;
    qint64 chosenElsewhere_ = -1;    // seq of a record
    bool patternsStale_ = true;
    bool askingEvents_ = false, askingRecord_ = false, ownCursor_ = false, currentPending_ = false;
};

}  // namespace nj::ui

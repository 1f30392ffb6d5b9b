// Logs: volume by severity with a brush, search and severities, and every matching record in a table that is asked for page by page.
// UI thread only.
#pragma once

#include <QTimer>
#include <atomic>
#include <memory>

#include "models/log_table_model.h"
#include "views/view.h"

namespace nj::ui {

class LogsBar;
class LogsTable;
class LogsVolumePanel;
class Panel;

class LogsView : public View {
    Q_OBJECT
public:
    explicit LogsView(const ViewContext& context, QWidget* parent = nullptr);
    // "log:<seq>"
    void open(const QString& parameter) override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    // Streams all matches into a file, off this thread; the bar tells how far.
    void saveTo(const QString& path);
    [[nodiscard]] bool saving() const { return saved_ != nullptr; }

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Goal {
        TimeNs time = 0;
        qint64 seq = -1;
    };
    void build();
    void connectWorkspace();
    void connectParts();
    void scheduleRefresh();
    void refresh();
    void refreshTable();
    void tableReloaded();
    void showCounts();
    [[nodiscard]] TimeRange tableRange() const;
    // One question of several calls, answered with a position among the matches.
    void askPosition(std::function<Result<std::optional<uint64_t>>(query::Backend&, std::stop_token)> question, const QString& none);
    void goToPosition(quint64 position);
    void seekCursor();
    void seekGoal();
    void selectCurrent();
    void jump(bool forward, bool errors);
    void toggleContext();
    void openTrace();
    void chooseFile();
    void announce();

    ViewContext context_;
    LogsVolumePanel* volume_;
    LogsBar* bar_;
    Panel* tablePanel_;
    LogTableModel* model_;
    LogsTable* table_;
    QTimer soon_, seekSoon_, progress_;
    std::optional<Goal> goal_;
    std::shared_ptr<std::atomic<uint64_t>> saved_;
    bool stale_ = true, askingEvents_ = false, askingPosition_ = false, following_ = false, ownCursor_ = false, currentPending_ = false;
};

}  // namespace nj::ui

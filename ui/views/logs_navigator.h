// Moves the logs table: to an instant or a record, to the next error, hit or record of a trace, into what surrounds a record, into its
// lines. Questions go through the query runner; the newest move wins. Part of the Logs view; UI thread only.
#pragma once

#include <QObject>
#include <functional>
#include <optional>

#include "models/log_questions.h"
#include "views/logs_bar.h"
#include "views/logs_table.h"

namespace nj::ui {

class LogsNavigator : public QObject {
    Q_OBJECT
public:
    LogsNavigator(const ViewContext& context, LogTableModel& model, LogsTable& table, LogsBar& bar, QObject* parent);
    // To the first record at or after the time, or to the very record, once the model's rows are there.
    void setGoal(TimeNs time, qint64 seq = -1) { goal_ = Goal{time, seq}; }
    [[nodiscard]] bool hasGoal() const { return goal_.has_value(); }
    void seekGoal();
    // To the workspace's cursor; does not select what it passes.
    void seekCursor();
    [[nodiscard]] bool following() const { return following_; }
    [[nodiscard]] bool settled() const { return !asking_ && !goal_; }

    void jump(bool forward, LogsTable::Target target);
    // Words of the search language n and N jump to; "" = any match.
    void setHit(const QString& words);
    void toggleContext(bool sameSource);
    void openRecord(int row, bool open);

Q_SIGNALS:
    void settledChanged();

private:
    struct Goal {
        TimeNs time = 0;
        qint64 seq = -1;
    };
    void askPosition(std::function<Result<std::optional<uint64_t>>(query::Backend&, std::stop_token)> question, const QString& none);
    void goToPosition(quint64 position);
    void jumpToTerm(bool forward, const std::string& term, const QString& none);
    void showLines(qint64 seq, const std::string& body);
    void say(const QString& text, const char* role = "muted") { bar_.setNote(text, role); }

    ViewContext context_;
    LogTableModel& model_;
    LogsTable& table_;
    LogsBar& bar_;
    std::optional<Goal> goal_;
    std::string hit_;
    bool asking_ = false, following_ = false;
};

}  // namespace nj::ui

// The live sources of the open capsule between the views, which show them and ask for changes, and the app, which runs them. A child of the
// workspace; UI thread. Plain values: views know no source.
#pragma once

#include <QHash>
#include <QObject>
#include <QString>
#include <QStringList>
#include <QVector>
#include <optional>

#include "base/time.h"

namespace nj::ui {

class Workspace;

// A field that a kind of source is set by.
struct LiveField {
    enum class Kind { kText, kSwitch, kSecret } kind = Kind::kText;
    QString name, title, preset, hint;
    bool required = false, repeated = false;
};

struct LiveKind {
    QString name, title, about;
    QVector<LiveField> fields;
};

// Field name → values; more than one where the field is repeated.
using LiveValues = QHash<QString, QStringList>;

struct LiveRow {
    enum class Phase { kStopped, kStarting, kRunning, kWaiting, kDone, kFailed } phase = Phase::kStopped;
    int id = 0;
    QString kind, title, activity;
    LiveValues values;               // without secrets
    double progress = -1;            // 0..1, -1 = it does not end
    quint64 rows = 0, requests = 0, rejected = 0, retried = 0, duplicates = 0;
    double rowsPerSecond = 0;
    std::optional<DurationNs> lag;   // the newest row is that old
    QString problem;
    TimeNs problemAt = 0;
    bool open = false;               // other computers reach it
    [[nodiscard]] bool active() const { return phase == Phase::kStarting || phase == Phase::kRunning || phase == Phase::kWaiting; }
};

class LiveSources : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    // The one of a workspace; made at the first call.
    static LiveSources& of(Workspace& workspace);

    [[nodiscard]] const QVector<LiveKind>& kinds() const { return kinds_; }
    [[nodiscard]] const QVector<LiveRow>& rows() const { return rows_; }
    [[nodiscard]] bool anyActive() const;
    // Environment lines by which an SDK sends to what listens; "" where nothing does.
    [[nodiscard]] QString environment() const { return environment_; }

    // By the app.
    void setKinds(QVector<LiveKind> kinds) { kinds_ = std::move(kinds); }
    void setRows(QVector<LiveRow> rows, const QString& environment);
    void pasted(const QString& kind, const LiveValues& values, const QString& words) { Q_EMIT pasteAnswered(kind, values, words); }
    void tested(int ticket, bool good, const QString& words) { Q_EMIT testAnswered(ticket, good, words); }
    // A sentence about what could not be done.
    void refuse(const QString& problem) { Q_EMIT refused(problem); }

    // By views. What was copied out of another tool: pasteAnswered says which source would fetch it, kind "" = none.
    void paste(const QString& text) { Q_EMIT pasteRequested(text); }
    // `id` 0 = a new one.
    void keep(int id, const QString& kind, const LiveValues& values) { Q_EMIT keepRequested(id, kind, values); }
    // A view lacks series that a server may have: those of the expression are fetched for that range. Only where canPull().
    [[nodiscard]] bool canPull() const;
    void pull(const QString& expression, TimeRange range) { Q_EMIT pullRequested(expression, range); }
    void start(int id) { Q_EMIT startRequested(id); }
    void stop(int id) { Q_EMIT stopRequested(id); }
    void remove(int id) { Q_EMIT removeRequested(id); }
    // Answered by testAnswered with the ticket that is returned.
    int test(const QString& kind, const LiveValues& values);

Q_SIGNALS:
    void changed();
    void refused(const QString& problem);
    void testAnswered(int ticket, bool good, const QString& words);
    void pasteRequested(const QString& text);
    void pasteAnswered(const QString& kind, const nj::ui::LiveValues& values, const QString& words);
    void keepRequested(int id, const QString& kind, const nj::ui::LiveValues& values);
    void pullRequested(const QString& expression, nj::TimeRange range);
    void startRequested(int id);
    void stopRequested(int id);
    void removeRequested(int id);
    void testRequested(int ticket, const QString& kind, const nj::ui::LiveValues& values);

private:
    QVector<LiveKind> kinds_;
    QVector<LiveRow> rows_;
    QString environment_;
    int ticket_ = 0;
};

}  // namespace nj::ui

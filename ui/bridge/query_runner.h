// Runs questions on two query threads, each with its own Backend, and brings the answers to the UI thread.
// Newest wins: a request under a key (view, panel) replaces the queued one of that key and cancels the running one.
// An answer is delivered only when its request is still the newest of its key and its receiver lives; both checked on the UI thread.
// UI thread only; owns its threads; destruction cancels and joins.
#pragma once

#include <QObject>
#include <QPointer>
#include <QString>
#include <functional>
#include <memory>
#include <stop_token>

#include "base/result.h"
#include "query/backend.h"

namespace nj::ui {

class QueryRunner : public QObject {
    Q_OBJECT
public:
    using BackendFactory = std::function<Result<std::unique_ptr<query::Backend>>()>;
    explicit QueryRunner(BackendFactory factory, QObject* parent = nullptr);
    ~QueryRunner() override;

    // ask("latency/main", this, [q](Backend& b, stop_token s) { return b.latency(q, s); }, [this](Result<LatencyAnswer>&& a) { … });
    // The first function runs on a query thread and must capture values only; the second runs on the UI thread.
    template <typename Ask, typename Done>
    void ask(const QString& key, QObject* receiver, Ask question, Done done) {
        using Answer = std::invoke_result_t<Ask, query::Backend&, std::stop_token>;
        auto answer = std::make_shared<std::unique_ptr<Answer>>();
        submit(key, receiver,
               [question = std::move(question), answer](Result<query::Backend*> backend, std::stop_token stop) {
                   *answer = std::make_unique<Answer>(backend.ok() ? question(**backend, stop) : Answer(backend.error()));
               },
               [done = std::move(done), answer]() mutable { done(std::move(**answer)); });
    }
    void cancel(const QString& key);
    [[nodiscard]] bool busy(const QString& key) const;
    // True when no request of any key is under way: pictures and tests wait for it.
    [[nodiscard]] bool idle() const;

Q_SIGNALS:
    // A key began or ended having a request under way (for the thin progress line).
    void busyChanged(const QString& key, bool busy);
    // Wall time of the last answered question, for the status bar.
    void answered(const QString& key, qint64 microseconds);

private:
    using Work = std::function<void(Result<query::Backend*>, std::stop_token)>;
    void submit(const QString& key, QObject* receiver, Work work, std::function<void()> deliver);
    struct Private;
    std::unique_ptr<Private> d_;
};

}  // namespace nj::ui

#include "bridge/query_runner.h"

#include <QElapsedTimer>
#include <QHash>
#include <array>
#include <condition_variable>
#include <deque>
#include <exception>
#include <mutex>
#include <thread>

namespace nj::ui {

namespace {

using Ticket = quint64;

}  // namespace

struct QueryRunner::Private {
    struct Job {
        Ticket ticket = 0;
        Work work;
        std::stop_token stop;
    };
    // What the UI thread keeps of a request: never seen by a query thread.
    struct Pending {
        Ticket ticket = 0;
        QPointer<QObject> receiver;
        std::function<void()> deliver;
        std::stop_source stop;
    };

    QueryRunner* owner = nullptr;
    BackendFactory factory;

    // UI thread.
    QHash<QString, Pending> newest;
    QHash<Ticket, QString> keyOf;
    Ticket lastTicket = 0;

    // Guarded by mutex; held only to push or pop one job.
    std::mutex mutex;
    std::condition_variable wake;
    std::deque<Job> queue;
    bool ending = false;

    std::array<std::thread, 2> threads;

    void run();
    void execute(Job& job, std::unique_ptr<query::Backend>& backend);
    void finished(Ticket ticket, qint64 microseconds);
    void drop(const QString& key);
};

void QueryRunner::Private::run() {
    std::unique_ptr<query::Backend> backend;   // opened with the first question, used by this thread alone
    for (;;) {
        Job job;
        {
            std::unique_lock lock(mutex);
            wake.wait(lock, [this] { return ending || !queue.empty(); });
            if (ending)
                return;
            job = std::move(queue.front());
            queue.pop_front();
        }
        if (job.stop.stop_requested())
            continue;   // replaced or cancelled while it waited
        QElapsedTimer timer;
        timer.start();
        execute(job, backend);
        const qint64 microseconds = timer.nsecsElapsed() / 1000;
        job.work = nullptr;
        QMetaObject::invokeMethod(owner, [this, ticket = job.ticket, microseconds] { finished(ticket, microseconds); }, Qt::QueuedConnection);
    }
}

void QueryRunner::Private::execute(Job& job, std::unique_ptr<query::Backend>& backend) {
    const auto ask = [&]() -> Result<query::Backend*> {
        if (!backend) {
            NJ_ASSIGN(backend, factory());
            if (!backend)
                return makeError(ErrorCode::kInternal, "No capsule is open.");
        }
        return backend.get();
    };
    try {
        job.work(ask(), job.stop);
    } catch (const std::exception& e) {   // out of memory in a question must not end the window
        job.work(makeError(ErrorCode::kInternal, std::string("The question failed: ") + e.what()), job.stop);
    }
}

void QueryRunner::Private::drop(const QString& key) {
    const auto found = newest.find(key);
    if (found == newest.end())
        return;
    found->stop.request_stop();
    keyOf.remove(found->ticket);
    newest.erase(found);
}

void QueryRunner::Private::finished(Ticket ticket, qint64 microseconds) {
    const auto key = keyOf.find(ticket);
    if (key == keyOf.end())
        return;   // replaced or cancelled meanwhile
    const QString name = *key;
    keyOf.erase(key);
    const Pending pending = newest.take(name);
    if (pending.receiver)
        pending.deliver();
    // The answer may have asked the next question under the same key: then the key is still busy.
    if (!newest.contains(name))
        Q_EMIT owner->busyChanged(name, false);
    Q_EMIT owner->answered(name, microseconds);
}

QueryRunner::QueryRunner(BackendFactory factory, QObject* parent) : QObject(parent), d_(std::make_unique<Private>()) {
    d_->owner = this;
    d_->factory = std::move(factory);
    for (auto& thread : d_->threads)
        thread = std::thread([d = d_.get()] { d->run(); });
}

QueryRunner::~QueryRunner() {
    for (auto& pending : d_->newest)
        pending.stop.request_stop();
    {
        const std::lock_guard lock(d_->mutex);
        d_->ending = true;
        d_->queue.clear();
    }
    d_->wake.notify_all();
    for (auto& thread : d_->threads)
        thread.join();
}

void QueryRunner::submit(const QString& key, QObject* receiver, Work work, std::function<void()> deliver) {
    const bool wasBusy = d_->newest.contains(key);
    d_->drop(key);
    const Ticket ticket = ++d_->lastTicket;
    Private::Pending pending{ticket, receiver, std::move(deliver), std::stop_source()};
    const std::stop_token stop = pending.stop.get_token();
    d_->newest.insert(key, std::move(pending));
    d_->keyOf.insert(ticket, key);
    {
        const std::lock_guard lock(d_->mutex);
        std::erase_if(d_->queue, [](const Private::Job& job) { return job.stop.stop_requested(); });
        d_->queue.push_back({ticket, std::move(work), stop});
    }
    d_->wake.notify_one();
    if (!wasBusy)
        Q_EMIT busyChanged(key, true);
}

void QueryRunner::cancel(const QString& key) {
    if (!d_->newest.contains(key))
        return;
    d_->drop(key);
    Q_EMIT busyChanged(key, false);
}

bool QueryRunner::busy(const QString& key) const { return d_->newest.contains(key); }

bool QueryRunner::idle() const { return d_->newest.isEmpty(); }

}  // namespace nj::ui

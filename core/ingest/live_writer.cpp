#include "ingest/live_writer.h"

#include <optional>
#include <utility>

#include "ingest/incident_events.h"

namespace nj::ingest {
namespace {

constexpr std::chrono::seconds kHousekeeping(5), kRetention(30);
// A group ends when nothing waits, or at one of these.
constexpr std::chrono::milliseconds kGroupTime(10);
constexpr size_t kGroupDeliveries = 64;
constexpr size_t kGroupBytes = 8U << 20;

}  // namespace

LiveWriter::LiveWriter(LiveSink& sink, LiveWriterOptions options) : sink_(sink), retention_(options.retention), queue_(options.queueBytes) {
    if (auto cursors = sink_.cursors(); cursors.ok())
        cursors_ = std::move(*cursors);
    else
        problem_ = cursors.error().message;
    thread_ = std::jthread([this] { run(); });
}

LiveWriter::~LiveWriter() { stop(); }

void LiveWriter::stop() {
    queue_.close();
    if (thread_.joinable())
        thread_.join();
}

bool LiveWriter::hasRoom(size_t bytes) const { return queue_.hasRoom(bytes); }

std::string LiveWriter::cursor(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    const auto known = cursors_.find(name);
    return known == cursors_.end() ? std::string() : known->second;
}

void LiveWriter::deliver(source::Delivery&& delivery) {
    addIncidentEvents(delivery.batch);   // here, because the writer's thread is the one that is short of time
    const size_t cost = delivery.batch.byteSize();
    if (!queue_.tryPush(delivery, cost))
        delivery.done(source::Outcome::kBusy, "more comes in than the disk takes: send it again later");
}

void LiveWriter::run() {
    auto due = std::chrono::steady_clock::now() + kHousekeeping;
    while (true) {
        auto delivery = queue_.popUntil(due);
        if (delivery)
            commitGroup(std::move(*delivery));
        else if (queue_.closed())
            break;
        if (const auto now = std::chrono::steady_clock::now(); now >= due) {
            housekeep();
            due = now + kHousekeeping;
        }
    }
    housekeep();
}

Result<ImportId> LiveWriter::importOf(const source::Delivery& delivery) {
    if (const auto known = imports_.find(delivery.source); known != imports_.end())
        return known->second;
    ImportStart start;
    start.path = delivery.source;
    start.format = delivery.format;
    start.startedAt = nowNs();
    NJ_ASSIGN(const ImportId id, sink_.beginImport(start));
    imports_.emplace(delivery.source, id);
    return id;
}

// Everything that waits, so that a slow disk syncs once for many; nothing that does not wait yet is waited for.
void LiveWriter::commitGroup(source::Delivery&& first) {
    const auto until = std::chrono::steady_clock::now() + kGroupTime;
    const size_t most = alone_ > 0 ? 1 : kGroupDeliveries;
    std::vector<Taken> group;
    size_t bytes = 0;
    for (std::optional<source::Delivery> next(std::move(first)); next; next = queue_.popUntil({})) {
        bytes += next->batch.byteSize();
        take(std::move(*next), group);
        if (group.size() >= most || bytes >= kGroupBytes || std::chrono::steady_clock::now() >= until)
            break;
    }
    alone_ -= alone_ > 0 ? 1 : 0;
    if (group.empty())
        return;
    if (const Status committed = sink_.commitTaken(); committed.ok())
        answer(group);
    else
        refuse(group, committed.error());
    // After the answers: their senders need not wait for it. What fails here is told by housekeep, which tries again.
    (void)sink_.sealDue();
}

void LiveWriter::take(source::Delivery&& delivery, std::vector<Taken>& group) {
    const uint64_t rows = delivery.batch.rowCount();
    const auto import = importOf(delivery);
    if (!import.ok()) {
        std::vector<Taken> alone;
        alone.push_back({std::move(delivery), rows, false});
        return refuse(alone, import.error());
    }
    resolver_.observe(delivery.batch);
    const auto fresh = sink_.takeLive(*import, std::move(delivery.batch), delivery.request, delivery.cursor);
    group.push_back({std::move(delivery), rows, fresh.ok() && *fresh});
}

void LiveWriter::answer(std::vector<Taken>& group) {
    ++counters_.groups;
    setProblem({});
    entitiesChanged_ = true;
    for (Taken& taken : group) {
        if (taken.fresh && !taken.delivery.cursor.name.empty()) {
            const std::scoped_lock lock(mutex_);
            cursors_[taken.delivery.cursor.name] = taken.delivery.cursor.value;
        }
        counters_.commits += taken.fresh ? 1 : 0;
        counters_.duplicates += taken.fresh ? 0 : 1;
        counters_.rows += taken.fresh ? taken.rows : 0;
        taken.delivery.done(taken.fresh ? source::Outcome::kCommitted : source::Outcome::kDuplicate, {});
    }
}

// Where it is not the disk, one of them may be the reason: they are told to come again, and what comes is then committed one by one, so that
// none fails for another's sake for ever.
void LiveWriter::refuse(std::vector<Taken>& group, const Error& why) {
    const bool disk = why.code == ErrorCode::kDiskFull || why.code == ErrorCode::kIo || why.code == ErrorCode::kBusy;
    if (!disk && group.size() > 1)
        alone_ = 2 * kGroupDeliveries;
    setProblem(why.message);
    counters_.failures += group.size();
    for (Taken& taken : group)
        taken.delivery.done(source::Outcome::kBusy, why.message);
}

// What is not part of an acknowledgement; what fails here is tried again.
void LiveWriter::housekeep() {
    if (entitiesChanged_ && sink_.putEntities(resolver_.resolve()).ok())
        entitiesChanged_ = false;
    if (const Status sealed = sink_.sealDue(); !sealed.ok())
        setProblem(sealed.error().message);
    if (const auto now = std::chrono::steady_clock::now(); retention_.any() && now >= nextRetention_) {
        retain();
        nextRetention_ = std::chrono::steady_clock::now() + kRetention;
    }
}

void LiveWriter::retain() {
    const auto dropped = sink_.retain(retention_);
    if (dropped.ok())
        counters_.droppedRows += dropped->spans + dropped->logs + dropped->points;
    else
        setProblem(dropped.error().message);
}

void LiveWriter::setProblem(std::string problem) {
    const std::scoped_lock lock(mutex_);
    problem_ = std::move(problem);
}

std::string LiveWriter::problem() const {
    const std::scoped_lock lock(mutex_);
    return problem_;
}

}  // namespace nj::ingest

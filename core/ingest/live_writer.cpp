#include "ingest/live_writer.h"

#include "ingest/incident_events.h"

namespace nj::ingest {
namespace {

constexpr std::chrono::seconds kHousekeeping(5), kRetention(30);

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
            commit(*delivery);
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

void LiveWriter::commit(source::Delivery& delivery) {
    const uint64_t rows = delivery.batch.rowCount();
    auto committed = [&]() -> Result<bool> {
        NJ_ASSIGN(const ImportId import, importOf(delivery));
        resolver_.observe(delivery.batch);
        return sink_.commitLive(import, std::move(delivery.batch), delivery.request, delivery.cursor);
    }();
    if (!committed.ok()) {
        ++counters_.failures;
        setProblem(committed.error().message);
        delivery.done(source::Outcome::kBusy, committed.error().message);
        return;
    }
    setProblem({});
    entitiesChanged_ = true;
    if (*committed && !delivery.cursor.name.empty()) {
        const std::scoped_lock lock(mutex_);
        cursors_[delivery.cursor.name] = delivery.cursor.value;
    }
    if (*committed) {
        ++counters_.commits;
        counters_.rows += rows;
    } else {
        ++counters_.duplicates;
    }
    delivery.done(*committed ? source::Outcome::kCommitted : source::Outcome::kDuplicate, {});
}

// What is not part of an acknowledgement; what fails here is tried again.
void LiveWriter::housekeep() {
    if (entitiesChanged_ && sink_.putEntities(resolver_.resolve()).ok())
        entitiesChanged_ = false;
    if (const Status sealed = sink_.sealOverdue(); !sealed.ok())
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

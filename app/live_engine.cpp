#include "live_engine.h"

#include <algorithm>

#include "data_folder.h"
#include "source/listen_source.h"

namespace nj::app {

using source::SourceState;

void LiveEngine::Switch::set(ingest::LiveWriter* writer) {
    const std::scoped_lock lock(mutex_);
    writer_ = writer;
}

void LiveEngine::Switch::deliver(source::Delivery&& delivery) {
    const std::scoped_lock lock(mutex_);
    if (writer_ != nullptr)
        writer_->deliver(std::move(delivery));
    else
        delivery.done(source::Outcome::kBusy, "the capsule is being written by an import: send it again later");
}

bool LiveEngine::Switch::hasRoom(size_t bytes) const {
    const std::scoped_lock lock(mutex_);
    return writer_ == nullptr || writer_->hasRoom(bytes);   // without one, the refusal itself says why
}

std::string LiveEngine::Switch::cursor(const std::string& name) const {
    const std::scoped_lock lock(mutex_);
    return writer_ == nullptr ? std::string() : writer_->cursor(name);
}

LiveEngine::~LiveEngine() { stopAll(); }

bool LiveEngine::active(const Held& held) {
    if (!held.source)
        return false;
    const SourceState::Phase phase = held.source->state().phase;
    return phase == SourceState::Phase::kStarting || phase == SourceState::Phase::kRunning || phase == SourceState::Phase::kWaiting;
}

bool LiveEngine::anyActive() const {
    return std::any_of(sources_.begin(), sources_.end(), [](const auto& one) { return active(one.second); });
}

Status LiveEngine::open() {
    if (writer_)
        return {};
    NJ_ASSIGN(writer_, store::CapsuleWriter::open(capsule_));
    live_ = std::make_unique<ingest::LiveWriter>(*writer_);
    switch_.set(live_.get());
    return {};
}

Status LiveEngine::closeWriter() {
    if (!writer_)
        return {};
    switch_.set(nullptr);
    live_->stop();
    live_.reset();
    const Status closed = writer_->close();
    writer_.reset();
    return closed;
}

void LiveEngine::closeWhenIdle() {
    if (!anyActive())
        (void)closeWriter();   // what was acknowledged is in the journal, which the next writer seals
}

void LiveEngine::put(int id, source::SourceConfig config) {
    stop(id);
    sources_[id] = {std::move(config), nullptr};
}

Status LiveEngine::start(int id) {
    const auto held = sources_.find(id);
    if (held == sources_.end())
        return makeError(ErrorCode::kNotFound, "that source was removed");
    if (paused_)
        return makeError(ErrorCode::kBusy, "files are being read into the capsule: start it when they are there");
    if (active(held->second))
        return {};
    NJ_RETURN_IF_ERROR(open());
    const auto started = [&]() -> Status {
        NJ_ASSIGN(const source::SourceConfig config, source::withIdentity(held->second.config, app::dataFolder()));
        NJ_ASSIGN(held->second.source, source::createSource(config, switch_));
        return held->second.source->start();
    }();
    if (!started.ok()) {
        held->second.source.reset();
        closeWhenIdle();
    }
    return started;
}

void LiveEngine::stop(int id) {
    const auto held = sources_.find(id);
    if (held == sources_.end() || !held->second.source)
        return;
    held->second.source->stop();
    closeWhenIdle();
}

void LiveEngine::remove(int id) {
    stop(id);
    sources_.erase(id);
}

void LiveEngine::stopAll() {
    for (auto& [id, held] : sources_)
        if (held.source)
            held.source->stop();
    (void)closeWriter();
}

std::vector<LiveEngine::Entry> LiveEngine::entries() const {
    std::vector<Entry> out;
    for (const auto& [id, held] : sources_)
        out.push_back({id, held.config, held.source ? held.source->state() : SourceState{}});
    return out;
}

std::string LiveEngine::problem() const { return live_ ? live_->problem() : std::string(); }

Status LiveEngine::pause() {
    paused_ = true;
    return closeWriter();
}

Status LiveEngine::resume() {
    paused_ = false;
    if (!anyActive())
        return {};
    return open();
}

}  // namespace nj::app

// The live sources of one capsule with the writer they share. The capsule is opened for writing when the first source starts and closed when
// the last one has stopped, so that imports and corrections get their turn; pause() gives it away for a while, in which senders are told to
// come later. Used by one thread at a time; calls may block for seconds (disk, sources that finish what they answer).
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "ingest/live_writer.h"
#include "source/source.h"
#include "store/capsule_writer.h"

namespace nj::app {

class LiveEngine {
public:
    struct Entry {
        int id = 0;
        source::SourceConfig config;
        source::SourceState state;
    };

    explicit LiveEngine(std::string capsule) : capsule_(std::move(capsule)) {}
    ~LiveEngine();

    // Stops a source of that id that runs, then sets it.
    void put(int id, source::SourceConfig config);
    Status start(int id);
    void stop(int id);
    void remove(int id);
    void stopAll();
    // In the order of their ids.
    [[nodiscard]] std::vector<Entry> entries() const;
    // Why nothing is taken for now; "" = all is well.
    [[nodiscard]] std::string problem() const;

    // Closes the capsule; sources go on and are told that it is busy.
    Status pause();
    Status resume();
    [[nodiscard]] bool writing() const { return writer_ != nullptr; }

private:
    // Hands deliveries to the live writer there is, and refuses them while there is none. Any thread.
    class Switch final : public source::DeliveryTarget {
    public:
        void set(ingest::LiveWriter* writer);
        void deliver(source::Delivery&& delivery) override;
        [[nodiscard]] bool hasRoom(size_t bytes) const override;
        [[nodiscard]] std::string cursor(const std::string& name) const override;

    private:
        mutable std::mutex mutex_;
        ingest::LiveWriter* writer_ = nullptr;   // guarded by mutex_
    };
    struct Held {
        source::SourceConfig config;
        std::unique_ptr<source::Source> source;   // null = never started
    };
    Status open();
    Status closeWriter();
    // Where nothing runs any more the capsule is closed.
    void closeWhenIdle();
    [[nodiscard]] static bool active(const Held& held);
    [[nodiscard]] bool anyActive() const;

    const std::string capsule_;
    Switch switch_;
    std::unique_ptr<store::CapsuleWriter> writer_;
    std::unique_ptr<ingest::LiveWriter> live_;
    std::map<int, Held> sources_;
    bool paused_ = false;
};

}  // namespace nj::app

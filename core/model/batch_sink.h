// Where batches go: the store implements it, ingest calls it from its one writer thread only.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "base/hash.h"
#include "base/result.h"
#include "base/time.h"
#include "model/batch.h"
#include "model/entity.h"

namespace nj {

using ImportId = int64_t;

struct ImportStart {
    std::string path;         // as given; members as "bundle.tar.zst/logs/gateway.log"
    std::string format;       // name in formats.inc, "" while not detected
    TimeNs startedAt = 0;     // wall clock
    std::string assumedZone;  // "UTC", "-07:00"; "" where the format's times carry their zone
    uint64_t size = 0;        // bytes on disk, 0 = unknown (a pipe)
};

struct ImportEnd {
    Hash128 contentHash{};    // of the decompressed member
    uint64_t bytesRead = 0;   // decompressed
    std::string format;       // final
    std::string assumedZone;
    std::string note;         // what was assumed, for a person: "no zone: UTC assumed; year 2015 from the file's date"
    TimeNs finishedAt = 0;
};

struct ImportOutcome {
    bool kept = true;                 // false: an import with the same content is already there; this one's rows were dropped
    std::optional<ImportId> sameAs;   // that import
    uint64_t spans = 0, logs = 0, samples = 0, documents = 0, rejected = 0, duplicates = 0;
};

class BatchSink {
public:
    virtual ~BatchSink() = default;
    // The import is `running` until endImport; a running one found at open is dropped.
    virtual Result<ImportId> beginImport(const ImportStart& start) = 0;
    // Takes the batch. Blocks while the store's encoders are busy. An error is final for the import (disk full, I/O).
    virtual Status add(ImportId import, Batch&& batch) = 0;
    virtual Result<ImportOutcome> endImport(ImportId import, const ImportEnd& end) = 0;
    // Drops the rows of a running import (cancelled, failed).
    virtual Status abandonImport(ImportId import) = 0;
    // Drops an import, running or ended, with all its rows and its entry (undo; a cancelled run leaves nothing).
    virtual Status removeImport(ImportId import) = 0;
    // Merges into the capsule's entities; mappings made by hand win.
    virtual Status putEntities(const EntityGraph& graph) = 0;
};

// How far a source that pulls has come, in its own words; kept with the rows it speaks of.
struct LiveCursor {
    std::string name;    // of the source, the same over restarts; "" = none
    std::string value;
};

// How much of the past a capsule keeps: 0 = no limit.
struct RetentionPolicy {
    DurationNs age = 0;          // rows older than that go
    uint64_t bytes = 0;          // of the capsule's pages that hold something
    bool summaries = false;      // what goes leaves per-minute summaries behind
    [[nodiscard]] bool any() const { return age > 0 || bytes > 0; }
};

struct RetentionReport {
    uint64_t spans = 0, logs = 0, points = 0;   // dropped
    TimeRange range;                            // they covered
    [[nodiscard]] bool any() const { return spans + logs + points > 0; }
};

// A sink that also takes batches of live sources: each is durable once the group that it was taken into is committed.
class LiveSink : public BatchSink {
public:
    // Takes the batch into the group that commitTaken makes durable. `requestHash` of the decompressed body makes a redelivery within 15
    // minutes, or within the group, a no-op (returns false); all zero = not deduplicated by request. After an error the group cannot be
    // committed any more.
    virtual Result<bool> takeLive(ImportId source, Batch&& batch, const Hash128& requestHash, const LiveCursor& cursor) = 0;
    // All that was taken since the last call, with their cursors, in one transaction: synced when this returns. An error, also one of
    // takeLive's, leaves nothing of any of them: their senders deliver them again.
    virtual Status commitTaken() = 0;
    // A group of one.
    Result<bool> commitLive(ImportId source, Batch&& batch, const Hash128& requestHash, const LiveCursor& cursor = {}) {
        const auto taken = takeLive(source, std::move(batch), requestHash, cursor);
        const Status committed = commitTaken();
        if (!committed.ok())
            return committed.error();
        // What is durable already and cannot be sealed now is sealed later.
        (void)sealDue();
        return taken;
    }
    // Drops whole segments and chunks, the oldest first, until the policy holds; what is not sealed yet stays. Health says what went. Summaries
    // are metrics of an import of their own, named as the collector's span-metrics and count connectors name them, and stay.
    virtual Result<RetentionReport> retain(const RetentionPolicy& policy) = 0;
    // Every cursor of the capsule, by name.
    virtual Result<std::map<std::string, std::string>> cursors() = 0;
    // Seals the sources that have a segment's worth of rows, a long journal or an unsealed commit over ten minutes old. Whoever owns live
    // sources calls it after each group and, so that the last rows before a silence are sealed too, every few seconds.
    virtual Status sealDue() = 0;
};

}  // namespace nj

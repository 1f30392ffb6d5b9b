// Read access to a capsule: one per query thread, each with its own read-only connection. Opening never changes the file.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "model/batch.h"
#include "model/entity.h"
#include "model/resource.h"
#include "store/segment_view.h"

namespace nj::sqlite {
class Database;
}

namespace nj::store {

struct ImportRow {
    ImportId id = 0;
    std::string path, format, assumedZone, note, contentHash;   // hash as hex
    std::string state;             // "done", "running", "failed"
    TimeNs startedAt = 0, finishedAt = 0;
    uint64_t bytes = 0;
    uint64_t spans = 0, logs = 0, samples = 0, series = 0, documents = 0, rejected = 0, duplicates = 0;
    TimeRange range;               // of its rows; empty when none has a time
};

struct HealthRow {
    ImportId import = 0;
    HealthRecord record;           // count is the sum, example the first ones
};

struct DocumentRow {
    int64_t id = 0;
    ImportId import = 0;
    std::string path, mediaType;
    uint64_t size = 0;
};

struct EventRow {
    int64_t seq = 0;
    TimeNs time = 0, end = 0;
    std::string kind, title, entity;
    uint8_t severity = 9;
    int64_t logSeq = -1;           // row it was derived from, -1 = none
};

// A series of the capsule. attributes: OTLP point attributes or Prometheus labels without __name__.
struct SeriesRow {
    int64_t id = 0;
    SeriesOrigin origin = SeriesOrigin::kOtlp;
    uint32_t resource = kNoIndex;  // resource id
    uint32_t scope = kNoIndex;
    std::string name, unit, description;
    MetricKind kind = MetricKind::kUnknown;
    Temporality temporality = Temporality::kUnspecified;
    bool monotonic = false;
    AttributeList attributes;
    uint64_t samples = 0;          // scalar samples and histogram points
    TimeRange range;
};

struct SamplePoint {
    TimeNs start = 0, time = 0;
    uint64_t valueBits = 0;
    uint32_t flags = 0;
    [[nodiscard]] double value() const;   // integers converted
};

// Samples of one series as two arrays. Integers are converted; where nothing was recorded the value is the stale marker.
struct SampleArrays {
    std::vector<TimeNs> times;
    std::vector<double> values;
    void clear() {
        times.clear();
        values.clear();
    }
};

struct SignalTotals {
    uint64_t spans = 0, spanEvents = 0, spanLinks = 0, logs = 0, series = 0, samples = 0, histograms = 0, exemplars = 0, evaluations = 0, events = 0, documents = 0;
    TimeRange spanRange, logRange, sampleRange;
};

// What one query sees: an immutable list of segments, pinned while it lives, and the dictionaries of the same commit.
class Snapshot {
public:
    virtual ~Snapshot() = default;
    [[nodiscard]] virtual uint64_t commitSeq() const = 0;
    // Ordered by range.from.
    [[nodiscard]] virtual const std::vector<std::shared_ptr<const SegmentInfo>>& segments(Signal signal) const = 0;
    // Dictionary of keys, services, operation names, scopes. "" for an id out of range.
    [[nodiscard]] virtual std::string_view text(uint32_t dictionaryId) const = 0;
    [[nodiscard]] virtual uint32_t findText(std::string_view text) const = 0;   // kNoIndex = absent
    [[nodiscard]] virtual const Resource& resource(uint32_t id) const = 0;
    [[nodiscard]] virtual uint32_t resourceCount() const = 0;
    [[nodiscard]] virtual const Scope& scope(uint32_t id) const = 0;
    [[nodiscard]] virtual const std::vector<SeriesRow>& series() const = 0;
};

class CapsuleReader {
public:
    // Errors: kNotACapsule, kNewerVersion, kMalformed (damaged), kIo; each message says what to do.
    static Result<std::unique_ptr<CapsuleReader>> open(const std::string& path);
    virtual ~CapsuleReader() = default;

    virtual Result<std::shared_ptr<const Snapshot>> snapshot() = 0;
    // The view stays valid while the snapshot lives.
    virtual Result<std::unique_ptr<SegmentView>> view(const Snapshot& snapshot, int64_t segmentId) = 0;
    // Segment and row of a seq.
    virtual Result<std::pair<std::unique_ptr<SegmentView>, uint32_t>> locate(const Snapshot& snapshot, Signal signal, int64_t seq) = 0;

    // ---- metrics: points of one series in [range.from, range.to), ascending by time
    virtual Status samples(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const SamplePoint&)>& visit) = 0;
    // The same all at once, without starts and flags, behind what `out` holds: for those that read many series whole.
    virtual Status sampleArrays(const Snapshot& snapshot, int64_t series, TimeRange range, SampleArrays& out) = 0;
    virtual Status histograms(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const HistogramPoint&)>& visit) = 0;
    virtual Result<std::vector<Exemplar>> exemplars(const Snapshot& snapshot, TimeRange range, const std::vector<int64_t>& series) = 0;

    // ---- catalogue
    virtual Result<SignalTotals> totals() = 0;
    virtual Result<std::vector<ImportRow>> imports() = 0;
    virtual Result<std::vector<HealthRow>> health() = 0;
    virtual Result<std::vector<EventRow>> events() = 0;
    virtual Result<EntityGraph> entities() = 0;
    virtual Result<std::vector<DocumentRow>> documents() = 0;
    virtual Result<std::string> documentText(int64_t id) = 0;
    struct EvaluationRow { int64_t id = 0; Evaluation evaluation; int64_t originSeq = -1; };
    virtual Result<std::vector<EvaluationRow>> evaluations() = 0;
    // Key → value settings kept in the capsule (service colours, name …).
    virtual Result<std::string> setting(const std::string& key) = 0;

    virtual sqlite::Database& database() = 0;
    [[nodiscard]] virtual const std::string& path() const = 0;
};

}  // namespace nj::store

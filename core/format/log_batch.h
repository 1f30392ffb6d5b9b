// Collects log rows into batches: places times, keeps resources and scopes, notices incident events. One thread.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "format/log_clock.h"
#include "format/log_events.h"
#include "format/log_line.h"
#include "model/batch.h"

namespace nj::format {

class LogBatch {
public:
    // `base` holds what every row's resource has (k8s.* of a pod's path); its service.name is the fallback for rows without one.
    LogBatch(const ReaderOptions& options, Resource base);

    struct Row {
        std::string_view original;
        uint64_t line = 0;
        uint32_t part = 0;
        bool bodyIsOriginal = false;   // a continued part: all of it is body
        bool findEvents = true;        // look for incident events in the body
    };
    void add(LogLine& record, const Row& row);
    // An incident of the row added last.
    void addIncident(std::string_view kind, std::string_view title, std::string_view entity, uint8_t severity);
    void countHealth(HealthSeverity severity, std::string_view reason, std::string_view example, uint64_t offset, uint64_t line);

    // Hands out a full batch; false = the consumer wants no more.
    bool flushIfFull(const BatchConsumer& out);
    // Hands out what there is, unless its times wait for the end of the file.
    bool flush(const BatchConsumer& out);
    bool finish(const BatchConsumer& out);

    LogClock& clock() { return clock_; }
    [[nodiscard]] const LogClock& clock() const { return clock_; }
    Batch& batch() { return batch_; }
    [[nodiscard]] std::string assumptions() const;

private:
    void placeTime(const LogLine& record);
    void appendBody(const LogLine& record, const Row& row);
    void addFields(const LogLine& record, uint32_t row);
    void noticeBoot(const LogLine& record);
    void addEvent(LogEvent&& found, const LogLine& record, uint32_t row);
    uint32_t resourceOf(const LogLine& record);
    uint32_t scopeOf(std::string_view logger);
    uint32_t severityTextOf(const LogLine& record);
    bool hold(const BatchConsumer& out);
    bool release(const BatchConsumer& out);
    void placeUptime(Batch& batch, TimeNs boot) const;
    void startBatch(size_t rows, size_t bytes);

    Batch batch_;
    LogClock clock_;
    const Resource base_;
    const std::string baseService_;
    std::vector<HealthRecord> health_;

    TimeNs lastTime_ = 0;              // of the last row with a time
    uint8_t lastFlags_ = 0;
    bool anyTime_ = false;
    size_t firstUntimed_ = 0;          // rows of this batch from here on wait for the first time

    // Uptime: rows wait until the boot time is known (a line that says it, or the file's end and date).
    std::optional<TimeNs> boot_;
    TimeNs lastUptime_ = 0;
    bool holding_ = false, uptimePlaced_ = false, bootSaid_ = false;
    std::vector<Batch> held_;
    size_t heldBytes_ = 0;

    std::string resourceKey_, lastResourceKey_;
    uint32_t lastResource_ = kNoIndex, bareResource_ = kNoIndex;   // the latter: of a record that names none
    StringTable resourceKeys_, scopeNames_;
    std::vector<uint32_t> resourceIndexes_, scopeIndexes_;
    std::string lastLogger_;
    uint32_t lastScope_ = kNoIndex;
    std::array<uint32_t, 32> lastSeverityText_;   // codes in the batch's strings, by severity
};

// The name of the workload that owns a pod: retriever-7d9f8b6c54-x2x9q → retriever; chat-api-0 → chat-api; node-exporter-x7k2p → node-exporter;
// usage-report-29560800-x2x9q → usage-report.
std::string_view workloadOf(std::string_view pod);
// The same for any Kubernetes object ("Job", "usage-report-29560800" → usage-report); "" for a kind that serves
// nothing (Node, ConfigMap …). Kinds in any case.
std::string_view workloadOf(std::string_view kind, std::string_view name);

// Resource attributes that a log's path tells: service.name from the file's name ("gateway.log.1.gz" → gateway), k8s.* from a pod's log folder
// (/var/log/pods/<ns>_<pod>_<uid>/<container>/0.log, /var/log/containers/<pod>_<ns>_<container>-<id>.log).
Resource resourceFromPath(std::string_view path);

}  // namespace nj::format

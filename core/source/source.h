// A live input: what it is set to, what it is doing. Made by its kind's factory (sources.inc); started, stopped and destroyed by its
// owner's thread, while its own threads read, decode and deliver. state() may be asked from any thread.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/time.h"
#include "source/delivery.h"

namespace nj::source {

// What a source is set to: values of its kind's fields. Plain values.
struct SourceConfig {
    std::string kind;                                            // a name of sources.inc
    std::vector<std::pair<std::string, std::string>> values;     // by field name; a repeated field stands several times

    // The first value of that field, "" without one.
    [[nodiscard]] std::string value(std::string_view field) const;
    [[nodiscard]] std::vector<std::string> all(std::string_view field) const;
    void set(std::string_view field, std::string value);
    void add(std::string_view field, std::string value) { values.emplace_back(field, std::move(value)); }
    bool operator==(const SourceConfig&) const = default;
};

enum class FieldKind : uint8_t { kText, kUrl, kAddress, kPath, kDuration, kRange, kSwitch, kSecret };

struct SourceField {
    std::string_view name;       // in files of sources: "match"
    std::string_view title;      // for people: "Matchers"
    FieldKind kind = FieldKind::kText;
    std::string_view preset = {};
    std::string_view hint = {};  // what it means, with an example
    bool required = false;
    bool repeated = false;
};

struct SourceState {
    enum class Phase : uint8_t { kStopped, kStarting, kRunning, kWaiting, kDone, kFailed } phase = Phase::kStopped;
    std::string title;           // "Prometheus http://prom:9090"
    std::string activity;        // "back-filling 10:00 to 10:30": what it does now
    uint64_t requests = 0, bytes = 0, spans = 0, logs = 0, samples = 0;
    uint64_t rejected = 0;       // rows that could not be taken
    uint64_t retried = 0;        // pulls made again, or requests told to come later
    uint64_t duplicates = 0;     // delivered before, not stored again
    TimeNs newest = 0;           // time of the newest row; 0 = none yet
    double progress = -1;        // of work that ends, 0..1; -1 = it does not
    std::string lastError;
    TimeNs lastErrorAt = 0;
    [[nodiscard]] uint64_t rows() const { return spans + logs + samples; }
};

class Source {
public:
    virtual ~Source() = default;
    // Errors: kInvalidArgument for settings that can't work, kBusy for a taken port. What may pass (a server that is down) is no error: the
    // source waits and says so in its state.
    virtual Status start() = 0;
    // Finishes what is being delivered. Idempotent.
    virtual void stop() = 0;
    [[nodiscard]] virtual SourceState state() const = 0;
};

// What a test of settings found, before anything is read.
struct SourceProbe {
    std::string summary;         // "Prometheus 2.42.0: 1,204 series match, about 2.1 M samples"
    uint64_t series = 0;         // 0 = not known
};

struct SourceKind {
    std::string_view name;       // "prometheus"
    std::string_view title;      // "Prometheus"
    std::string_view about;      // one sentence
    std::span<const SourceField> fields;
    // `target` outlives the source.
    Result<std::unique_ptr<Source>> (*create)(const SourceConfig& config, DeliveryTarget& target);
    // Looks whether it would work; blocks, at most for some seconds. Any thread.
    Result<SourceProbe> (*probe)(const SourceConfig& config, std::stop_token stop);
};

// All kinds in the order of sources.inc.
std::span<const SourceKind* const> sourceKinds();
const SourceKind* findSourceKind(std::string_view name);
// kInvalidArgument names the kind or field that is unknown, missing or malformed.
Status checkConfig(const SourceConfig& config);
Result<std::unique_ptr<Source>> createSource(const SourceConfig& config, DeliveryTarget& target);

// A JSON list of objects: {"kind": "prometheus", "url": "http://…", "match": ["{job=\"vllm\"}"]}. Secrets are never written.
std::string sourcesToJson(std::span<const SourceConfig> configs);
Result<std::vector<SourceConfig>> sourcesFromJson(std::string_view json);

}  // namespace nj::source

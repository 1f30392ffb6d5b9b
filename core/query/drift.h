// Drift: how far the distribution of a feature (prompt length, retrieval score, model, any attribute) in a current window lies from its
// distribution in a reference window, and since when. Values, and the questions as an interface of its own: a backend that can compare
// distributions implements it beside Backend; askDrift() and askDriftFeatures() find it.
#pragma once

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "analyze/drift_cells.h"
#include "analyze/drift_verdict.h"
#include "base/result.h"
#include "base/time.h"
#include "model/filter.h"

namespace nj::query {

struct DriftFeature {
    enum class Source : uint8_t {
        kSpanAttribute, kLogAttribute,
        kHistogram,        // a histogram family: numbers of all observations, sampled or not
        kHistogramLabel,   // `label` of the family's observations
        kEvaluation,       // scores of one evaluation
        kCounterRatio,     // increase of `key` over increase of `label`, one value per scrape
        kGauge,            // samples of a metric, one value per scrape
        kEmbedding,        // vectors in a span or log attribute (`label`: "log" for logs)
    };
    Source source = Source::kSpanAttribute;
    bool categorical = false;
    std::string key;             // attribute key, family, evaluation's name, metric
    std::string label;           // see Source
    std::vector<std::pair<std::string, std::string>> where;   // attributes or labels that must be equal
    std::string title;           // "Prompt tokens"
    std::string unit;            // "{token}", "ratio", "1"
    std::string rowsKey;         // span attribute by which its rows are found; "" = its own key, or none for metrics
    bool rowsAreLogs = false;
    bool leading = false;        // judged without being asked for: what LLM operators watch
    bool modelScore = false;     // a similarity score: its scale belongs to the model that gives it
    uint64_t count = 0;          // rows, samples or histogram points in the capsule
    // "histogram:gen_ai.client.token.usage{gen_ai.token.type=input}": stable, for command lines and links.
    [[nodiscard]] std::string id() const;
};

struct DriftQuestion {
    TimeRange reference, current;
    TimeRange trend;                       // empty = from the reference's start to the current's end
    DurationNs window = 0;                 // of the trend; 0 = fitting the range (15 minutes for half a day)
    Filter filter;
    std::vector<DriftFeature> features;    // empty = all leading ones
    bool narrow = false;                   // the current window may shrink to the stretch of it that departs
    analyze::DriftThresholds thresholds;
    size_t pictureBins = 48;
};

// One window of the trend against the reference.
struct DriftPoint {
    TimeNs from = 0, to = 0;
    double n = 0;
    // NaN where n is below the threshold. For embeddings psi holds MMD² and ks the cosine distance of the means.
    double psi = 0, jensenShannon = 0, ks = 0, wasserstein = 0;   // Wasserstein normed
};

struct DriftCategory {
    std::string label;
    double reference = 0, current = 0;     // shares
};

struct DriftResult {
    DriftFeature feature;
    double referenceCount = 0, currentCount = 0;
    analyze::DriftStatistics statistics;
    double cosine = 0, euclidean = 0, discrepancy = 0;   // embeddings only, else NaN
    analyze::DriftVerdict verdict = analyze::DriftVerdict::kNoData;
    bool onlyOneWindow = false;            // would be drifted, but no two windows of the trend running say so
    bool scaleChange = false;              // a similarity score moved whole: perhaps its model changed
    bool filterIgnored = false;            // the source knows no rows to filter
    bool nearlyUnique = false;             // almost every row has a value of its own: a name or an id, no category; not judged
    std::optional<TimeNs> since, until;    // of the departed stretch; `until` empty while it lasts
    DurationNs window = 0;                 // of this feature's trend, wider where it has few observations
    std::vector<DriftPoint> trend;
    // Reference and current, for numbers. Empty for categories and embeddings.
    double referenceQuantile[3] = {0, 0, 0}, currentQuantile[3] = {0, 0, 0};   // p5, p50, p95
    double referenceMean = 0, currentMean = 0;
    analyze::PictureBins picture;
    std::vector<DriftCategory> categories;  // by share, at most 40, the rest as "others"
    // The statistic of the picture: PSI, for embeddings MMD².
    [[nodiscard]] double shown() const;
};

struct DriftAnswer {
    TimeRange reference, current, trend;   // as used
    bool narrowed = false;
    std::vector<DriftResult> results;      // in the order of the question's features
};

class Backend;

// Calls run on query threads; each stops soon after its stop_token is set (kCancelled).
class DriftSource {
public:
    virtual ~DriftSource() = default;
    // What can drift, the leading features first.
    virtual Result<std::vector<DriftFeature>> driftFeatures(std::stop_token stop) = 0;
    // kInvalidArgument where a window is empty.
    virtual Result<DriftAnswer> drift(const DriftQuestion& question, std::stop_token stop) = 0;
};

// kUnsupported where the backend is no DriftSource.
Result<std::vector<DriftFeature>> askDriftFeatures(Backend& backend, std::stop_token stop);
Result<DriftAnswer> askDrift(Backend& backend, const DriftQuestion& question, std::stop_token stop);

}  // namespace nj::query

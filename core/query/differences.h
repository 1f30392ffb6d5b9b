// The question behind a marked box: what its rows have that the others have not (as Honeycomb's BubbleUp). Plain values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "query/backend.h"

namespace nj::query {

struct DifferencesQuestion {
    TimeRange range;                               // rows compared: selection and rest
    Filter filter;
    TimeRange selection;                           // within the range
    std::optional<TimeRange> rest;                 // rows of this stretch, within the range; without one all that are not selected
    // Values of the measure inside the selection; without a measure every row of the stretch is selected.
    bool byDuration = true;                        // span durations in ns, else `attribute`
    std::string attribute;                         // numeric span attribute
    double low = 0, high = 0;                      // inclusive
    size_t limit = 12;
};
// One attribute, at the value that separates selection and rest most. For numbers with many values: "> 4,000".
struct Difference {
    std::string key, value;
    bool above = false;                            // value is a bound: rows above it
    double selectionShare = 0, restShare = 0;      // of the selection's and the rest's rows
    std::vector<std::string> alike;                // further keys that separate the same rows
};
struct DifferencesAnswer {
    std::vector<Difference> differences;           // most different first
    uint64_t selected = 0, rest = 0;               // rows
    uint32_t alikeKeys = 0;                        // keys whose values are spread the same in both
};

// An engine that can answer it is this beside its Backend.
class DifferenceBackend {
public:
    virtual Result<DifferencesAnswer> differences(const DifferencesQuestion& question, std::stop_token stop) = 0;

protected:
    ~DifferenceBackend() = default;
};
// kUnsupported where the engine cannot.
inline Result<DifferencesAnswer> askDifferences(Backend& backend, const DifferencesQuestion& question, std::stop_token stop) {
    if (auto* able = dynamic_cast<DifferenceBackend*>(&backend))
        return able->differences(question, stop);
    return makeError(ErrorCode::kUnsupported, "this source cannot compare rows");
}

}  // namespace nj::query

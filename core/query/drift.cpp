#include "query/drift.h"

#include "query/backend.h"

namespace nj::query {

std::string DriftFeature::id() const {
    static constexpr const char* kNames[] = {"span", "log", "histogram", "label", "evaluation", "ratio", "gauge", "embedding"};
    std::string out = kNames[static_cast<size_t>(source)];
    out += ':' + key;
    if (!label.empty())
        out += '/' + label;
    for (size_t i = 0; i < where.size(); ++i)
        out += (i == 0 ? '{' : ',') + where[i].first + '=' + where[i].second;
    return where.empty() ? out : out + '}';
}

double DriftResult::shown() const { return feature.source == DriftFeature::Source::kEmbedding ? discrepancy : statistics.psi; }

namespace {

template <typename Question>
auto askSource(Backend& backend, const Question& question) -> decltype(question(std::declval<DriftSource&>())) {
    auto* source = dynamic_cast<DriftSource*>(&backend);
    if (!source)
        return makeError(ErrorCode::kUnsupported, "this source of telemetry cannot compare distributions");
    return question(*source);
}

}  // namespace

Result<std::vector<DriftFeature>> askDriftFeatures(Backend& backend, std::stop_token stop) {
    return askSource(backend, [&](DriftSource& source) { return source.driftFeatures(stop); });
}

Result<DriftAnswer> askDrift(Backend& backend, const DriftQuestion& question, std::stop_token stop) {
    return askSource(backend, [&](DriftSource& source) { return source.drift(question, stop); });
}

}  // namespace nj::query

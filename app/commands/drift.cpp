// nightjar drift CAPSULE --reference A..B --current C..D: how far distributions moved between two windows, as a table or as JSON.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/json_writer.h"
#include "commands/command.h"
#include "query/drift.h"
#include "query/search_syntax.h"

namespace nj::app {
namespace {

using analyze::DriftVerdict;

struct Options {
    std::string capsule, reference, current, filter;
    std::vector<std::string> features;
    bool all = false, list = false, json = false;
};

const char* verdictName(DriftVerdict verdict) {
    switch (verdict) {
    case DriftVerdict::kNoData: return "no data";
    case DriftVerdict::kTooFew: return "too few";
    case DriftVerdict::kStable: return "stable";
    case DriftVerdict::kModerate: return "moderate";
    case DriftVerdict::kDrifted: return "drifted";
    }
    return "";
}

// A number that may be missing: null, not "NaN".
void jsonNumber(JsonWriter& json, const char* key, double value) {
    json.key(key);
    if (std::isfinite(value))
        json.number(value);
    else
        json.null();
}

void jsonTime(JsonWriter& json, const char* key, const std::optional<TimeNs>& time) {
    json.key(key);
    if (time)
        json.string(formatRfc3339(*time, 0));
    else
        json.null();
}

void jsonRange(JsonWriter& json, const char* key, const TimeRange& range) {
    json.key(key).beginObject().key("from").string(formatRfc3339(range.from, 3)).key("to").string(formatRfc3339(range.to, 3)).endObject();
}

void jsonStatistics(JsonWriter& json, const query::DriftResult& result) {
    const analyze::DriftStatistics& s = result.statistics;
    json.key("statistics").beginObject();
    jsonNumber(json, "psi", s.psi);
    jsonNumber(json, "jensen_shannon", s.jensenShannon);
    jsonNumber(json, "hellinger", s.hellinger);
    jsonNumber(json, "total_variation", s.totalVariation);
    jsonNumber(json, "ks", s.ks);
    jsonNumber(json, "ks_p", s.ksP);
    jsonNumber(json, "wasserstein", s.wasserstein);
    jsonNumber(json, "wasserstein_normed", s.normedWasserstein);
    jsonNumber(json, "chi_square", s.chiSquare);
    jsonNumber(json, "chi_square_p", s.chiSquareP);
    jsonNumber(json, "cosine_distance", result.cosine);
    jsonNumber(json, "euclidean_distance", result.euclidean);
    jsonNumber(json, "mmd", result.discrepancy);
    json.key("bins").unsignedInteger(s.bins).endObject();
}

void jsonResult(JsonWriter& json, const query::DriftResult& result) {
    json.beginObject().key("feature").string(result.feature.id()).key("title").string(result.feature.title).key("unit").string(result.feature.unit);
    json.key("reference_n").number(std::round(result.referenceCount)).key("current_n").number(std::round(result.currentCount));
    json.key("verdict").string(verdictName(result.verdict)).key("scale_change").boolean(result.scaleChange);
    jsonTime(json, "since", result.since);
    jsonTime(json, "until", result.until);
    jsonStatistics(json, result);
    if (result.categories.empty() || !std::isnan(result.statistics.ks)) {
        for (const auto& [key, quantiles] : {std::pair("reference_quantiles", result.referenceQuantile), std::pair("current_quantiles", result.currentQuantile)}) {
            json.key(key).beginObject();
            jsonNumber(json, "p5", quantiles[0]);
            jsonNumber(json, "p50", quantiles[1]);
            jsonNumber(json, "p95", quantiles[2]);
            json.endObject();
        }
    }
    json.key("categories").beginArray();
    for (const query::DriftCategory& category : result.categories)
        json.beginObject().key("value").string(category.label).key("reference").number(category.reference).key("current").number(category.current).endObject();
    json.endArray().key("trend").beginArray();
    for (const query::DriftPoint& point : result.trend) {
        json.beginObject().key("from").string(formatRfc3339(point.from, 0)).key("to").string(formatRfc3339(point.to, 0)).key("n").number(std::round(point.n));
        jsonNumber(json, "psi", point.psi);
        json.endObject();
    }
    json.endArray().endObject();
}

std::string jsonAnswer(const query::DriftAnswer& answer) {
    std::string out;
    JsonWriter json(out);
    json.beginObject();
    jsonRange(json, "reference", answer.reference);
    jsonRange(json, "current", answer.current);
    json.key("features").beginArray();
    for (const query::DriftResult& result : answer.results)
        jsonResult(json, result);
    json.endArray().endObject();
    out += '\n';
    return out;
}

std::string cell(double value) { return std::isfinite(value) ? fmt::format("{:.3g}", value) : "–"; }

std::string textLine(const query::DriftResult& result) {
    const bool few = result.verdict == DriftVerdict::kTooFew || result.verdict == DriftVerdict::kNoData;
    const char* mark = result.verdict == DriftVerdict::kDrifted ? "▲" : result.verdict == DriftVerdict::kModerate ? "◆" : few ? " " : "●";
    const bool numbers = std::isfinite(result.referenceQuantile[1]) && std::isfinite(result.statistics.ks);
    return fmt::format("{} {:<9} {:>9.0f} {:>9.0f} {:>8} {:>7} {:>7} {:>7} {:>10} {:>10}  {:>5}  {}{}\n", mark, verdictName(result.verdict), result.referenceCount, result.currentCount,
                       few ? "–" : cell(result.shown()), few ? "–" : cell(result.statistics.jensenShannon), few ? "–" : cell(result.statistics.ks), few ? "–" : cell(result.statistics.normedWasserstein),
                       numbers ? cell(result.referenceQuantile[1]) : "–", numbers ? cell(result.currentQuantile[1]) : "–",
                       result.since ? formatRfc3339(*result.since, 0).substr(11, 5) : "–", printable(result.feature.title), result.scaleChange ? " (scale change?)" : "");
}

Result<std::vector<query::DriftFeature>> chosenFeatures(const Options& options, query::Backend& backend) {
    NJ_ASSIGN(std::vector<query::DriftFeature> all, query::askDriftFeatures(backend, {}));
    std::vector<query::DriftFeature> out;
    for (const std::string& wanted : options.features) {
        const auto found = std::find_if(all.begin(), all.end(), [&](const query::DriftFeature& f) { return f.id() == wanted || f.key == wanted || f.title == wanted; });
        if (found == all.end())
            return makeError(ErrorCode::kInvalidArgument, fmt::format("there is no feature '{}'; --list names them", wanted));
        out.push_back(*found);
    }
    if (options.features.empty())
        for (query::DriftFeature& feature : all)
            if (feature.leading || options.all)
                out.push_back(std::move(feature));
    return out;
}

Status list(query::Backend& backend) {
    NJ_ASSIGN(const std::vector<query::DriftFeature> features, query::askDriftFeatures(backend, {}));
    for (const query::DriftFeature& feature : features)
        if (!print(fmt::format("{}\t{}{}\n", printable(feature.id()), printable(feature.title), feature.leading ? "" : "\t(--all)")))
            break;
    return {};
}

Status compare(const Options& options, query::Backend& backend) {
    query::DriftQuestion question;
    NJ_ASSIGN(question.filter, query::parseSearch(options.filter));
    if (options.reference.empty() != options.current.empty())
        return makeError(ErrorCode::kInvalidArgument, "--reference and --current go together; without both the capsule's own incident and baseline are compared");
    if (options.reference.empty()) {
        NJ_ASSIGN(const query::OpeningAnswer opening, backend.opening({}));
        if (!opening.baseline)
            return makeError(ErrorCode::kInvalidArgument, "this capsule suggests no baseline: give --reference A..B and --current C..D");
        question.reference = *opening.baseline;
        question.current = opening.window;
        question.narrow = true;
    } else {
        NJ_ASSIGN(question.reference, parseTimeRange(options.reference, nowNs()));
        NJ_ASSIGN(question.current, parseTimeRange(options.current, nowNs()));
    }
    NJ_ASSIGN(question.features, chosenFeatures(options, backend));
    query::DriftAnswer answer;
    if (question.features.empty()) {
        answer.reference = question.reference;
        answer.current = question.current;
        fmt::print(stderr, "nothing here can drift: no numbers, categories or histograms\n");
    } else {
        NJ_ASSIGN(answer, query::askDrift(backend, question, {}));
    }
    if (options.json) {
        print(jsonAnswer(answer));
        return {};
    }
    print(fmt::format("reference {} .. {}\ncurrent   {} .. {}{}\n\n", formatRfc3339(answer.reference.from, 0), formatRfc3339(answer.reference.to, 0), formatRfc3339(answer.current.from, 0),
                      formatRfc3339(answer.current.to, 0), answer.narrowed ? "  (the stretch that departs)" : ""));
    print(fmt::format("  {:<9} {:>9} {:>9} {:>8} {:>7} {:>7} {:>7} {:>10} {:>10}  {:>5}  {}\n", "verdict", "ref n", "cur n", "PSI", "JS", "KS", "W1/σ", "ref p50", "cur p50", "since", "feature"));
    std::vector<query::DriftResult> results = std::move(answer.results);
    std::stable_sort(results.begin(), results.end(), [](const auto& a, const auto& b) { return a.verdict > b.verdict; });
    for (const query::DriftResult& result : results)
        if (!print(textLine(result)))
            break;
    return {};
}

}  // namespace

void addDriftCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "drift", "How far distributions moved between two windows");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("--reference", options->reference, "reference window A..B");
    command.option("--current", options->current, "current window C..D");
    command.option("--filter", options->filter, "search: service:vllm-a");
    command.option("--feature", options->features, "only this feature: id, key or title (repeatable)");
    command.flag("--all", options->all, "also every other attribute and histogram");
    command.flag("--list", options->list, "name what can be compared");
    command.flag("--json", options->json, "all statistics, trend and categories as JSON");
    command.callback([options, &exitCode] {
        auto backend = query::openCapsuleBackend(options->capsule);
        const Status status = !backend.ok() ? Status(backend.error()) : options->list ? list(**backend) : compare(*options, **backend);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

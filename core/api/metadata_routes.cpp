// metadata and query_exemplars.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "api/routes.h"
#include "promql/capsule/otlp_names.h"
#include "promql/syntax/expr_walk.h"
#include "promql/syntax/parser.h"
#include "promql/text/number_text.h"

namespace nj::api {
namespace {

using Named = promql::CapsuleQuerier::NamedSeries;
using Part = promql::CapsuleQuerier::Part;

std::string_view typeText(MetricKind kind, bool monotonic, bool otlp) {
    switch (kind) {
        case MetricKind::kGauge: return "gauge";
        case MetricKind::kCounter: return otlp && !monotonic ? "gauge" : "counter";
        case MetricKind::kHistogram:
        case MetricKind::kExponentialHistogram: return "histogram";
        case MetricKind::kGaugeHistogram: return "gaugehistogram";
        case MetricKind::kSummary: return "summary";
        case MetricKind::kInfo: return "info";
        case MetricKind::kStateSet: return "stateset";
        default: return "unknown";
    }
}

// x_bucket, x_count and x_sum are the family x.
std::string familyOf(const store::SeriesRow& row) {
    if (row.origin == SeriesOrigin::kOtlp)
        return promql::otlpMetricName(row.name, row.unit, row.kind, row.monotonic);
    const bool parts = row.kind == MetricKind::kHistogram || row.kind == MetricKind::kGaugeHistogram || row.kind == MetricKind::kSummary;
    for (const std::string_view suffix : {"_bucket", "_count", "_sum", "_gcount", "_gsum"})
        if (parts && row.name.ends_with(suffix))
            return row.name.substr(0, row.name.size() - suffix.size());
    return row.name;
}

struct Family {
    std::string type, help, unit;
    auto operator<=>(const Family&) const = default;
};

// The bucket an exemplar's value lies in, of those of one stored series.
void keepOwnBuckets(std::vector<const Named*>& owners, double value) {
    const Named* best = nullptr;
    for (const Named* one : owners)
        if (one->part == Part::kBucket && one->bound >= value && (best == nullptr || one->bound < best->bound))
            best = one;
    std::erase_if(owners, [&](const Named* one) {
        return one->part == Part::kCount || one->part == Part::kSum || one->part == Part::kQuantile ||
               (one->part == Part::kBucket && one != best);
    });
}

promql::Labels exemplarLabels(const Exemplar& exemplar) {
    promql::Labels labels;
    for (const KeyValue& entry : exemplar.attributes) labels.push_back({entry.key, entry.value.display()});
    if (!exemplar.traceId.empty())
        labels.push_back({"trace_id", exemplar.traceId.hex()});
    if (!exemplar.spanId.empty())
        labels.push_back({"span_id", exemplar.spanId.hex()});
    promql::normalizeLabels(labels);
    return labels;
}

}  // namespace

Result<Answer> metadata(const Call& call) {
    NJ_ASSIGN(const size_t limit, call.parameters.limit());
    NJ_ASSIGN(const size_t perMetric, call.parameters.limit("limit_per_metric"));
    const std::string_view metric = call.parameters.first("metric");
    std::map<std::string, std::vector<Family>> families;
    for (const store::SeriesRow& row : call.capsule.querier().snapshot().series()) {
        if (row.kind == MetricKind::kUnknown && row.description.empty() && row.unit.empty())
            continue;
        std::string name = familyOf(row);
        if (!metric.empty() && name != metric)
            continue;
        std::vector<Family>& known = families[std::move(name)];
        Family family{std::string(typeText(row.kind, row.monotonic, row.origin == SeriesOrigin::kOtlp)), row.description, row.unit};
        if ((perMetric == 0 || known.size() < perMetric) && std::find(known.begin(), known.end(), family) == known.end())
            known.push_back(std::move(family));
    }
    std::string data;
    JsonWriter json(data);
    json.beginObject();
    size_t written = 0;
    for (const auto& [name, known] : families) {
        if (limit > 0 && written++ == limit)
            break;
        json.key(name).beginArray();
        for (const Family& family : known)
            json.beginObject().key("type").string(family.type).key("help").string(family.help).key("unit").string(family.unit).endObject();
        json.endArray();
    }
    json.endObject();
    return success(data);
}

Result<Answer> exemplarQuery(const Call& call) {
    NJ_ASSIGN(const auto start, call.parameters.time("start"));
    NJ_ASSIGN(const auto end, call.parameters.time("end"));
    const auto parsed = promql::parseExpression(call.parameters.first("query"));
    if (!parsed.ok())
        return invalidParameter("query", parsed.error().message);
    promql::CapsuleQuerier& querier = call.capsule.querier();
    const TimeRange all = querier.range();
    const TimeRange range{start.value_or(all.from), std::min(end.value_or(all.to), INT64_MAX - 1) + 1};
    if (range.to <= range.from && !all.empty())
        return invalidParameter("end", "end timestamp must not be before start timestamp");
    std::unordered_map<int64_t, std::vector<const Named*>> owners;  // by stored series
    Status selected;
    promql::forEachExpr(**parsed, [&](const promql::Expr& expr) {
        if (expr.kind != promql::ExprKind::kSelector || !selected.ok())
            return;
        const auto found = querier.matching(promql::as<promql::SelectorExpr>(expr).matchers);
        if (!found.ok()) {
            selected = found.error();
            return;
        }
        for (const Named* one : *found)
            for (const store::SeriesRow* row : one->rows)
                if (auto& known = owners[row->id]; std::find(known.begin(), known.end(), one) == known.end())
                    known.push_back(one);
    });
    NJ_RETURN_IF_ERROR(selected);
    std::map<promql::Labels, std::vector<Exemplar>> bySeries;
    if (!owners.empty()) {
        NJ_ASSIGN(const std::vector<Exemplar> exemplars, call.capsule.reader().exemplars(querier.snapshot(), range, {}));
        for (const Exemplar& exemplar : exemplars) {
            const auto known = owners.find(exemplar.series);
            if (known == owners.end())
                continue;
            std::vector<const Named*> own = known->second;
            keepOwnBuckets(own, exemplar.value);
            for (const Named* one : own) bySeries[*one->labels].push_back(exemplar);
        }
    }
    std::string data;
    JsonWriter json(data);
    json.beginArray();
    for (const auto& [labels, exemplars] : bySeries) {
        json.beginObject().key("seriesLabels");
        writeLabels(json, labels);
        json.key("exemplars").beginArray();
        for (const Exemplar& exemplar : exemplars) {
            json.beginObject().key("labels");
            writeLabels(json, exemplarLabels(exemplar));
            json.key("value")
                .string(promql::apiNumber(exemplar.value))
                .key("timestamp")
                .raw(promql::plainNumber(static_cast<double>(exemplar.time / kMillisecond) / 1000))
                .endObject();
        }
        json.endArray().endObject();
    }
    json.endArray();
    return success(data);
}

}  // namespace nj::api

#include "promql/capsule/capsule_querier.h"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <set>

#include "promql/capsule/capsule_series.h"
#include "promql/capsule/otlp_names.h"
#include "promql/text/number_text.h"

namespace nj::promql {

namespace {

constexpr size_t kHistogramSeriesKept = 64;

TimeRange united(TimeRange a, TimeRange b) {
    if (a.empty())
        return b;
    return b.empty() ? a : TimeRange{std::min(a.from, b.from), std::max(a.to, b.to)};
}

bool isHistogramKind(MetricKind kind) {
    return kind == MetricKind::kHistogram || kind == MetricKind::kExponentialHistogram || kind == MetricKind::kGaugeHistogram;
}

Labels prometheusLabels(const store::SeriesRow& row) {
    Labels labels;
    for (const KeyValue& entry : row.attributes)
        labels.push_back({entry.key, entry.value.display()});
    normalizeLabels(labels);
    return labels;
}

// `own`: attributes keep their names.
Labels otlpLabels(const store::Snapshot& snapshot, const store::SeriesRow& row, bool own) {
    Labels labels;
    for (const KeyValue& entry : row.attributes)
        setLabel(labels, own ? entry.key : otlpLabelName(entry.key), entry.value.display());
    if (row.scope != kNoIndex) {
        setLabel(labels, "otel_scope_name", snapshot.scope(row.scope).name);
        setLabel(labels, "otel_scope_version", snapshot.scope(row.scope).version);
    }
    if (row.resource != kNoIndex)
        addIdentity(labels, snapshot.resource(row.resource));
    return labels;
}

// Labels of a resource by their own names.
void addOwnResourceLabels(Labels& labels, const Resource& resource) {
    for (const KeyValue& entry : resource.attributes)
        setLabel(labels, entry.key, entry.value.display());
}

bool isPlainName(std::string_view name) {
    return std::all_of(name.begin(), name.end(), [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; });
}

}  // namespace

Result<std::unique_ptr<CapsuleQuerier>> CapsuleQuerier::of(store::CapsuleReader& reader) {
    NJ_ASSIGN(std::shared_ptr<const store::Snapshot> snapshot, reader.snapshot());
    return of(reader, std::move(snapshot));
}

Result<std::unique_ptr<CapsuleQuerier>> CapsuleQuerier::of(store::CapsuleReader& reader, std::shared_ptr<const store::Snapshot> snapshot) {
    std::unique_ptr<CapsuleQuerier> querier(new CapsuleQuerier(reader, std::move(snapshot)));
    NJ_RETURN_IF_ERROR(querier->nameAll(querier->prometheus_, false));
    return querier;
}

Status CapsuleQuerier::nameAll(Names& names, bool own) {
    for (const store::SeriesRow& row : snapshot_->series()) {
        range_ = united(range_, row.range);
        if (row.origin == SeriesOrigin::kPrometheus) {
            const bool mayBeNative = isHistogramKind(row.kind) || row.kind == MetricKind::kUnknown;
            if (!own)
                add(names, prometheusLabels(row), row.name, mayBeNative ? Part::kScalarOrNative : Part::kScalar, &row, 0, row.range);
            continue;
        }
        const std::string name = own ? row.name : otlpMetricName(row.name, row.unit, row.kind, row.monotonic);
        if (isHistogramKind(row.kind) || row.kind == MetricKind::kSummary) {
            NJ_RETURN_IF_ERROR(nameHistogram(names, row, otlpLabels(*snapshot_, row, own), name));
        } else {
            add(names, otlpLabels(*snapshot_, row, own), name, Part::kScalar, &row, 0, row.range);
        }
    }
    tellApart(names, own);
    if (!own)
        addTargets(names);
    for (const auto& [labels, series] : names.series)
        names.byMetric[std::string(metricName(labels))].push_back(&series);
    names.known = true;
    return {};
}

// One stored series, many PromQL ones: which bounds or quantiles it has, its first point says.
Status CapsuleQuerier::nameHistogram(Names& names, const store::SeriesRow& row, const Labels& labels, const std::string& name) {
    HistogramPoint first;
    NJ_RETURN_IF_ERROR(reader_.histograms(*snapshot_, row.id, row.range, [&](const HistogramPoint& point) {
        first = point;
        return false;
    }));
    const bool summary = row.kind == MetricKind::kSummary;
    if (!summary)
        add(names, labels, name, Part::kNative, &row, 0, row.range);
    if (!summary && first.buckets.empty())
        return {};
    add(names, labels, name + "_count", Part::kCount, &row, 0, row.range);
    add(names, labels, name + "_sum", Part::kSum, &row, 0, row.range);
    std::vector<double> bounds = first.bounds;
    if (!summary)
        bounds.push_back(HUGE_VAL);
    for (const double bound : bounds) {
        Labels each = labels;
        setLabel(each, summary ? std::string_view("quantile") : kBucketLabel, compactNumber(bound));
        add(names, std::move(each), summary ? name : name + "_bucket", summary ? Part::kQuantile : Part::kBucket, &row, bound, row.range);
    }
    return {};
}

void CapsuleQuerier::add(Names& names, Labels labels, const std::string& name, Part part, const store::SeriesRow* row, double bound, TimeRange range) {
    setLabel(labels, kMetricName, name);
    NamedSeries& series = names.series[labels];
    if (!series.labels)
        series.labels = std::make_shared<const Labels>(std::move(labels));
    series.part = part;
    series.bound = bound;
    series.range = united(series.range, range);
    if (row != nullptr)
        series.rows.push_back(row);
}

// Series of one label set that come from different resources get those resource attributes as labels that differ.
void CapsuleQuerier::tellApart(Names& names, bool own) const {
    std::vector<NamedSeries> shared;
    for (auto at = names.series.begin(); at != names.series.end();) {
        const bool byResource = at->second.rows.size() > 1 &&
                                std::any_of(at->second.rows.begin(), at->second.rows.end(),
                                            [&](const store::SeriesRow* row) { return row->resource != at->second.rows[0]->resource; });
        if (byResource)
            shared.push_back(std::move(at->second));
        at = byResource ? names.series.erase(at) : std::next(at);
    }
    for (const NamedSeries& series : shared) {
        std::vector<Labels> resources;
        std::set<std::string> differing;
        for (const store::SeriesRow* row : series.rows) {
            Labels labels;
            if (row->resource != kNoIndex)
                (own ? addOwnResourceLabels : addResourceLabels)(labels, snapshot_->resource(row->resource));
            resources.push_back(std::move(labels));
        }
        for (const Labels& labels : resources)
            for (const Label& label : labels)
                for (const Labels& other : resources)
                    if (labelValue(other, label.name) != label.value)
                        differing.insert(label.name);
        for (size_t i = 0; i < series.rows.size(); ++i) {
            Labels labels = *series.labels;
            for (const Label& label : resources[i])
                if (differing.contains(label.name) && labelValue(labels, label.name).empty())
                    setLabel(labels, label.name, label.value);
            add(names, std::move(labels), std::string(metricName(*series.labels)), series.part, series.rows[i], series.bound,
                series.rows[i]->range);
        }
    }
}

void CapsuleQuerier::addTargets(Names& names) const {
    std::map<uint32_t, TimeRange> ranges;
    for (const store::SeriesRow& row : snapshot_->series())
        if (row.origin == SeriesOrigin::kOtlp && row.resource != kNoIndex)
            ranges[row.resource] = united(ranges[row.resource], row.range);
    for (const auto& [id, range] : ranges) {
        Labels labels;
        addIdentity(labels, snapshot_->resource(id));
        const size_t identifying = labels.size();
        addResourceLabels(labels, snapshot_->resource(id));
        if (identifying > 0 && labels.size() > identifying)
            add(names, std::move(labels), "target_info", Part::kTargetInfo, nullptr, 0, range);
    }
}

// A metric that Prometheus's naming does not know, or a label that it cannot have.
bool CapsuleQuerier::meansOwnNames(const std::vector<Matcher>& matchers) const {
    return std::any_of(matchers.begin(), matchers.end(), [&](const Matcher& matcher) {
        if (matcher.name != kMetricName)
            return !isPlainName(matcher.name);
        return matcher.type == Matcher::Type::kEqual && !matcher.value.empty() && !prometheus_.byMetric.contains(matcher.value);
    });
}

Result<std::vector<const CapsuleQuerier::NamedSeries*>> CapsuleQuerier::matching(const std::vector<Matcher>& matchers) {
    std::vector<CompiledMatcher> compiled;
    for (const Matcher& matcher : matchers) {
        NJ_ASSIGN(CompiledMatcher one, CompiledMatcher::compile(matcher));
        compiled.push_back(std::move(one));
    }
    const auto metric = std::find_if(matchers.begin(), matchers.end(), [](const Matcher& matcher) {
        return matcher.name == kMetricName && matcher.type == Matcher::Type::kEqual && !matcher.value.empty();
    });
    const auto matchingOf = [&](const Names& names) {
        std::vector<const NamedSeries*> found;
        const auto take = [&](const NamedSeries& series) {
            if (std::all_of(compiled.begin(), compiled.end(), [&](const CompiledMatcher& matcher) { return matcher.matches(*series.labels); }))
                found.push_back(&series);
        };
        if (metric == matchers.end()) {
            for (const auto& [labels, series] : names.series)
                take(series);
        } else if (const auto of = names.byMetric.find(metric->value); of != names.byMetric.end()) {
            for (const NamedSeries* series : of->second)
                take(*series);
        }
        return found;
    };
    std::vector<const NamedSeries*> found = matchingOf(prometheus_);
    if (found.empty() && meansOwnNames(matchers)) {
        if (!own_.known)
            NJ_RETURN_IF_ERROR(nameAll(own_, true));
        found = matchingOf(own_);
    }
    return found;
}

Result<std::vector<std::unique_ptr<SeriesIterator>>> CapsuleQuerier::select(const std::vector<Matcher>& matchers, TimeNs from, TimeNs to,
                                                                            std::stop_token stop) {
    NJ_ASSIGN(const std::vector<const NamedSeries*> found, matching(matchers));
    std::vector<std::unique_ptr<SeriesIterator>> iterators;
    for (const NamedSeries* series : found)
        if (series->range.from <= to && series->range.to > from)
            iterators.push_back(std::make_unique<CapsuleSeries>(*this, *series, stop));
    return iterators;
}

Result<std::vector<std::string>> CapsuleQuerier::labelNames(const std::vector<Matcher>& matchers) {
    NJ_ASSIGN(const std::vector<const NamedSeries*> found, matching(matchers));
    std::set<std::string> names;
    for (const NamedSeries* series : found)
        for (const Label& label : *series->labels)
            names.insert(label.name);
    return std::vector<std::string>(names.begin(), names.end());
}

Result<std::vector<std::string>> CapsuleQuerier::labelValues(const std::string& name, const std::vector<Matcher>& matchers) {
    NJ_ASSIGN(const std::vector<const NamedSeries*> found, matching(matchers));
    std::set<std::string> values;
    for (const NamedSeries* series : found)
        if (const std::string_view value = labelValue(*series->labels, name); !value.empty())
            values.emplace(value);
    return std::vector<std::string>(values.begin(), values.end());
}

Result<CapsuleQuerier::HistogramSamples> CapsuleQuerier::histograms(const store::SeriesRow& row) {
    if (const auto known = read_.find(row.id); known != read_.end())
        return known->second;
    const bool delta = row.temporality == Temporality::kDelta;
    auto samples = std::make_shared<std::vector<HistogramSample>>();
    FloatHistogram total;
    NJ_RETURN_IF_ERROR(reader_.histograms(*snapshot_, row.id, {row.range.from, row.range.to}, [&](const HistogramPoint& point) {
        HistogramSample sample;
        sample.time = point.time;
        sample.stale = (point.flags & kSampleNoRecordedValue) != 0;
        sample.count = static_cast<double>(point.count);
        sample.sum = point.sum;
        if (row.kind == MetricKind::kSummary) {
            sample.quantiles = point.bounds;
            sample.values = point.values;
        } else if (!sample.stale) {
            FloatHistogram histogram = fromPoint(point);
            if (delta && !samples->empty() && !addTo(histogram, total).incompatible)
                sample.count = histogram.count, sample.sum = histogram.sum;
            total = delta ? histogram : FloatHistogram();
            if (row.kind == MetricKind::kGaugeHistogram)
                histogram.hint = ResetHint::kGauge;
            sample.histogram = std::make_shared<const FloatHistogram>(std::move(histogram));
        }
        samples->push_back(std::move(sample));
        return true;
    }));
    if (read_.size() >= kHistogramSeriesKept)
        read_.clear();
    return read_[row.id] = std::move(samples);
}

}  // namespace nj::promql

#include "format/prometheus_families.h"

namespace nj::format {
namespace {

constexpr size_t kMaxFamilies = 1U << 17;
constexpr size_t kMaxHelp = 4096;

// Suffixes of the series of a family, by the family's kind.
bool suffixFits(MetricKind kind, std::string_view suffix) {
    switch (kind) {
    case MetricKind::kCounter: return suffix == "_total" || suffix == "_created";
    case MetricKind::kHistogram: return suffix == "_bucket" || suffix == "_sum" || suffix == "_count" || suffix == "_created";
    case MetricKind::kGaugeHistogram: return suffix == "_bucket" || suffix == "_gsum" || suffix == "_gcount" || suffix == "_sum" || suffix == "_count";
    case MetricKind::kSummary: return suffix == "_sum" || suffix == "_count" || suffix == "_created";
    case MetricKind::kInfo: return suffix == "_info";
    default: return false;
    }
}

}  // namespace

const PrometheusFamilies::Family* PrometheusFamilies::family(std::string_view name) const {
    if (const auto exact = families_.find(name); exact != families_.end())
        return &exact->second;
    const size_t cut = name.rfind('_');
    if (cut == std::string_view::npos)
        return nullptr;
    const auto found = families_.find(name.substr(0, cut));
    return found != families_.end() && suffixFits(found->second.kind, name.substr(cut)) ? &found->second : nullptr;
}

void PrometheusFamilies::describe(SeriesKey& key) const {
    const Family* found = family(key.name);
    if (found == nullptr)
        return;
    key.kind = found->kind;
    key.unit = found->unit;
    key.description = found->help;
    if (key.name.ends_with("_created") && !families_.contains(key.name)) {
        key.kind = MetricKind::kGauge;
        key.unit = "seconds";
    }
    key.monotonic = key.kind == MetricKind::kCounter;
}

bool PrometheusFamilies::set(const PrometheusMetadata& metadata) {
    if (families_.size() >= kMaxFamilies && !families_.contains(metadata.name))
        return false;
    Family& family = families_[metadata.name];
    switch (metadata.kind) {
    case PrometheusMetadata::Kind::kHelp: family.help = metadata.text.substr(0, kMaxHelp); break;
    case PrometheusMetadata::Kind::kType: family.kind = metricKindOfType(metadata.text); break;
    case PrometheusMetadata::Kind::kUnit: family.unit = metadata.text.substr(0, kMaxHelp); break;
    }
    return true;
}

}  // namespace nj::format

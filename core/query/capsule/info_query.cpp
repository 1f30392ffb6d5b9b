// The capsule at a glance: totals, imports, health, services, declared sampling, and what is missing.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <filesystem>
#include <set>

#include "query/capsule/questions.h"

namespace nj::query {
namespace {

// Dictionary ids grow in order of first sight, so their order is stable while the capsule grows.
std::vector<std::string> services(const store::Snapshot& snapshot) {
    std::set<uint32_t> seen;
    std::vector<std::string> names;
    // Those with spans first: log files may name hundreds of short-lived jobs.
    for (const Signal signal : {Signal::kSpan, Signal::kLog}) {
        std::set<uint32_t> ids;
        for (const auto& info : snapshot.segments(signal))
            ids.insert(info->services.begin(), info->services.end());
        for (const uint32_t id : ids)
            if (const std::string_view name = snapshot.text(id); !name.empty() && seen.insert(id).second)
                names.emplace_back(name);
    }
    return names;
}

// Share kept by OpenTelemetry's consistent sampling, "ot=th:…": 1 − threshold / 2^56, trailing zeros left out.
double shareOfTraceState(std::string_view state) {
    for (size_t at = state.find("ot="); at != std::string_view::npos; at = state.find("ot=", at + 1)) {
        if (at > 0 && state[at - 1] != ',' && state[at - 1] != ' ')
            continue;
        std::string_view entry = state.substr(at + 3, state.find(',', at) == std::string_view::npos ? std::string_view::npos : state.find(',', at) - at - 3);
        size_t th = entry.starts_with("th:") ? 0 : entry.find(";th:");
        if (th == std::string_view::npos)
            return 0;
        th += entry[th] == ';' ? 4 : 3;
        uint64_t threshold = 0;
        int digits = 0;
        for (; th < entry.size() && digits < 14 && std::isxdigit(static_cast<unsigned char>(entry[th])) != 0; ++th, ++digits) {
            const char c = entry[th];
            threshold = threshold << 4 | static_cast<uint64_t>(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
        }
        if (digits == 0)
            return 0;
        threshold <<= 4 * (14 - digits);
        return 1.0 - static_cast<double>(threshold) / 0x1p56;
    }
    return 0;
}

double shareOfResource(const Resource& resource) {
    for (const char* key : {"nightjar.sampling", "sampling.ratio", "sampling.probability", "telemetry.sampling.ratio"})
        if (const AttributeValue* value = findAttribute(resource.attributes, key)) {
            const double share = value->type == ValueType::kDouble ? value->number : value->type == ValueType::kInt ? static_cast<double>(value->integer) : std::strtod(value->text.c_str(), nullptr);
            if (share > 0 && share <= 1)
                return share;
        }
    return 0;
}

Result<double> sampledShare(QueryContext& context) {
    const store::Snapshot& snapshot = context.snapshot();
    for (uint32_t id = 0; id < std::min<uint32_t>(snapshot.resourceCount(), 1000); ++id)
        if (const double share = shareOfResource(snapshot.resource(id)); share > 0)
            return share;
    size_t looked = 0;
    for (const auto& info : snapshot.segments(Signal::kSpan)) {
        if (++looked > 4)
            break;
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        for (uint32_t row = 0; row < std::min<uint32_t>(info->rows, 8); ++row) {
            NJ_ASSIGN(const std::string state, view->text(store::TextColumn::kTraceState, row));
            if (const double share = shareOfTraceState(state); share > 0)
                return share;
        }
    }
    return 0.0;
}

Result<std::vector<TraceId>> distinctTraces(QueryContext& context) {
    std::vector<TraceId> ids;
    for (const auto& info : context.snapshot().segments(Signal::kSpan)) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
        NJ_ASSIGN(const store::TraceIdColumn column, view->traceIds());
        ids.insert(ids.end(), column.table.begin(), column.table.end());
    }
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    std::erase_if(ids, [](const TraceId& id) { return id.empty(); });
    return ids;
}

std::vector<std::string> missingOf(const CapsuleInfo& info) {
    std::vector<std::string> out;
    if (info.spans == 0)
        out.emplace_back("no traces: latency comes from histograms only, if there are any");
    if (info.logs == 0)
        out.emplace_back("no logs");
    if (info.series == 0)
        out.emplace_back("no metrics");
    if (info.spans > 0 && info.exemplars == 0 && info.series > 0)
        out.emplace_back("no exemplars: metrics lead to traces by time only");
    uint64_t rejected = 0, lost = 0;
    for (const HealthSummary& health : info.health) {
        rejected += health.severity == HealthSeverity::kRejected ? health.count : 0;
        lost += health.severity == HealthSeverity::kLost ? health.count : 0;
    }
    if (rejected > 0)
        out.push_back(fmt::format("{} piece{} of input rejected", rejected, rejected == 1 ? " was" : "s were"));
    if (lost > 0)
        out.push_back(fmt::format("{} piece{} of input lost", lost, lost == 1 ? " was" : "s were"));
    for (const ImportSummary& import : info.imports)
        if (import.state != "done")
            out.push_back(fmt::format("{} is not read to its end ({})", import.path, import.state));
    if (info.sampledShare > 0 && info.sampledShare < 1)
        out.push_back(fmt::format("traces are sampled: {:.3g} % of them were kept", info.sampledShare * 100));
    return out;
}

}  // namespace

Result<CapsuleInfo> answerInfo(QueryContext& context) {
    CapsuleInfo info;
    info.path = context.reader().path();
    std::error_code ignored;
    const auto bytes = std::filesystem::file_size(info.path, ignored);
    info.fileBytes = ignored ? 0 : bytes;
    NJ_ASSIGN(const store::SignalTotals totals, context.reader().totals());
    info.spans = totals.spans;
    info.spanEvents = totals.spanEvents;
    info.spanLinks = totals.spanLinks;
    info.logs = totals.logs;
    info.series = totals.series;
    info.samples = totals.samples;
    info.histograms = totals.histograms;
    info.exemplars = totals.exemplars;
    info.evaluations = totals.evaluations;
    info.documents = totals.documents;
    info.events = totals.events;
    info.spanRange = totals.spanRange;
    info.logRange = totals.logRange;
    info.sampleRange = totals.sampleRange;
    NJ_ASSIGN(const std::vector<store::ImportRow> imports, context.reader().imports());
    for (const store::ImportRow& row : imports)
        info.imports.push_back(importSummary(row));
    NJ_ASSIGN(const std::vector<store::HealthRow> health, context.reader().health());
    for (const store::HealthRow& row : health)
        info.health.push_back({row.import, row.record.severity, row.record.reason, row.record.example, row.record.count, row.record.line, row.record.offset});
    info.services = services(context.snapshot());
    NJ_ASSIGN(const std::vector<TraceId> traces, distinctTraces(context));
    info.traces = traces.size();
    NJ_ASSIGN(info.sampledShare, sampledShare(context));
    info.missing = missingOf(info);
    return info;
}

}  // namespace nj::query

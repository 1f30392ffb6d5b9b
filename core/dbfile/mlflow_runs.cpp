// MLflow's runs: metrics as samples, parameters and tags as attributes of the run's resource, start and end as an event.
#include <fmt/format.h>

#include <bit>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "dbfile/mlflow.h"

namespace nj::dbfile {
namespace {

constexpr size_t kMaxFact = 1'024;         // bytes of a parameter or tag
constexpr size_t kMaxFacts = 256;          // of one run
constexpr size_t kMaxAllFacts = 2'000'000;

struct Run {
    Resource resource;
    size_t facts = 0;
};

class RunReader {
public:
    RunReader(ReadContext& context, const MlflowExperiments& experiments) : context_(context), experiments_(experiments) {}

    Status read() {
        NJ_RETURN_IF_ERROR(context_.eachRow("runs", {"run_uuid", "name", "status", "start_time", "end_time", "experiment_id", "user_id"}, [this](auto& row) { run(row); }, kMaxMlflowNames));
        NJ_RETURN_IF_ERROR(context_.eachRow("params", {"run_uuid", "key", "value"}, [this](auto& row) { fact(row, "mlflow.param."); }, kMaxAllFacts));
        NJ_RETURN_IF_ERROR(context_.eachRow("tags", {"run_uuid", "key", "value"}, [this](auto& row) { fact(row, "mlflow.tag."); }, kMaxAllFacts));
        return context_.eachRow("metrics", {"run_uuid", "key", "value", "timestamp", "is_nan"}, [this](auto& row) { sample(row); });
    }

private:
    void run(sqlite::TableScan& row) {
        const std::string id = textCell(row, 0), experiment = textCell(row, 5), name = textCell(row, 1), status = textCell(row, 2);
        if (id.empty())
            return context_.reject("run without an id", name);
        AttributeList& attributes = runs_[id].resource.attributes;
        const auto known = experiments_.find(experiment);
        const std::string service = known != experiments_.end() ? known->second : experiment;
        attributes = {{"service.name", AttributeValue::ofString(service)}, {"mlflow.run.id", AttributeValue::ofString(id)}, {"mlflow.run.name", AttributeValue::ofString(name)}};
        if (row.has(6))
            attributes.push_back({"mlflow.user", AttributeValue::ofString(textCell(row, 6))});
        const auto start = timeCell(row, 3, TimeUnit::kMilliseconds, context_), end = timeCell(row, 4, TimeUnit::kMilliseconds, context_);
        if (!start)
            return;
        IncidentEvent event;
        event.time = *start;
        event.end = end && *end > *start ? *end : 0;
        event.kind = "run";
        event.title = fmt::format("MLflow run {} {}", name.empty() ? id : name, status);
        event.entity = service;
        event.severity = status == "FAILED" || status == "KILLED" ? 17 : 9;
        context_.rows().batch().events.push_back(std::move(event));
    }

    void fact(sqlite::TableScan& row, const char* prefix) {
        const auto at = runs_.find(textCell(row, 0));
        if (at == runs_.end())
            return context_.reject("parameter or tag whose run is not in the file", textCell(row, 1));
        const std::string_view value = row.text(2);
        if (value.size() > kMaxFact || at->second.facts++ >= kMaxFacts)
            return context_.rows().health(HealthSeverity::kInfo, "parameters and tags left out: over 1 KiB, or over 256 of one run", textCell(row, 1));
        at->second.resource.attributes.push_back({prefix + textCell(row, 1), AttributeValue::ofString(textCell(row, 2))});
    }

    void sample(sqlite::TableScan& row) {
        const std::string run = textCell(row, 0), name = textCell(row, 1);
        const auto time = timeCell(row, 3, TimeUnit::kMilliseconds, context_);
        const auto value = row.integer(4) != 0 ? std::optional(std::numeric_limits<double>::quiet_NaN()) : numberCell(row, 2);
        const auto at = runs_.find(run);
        if (at == runs_.end())
            return context_.reject("metric whose run is not in the file", name);
        if (!time || !value || name.empty())
            return context_.reject(time ? "metric without a value or name" : "metric without a time", name);
        format::OtlpBuilder& rows = context_.rows();
        if (run != current_) {
            current_ = run;
            rows.setResource(at->second.resource);
            rows.clearScope();
            metric_.clear();
        }
        if (name != metric_) {
            metric_ = name;
            rows.setMetric({name, {}, {}, MetricKind::kGauge, Temporality::kUnspecified, false});
        }
        rows.addSample(rows.series(AttributeList{}), 0, *time, std::bit_cast<uint64_t>(*value), 0);
    }

    ReadContext& context_;
    const MlflowExperiments& experiments_;
    std::unordered_map<std::string, Run> runs_;
    std::string current_, metric_;
};

}  // namespace

Status readMlflowRuns(ReadContext& context, const MlflowExperiments& experiments) { return RunReader(context, experiments).read(); }

}  // namespace nj::dbfile

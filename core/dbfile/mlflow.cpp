// MLflow's tracking database: runs (see mlflow_runs.cpp) and traces (see mlflow_traces.cpp).
#include <unordered_map>

#include "dbfile/mlflow.h"

namespace nj::dbfile {
namespace {

bool knows(const sqlite::UntrustedDatabase& db) {
    return hasColumns(db, "experiments", {"experiment_id", "name"}) && (hasColumns(db, "runs", {"run_uuid", "experiment_id"}) || hasColumns(db, "trace_info", {"request_id", "timestamp_ms"}));
}

Status read(ReadContext& context) {
    context.assume("service.name is the MLflow experiment.");
    MlflowExperiments experiments;
    NJ_RETURN_IF_ERROR(context.eachRow("experiments", {"experiment_id", "name"}, [&](auto& row) { experiments.emplace(textCell(row, 0), textCell(row, 1)); }, kMaxMlflowNames));
    NJ_RETURN_IF_ERROR(readMlflowRuns(context, experiments));
    NJ_RETURN_IF_ERROR(readMlflowTraces(context, experiments));
    return context.flush();
}

}  // namespace

extern const ToolReader kMlflow;
const ToolReader kMlflow{"mlflow", "MLflow", knows, read};

}  // namespace nj::dbfile

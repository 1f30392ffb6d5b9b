// What the readers of MLflow's runs and of its traces share. Internal to mlflow*.cpp.
#pragma once

#include <string>
#include <unordered_map>

#include "dbfile/cell_value.h"

namespace nj::dbfile {

inline constexpr size_t kMaxMlflowNames = 200'000;   // experiments, runs, traces whose names are kept

// Names of experiments by id; bounded.
using MlflowExperiments = std::unordered_map<std::string, std::string>;
Status readMlflowRuns(ReadContext& context, const MlflowExperiments& experiments);
Status readMlflowTraces(ReadContext& context, const MlflowExperiments& experiments);

}  // namespace nj::dbfile

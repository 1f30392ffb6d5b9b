// Scores in telemetry: gen_ai.evaluation.result events and OpenInference annotations, found in a finished batch. Pure, any thread.
#pragma once

#include "model/batch.h"

namespace nj::format {

// Appends to batch.evaluations what its span events, log records and spans say. Call it once, when all rows are in.
void addEvaluations(Batch& batch);

}  // namespace nj::format

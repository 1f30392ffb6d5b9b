// A score that a tool keeps beside its traces, as the OpenTelemetry event it stands for. One thread.
#pragma once

#include <optional>
#include <string>

#include "dbfile/tool_reader.h"

namespace nj::dbfile {

struct EvaluationRow {
    TraceId traceId;
    SpanId spanId;                 // empty = of the whole trace
    TimeNs time = 0;
    std::string name, label, explanation;
    std::optional<double> score;
    std::string source;            // who scored: "LLM", "HUMAN", "CODE"
};

// A log row "gen_ai.evaluation.result" of the current resource; the evaluation itself is derived from it as from any other such event.
void addEvaluation(format::OtlpBuilder& rows, const EvaluationRow& evaluation);

}  // namespace nj::dbfile

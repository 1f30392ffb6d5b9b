// The one sentence about a span: how much of its trace went where, what its engine's metrics said meanwhile, which GPUs it ran on.
// Plain functions, any thread.
#pragma once

#include <QString>

#include "query/backend.h"
#include "widgets/metric_lanes.h"

namespace nj::ui {

// "32 % of the trace in the engine's queue". `traceLength` 0 = not known: the share is the span's own.
QString spanSentence(const query::TraceSpan& span, DurationNs traceLength);
// "KV cache 99 % meanwhile", at the middle of the span's longest stage; "" without such a lane.
QString meanwhileSentence(const std::vector<MetricLane>& lanes, TimeNs instant);
// "vllm-a → GPU 0–3"; "" without GPUs.
QString servedBySentence(const std::vector<Entity>& entities, const QString& service);
// "0–3, 6" of the numbers that end the names.
QString numberRanges(std::vector<int> numbers);

}  // namespace nj::ui

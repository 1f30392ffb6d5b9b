// What says which server this is and how it is set.
#include "api/routes.h"
#include "promql/engine.h"
#include "promql/text/number_text.h"

namespace nj::api {

Result<Answer> targets(const Call& /*call*/) { return success(R"({"activeTargets":[],"droppedTargets":[],"droppedTargetCounts":{}})"); }

// The version is that of the API and the language, by which clients choose what they ask.
Result<Answer> buildInfo(const Call& /*call*/) {
    return success(R"({"version":"3.0.0","revision":"","branch":"nightjar","buildUser":"","buildDate":"","goVersion":""})");
}

// What of a Prometheus's flags is known to hold here.
Result<Answer> flags(const Call& call) {
    const promql::EngineOptions options = promql::prometheusOptions();
    std::string data;
    JsonWriter json(data);
    json.beginObject().key("query.lookback-delta").string(promql::promDurationText(options.lookback));
    json.key("query.max-samples").string(std::to_string(options.maxSamples)).key("query.timeout").string(promql::promDurationText(call.limits.timeout.count())).endObject();
    return success(data);
}

Result<Answer> configuration(const Call& /*call*/) { return success(R"({"yaml":""})"); }

Result<Answer> storage(const Call& call) {
    const TimeRange all = call.capsule.querier().range();
    std::string data;
    JsonWriter json(data);
    json.beginObject().key("headStats").beginObject().key("numSeries").unsignedInteger(call.capsule.querier().snapshot().series().size());
    json.key("numLabelPairs").integer(0).key("chunkCount").integer(0);
    json.key("minTime").integer(all.empty() ? 0 : all.from / kMillisecond).key("maxTime").integer(all.empty() ? 0 : (all.to - 1) / kMillisecond).endObject();
    for (const char* list : {"seriesCountByMetricName", "labelValueCountByLabelName", "memoryInBytesByLabelName", "seriesCountByLabelValuePair"}) json.key(list).beginArray().endArray();
    json.endObject();
    return success(data);
}

}  // namespace nj::api

// One function per question of query/backend.h, answered from a capsule. CapsuleBackend makes the context and calls them.
#pragma once

#include "query/backend.h"
#include "query/capsule/query_context.h"
#include "query/metrics.h"
#include "query/sql.h"

namespace nj::query {

Result<CapsuleInfo> answerInfo(QueryContext& context);
Result<OpeningAnswer> answerOpening(QueryContext& context);
Result<std::optional<TimeRange>> answerBaseline(QueryContext& context, TimeRange window);
Result<std::vector<EventMark>> answerEvents(QueryContext& context, TimeRange range);
Result<VolumeAnswer> answerVolume(QueryContext& context, const VolumeQuestion& question);
Result<std::vector<Measure>> answerMeasures(QueryContext& context);
Result<LatencyAnswer> answerLatency(QueryContext& context, const LatencyQuestion& question);
Result<HeatmapAnswer> answerHeatmap(QueryContext& context, const HeatmapQuestion& question);
Result<StagesAnswer> answerStages(QueryContext& context, const StagesQuestion& question);
Result<std::vector<EntityRow>> answerEntityTable(QueryContext& context, const EntityTableQuestion& question);
Result<ErrorsAnswer> answerErrors(QueryContext& context, const ErrorsQuestion& question);
Result<std::vector<ChangeRow>> answerChanges(QueryContext& context, const ChangesQuestion& question);
Result<TraceListAnswer> answerTraceList(QueryContext& context, const TraceListQuestion& question);
Result<TraceTree> answerTraceTree(QueryContext& context, const TraceId& id);
Result<SpanDetail> answerSpanDetail(QueryContext& context, int64_t seq);
Result<LogPageAnswer> answerLogPage(QueryContext& context, const LogPageQuestion& question);
Result<LogVolumeAnswer> answerLogVolume(QueryContext& context, const LogVolumeQuestion& question);
Result<uint64_t> answerLogSeek(QueryContext& context, const LogSeekQuestion& question);
Result<LogDetail> answerLogDetail(QueryContext& context, int64_t seq);
Result<std::vector<SeriesInfo>> answerSeries(QueryContext& context, const SeriesQuestion& question);
Result<std::vector<SeriesPoints>> answerSeriesPoints(QueryContext& context, const SeriesPointsQuestion& question);
Result<std::vector<MetricName>> answerMetricNames(QueryContext& context);
Result<std::vector<MetricLabel>> answerMetricLabels(QueryContext& context, const MetricLabelsQuestion& question);
Result<MetricAnswer> answerMetric(QueryContext& context, const MetricQuestion& question);
Status answerSql(QueryContext& context, const std::string& text, const SqlReceiver& receiver);
Result<std::vector<SqlTable>> answerSqlTables(QueryContext& context);
Result<FoundId> answerFindId(QueryContext& context, const std::string& text);
Result<std::vector<KeyInfo>> answerKeys(QueryContext& context);
Result<std::vector<std::pair<std::string, uint64_t>>> answerValues(QueryContext& context, const std::string& key, const std::string& prefix, size_t limit);

}  // namespace nj::query

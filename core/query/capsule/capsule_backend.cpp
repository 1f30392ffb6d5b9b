// The backend over a capsule: makes the context of each question and keeps what holds until the next commit.
#include "query/backend.h"
#include "query/capsule/dashboard_questions.h"
#include "query/capsule/drift_questions.h"
#include "query/capsule/failure_questions.h"
#include "query/capsule/log_answers.h"
#include "query/capsule/promql_questions.h"
#include "query/capsule/questions.h"
#include "query/capsule/resource_index.h"
#include "query/capsule/source_questions.h"
#include "query/resources.h"
#include "store/import_hosts.h"

namespace nj::query {
namespace {

class CapsuleBackend : public Backend, public SourceQuestions, public DriftSource, public LogSource, public FailureBackend, public DifferenceBackend, public ResourceBackend, public MetricsBackend, public PromqlBackend, public DashboardBackend, public SqlBackend {
public:
    explicit CapsuleBackend(std::unique_ptr<store::CapsuleReader> reader) : reader_(std::move(reader)) {}

    Result<CapsuleInfo> info(std::stop_token stop) override { return ask(stop, answerInfo); }
    Result<OpeningAnswer> opening(std::stop_token stop) override { return ask(stop, answerOpening); }
    Result<std::optional<TimeRange>> baselineFor(TimeRange window, std::stop_token stop) override { return ask(stop, answerBaseline, window); }
    Result<std::vector<EventMark>> events(TimeRange range, std::stop_token stop) override { return ask(stop, answerEvents, range); }
    Result<VolumeAnswer> volume(const VolumeQuestion& q, std::stop_token stop) override { return ask(stop, answerVolume, q); }
    Result<std::vector<Measure>> measures(std::stop_token stop) override { return ask(stop, answerMeasures); }
    Result<LatencyAnswer> latency(const LatencyQuestion& q, std::stop_token stop) override { return ask(stop, answerLatency, q); }
    Result<HeatmapAnswer> heatmap(const HeatmapQuestion& q, std::stop_token stop) override { return ask(stop, answerHeatmap, q); }
    Result<StagesAnswer> stages(const StagesQuestion& q, std::stop_token stop) override { return ask(stop, answerStages, q); }
    Result<std::vector<EntityRow>> entityTable(const EntityTableQuestion& q, std::stop_token stop) override { return ask(stop, answerEntityTable, q); }
    Result<ErrorsAnswer> errors(const ErrorsQuestion& q, std::stop_token stop) override { return ask(stop, answerErrors, q); }
    Result<std::vector<ChangeRow>> changes(const ChangesQuestion& q, std::stop_token stop) override { return ask(stop, answerChanges, q); }
    Result<TraceListAnswer> traceList(const TraceListQuestion& q, std::stop_token stop) override { return ask(stop, answerTraceList, q); }
    Result<TraceTree> traceTree(const TraceId& id, std::stop_token stop) override { return ask(stop, answerTraceTree, id); }
    Result<SpanDetail> spanDetail(int64_t seq, std::stop_token stop) override { return ask(stop, answerSpanDetail, seq); }
    Result<LogPageAnswer> logPage(const LogPageQuestion& q, std::stop_token stop) override { return ask(stop, answerLogPage, q); }
    Result<LogVolumeAnswer> logVolume(const LogVolumeQuestion& q, std::stop_token stop) override { return ask(stop, answerLogVolume, q); }
    Result<uint64_t> logSeek(const LogSeekQuestion& q, std::stop_token stop) override { return ask(stop, answerLogSeek, q); }
    Result<LogDetail> logDetail(int64_t seq, std::stop_token stop) override { return ask(stop, answerLogDetail, seq); }
    Result<LogPatternsAnswer> logPatterns(const LogPatternsQuestion& q, std::stop_token stop) override { return ask(stop, answerLogPatterns, q); }
    Result<LogRowsAnswer> logRows(const LogRowsQuestion& q, std::stop_token stop) override { return ask(stop, answerLogRows, q); }
    Result<std::vector<SeriesInfo>> series(const SeriesQuestion& q, std::stop_token stop) override { return ask(stop, answerSeries, q); }
    Result<std::vector<SeriesPoints>> seriesPoints(const SeriesPointsQuestion& q, std::stop_token stop) override { return ask(stop, answerSeriesPoints, q); }
    Result<std::vector<DriftFeature>> driftFeatures(std::stop_token stop) override { return ask(stop, answerDriftFeatures); }
    Result<DriftAnswer> drift(const DriftQuestion& q, std::stop_token stop) override { return ask(stop, answerDrift, q); }
    Result<std::vector<MetricName>> metricNames(std::stop_token stop) override { return ask(stop, answerMetricNames); }
    Result<std::vector<MetricLabel>> metricLabels(const MetricLabelsQuestion& q, std::stop_token stop) override { return ask(stop, answerMetricLabels, q); }
    Result<MetricAnswer> metric(const MetricQuestion& q, std::stop_token stop) override { return ask(stop, answerMetric, q); }
    Result<PromqlAnswer> promql(const PromqlQuestion& q, std::stop_token stop) override { return ask(stop, answerPromql, q); }
    Result<PromqlNames> promqlNames(std::stop_token stop) override { return ask(stop, answerPromqlNames); }
    Result<std::vector<dashboard::Dashboard>> builtInDashboards(std::stop_token stop) override { return ask(stop, answerBuiltInDashboards); }
    Result<std::set<std::string, std::less<>>> metricNamesForDashboards(std::stop_token stop) override { return ask(stop, answerMetricNamesForDashboards); }
    Result<dashboard::ResolvedVariables> variables(const VariablesQuestion& q, std::stop_token stop) override { return ask(stop, answerVariables, q); }
    Result<std::vector<AlertCourse>> alertCourses(const Definition& rules, TimeRange range, std::stop_token stop) override { return ask(stop, answerAlertCourses, rules, range); }
    Result<dashboard::PanelAnswer> panel(const PanelQuestion& q, std::stop_token stop) override { return ask(stop, answerDashboardPanel, q); }
    Result<std::vector<MetricLabel>> promqlLabels(const std::string& metric, std::stop_token stop) override { return ask(stop, answerPromqlLabels, metric); }
    Result<PromqlExplanation> promqlExplain(const PromqlQuestion& q, std::stop_token stop) override { return ask(stop, answerPromqlExplain, q); }
    Status sql(const std::string& text, const SqlReceiver& receiver, std::stop_token stop) override { return ask(stop, answerSql, text, receiver); }
    Result<std::vector<SqlTable>> sqlTables(std::stop_token stop) override { return ask(stop, answerSqlTables); }
    Result<EntityGraph> entities(std::stop_token) override { return reader_->entities(); }
    Result<FoundId> findId(const std::string& text, std::stop_token stop) override { return ask(stop, answerFindId, text); }
    Result<std::vector<KeyInfo>> keys(std::stop_token stop) override { return ask(stop, answerKeys); }
    Result<std::vector<std::pair<std::string, uint64_t>>> values(const std::string& key, const std::string& prefix, size_t limit, std::stop_token stop) override {
        return ask(stop, answerValues, key, prefix, limit);
    }
    Result<std::vector<DocumentInfo>> documents(std::stop_token stop) override { return ask(stop, answerDocuments); }
    Result<std::string> documentText(int64_t id, std::stop_token stop) override { return ask(stop, answerDocumentText, id); }
    Result<std::vector<DocumentHit>> searchDocuments(const std::string& text, size_t limit, std::stop_token stop) override { return ask(stop, answerDocumentSearch, text, limit); }
    Result<std::vector<MissingFact>> missingFacts(std::stop_token stop) override { return ask(stop, answerMissingFacts); }
    Result<std::optional<TimeRange>> departure(std::stop_token stop) override { return ask(stop, answerDeparture); }
    Result<std::map<int64_t, std::string>> importHosts(std::stop_token stop) override {
        return ask(stop, [this](QueryContext&) -> Result<std::map<int64_t, std::string>> {
            NJ_ASSIGN(const store::ImportHosts hosts, store::hostsOfImports(*reader_));
            return hosts.all();
        });
    }
    Result<ObjectiveAnswer> objective(const ObjectiveQuestion& q, std::stop_token stop) override { return ask(stop, answerObjective, q); }
    Result<FailuresAnswer> failures(const FailuresQuestion& q, std::stop_token stop) override { return ask(stop, answerFailures, q); }
    Result<DifferencesAnswer> differences(const DifferencesQuestion& q, std::stop_token stop) override { return ask(stop, answerDifferences, q); }
    Result<ResourceGrid> resourceGrid(const ResourceGridQuestion& q, std::stop_token stop) override {
        return ask(stop, [this](QueryContext& context, const ResourceGridQuestion& question) { return answerResourceGrid(context, resources_, question); }, q);
    }
    Result<ResourceSurvey> resourceSurvey(const ResourceSurveyQuestion& q, std::stop_token stop) override {
        return ask(stop, [this](QueryContext& context, const ResourceSurveyQuestion& question) { return answerResourceSurvey(context, resources_, question); }, q);
    }

private:
    template <typename Answer, typename... Question>
    auto ask(const std::stop_token& stop, Answer answer, const Question&... question) -> decltype(answer(std::declval<QueryContext&>(), question...)) {
        NJ_ASSIGN(std::shared_ptr<const store::Snapshot> snapshot, reader_->snapshot());
        if (!snapshot_ || snapshot_->commitSeq() != snapshot->commitSeq()) {
            cache_.clear();   // views are valid as long as their snapshot only
            resources_ = {};
            snapshot_ = std::move(snapshot);
        }
        QueryContext context(*reader_, snapshot_, cache_, stop);
        NJ_RETURN_IF_ERROR(context.checkStop());
        auto result = answer(context, question...);
        NJ_RETURN_IF_ERROR(context.checkStop());
        return result;
    }

    // In this order: views refer to the snapshot, the snapshot to the reader.
    std::unique_ptr<store::CapsuleReader> reader_;
    std::shared_ptr<const store::Snapshot> snapshot_;
    QueryCache cache_;
    ResourceCache resources_;
};

}  // namespace

SourceQuestions* SourceQuestions::of(Backend& backend) { return dynamic_cast<SourceQuestions*>(&backend); }

DashboardBackend* DashboardBackend::of(Backend& backend) { return dynamic_cast<DashboardBackend*>(&backend); }

PromqlBackend* PromqlBackend::of(Backend& backend) { return dynamic_cast<PromqlBackend*>(&backend); }

Result<MetricsBackend*> metricsOf(Backend& backend) {
    if (auto* own = dynamic_cast<MetricsBackend*>(&backend))
        return own;
    return makeError(ErrorCode::kUnsupported, "This source answers no questions about metrics by name.");
}

Result<SqlBackend*> sqlOf(Backend& backend) {
    if (auto* own = dynamic_cast<SqlBackend*>(&backend))
        return own;
    return makeError(ErrorCode::kUnsupported, "This source answers no SQL.");
}

Result<std::unique_ptr<Backend>> openCapsuleBackend(const std::string& path) {
    NJ_ASSIGN(std::unique_ptr<store::CapsuleReader> reader, store::CapsuleReader::open(path));
    return std::unique_ptr<Backend>(std::make_unique<CapsuleBackend>(std::move(reader)));
}

}  // namespace nj::query

// A query::Backend without a capsule: plausible answers in the shape of the demo incident (24 h, two replicas, one fails from 10:46
// to 11:31), computed from the question alone. For tests of the window and for pictures. Same question, same answer.
// Used by one thread at a time, like any backend; `FakeScript` lets a test fail, delay or count questions from another thread.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "query/backend.h"
#include "query/differences.h"
#include "query/failures.h"

namespace nj::test {

struct FakeScript {
    std::atomic<int> questions{0};
    std::atomic<int> infos{0};
    std::atomic<bool> fail{false};               // every answer is an error
    std::atomic<bool> noSpans{false}, noLogs{false}, noMetrics{false};
    std::atomic<bool> hold{false};               // questions wait until this is false or they are cancelled
    std::atomic<int> cancelled{0};
};

class FakeBackend : public query::Backend, public query::FailureBackend, public query::DifferenceBackend {
public:
    explicit FakeBackend(std::shared_ptr<FakeScript> script = std::make_shared<FakeScript>()) : script_(std::move(script)) {}

    static TimeRange all();
    static TimeRange incident();
    // The trace that waited: attempt 1 failed after 30 s, attempt 2 queued 28.6 s.
    static TraceId heroTrace();
    static constexpr int64_t kHeroLlmSpan = 7;   // seq of its llm_request span
    static constexpr int64_t kHeroLog = 151'200;

    Result<query::CapsuleInfo> info(std::stop_token stop) override;
    Result<query::OpeningAnswer> opening(std::stop_token stop) override;
    Result<std::optional<TimeRange>> baselineFor(TimeRange window, std::stop_token stop) override;
    Result<std::vector<query::EventMark>> events(TimeRange range, std::stop_token stop) override;
    Result<query::VolumeAnswer> volume(const query::VolumeQuestion& question, std::stop_token stop) override;
    Result<std::vector<query::Measure>> measures(std::stop_token stop) override;
    Result<query::LatencyAnswer> latency(const query::LatencyQuestion& question, std::stop_token stop) override;
    Result<query::HeatmapAnswer> heatmap(const query::HeatmapQuestion& question, std::stop_token stop) override;
    Result<query::StagesAnswer> stages(const query::StagesQuestion& question, std::stop_token stop) override;
    Result<std::vector<query::EntityRow>> entityTable(const query::EntityTableQuestion& question, std::stop_token stop) override;
    Result<query::ErrorsAnswer> errors(const query::ErrorsQuestion& question, std::stop_token stop) override;
    Result<query::DifferencesAnswer> differences(const query::DifferencesQuestion& question, std::stop_token stop) override;
    Result<query::FailuresAnswer> failures(const query::FailuresQuestion& question, std::stop_token stop) override;
    Result<std::vector<query::ChangeRow>> changes(const query::ChangesQuestion& question, std::stop_token stop) override;
    Result<query::TraceListAnswer> traceList(const query::TraceListQuestion& question, std::stop_token stop) override;
    Result<query::TraceTree> traceTree(const TraceId& id, std::stop_token stop) override;
    Result<query::SpanDetail> spanDetail(int64_t seq, std::stop_token stop) override;
    Result<query::LogPageAnswer> logPage(const query::LogPageQuestion& question, std::stop_token stop) override;
    Result<query::LogVolumeAnswer> logVolume(const query::LogVolumeQuestion& question, std::stop_token stop) override;
    Result<uint64_t> logSeek(const query::LogSeekQuestion& question, std::stop_token stop) override;
    Result<query::LogDetail> logDetail(int64_t seq, std::stop_token stop) override;
    Result<std::vector<query::SeriesInfo>> series(const query::SeriesQuestion& question, std::stop_token stop) override;
    Result<std::vector<query::SeriesPoints>> seriesPoints(const query::SeriesPointsQuestion& question, std::stop_token stop) override;
    Result<EntityGraph> entities(std::stop_token stop) override;
    Result<query::FoundId> findId(const std::string& text, std::stop_token stop) override;
    Result<std::vector<query::KeyInfo>> keys(std::stop_token stop) override;
    Result<std::vector<std::pair<std::string, uint64_t>>> values(const std::string& key, const std::string& prefix, size_t limit,
                                                                 std::stop_token stop) override;

private:
    // Counts the question; an error when the script says so or the question was cancelled while held.
    Status begin(std::stop_token stop);
    std::shared_ptr<FakeScript> script_;
};

}  // namespace nj::test

// FakeBackend with devices: eight GPUs of two replicas, GPU 3 slow from 10:46 on, a gap, an Xid, and names no one should draw as markup.
// For tests of the Resources view; another number of rows for virtualisation.
#pragma once

#include <cmath>

#include "query/resources.h"
#include "support/fake_backend.h"

namespace nj::test {

class FakeResources : public FakeBackend, public query::ResourceBackend {
public:
    explicit FakeResources(std::shared_ptr<FakeScript> script, int rows = 8, bool none = false) : FakeBackend(script), script_(std::move(script)), rows_(rows), none_(none) {}

    static TimeNs throttle() { return incident().from + 76 * kMinute; }
    static query::ResourceGrid makeGrid(const std::string& metric, TimeRange range, int columns, int rows) {
        query::ResourceGrid grid;
        grid.metric = {metric, metric == "sm_clock" ? "SM clock" : metric == "temperature" ? "Temperature" : "Utilisation", metric == "sm_clock" ? "MHz" : metric == "temperature" ? "°C" : "ratio",
                       EntityKind::kGpu, metric == "sm_clock", metric == "sm_clock"};
        grid.from = range.from;
        grid.columns = static_cast<size_t>(columns);
        grid.width = std::max<DurationNs>(1, (range.length() + columns - 1) / columns);
        grid.step = 15 * kSecond;
        for (int i = 0; i < rows; ++i)
            grid.rows.push_back(makeRow(grid, i, rows));
        if (metric == "sm_clock" && rows > 3 && range.to > throttle())
            grid.mostUnlike = 3;
        for (const query::ResourceRow& row : grid.rows) {
            grid.samples += row.samples;
            grid.expected += row.expected;
        }
        return grid;
    }

    Result<query::ResourceGrid> resourceGrid(const query::ResourceGridQuestion& question, std::stop_token) override {
        ++script_->questions;
        if (script_->fail)
            return makeError(ErrorCode::kIo, "The capsule cannot be read.");
        query::ResourceGrid grid = makeGrid(question.metric, question.range, question.columns, rows_);
        if (question.metric == "kv_cache" || question.metric == "waiting")
            grid.rows.clear();
        return grid;
    }
    Result<query::ResourceSurvey> resourceSurvey(const query::ResourceSurveyQuestion& question, std::stop_token) override {
        ++script_->questions;
        if (script_->fail)
            return makeError(ErrorCode::kIo, "The capsule cannot be read.");
        query::ResourceSurvey survey;
        survey.looksFor = {"DCGM_FI_DEV_SM_CLOCK", "node_cpu_seconds_total"};
        if (none_)
            return survey;
        for (const char* metric : {"sm_clock", "temperature", "utilisation"})
            survey.metrics.push_back(makeGrid(metric, question.range, question.columns, rows_));
        survey.best = 0;
        if (question.series >= 0)
            survey.key = survey.metrics[0].rows.at(static_cast<size_t>(question.series % 1000) % survey.metrics[0].rows.size()).identity.key;
        return survey;
    }

private:
    static query::ResourceRow makeRow(const query::ResourceGrid& grid, int i, int rows) {
        query::ResourceRow row;
        query::ResourceIdentity& id = row.identity;
        id.kind = EntityKind::kGpu;
        id.key = "GPU-" + std::to_string(i);
        id.name = i == 7 ? "<b>GPU</b> 7\x1b[31m" : "GPU " + std::to_string(i);
        id.host = "gpu-node-07";
        id.group = i < rows / 2 ? "vllm-a" : "vllm-b";
        id.service = id.group;
        id.index = i;
        id.model = "NVIDIA H100 80GB HBM3";
        row.series = 1000 + i;
        row.ownMaximum = grid.metric.ofOwnMaximum ? 1980 : 0;
        if (grid.metric.id == "temperature")
            row.limit = 87;
        for (size_t c = 0; c < grid.columns; ++c) {
            const TimeNs t = grid.from + static_cast<DurationNs>(c) * grid.width;
            float v = grid.metric.id == "sm_clock" ? 1980.0F : grid.metric.id == "temperature" ? 62.0F + static_cast<float>(i) : 0.98F;
            if (i == 3 && t >= throttle())
                v = grid.metric.id == "sm_clock" ? 1290.0F : grid.metric.id == "temperature" ? 87.0F : 0.98F;
            if (i == 5 && c > grid.columns / 4 && c < grid.columns / 3)
                v = std::nanf("");
            row.low.push_back(v);
            row.mean.push_back(v);
            row.high.push_back(v);
            row.samples += std::isnan(v) ? 0 : 1;
        }
        row.expected = grid.columns;
        if (i == 3) {
            row.marks.push_back({query::ResourceMark::Kind::kThrottle, throttle(), throttle() + 40 * kMinute, 0x60, "thermal slowdown by software", 13});
            if (grid.metric.id == "sm_clock")
                row.departure = {5, {throttle(), grid.range().to}, false, 0.65, 1.0, 1.0};
        }
        if (i == 6)
            row.marks.push_back({query::ResourceMark::Kind::kXid, incident().from - kHour, incident().to, 63, "Xid 63 row remap recorded: no action until the next reset", 13});
        return row;
    }
    std::shared_ptr<FakeScript> script_;
    int rows_;
    bool none_;
};

}  // namespace nj::test

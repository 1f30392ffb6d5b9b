#include "dashboard/panel/panel_frames.h"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

#include "dashboard/calculation.h"
#include "dashboard/panel/bucket_series.h"
#include "dashboard/panel/series_names.h"
#include "dashboard/transform.h"
#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/transform_steps.h"

namespace nj::dashboard {
namespace {

Field timeColumn() {
    Field out;
    out.kind = FieldKind::kTime;
    out.name = "Time";
    return out;
}

Frame seriesFrame(const QueryAnswer& answer, const promql::MatrixSeries& series, const SeriesNames& names) {
    Frame out{answer.refId, names.of(answer, *series.labels), {}};
    Field time = timeColumn(), value;
    value.name = "Value";
    value.labels = *series.labels;
    for (const promql::FloatPoint& point : series.floats) {
        time.times.push_back(point.time);
        value.numbers.push_back(point.value);
    }
    out.fields = {std::move(time), std::move(value)};
    return out;
}

// Time, the labels of any series, the value; a row per point.
Frame tableFrame(const QueryAnswer& answer, bool single, std::vector<std::string>& notes) {
    std::set<std::string> labels;
    size_t rows = 0;
    for (const promql::MatrixSeries& series : *answer.series) {
        rows += series.floats.size();
        for (const promql::Label& label : *series.labels)
            if (!series.floats.empty())
                labels.insert(label.name);
    }
    const size_t most = kMostFrameCells / (labels.size() + 2);
    if (rows > most)
        notes.push_back("Only the first " + std::to_string(most) + " of " + std::to_string(rows) + " rows are taken.");
    Frame out{answer.refId, "", {timeColumn()}};
    for (const std::string& label : labels) {
        Field& column = out.fields.emplace_back();
        column.kind = FieldKind::kText;
        column.name = label;
    }
    Field value;
    value.name = single ? "Value" : "Value #" + answer.refId;
    for (const promql::MatrixSeries& series : *answer.series)
        for (const promql::FloatPoint& point : series.floats) {
            if (value.numbers.size() == most)
                break;
            out.fields[0].times.push_back(point.time);
            for (size_t i = 1; i < out.fields.size(); ++i)
                out.fields[i].texts.emplace_back(promql::labelValue(*series.labels, out.fields[i].name));
            value.numbers.push_back(point.value);
        }
    out.fields.push_back(std::move(value));
    return out;
}

// Rows of equal texts; times only where the frame has some.
struct Points {
    std::string name, refId;
    std::vector<TimeNs> times;
    std::vector<double> numbers;
};

// A row is a series where `everyRow`; else rows of equal texts are one.
void addPoints(std::vector<Points>& out, size_t& inAll, const Frame& frame, bool everyRow) {
    const Field* const time = timeField(frame);
    std::vector<const Field*> texts, numbers;
    for (const Field& field : frame.fields)
        if (field.kind != FieldKind::kTime)
            (field.kind == FieldKind::kText ? texts : numbers).push_back(&field);
    std::map<std::string, std::vector<size_t>> rowsOfKey;
    std::vector<const std::vector<size_t>*> groups;
    for (size_t row = 0; row < frame.rows(); ++row) {
        std::string key;
        for (const Field* text : texts)
            appendKey(key, *text, row);
        if (everyRow)
            key += std::to_string(row);
        std::vector<size_t>& rows = rowsOfKey[key];
        if (rows.empty())
            groups.push_back(&rows);
        rows.push_back(row);
    }
    inAll += groups.size() * numbers.size();
    for (const std::vector<size_t>* rows : groups)
        for (const Field* number : numbers) {
            if (out.size() == kMostPanelSeries)
                return;
            Points& points = out.emplace_back();
            points.refId = frame.refId;
            for (const Field* text : texts)
                if (const std::string& part = text->texts[rows->front()]; !part.empty())
                    points.name += (points.name.empty() ? "" : ", ") + part;
            if (points.name.empty())
                points.name = displayName(frame, *number);
            else if (numbers.size() > 1)
                points.name += " " + displayName(frame, *number);
            for (const size_t row : *rows) {
                points.numbers.push_back(number->numbers[row]);
                if (time != nullptr)
                    points.times.push_back(time->times[row]);
            }
        }
}

std::vector<double> onGrid(const Points& points, const PanelQueries& queries) {
    std::vector<double> out(queries.steps, std::numeric_limits<double>::quiet_NaN());
    for (size_t i = 0; i < points.times.size(); ++i) {
        const int64_t away = points.times[i] - queries.from + queries.step / 2;
        if (away >= 0 && static_cast<size_t>(away / queries.step) < out.size())
            out[static_cast<size_t>(away / queries.step)] = points.numbers[i];
    }
    return out;
}

}  // namespace

std::vector<Frame> framesOf(const Panel& panel, const PanelQueries& queries, size_t mostSeries, std::vector<std::string>& notes) {
    const SeriesNames names(queries);
    const auto isTable = [&](const QueryAnswer& answer) {
        return answer.target->format == TargetFormat::kTable && (panel.kind == PanelKind::kTable || !panel.transformations.empty());
    };
    const bool single = std::count_if(queries.answers.begin(), queries.answers.end(), isTable) < 2;
    std::vector<Frame> out;
    size_t cells = 0;
    bool full = false;
    for (const QueryAnswer& answer : queries.answers) {
        if (isTable(answer)) {
            if (!answer.series->empty())
                out.push_back(tableFrame(answer, single, notes));
            continue;
        }
        std::vector<Frame> frames;
        for (const promql::MatrixSeries& series : *answer.series) {
            if (series.floats.empty())
                continue;
            full = full || cells + 2 * series.floats.size() > kMostFrameCells;
            if (full || out.size() + frames.size() >= mostSeries)
                break;
            cells += 2 * series.floats.size();
            frames.push_back(seriesFrame(answer, series, names));
        }
        if (answer.target->format == TargetFormat::kHeatmap || panel.kind == PanelKind::kHeatmap)
            countPerBucket(frames);
        std::move(frames.begin(), frames.end(), std::back_inserter(out));
    }
    if (full)
        notes.push_back("Only the first " + std::to_string(out.size()) + " series are taken: there are too many values.");
    return out;
}

Frame tableOf(std::vector<Frame> frames, std::vector<std::string>& notes) {
    std::erase_if(frames, [](const Frame& frame) { return frame.rows() == 0; });
    if (frames.size() > 1 && std::all_of(frames.begin(), frames.end(), isSeries))
        joinSeries(frames, notes);
    else if (frames.size() > 1)
        mergeFrames(frames, {}, notes);
    if (frames.empty())
        return {};
    if (frames.size() > 1)
        notes.push_back("Only the first of " + std::to_string(frames.size()) + " tables is shown.");
    Frame out = std::move(frames.front());
    for (Field& field : out.fields)
        field.name = displayName(out, field);
    out.name.clear();
    return out;
}

std::vector<PanelSeries> seriesOf(const std::vector<Frame>& frames, const Panel& panel, const PanelQueries& queries, size_t& inAll) {
    std::map<std::string, bool> instant;   // by refId: all of them
    for (const QueryAnswer& answer : queries.answers) {
        bool& all = instant.emplace(answer.refId, true).first->second;
        all = all && answer.instant;
    }
    std::vector<Points> points;
    for (const Frame& frame : frames)
        if (panel.kind != PanelKind::kTimeSeries || timeField(frame) != nullptr)
            addPoints(points, inAll, frame, panel.everyRow);
    if (panel.everyRow) {   // its author wants no more
        inAll = std::min(inAll, static_cast<size_t>(std::max(panel.mostRows, 0)));
        points.resize(std::min(points.size(), inAll));
    }
    std::vector<PanelSeries> out;
    for (const Points& each : points) {
        PanelSeries& series = out.emplace_back();
        series.name = each.name;
        series.refId = each.refId;
        series.value = calculate(isCalculation(panel.calculation) ? panel.calculation : "", each.numbers);
        const bool raw = panel.everyRow || each.times.empty() || (each.numbers.size() == 1 && instant.contains(each.refId) && instant[each.refId]);
        series.values = raw ? each.numbers : onGrid(each, queries);
    }
    return out;
}

}  // namespace nj::dashboard

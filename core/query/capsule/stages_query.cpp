// Mean seconds per request by LLM stage over time. A stage's span counts where its parent is not of the same stage; an engine span that states
// its queue, prefill and decode times counts as these. What the root spans lasted beyond their stages is "other".
#include <algorithm>
#include <array>
#include <unordered_map>

#include "analyze/stage.h"
#include "query/capsule/attribute_scan.h"
#include "query/capsule/column_rows.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/questions.h"
#include "sketch/latency_sketch.h"

namespace nj::query {
namespace {

using analyze::Stage;

// Stage of every row of a segment: by attributes where they say one, else by name.
class RowStages {
public:
    RowStages(QueryContext& context) : context_(context) {}
    Result<std::vector<Stage>> of(const store::SegmentView& view) {
        NJ_ASSIGN(const store::CodeColumn names, view.name());
        std::vector<Stage> byCode(names.table.size());
        for (size_t code = 0; code < byCode.size(); ++code) {
            const auto [it, fresh] = known_.try_emplace(names.table[code], Stage::kOther);
            if (fresh)
                it->second = analyze::stageOfName(context_.snapshot().text(names.table[code]));
            byCode[code] = it->second;
        }
        std::vector<Stage> stages(view.info().rows, Stage::kOther);
        for (uint32_t row = 0; row < stages.size(); ++row)
            if (const uint32_t code = names.code(row); code < byCode.size())
                stages[row] = byCode[code];
        NJ_RETURN_IF_ERROR(applyAttributes(view, names, stages));
        return stages;
    }

private:
    // The weaker evidence first, so that the stronger overwrites it.
    Status applyAttributes(const store::SegmentView& view, const store::CodeColumn& names, std::vector<Stage>& stages) {
        for (auto key = analyze::kStageKeys.rbegin(); key != analyze::kStageKeys.rend(); ++key) {
            if (!view.info().hasAttribute(*key))
                continue;
            NJ_ASSIGN(const store::AttributeValues values, view.attribute(*key, ValueType::kString));
            std::unordered_map<uint64_t, Stage> seen;
            for (size_t entry = 0; entry < values.size(); ++entry) {
                const uint32_t row = values.dense ? static_cast<uint32_t>(entry) : values.rows[entry];
                if (row >= stages.size())
                    break;
                const auto judge = [&] {
                    analyze::StageEvidence evidence;
                    analyze::setEvidence(evidence, *key, values.text(entry));
                    return analyze::stageOfSpan(context_.snapshot().text(names.id(row)), evidence);
                };
                Stage stage;
                if (values.coded) {
                    const auto [it, fresh] = seen.try_emplace(uint64_t{values.codes[entry]} << 32 | names.code(row), Stage::kOther);
                    if (fresh)
                        it->second = judge();
                    stage = it->second;
                } else {
                    stage = judge();
                }
                if (stage != Stage::kOther)
                    stages[row] = stage;
            }
        }
        return {};
    }

    QueryContext& context_;
    std::unordered_map<uint32_t, Stage> known_;
};

class StageSums {
public:
    explicit StageSums(const Columns& columns) : columns_(columns) {
        for (auto& list : seconds_)
            list.assign(columns.count, 0);
        rootSeconds_.assign(columns.count, 0);
        requests_.assign(columns.count, 0);
        spans_.assign(columns.count, 0);
    }

    Status add(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const std::vector<Stage>& stages) {
        NJ_ASSIGN(const store::StartColumn start, view.start());
        NJ_ASSIGN(const store::DurationBins bins, view.durationBin());
        NJ_ASSIGN(const std::vector<SpanId> parents, view.parentIds());
        NJ_ASSIGN(const std::span<const SpanId> ids, view.spanIds());
        if (parents.size() < rows.to || ids.size() < rows.to || bins.size() < rows.to)
            return makeError(ErrorCode::kMalformed, "a span segment's columns have different lengths");
        std::unordered_map<SpanId, Stage, IdHash<8>> stageOf;
        for (uint32_t row = 0; row < stages.size(); ++row)
            if (stages[row] != Stage::kOther && stages[row] != Stage::kAgent)
                stageOf.emplace(ids[row], stages[row]);
        RowSet engine(view.info().rows);
        NJ_RETURN_IF_ERROR(addEngine(view, rows, matching, start, engine));
        forEachColumn(start, rows, columns_, [&](size_t column, RowSpan part) {
            forEachRow(part, matching, [&](uint32_t row) {
                ++spans_[column];
                const double seconds = bins[row] == sketch::kBinInvalid ? 0 : sketch::binMiddle(bins[row]) * 1e-9;
                if (parents[row].empty()) {
                    ++requests_[column];
                    rootSeconds_[column] += seconds;
                }
                // Agents and workflows contain the other stages; they are part of "other".
                if (stages[row] == Stage::kOther || stages[row] == Stage::kAgent || engine.test(row))
                    return;
                const auto parent = stageOf.find(parents[row]);
                const bool inside = parent != stageOf.end() && (parent->second == stages[row] || parent->second == Stage::kInference);
                if (!inside)
                    seconds_[static_cast<size_t>(stages[row])][column] += seconds;
            });
        });
        return {};
    }

    StagesAnswer take() {
        StagesAnswer answer;
        answer.from = columns_.from;
        answer.width = columns_.width;
        uint64_t roots = 0;
        for (const uint64_t n : requests_)
            roots += n;
        // A filter that leaves no root (one service): every span stands for a request.
        const std::vector<uint64_t>& requests = roots > 0 ? requests_ : spans_;
        // An engine that states its times stands for the inference span around it.
        const bool engine = total(Stage::kQueue) + total(Stage::kPrefill) + total(Stage::kDecode) > 0;
        if (engine)
            std::fill(seconds_[static_cast<size_t>(Stage::kInference)].begin(), seconds_[static_cast<size_t>(Stage::kInference)].end(), 0);
        for (size_t column = 0; column < columns_.count && roots > 0; ++column) {
            double staged = 0;
            for (const auto& list : seconds_)
                staged += list[column];
            seconds_[static_cast<size_t>(Stage::kOther)][column] = std::max(0.0, rootSeconds_[column] - staged);
        }
        for (size_t s = 0; s < analyze::kStageCount; ++s) {
            if (total(static_cast<Stage>(s)) <= 0)
                continue;
            answer.stages.emplace_back(analyze::stageName(static_cast<Stage>(s)));
            auto& mean = answer.meanSeconds.emplace_back(columns_.count, 0);
            for (size_t column = 0; column < columns_.count; ++column)
                mean[column] = requests[column] > 0 ? seconds_[s][column] / static_cast<double>(requests[column]) : 0;
        }
        answer.requests = requests;
        return answer;
    }

private:
    [[nodiscard]] double total(Stage stage) const {
        double sum = 0;
        for (const double s : seconds_[static_cast<size_t>(stage)])
            sum += s;
        return sum;
    }
    Status addEngine(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const store::StartColumn& start, RowSet& engine) {
        static constexpr std::array<std::pair<std::string_view, Stage>, 3> kKeys = {{{analyze::kQueueKey, Stage::kQueue}, {analyze::kPrefillKey, Stage::kPrefill}, {analyze::kDecodeKey, Stage::kDecode}}};
        for (const auto& [key, stage] : kKeys)
            NJ_RETURN_IF_ERROR(forEachNumber(view, key, rows, matching, [&, s = stage](uint32_t row, double seconds) {
                engine.add(row);
                if (seconds > 0 && seconds < 1e9)
                    seconds_[static_cast<size_t>(s)][columns_.at(std::max(start.at(row), columns_.from))] += seconds;
            }));
        return {};
    }

    Columns columns_;
    std::array<std::vector<double>, analyze::kStageCount> seconds_;
    std::vector<double> rootSeconds_;
    std::vector<uint64_t> requests_, spans_;
};

}  // namespace

Result<StagesAnswer> answerStages(QueryContext& context, const StagesQuestion& question) {
    StageSums sums(Columns::of(question.range, question.columns));
    RowStages rowStages(context);
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kSpan, question.range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const std::vector<Stage> stages, rowStages.of(view));
        return sums.add(view, rows, matching, stages);
    }));
    return sums.take();
}

}  // namespace nj::query

// Log templates of a window beside those of its baseline: how often, since when, new ones first.
#include <algorithm>
#include <map>
#include <unordered_map>

#include "query/capsule/filter_evaluator.h"
#include "query/capsule/log_answers.h"
#include "query/capsule/log_kinds.h"

namespace nj::query {
namespace {

constexpr size_t kMaxServices = 12;
constexpr uint64_t kFewRecords = 5;      // fewer than these in both windows say nothing by their factor
constexpr double kGrown = 2;             // times the baseline's rate

struct Group {
    LogPattern pattern;
    std::map<uint32_t, uint64_t> services;   // dictionary id → records
};

double hours(TimeRange range) { return std::max(static_cast<double>(range.length()) / static_cast<double>(kHour), 1e-9); }

// New, grown, steady, gone; inside each the serious and frequent first.
int rankOf(const LogPattern& pattern, bool hasBaseline) {
    if (pattern.gone())
        return 3;
    if (!hasBaseline)
        return 2;
    if (pattern.fresh())
        return 0;
    return pattern.count + pattern.baselineCount >= kFewRecords && pattern.rate >= kGrown * pattern.baselineRate ? 1 : 2;
}

class Collector {
public:
    Collector(QueryContext& context, const Columns& columns) : context_(context), columns_(columns) {}

    Status add(const store::SegmentView& view, RowSpan rows, const RowSet* matching, bool baseline) {
        const RowSet wanted = matching ? *matching : RowSet(view.info().rows, rows);
        NJ_ASSIGN(const std::vector<uint32_t>* kinds, fingerprintsOf(context_, view, wanted));
        NJ_ASSIGN(const store::StartColumn start, view.start());
        NJ_ASSIGN(const std::span<const uint8_t> severity, view.severity());
        NJ_ASSIGN(const store::CodeColumn service, view.service());
        if (start.ticks.size() < rows.to || severity.size() < rows.to)
            return makeError(ErrorCode::kMalformed, "a log segment's columns have different lengths");
        forEachRow(rows, matching, [&](uint32_t row) {
            Group& group = groups_[(*kinds)[row]];
            LogPattern& pattern = group.pattern;
            const TimeNs time = std::max(start.at(row), columns_.from);
            uint64_t& n = baseline ? pattern.baselineCount : pattern.count;
            if (n++ == 0) {
                pattern.first = pattern.last = time;
                pattern.severity = baseline && pattern.count > 0 ? pattern.severity : severity[row];
                if (const auto seq = view.seqOf(row); seq.ok() && (!baseline || pattern.exampleSeq < 0))
                    pattern.exampleSeq = *seq;
            }
            pattern.first = std::min(pattern.first, time);
            pattern.last = std::max(pattern.last, time);
            pattern.severity = std::max(pattern.severity, severity[row]);
            if (pattern.perColumn.empty())
                pattern.perColumn.assign(columns_.count, 0);
            ++pattern.perColumn[columns_.at(time)];
            ++group.services[service.id(row)];
            if (!baseline) {
                ++services_[service.id(row)];
                ++records_;
            }
        });
        return {};
    }

    void finish(const LogPatternsQuestion& question, LogPatternsAnswer& answer) {
        answer.records = records_;
        for (auto& [code, group] : groups_) {
            LogPattern& pattern = group.pattern;
            pattern.text = context_.cache().fingerprints.view(code);
            pattern.id = patternId(pattern.text);
            pattern.rate = static_cast<double>(pattern.count) / hours(question.range);
            pattern.baselineRate = question.baseline ? static_cast<double>(pattern.baselineCount) / hours(*question.baseline) : 0;
            const auto most = std::max_element(group.services.begin(), group.services.end(), [](const auto& a, const auto& b) { return a.second < b.second; });
            pattern.service = context_.snapshot().text(most->first);
            pattern.services = static_cast<uint32_t>(group.services.size());
            answer.fresh += answer.hasBaseline && pattern.fresh() ? 1 : 0;
            answer.gone += pattern.gone() ? 1 : 0;
            answer.patterns.push_back(std::move(pattern));
        }
        answer.kinds = answer.patterns.size();
        std::sort(answer.patterns.begin(), answer.patterns.end(), [&](const LogPattern& a, const LogPattern& b) {
            const int x = rankOf(a, answer.hasBaseline), y = rankOf(b, answer.hasBaseline);
            if (x != y)
                return x < y;
            const bool severeA = a.severity >= 13, severeB = b.severity >= 13;
            if (x != 2 && severeA != severeB)
                return severeA;
            const uint64_t n = x == 3 ? a.baselineCount : a.count, m = x == 3 ? b.baselineCount : b.count;
            return n != m ? n > m : a.id < b.id;
        });
        answer.patterns.resize(std::min(answer.patterns.size(), question.limit));
        for (const auto& [id, n] : services_)
            answer.services.emplace_back(context_.snapshot().text(id), n);
        std::sort(answer.services.begin(), answer.services.end(), [](const auto& a, const auto& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
        answer.services.resize(std::min(answer.services.size(), kMaxServices));
    }

private:
    QueryContext& context_;
    Columns columns_;
    std::unordered_map<uint32_t, Group> groups_;
    std::map<uint32_t, uint64_t> services_;
    uint64_t records_ = 0;
};

}  // namespace

Result<LogPatternsAnswer> answerLogPatterns(QueryContext& context, const LogPatternsQuestion& question) {
    TimeRange axis = question.range;
    if (question.baseline && !question.baseline->empty())
        axis = {std::min(axis.from, question.baseline->from), std::max(axis.to, question.baseline->to)};
    const Columns columns = Columns::of(axis, question.columns);
    LogPatternsAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    answer.hasBaseline = question.baseline && !question.baseline->empty();
    Collector collector(context, columns);
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kLog));
    for (const bool baseline : {false, true}) {
        if (baseline && !answer.hasBaseline)
            continue;
        NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kLog, baseline ? *question.baseline : question.range, filter,
                                        [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) { return collector.add(view, rows, matching, baseline); }));
    }
    collector.finish(question, answer);
    return answer;
}

}  // namespace nj::query

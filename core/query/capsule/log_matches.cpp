#include "query/capsule/log_matches.h"

#include <fmt/format.h>

#include <algorithm>
#include <queue>

#include "query/capsule/filter_evaluator.h"
#include "query/search_syntax.h"

namespace nj::query {
namespace {

constexpr size_t kKept = 4;

// Rows of one segment, ascending in time as they stand.
struct Run {
    uint32_t segment = 0;
    TimeRange range;
    std::vector<uint32_t> rows;
};

void append(const Run& run, LogMatches& out) {
    for (const uint32_t row : run.rows)
        out.places.push_back({run.segment, row});
}

// Merges runs whose times overlap, by exact time; equal times keep the order of the runs.
Status mergeRuns(QueryContext& context, const std::vector<const Run*>& runs, LogMatches& out) {
    if (runs.size() == 1) {
        append(*runs.front(), out);
        return {};
    }
    std::vector<std::vector<TimeNs>> times;
    for (const Run* run : runs) {
        NJ_ASSIGN(const store::SegmentView* view, context.view(out.segments[run->segment]));
        NJ_ASSIGN(std::vector<TimeNs> exact, view->exactStart());
        if (exact.size() != view->info().rows)
            return makeError(ErrorCode::kMalformed, "a log segment's columns have different lengths");
        times.push_back(std::move(exact));
    }
    struct Head { TimeNs time; size_t run, at; };
    const auto later = [](const Head& a, const Head& b) { return a.time != b.time ? a.time > b.time : a.run > b.run; };
    std::priority_queue<Head, std::vector<Head>, decltype(later)> heads(later);
    for (size_t r = 0; r < runs.size(); ++r)
        heads.push({times[r][runs[r]->rows.front()], r, 0});
    while (!heads.empty()) {
        const Head head = heads.top();
        heads.pop();
        const std::vector<uint32_t>& rows = runs[head.run]->rows;
        size_t at = head.at;
        // A whole stretch of one run goes at once while it stays before the next run's head.
        const TimeNs until = heads.empty() ? 0 : heads.top().time;
        do {
            out.places.push_back({runs[head.run]->segment, rows[at++]});
        } while (at < rows.size() && (heads.empty() || times[head.run][rows[at]] < until || (times[head.run][rows[at]] == until && head.run < heads.top().run)));
        if (at < rows.size())
            heads.push({times[head.run][rows[at]], head.run, at});
    }
    return {};
}

}  // namespace

Result<std::shared_ptr<const LogMatches>> LogMatches::of(QueryContext& context, TimeRange range, const Filter& filter) {
    auto& kept = context.cache().logMatches;
    std::string key = fmt::format("{}|{}|{}", range.from, range.to, formatSearch(filter.root));
    for (size_t i = 0; i < kept.size(); ++i) {
        if (kept[i]->key != key)
            continue;
        std::rotate(kept.begin(), kept.begin() + static_cast<std::ptrdiff_t>(i), kept.begin() + static_cast<std::ptrdiff_t>(i) + 1);
        return kept.front();
    }
    auto matches = std::make_shared<LogMatches>();
    matches->key = std::move(key);
    NJ_ASSIGN(FilterEvaluator evaluator, FilterEvaluator::create(context, filter, Signal::kLog));
    std::vector<Run> runs;
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kLog, wholeIfEmpty(range), evaluator, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        Run run;
        run.segment = static_cast<uint32_t>(matches->segments.size());
        run.range = view.info().range;
        forEachRow(rows, matching, [&](uint32_t row) { run.rows.push_back(row); });
        if (!run.rows.empty()) {
            matches->segments.push_back(view.info().id);
            runs.push_back(std::move(run));
        }
        return {};
    }));
    // Segments come by start: a group ends where the next one starts after all before it.
    for (size_t first = 0; first < runs.size();) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        std::vector<const Run*> group = {&runs[first]};
        TimeNs end = runs[first].range.to;
        size_t next = first + 1;
        for (; next < runs.size() && runs[next].range.from < end; ++next) {
            group.push_back(&runs[next]);
            end = std::max(end, runs[next].range.to);
        }
        NJ_RETURN_IF_ERROR(mergeRuns(context, group, *matches));
        first = next;
    }
    if (kept.size() >= kKept)
        kept.pop_back();
    kept.insert(kept.begin(), matches);
    return kept.front();
}

}  // namespace nj::query

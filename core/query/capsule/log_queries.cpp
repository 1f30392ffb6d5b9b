// Pages, volume, position and details of log records.
#include <algorithm>

#include "query/capsule/column_rows.h"
#include "query/capsule/filter_evaluator.h"
#include "query/capsule/log_matches.h"
#include "query/capsule/questions.h"
#include "query/capsule/row_details.h"

namespace nj::query {
namespace {

constexpr size_t kMaxPage = 10'000;

// Column of LogVolumeAnswer::counts: up to debug, info, warn, error, fatal.
size_t volumeClass(uint8_t severity) { return severity < 9 ? 0 : std::min<size_t>(4, (severity - 1U) / 4 - 1); }

}  // namespace

Result<LogPageAnswer> answerLogPage(QueryContext& context, const LogPageQuestion& question) {
    NJ_ASSIGN(const std::shared_ptr<const LogMatches> matches, LogMatches::of(context, question.range, question.filter));
    LogPageAnswer answer;
    answer.total = matches->places.size();
    const uint64_t from = std::min<uint64_t>(question.offset, answer.total);
    const uint64_t to = std::min<uint64_t>(answer.total, from + std::min(question.limit, kMaxPage));
    std::map<uint32_t, LogRowReader> readers;
    for (uint64_t i = from; i < to; ++i) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        const LogMatches::Place place = matches->places[i];
        auto reader = readers.find(place.segment);
        if (reader == readers.end()) {
            NJ_ASSIGN(const store::SegmentView* view, context.view(matches->segments[place.segment]));
            NJ_ASSIGN(LogRowReader opened, LogRowReader::open(context, *view));
            reader = readers.emplace(place.segment, std::move(opened)).first;
        }
        NJ_ASSIGN(LogRow row, reader->second.read(place.row));
        answer.rows.push_back(std::move(row));
    }
    return answer;
}

Result<uint64_t> answerLogSeek(QueryContext& context, const LogSeekQuestion& question) {
    NJ_ASSIGN(const std::shared_ptr<const LogMatches> matches, LogMatches::of(context, question.range, question.filter));
    std::map<uint32_t, std::vector<TimeNs>> times;
    uint64_t low = 0, high = matches->places.size();
    while (low < high) {
        const uint64_t middle = low + (high - low) / 2;
        const LogMatches::Place place = matches->places[middle];
        std::vector<TimeNs>& exact = times[place.segment];
        if (exact.empty()) {
            NJ_ASSIGN(const store::SegmentView* view, context.view(matches->segments[place.segment]));
            NJ_ASSIGN(exact, view->exactStart());
        }
        if (place.row < exact.size() && exact[place.row] < question.time)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

Result<LogVolumeAnswer> answerLogVolume(QueryContext& context, const LogVolumeQuestion& question) {
    const Columns columns = Columns::of(question.range, question.columns);
    LogVolumeAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    answer.counts.assign(columns.count, {});
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kLog));
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kLog, question.range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
        NJ_ASSIGN(const store::StartColumn start, view.start());
        NJ_ASSIGN(const std::span<const uint8_t> severity, view.severity());
        if (start.ticks.size() < rows.to || severity.size() < rows.to)
            return makeError(ErrorCode::kMalformed, "a log segment's columns have different lengths");
        answer.all += rows.size();
        forEachColumn(start, rows, columns, [&](size_t column, RowSpan part) {
            auto& counts = answer.counts[column];
            forEachRow(part, matching, [&](uint32_t row) {
                ++counts[volumeClass(severity[row])];
                ++answer.total;
            });
        });
        return {};
    }));
    return answer;
}

Result<LogDetail> answerLogDetail(QueryContext& context, int64_t seq) {
    NJ_ASSIGN(auto located, context.reader().locate(context.snapshot(), Signal::kLog, seq));
    const store::SegmentView& view = *located.first;
    const uint32_t row = located.second;
    LogDetail detail;
    NJ_ASSIGN(const LogRowReader reader, LogRowReader::open(context, view));
    NJ_ASSIGN(detail.row, reader.read(row));
    NJ_ASSIGN(detail.body, view.text(store::TextColumn::kBody, row));
    NJ_ASSIGN(detail.original, view.text(store::TextColumn::kOriginal, row));
    NJ_ASSIGN(detail.severityText, view.text(store::TextColumn::kSeverityText, row));
    NJ_ASSIGN(detail.attributes, view.attributes(row));
    NJ_ASSIGN(const store::CodeColumn resources, view.resource());
    detail.resource = context.snapshot().resource(resources.id(row));
    NJ_ASSIGN(const std::vector<uint32_t> scopes, view.scopes());
    if (row < scopes.size() && scopes[row] != kNoIndex)
        detail.scope = context.snapshot().scope(scopes[row]);
    NJ_ASSIGN(const std::vector<uint64_t> lines, view.lines());
    detail.line = row < lines.size() ? lines[row] : 0;
    NJ_ASSIGN(detail.import, context.import(view.info().import));
    NJ_ASSIGN(detail.entities, entitiesOf(context, detail.resource, detail.attributes));
    return detail;
}

}  // namespace nj::query

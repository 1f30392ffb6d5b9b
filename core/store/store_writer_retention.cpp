// Retention of StoreWriter: the oldest segments and chunks go, whole, and health says what went.
#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "store/retention_summary.h"
#include "store/segment_columns.h"
#include "store/store_writer.h"

namespace nj::store {
namespace {

constexpr const char* kSummaryFormat = "retention";
constexpr TimeNs kNoTime = std::numeric_limits<TimeNs>::min();

}  // namespace

Result<uint64_t> StoreWriter::usedBytes() {
    NJ_ASSIGN(const int64_t pages, db_.queryInteger("PRAGMA page_count"));
    NJ_ASSIGN(const int64_t unused, db_.queryInteger("PRAGMA freelist_count"));
    NJ_ASSIGN(const int64_t size, db_.queryInteger("PRAGMA page_size"));
    return static_cast<uint64_t>((pages - unused) * size);
}

// By the time of their newest row. Not the open segments of a live source, which the next seal would bring back, nor summaries.
Result<std::vector<StoreWriter::Old>> StoreWriter::droppable() {
    std::set<int64_t> open;
    for (const auto& [id, import] : imports_)
        for (const auto& [key, sealed] : import->sealedOpen)
            open.insert(sealed.segment);
    std::vector<Old> out;
    const std::string others = std::string(" AND import NOT IN (SELECT id FROM nj_import WHERE format = '") + kSummaryFormat + "')";
    NJ_ASSIGN(auto segments, db_.prepare("SELECT id, signal, import, rows, time_from, time_to, (SELECT total(length(data)) FROM nj_column WHERE nj_column.id >= nj_segment.id << " +
                                         std::to_string(kColumnBits) + " AND nj_column.id < (nj_segment.id + 1) << " + std::to_string(kColumnBits) + ") FROM nj_segment WHERE retired = 0" + others));
    for (;;) {
        NJ_ASSIGN(const bool row, segments.step());
        if (!row)
            break;
        if (segments.integer(4) == kNoTime || open.contains(segments.integer(0)))
            continue;
        out.push_back({false, segments.integer(0), static_cast<Signal>(segments.integer(1)), segments.integer(2), 0, static_cast<uint64_t>(segments.integer(3)),
                       static_cast<uint64_t>(segments.number(6)), segments.integer(4), segments.integer(5)});
    }
    NJ_ASSIGN(auto chunks, db_.prepare("SELECT id, import, series, count, time_from, time_to, length(data) FROM nj_chunk WHERE true" + others));
    for (;;) {
        NJ_ASSIGN(const bool row, chunks.step());
        if (!row)
            break;
        out.push_back({true, chunks.integer(0), Signal::kMetric, chunks.integer(1), chunks.integer(2), static_cast<uint64_t>(chunks.integer(3)), static_cast<uint64_t>(chunks.integer(6)),
                       chunks.integer(4), chunks.integer(5)});
    }
    std::stable_sort(out.begin(), out.end(), [](const Old& a, const Old& b) { return a.to < b.to; });
    return out;
}

Result<RetentionReport> StoreWriter::retain(const RetentionPolicy& policy) {
    RetentionReport report;
    if (!policy.any())
        return report;
    NJ_RETURN_IF_ERROR(drain(true));
    const TimeNs oldest = policy.age > 0 ? now_() - policy.age : kNoTime;
    NJ_ASSIGN(const uint64_t used, usedBytes());
    uint64_t excess = policy.bytes > 0 && used > policy.bytes ? used - policy.bytes : 0;
    NJ_ASSIGN(std::vector<Old> going, droppable());
    size_t n = 0;
    for (; n < going.size() && (going[n].to <= oldest || excess > 0); ++n)
        excess -= std::min(excess, going[n].bytes);
    going.resize(n);
    if (going.empty())
        return report;
    if (policy.summaries)
        NJ_RETURN_IF_ERROR(summarise(going));
    const TimeNs before = std::max(oldest, going.back().to);
    NJ_RETURN_IF_ERROR(dropOld(going, before));
    report.range = {going.front().from, going.back().to};
    for (const Old& one : going) {
        report.range.from = std::min(report.range.from, one.from);
        report.spans += one.signal == Signal::kSpan ? one.rows : 0;
        report.logs += one.signal == Signal::kLog ? one.rows : 0;
        report.points += one.chunk ? one.rows : 0;
    }
    return report;
}

// Durable before the rows go: after a crash between the two they are summarised again into other points, so a minute may count twice, but
// never not at all.
Status StoreWriter::summarise(const std::vector<Old>& going) {
    NJ_ASSIGN(const auto reader, CapsuleReader::open(path_));
    NJ_ASSIGN(const auto snapshot, reader->snapshot());
    RetentionSummary summary;
    int64_t salt = 0;
    for (const Old& one : going) {
        if (one.chunk || (one.signal != Signal::kSpan && one.signal != Signal::kLog))
            continue;
        NJ_ASSIGN(const auto segment, reader->view(*snapshot, one.id));
        // A damaged segment leaves no summary; it goes like the others.
        (void)(one.signal == Signal::kSpan ? summary.addSpans(*snapshot, *segment) : summary.addLogs(*snapshot, *segment));
        salt = std::max(salt, one.id);
    }
    if (summary.empty())
        return {};
    ImportStart start;
    start.path = "summaries of rows dropped by retention";
    start.format = kSummaryFormat;
    start.startedAt = now_();
    NJ_ASSIGN(const ImportId import, beginImport(start));
    NJ_RETURN_IF_ERROR(add(import, summary.take(salt)));
    ImportEnd end;
    end.format = kSummaryFormat;
    end.finishedAt = now_();
    NJ_ASSIGN(const ImportOutcome outcome, endImport(import, end));
    (void)outcome;
    return {};
}

Status StoreWriter::dropOld(const std::vector<Old>& going, TimeNs before) {
    std::map<ImportId, std::pair<uint64_t, TimeNs>> byImport;   // rows, newest
    std::set<std::pair<int64_t, ImportId>> series;
    for (const Old& one : going) {
        auto& [rows, newest] = byImport[one.import];
        rows += one.rows;
        newest = std::max(newest, one.to);
        if (one.chunk)
            series.emplace(one.series, one.import);
    }
    for (const auto& [import, what] : byImport)
        if (const auto live = imports_.find(import); live != imports_.end())
            noteHealth(*live->second, {HealthSeverity::kInfo, kRetentionReason, {}, 0, 0, what.first});
    const Status done = transact([&]() -> Status {
        NJ_ASSIGN(auto retire, db_.prepare("UPDATE nj_segment SET retired = 1 WHERE id = ?1"));
        NJ_ASSIGN(auto remove, db_.prepare("DELETE FROM nj_chunk WHERE id = ?1"));
        for (const Old& one : going)
            NJ_RETURN_IF_ERROR((one.chunk ? remove : retire).bind(1, one.id).run());
        NJ_ASSIGN(auto forget, db_.prepare("DELETE FROM nj_series_range WHERE series = ?1 AND import = ?2"));
        NJ_ASSIGN(auto again, db_.prepare("INSERT INTO nj_series_range SELECT series, import, total(iif(kind = 0, count, 0)), total(iif(kind = 1, count, 0)), min(time_from), max(time_to) "
                                          "FROM nj_chunk WHERE series = ?1 AND import = ?2 GROUP BY series, import"));
        for (const auto& [id, import] : series) {
            NJ_RETURN_IF_ERROR(forget.bind(1, id).bind(2, import).run());
            NJ_RETURN_IF_ERROR(again.bind(1, id).bind(2, import).run());
        }
        for (const char* table : {"nj_event", "nj_evaluation"}) {
            NJ_ASSIGN(auto rows, db_.prepare(std::string("DELETE FROM ") + table + " WHERE time <> 0 AND time < ?1"));
            NJ_RETURN_IF_ERROR(rows.bind(1, before).run());
        }
        NJ_ASSIGN(auto known, db_.prepare("UPDATE nj_health SET count = count + ?2, example = ?3 WHERE import = ?1 AND reason = ?4"));
        NJ_ASSIGN(auto fresh, db_.prepare("INSERT INTO nj_health(import, severity, reason, example, offset, line, count) VALUES(?1, ?5, ?4, ?3, 0, 0, ?2)"));
        for (const auto& [import, what] : byImport) {
            const std::string example = fmt::format("what was older than {}", formatRfc3339(what.second, 0));
            if (const auto live = imports_.find(import); live != imports_.end()) {
                live->second->health[{HealthSeverity::kInfo, kRetentionReason}].example = example;
                NJ_RETURN_IF_ERROR(insertHealth(import, *live->second));
                continue;
            }
            NJ_RETURN_IF_ERROR(known.bind(1, import).bind(2, what.first).bind(3, example).bind(4, kRetentionReason).run());
            if (db_.changes() == 0)
                NJ_RETURN_IF_ERROR(fresh.bind(1, import).bind(2, what.first).bind(3, example).bind(4, kRetentionReason).bind(5, static_cast<int>(HealthSeverity::kInfo)).run());
        }
        metricsChanged_ = true;
        return {};
    });
    NJ_RETURN_IF_ERROR(done);
    for (const Old& one : going)
        if (one.signal == Signal::kSpan)
            duplicates_->replaced(one.id);
    return purgeRetired();
}

}  // namespace nj::store

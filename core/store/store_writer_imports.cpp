// Imports of StoreWriter: running, done or dropped.
#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "store/frames.h"
#include "store/segment_columns.h"
#include "store/store_writer.h"

namespace nj::store {
namespace {

constexpr size_t kMaxExamples = 3;
constexpr size_t kMaxExampleBytes = 256;

template <size_t N>
std::string_view view(const Id<N>& id) {
    return {reinterpret_cast<const char*>(id.bytes.data()), N};
}

}  // namespace

Result<ImportId> StoreWriter::beginImport(const ImportStart& start) {
    ImportId id = 0;
    const Status done = transact([&]() -> Status {
        NJ_ASSIGN(auto statement, db_.prepare("INSERT INTO nj_import(id, path, format, assumed_zone, note, state, started_at, finished_at, size, bytes, spans, logs, "
                                              "samples, series, documents, rejected, duplicates, time_from, time_to) "
                                              "VALUES((SELECT max(coalesce((SELECT max(id) FROM nj_import), 0), coalesce((SELECT value FROM nj_meta WHERE key = 'last_import'), 0)) + 1), "
                                              "?1, ?2, ?3, '', 'running', ?4, 0, ?5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)"));
        NJ_RETURN_IF_ERROR(statement.bind(1, start.path).bind(2, start.format).bind(3, start.assumedZone).bind(4, start.startedAt).bind(5, start.size).run());
        id = db_.lastInsertRowid();
        NJ_ASSIGN(auto last, db_.prepare("INSERT OR REPLACE INTO nj_meta VALUES('last_import', ?1)"));
        return last.bind(1, id).run();
    });
    NJ_RETURN_IF_ERROR(done);
    imports_.emplace(id, std::make_unique<Import>(rowsOf(id)));
    return id;
}

// Full segments go to the encoders; those of a live source wait until their journal rows are committed.
ImportRows StoreWriter::rowsOf(ImportId import) {
    return {import, seqs_, [this, import](SegmentRows&& full) {
                const auto it = imports_.find(import);
                if (it != imports_.end() && it->second->live)
                    it->second->full.push_back(std::move(full));
                else
                    workers_.submit(nextSegment_++, std::move(full));
            }};
}

void StoreWriter::noteHealth(Import& state, const HealthRecord& record) {
    if (record.severity == HealthSeverity::kRejected || record.severity == HealthSeverity::kLost)
        state.counts.rejected += record.count;
    const auto [it, added] = state.health.try_emplace({record.severity, record.reason}, record);
    HealthRecord& known = it->second;
    if (added) {
        known.example = known.example.substr(0, kMaxExampleBytes);
        return;
    }
    known.count += record.count;
    const auto lines = static_cast<size_t>(std::count(known.example.begin(), known.example.end(), '\n'));
    if (!record.example.empty() && lines + 1 < kMaxExamples && known.example.find(record.example) == std::string::npos)
        known.example += '\n' + record.example.substr(0, kMaxExampleBytes);
}

void StoreWriter::noteTimes(Import& state, const Batch& batch) {
    const auto note = [&](const std::vector<TimeNs>& times) {
        for (const TimeNs time : times) {
            if (time == 0)
                continue;
            const TimeNs next = time == std::numeric_limits<TimeNs>::max() ? time : time + 1;
            state.range = state.any ? TimeRange{std::min(state.range.from, time), std::max(state.range.to, next)} : TimeRange{time, next};
            state.any = true;
        }
    };
    note(batch.spans.start);
    note(batch.logs.time);
    note(batch.samples.time);
    for (const HistogramPoint& point : batch.histograms)
        note({point.time});
}

Result<ImportRows::Seqs> StoreWriter::takeRows(ImportId import, Import& state, Batch& batch, std::vector<int64_t>& seriesIds) {
    for (const HealthRecord& record : batch.health)
        noteHealth(state, record);
    const auto tables = catalogue_.mapBatch(batch);
    seriesIds = catalogue_.mapSeries(batch, *tables);
    for (const int64_t id : seriesIds)
        state.seriesSeen[id] = 1;
    if (batch.spans.size() > 0) {
        NJ_ASSIGN(const auto keep, duplicates_->check(import, batch.spans, *tables));
        if (const auto gone = static_cast<size_t>(std::count(keep.begin(), keep.end(), 0)); gone > 0) {
            state.counts.duplicates += gone;
            removeSpans(batch, keep);
        }
    }
    noteTimes(state, batch);
    state.counts.spans += batch.spans.size();
    state.counts.logs += batch.logs.size();
    state.counts.samples += batch.samples.size() + batch.histograms.size();
    state.counts.documents += batch.documents.size();
    state.rows.addExemplars(batch, seriesIds);
    return state.rows.add(batch, tables);
}

Status StoreWriter::add(ImportId import, Batch&& batch) {
    NJ_ASSIGN(Import * state, running(import));
    std::vector<int64_t> seriesIds;
    NJ_ASSIGN(const ImportRows::Seqs seqs, takeRows(import, *state, batch, seriesIds));
    state->metrics.add(batch, seriesIds);
    if (!batch.evaluations.empty() || !batch.events.empty() || !batch.documents.empty())
        NJ_RETURN_IF_ERROR(transact([&] { return insertCatalogueRows(import, batch, seqs); }));
    if (state->metrics.wantsTake())
        NJ_RETURN_IF_ERROR(writeChunks(import, *state, false));
    return drain(false);
}

Status StoreWriter::insertCatalogueRows(ImportId import, const Batch& batch, const ImportRows::Seqs& seqs) {
    const auto seqIn = [](const std::vector<int64_t>& list, uint32_t row) { return row < list.size() ? list[row] : int64_t{-1}; };
    NJ_ASSIGN(auto evaluation, db_.prepare("INSERT OR IGNORE INTO nj_evaluation(import, origin, origin_seq, time, name, has_score, score, label, explanation, response_id, "
                                           "trace_id, span_id) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)"));
    for (const Evaluation& e : batch.evaluations) {
        const int64_t seq = e.origin == Signal::kSpan ? seqIn(seqs.spans, e.originRow) : e.origin == Signal::kLog ? seqIn(seqs.logs, e.originRow) : seqIn(seqs.events, e.originRow);
        evaluation.bind(1, import).bind(2, static_cast<int>(e.origin)).bind(3, seq).bind(4, e.time).bind(5, e.name).bind(6, e.hasScore ? 1 : 0);
        evaluation.bind(7, static_cast<int64_t>(std::bit_cast<uint64_t>(e.score))).bind(8, e.label).bind(9, e.explanation).bind(10, e.responseId);
        NJ_RETURN_IF_ERROR(evaluation.bindBlob(11, view(e.traceId)).bindBlob(12, view(e.spanId)).run());
    }
    NJ_ASSIGN(auto event, db_.prepare("INSERT INTO nj_event(import, time, time_end, kind, title, entity, severity, log_seq) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)"));
    for (const IncidentEvent& e : batch.events) {
        event.bind(1, import).bind(2, e.time).bind(3, e.end).bind(4, e.kind).bind(5, e.title).bind(6, e.entity).bind(7, static_cast<int>(e.severity));
        NJ_RETURN_IF_ERROR(event.bind(8, e.logRow == kNoIndex ? int64_t{-1} : seqIn(seqs.logs, e.logRow)).run());
    }
    NJ_ASSIGN(auto document, db_.prepare("INSERT INTO nj_document(import, path, media_type, size, text_size, text) VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
    Compressor compressor;
    for (const Document& d : batch.documents) {
        const std::string_view text = std::string_view(d.text).substr(0, kMaxTextBytes);
        std::string packed;
        compressor.append(packed, text);
        document.bind(1, import).bind(2, d.path).bind(3, d.mediaType).bind(4, d.size).bind(5, text.size());
        NJ_RETURN_IF_ERROR(document.bindBlob(6, packed).run());
    }
    return {};
}

Status StoreWriter::writeChunks(ImportId import, Import& state, bool all) {
    const std::vector<ChunkRow> chunks = state.metrics.take(all);
    if (chunks.empty())
        return {};
    return transact([&] { return insertChunks(import, chunks); });
}

Status StoreWriter::insertChunks(ImportId import, const std::vector<ChunkRow>& chunks) {
    NJ_ASSIGN(auto chunk, db_.prepare("INSERT INTO nj_chunk(series, import, kind, time_from, time_to, count, min, max, first, last, data) "
                                      "VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)"));
    NJ_ASSIGN(auto range, db_.prepare("INSERT INTO nj_series_range VALUES(?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT(series, import) DO UPDATE SET "
                                      "samples = samples + excluded.samples, histograms = histograms + excluded.histograms, "
                                      "time_from = min(time_from, excluded.time_from), time_to = max(time_to, excluded.time_to)"));
    for (const ChunkRow& row : chunks) {
        const TimeNs to = row.last == std::numeric_limits<TimeNs>::max() ? row.last : row.last + 1;
        const bool samples = row.kind == ChunkKind::kSamples;
        chunk.bind(1, row.series).bind(2, import).bind(3, static_cast<int>(row.kind)).bind(4, row.from).bind(5, to).bind(6, row.count);
        std::isnan(row.min) ? chunk.bindNull(7) : chunk.bind(7, row.min);
        std::isnan(row.max) ? chunk.bindNull(8) : chunk.bind(8, row.max);
        chunk.bind(9, static_cast<int64_t>(row.firstBits)).bind(10, static_cast<int64_t>(row.lastBits));
        NJ_RETURN_IF_ERROR(chunk.bindBlobStatic(11, row.data).run());
        range.bind(1, row.series).bind(2, import).bind(3, samples ? row.count : 0).bind(4, samples ? 0 : row.count);
        NJ_RETURN_IF_ERROR(range.bind(5, row.from).bind(6, to).run());
        bytesSinceCheckpoint_ += row.data.size() + 256;
    }
    metricsChanged_ = true;
    return {};
}

Result<std::optional<ImportId>> StoreWriter::sameContent(ImportId import, const ImportEnd& end) {
    if (end.contentHash == Hash128{})
        return std::optional<ImportId>();
    NJ_ASSIGN(auto statement, db_.prepare("SELECT id FROM nj_import WHERE content_hash = ?1 AND state = 'done' AND id <> ?2 ORDER BY id LIMIT 1"));
    NJ_ASSIGN(const bool row, statement.bindBlob(1, viewOf(end.contentHash)).bind(2, import).step());
    return row ? std::optional<ImportId>(statement.integer(0)) : std::nullopt;
}

Result<ImportOutcome> StoreWriter::endImport(ImportId import, const ImportEnd& end) {
    NJ_ASSIGN(Import * state, running(import));
    NJ_ASSIGN(const auto same, sameContent(import, end));
    if (same) {
        ImportOutcome outcome = state->counts;
        outcome.kept = false;
        outcome.sameAs = same;
        imports_.erase(import);
        NJ_RETURN_IF_ERROR(dropRows(import));
        NJ_RETURN_IF_ERROR(transact([&] { return db_.execute("DELETE FROM nj_import WHERE id = " + std::to_string(import)); }));
        return outcome;
    }
    if (state->live)
        NJ_RETURN_IF_ERROR(sealSource(import, *state, Seal::kClose));
    state->rows.flush();
    NJ_RETURN_IF_ERROR(drain(true));
    NJ_RETURN_IF_ERROR(writeChunks(import, *state, true));
    // A bulk import can be run again, so its commits were not synced; the last one syncs them all.
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=FULL"));
    const Status finished = transact([&] { return finishImport(import, *state, end); });
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=NORMAL"));
    NJ_RETURN_IF_ERROR(finished);
    const ImportOutcome outcome = state->counts;
    imports_.erase(import);
    return outcome;
}

Status StoreWriter::insertHealth(ImportId import, const Import& state) {
    NJ_ASSIGN(auto remove, db_.prepare("DELETE FROM nj_health WHERE import = ?1"));
    NJ_RETURN_IF_ERROR(remove.bind(1, import).run());
    NJ_ASSIGN(auto statement, db_.prepare("INSERT INTO nj_health(import, severity, reason, example, offset, line, count) VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7)"));
    for (const auto& [key, record] : state.health) {
        statement.bind(1, import).bind(2, static_cast<int>(record.severity)).bind(3, record.reason).bind(4, record.example);
        NJ_RETURN_IF_ERROR(statement.bind(5, record.offset).bind(6, record.line).bind(7, record.count).run());
    }
    return {};
}

Status StoreWriter::finishImport(ImportId import, const Import& state, const ImportEnd& end) {
    NJ_RETURN_IF_ERROR(insertHealth(import, state));
    NJ_ASSIGN(auto statement, db_.prepare("UPDATE nj_import SET state = 'done', content_hash = ?2, bytes = ?3, format = ?4, assumed_zone = ?5, note = ?6, finished_at = ?7, "
                                          "spans = ?8, logs = ?9, samples = ?10, series = ?11, documents = ?12, rejected = ?13, duplicates = ?14, time_from = ?15, time_to = ?16 "
                                          "WHERE id = ?1"));
    const ImportOutcome& counts = state.counts;
    statement.bind(1, import).bindBlob(2, viewOf(end.contentHash)).bind(3, end.bytesRead).bind(4, end.format).bind(5, end.assumedZone).bind(6, end.note);
    statement.bind(7, end.finishedAt).bind(8, counts.spans).bind(9, counts.logs).bind(10, counts.samples).bind(11, state.seriesSeen.size());
    statement.bind(12, counts.documents).bind(13, counts.rejected).bind(14, counts.duplicates).bind(15, state.range.from).bind(16, state.range.to);
    return statement.run();
}

Status StoreWriter::abandonImport(ImportId import) {
    NJ_ASSIGN(const Import* state, running(import));
    (void)state;
    imports_.erase(import);
    NJ_RETURN_IF_ERROR(dropRows(import));
    return transact([&] { return db_.execute("UPDATE nj_import SET state = 'failed' WHERE id = " + std::to_string(import)); });
}

Status StoreWriter::removeImport(ImportId import) {
    NJ_ASSIGN(const int64_t known, db_.queryInteger("SELECT count(*) FROM nj_import WHERE id = " + std::to_string(import)));
    if (known == 0)
        return makeError(ErrorCode::kNotFound, "there is no import " + std::to_string(import));
    imports_.erase(import);
    NJ_RETURN_IF_ERROR(dropRows(import));
    return transact([&] { return db_.execute("DELETE FROM nj_import WHERE id = " + std::to_string(import)); });
}

Status StoreWriter::dropRows(ImportId import) {
    NJ_RETURN_IF_ERROR(drain(true));
    duplicates_->forget(import);
    const Status done = transact([&]() -> Status {
        const std::string id = std::to_string(import);
        metricsChanged_ = true;
        NJ_RETURN_IF_ERROR(db_.execute("UPDATE nj_segment SET retired = 1 WHERE import = " + id));
        for (const char* table : {"nj_chunk", "nj_series_range", "nj_evaluation", "nj_event", "nj_document", "nj_health", "nj_journal"})
            NJ_RETURN_IF_ERROR(db_.execute("DELETE FROM " + std::string(table) + " WHERE import = " + id));
        return {};
    });
    NJ_RETURN_IF_ERROR(done);
    return purgeRetired();
}

Status StoreWriter::purgeRetired() {
    std::vector<int64_t> gone;
    {
        NJ_ASSIGN(auto statement, db_.prepare("SELECT id FROM nj_segment WHERE retired = 1"));
        for (;;) {
            NJ_ASSIGN(const bool row, statement.step());
            if (!row)
                break;
            if (!shared_->pinned(statement.integer(0)))
                gone.push_back(statement.integer(0));
        }
    }
    if (gone.empty())
        return {};
    return transact([&]() -> Status {
        NJ_ASSIGN(auto columns, db_.prepare("DELETE FROM nj_column WHERE id >= ?1 AND id < ?2"));
        NJ_ASSIGN(auto segment, db_.prepare("DELETE FROM nj_segment WHERE id = ?1"));
        for (const int64_t id : gone) {
            NJ_RETURN_IF_ERROR(columns.bind(1, id << kColumnBits).bind(2, (id + 1) << kColumnBits).run());
            NJ_RETURN_IF_ERROR(segment.bind(1, id).run());
        }
        return {};
    });
}

}  // namespace nj::store

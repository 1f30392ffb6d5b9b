// The catalogue of StoreReader: plain rows.
#include <algorithm>
#include <bit>
#include <cstring>

#include "store/store_reader.h"

namespace nj::store {
namespace {

std::string hex(std::string_view bytes) {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::string out;
    for (const char c : bytes) {
        out += kDigits[static_cast<unsigned char>(c) >> 4];
        out += kDigits[static_cast<unsigned char>(c) & 15];
    }
    return out;
}

// One Row per row of the question.
template <typename Row, typename Make>
Result<std::vector<Row>> rowsOf(sqlite::Database& db, const std::string& sql, const Make& make) {
    NJ_ASSIGN(auto statement, db.prepare(sql));
    std::vector<Row> rows;
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            return rows;
        rows.push_back(make(statement));
    }
}

uint64_t unsignedAt(const sqlite::Statement& s, int column) { return static_cast<uint64_t>(s.integer(column)); }

EntityKind kindAt(const sqlite::Statement& s, int column) {
    const int64_t kind = s.integer(column);
    return kind >= 1 && kind <= 6 ? static_cast<EntityKind>(kind) : EntityKind::kService;
}

}  // namespace

Result<std::vector<ImportRow>> StoreReader::imports() {
    NJ_ASSIGN(const auto now, loader_.load());
    const TimeShifts& shifts = now->shifts();
    return rowsOf<ImportRow>(db_,
                             "SELECT id, path, format, assumed_zone, note, content_hash, state, started_at, finished_at, bytes, spans, logs, samples, series, documents, "
                             "rejected, duplicates, time_from, time_to FROM nj_import ORDER BY id",
                             [&shifts](const sqlite::Statement& s) {
                                 ImportRow row;
                                 row.id = s.integer(0);
                                 row.path = s.text(1);
                                 row.format = s.text(2);
                                 row.assumedZone = s.text(3);
                                 row.note = s.text(4);
                                 row.contentHash = hex(s.blob(5));
                                 row.state = s.text(6);
                                 row.startedAt = s.integer(7);
                                 row.finishedAt = s.integer(8);
                                 row.bytes = unsignedAt(s, 9);
                                 row.spans = unsignedAt(s, 10);
                                 row.logs = unsignedAt(s, 11);
                                 row.samples = unsignedAt(s, 12);
                                 row.series = unsignedAt(s, 13);
                                 row.documents = unsignedAt(s, 14);
                                 row.rejected = unsignedAt(s, 15);
                                 row.duplicates = unsignedAt(s, 16);
                                 row.range = shifts.shifted({s.integer(17), s.integer(18)}, row.id);
                                 return row;
                             });
}

Result<ImportHosts> StoreReader::importHosts() {
    NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(db_, false));
    return loader_.hosts();
}

Result<std::vector<HealthRow>> StoreReader::health() {
    return rowsOf<HealthRow>(db_, "SELECT import, severity, reason, example, offset, line, count FROM nj_health ORDER BY import, severity DESC, count DESC, reason",
                             [](const sqlite::Statement& s) {
                                 HealthRow row;
                                 row.import = s.integer(0);
                                 row.record.severity = static_cast<HealthSeverity>(std::clamp<int64_t>(s.integer(1), 0, 3));
                                 row.record.reason = s.text(2);
                                 row.record.example = s.text(3);
                                 row.record.offset = unsignedAt(s, 4);
                                 row.record.line = unsignedAt(s, 5);
                                 row.record.count = unsignedAt(s, 6);
                                 return row;
                             });
}

Result<std::vector<EventRow>> StoreReader::events() {
    NJ_ASSIGN(const auto now, loader_.load());
    const std::string shift = now->shifts().sql("import");
    const std::string sql = "SELECT id, iif(time = 0, 0, time + " + shift + "), iif(time_end = 0, 0, time_end + " + shift + "), kind, title, entity, severity, log_seq FROM nj_event ORDER BY 2, id";
    return rowsOf<EventRow>(db_, sql, [](const sqlite::Statement& s) {
        EventRow row;
        row.seq = s.integer(0);
        row.time = s.integer(1);
        row.end = s.integer(2);
        row.kind = s.text(3);
        row.title = s.text(4);
        row.entity = s.text(5);
        row.severity = static_cast<uint8_t>(s.integer(6));
        row.logSeq = s.integer(7);
        return row;
    });
}

Result<EntityGraph> StoreReader::entities() {
    EntityGraph graph;
    NJ_ASSIGN(graph.entities, rowsOf<Entity>(db_, "SELECT kind, key, name FROM nj_entity ORDER BY kind, key", [](const sqlite::Statement& s) {
                  return Entity{kindAt(s, 0), std::string(s.text(1)), std::string(s.text(2))};
              }));
    NJ_ASSIGN(graph.edges, rowsOf<EntityEdge>(db_,
                                              "SELECT from_kind, from_key, to_kind, to_key, relation, evidence FROM nj_entity_edge e WHERE evidence = 'by hand' OR NOT EXISTS (SELECT 1 FROM "
                                              "nj_entity_edge h WHERE h.from_kind = e.from_kind AND h.from_key = e.from_key AND h.relation = e.relation AND h.to_kind = e.to_kind AND "
                                              "h.evidence = 'by hand') ORDER BY from_kind, from_key, relation, to_key",
                                              [](const sqlite::Statement& s) {
                                                  return EntityEdge{kindAt(s, 0), std::string(s.text(1)), kindAt(s, 2), std::string(s.text(3)), std::string(s.text(4)),
                                                                    std::string(s.text(5))};
                                              }));
    NJ_ASSIGN(graph.unresolved, rowsOf<UnresolvedEntity>(db_, "SELECT kind, text, reason, count FROM nj_unresolved WHERE NOT EXISTS (SELECT 1 FROM nj_entity_edge WHERE "
                                                                "from_kind = kind AND from_key = text AND (evidence = 'by hand' OR relation = 'same_as')) ORDER BY kind, text", [](const sqlite::Statement& s) {
                  return UnresolvedEntity{kindAt(s, 0), std::string(s.text(1)), std::string(s.text(2)), unsignedAt(s, 3)};
              }));
    return graph;
}

Result<std::vector<DocumentRow>> StoreReader::documents() {
    return rowsOf<DocumentRow>(db_, "SELECT id, import, path, media_type, size FROM nj_document ORDER BY path, id", [](const sqlite::Statement& s) {
        return DocumentRow{s.integer(0), s.integer(1), std::string(s.text(2)), std::string(s.text(3)), unsignedAt(s, 4)};
    });
}

Result<std::string> StoreReader::documentText(int64_t id) {
    NJ_ASSIGN(auto statement, db_.prepare("SELECT text_size, text FROM nj_document WHERE id = ?1"));
    NJ_ASSIGN(const bool row, statement.bind(1, id).step());
    if (!row)
        return makeError(ErrorCode::kNotFound, "there is no document " + std::to_string(id));
    const uint64_t size = unsignedAt(statement, 0);
    const std::string_view packed = statement.blob(1);
    if (size > kMaxTextBytes || packed.size() > size)
        return makeError(ErrorCode::kMalformed, "the capsule is damaged: a document has an impossible size");
    if (packed.size() == size)
        return std::string(packed);
    std::string text;
    NJ_RETURN_IF_ERROR(decompress(packed, size, text));
    return text;
}

Result<std::vector<CapsuleReader::EvaluationRow>> StoreReader::evaluations() {
    NJ_ASSIGN(const auto now, loader_.load());
    return rowsOf<EvaluationRow>(
        db_,
        "SELECT id, origin, origin_seq, iif(time = 0, 0, time + " + now->shifts().sql("import") +
            "), name, has_score, score, label, explanation, response_id, trace_id, span_id FROM nj_evaluation ORDER BY 4, id",
        [](const sqlite::Statement& s) {
            EvaluationRow row;
            row.id = s.integer(0);
            row.evaluation.origin = static_cast<Signal>(std::clamp<int64_t>(s.integer(1), 1, 6));
            row.originSeq = s.integer(2);
            row.evaluation.time = s.integer(3);
            row.evaluation.name = s.text(4);
            row.evaluation.hasScore = s.integer(5) != 0;
            row.evaluation.score = std::bit_cast<double>(s.integer(6));
            row.evaluation.label = s.text(7);
            row.evaluation.explanation = s.text(8);
            row.evaluation.responseId = s.text(9);
            row.evaluation.traceId = TraceId::fromBytes(s.blob(10)).value_or(TraceId{});
            row.evaluation.spanId = SpanId::fromBytes(s.blob(11)).value_or(SpanId{});
            return row;
        });
}

Result<std::string> StoreReader::setting(const std::string& key) {
    NJ_ASSIGN(auto statement, db_.prepare("SELECT value FROM nj_setting WHERE key = ?1"));
    NJ_ASSIGN(const bool row, statement.bind(1, key).step());
    if (!row)
        return makeError(ErrorCode::kNotFound, "the capsule has no setting " + key);
    return std::string(statement.text(0));
}

Result<SignalTotals> StoreReader::totals() {
    SignalTotals totals;
    NJ_ASSIGN(const auto now, loader_.load());
    const auto count = [&](Signal signal, uint64_t& rows, TimeRange* range) {
        bool any = false;
        for (const auto& info : now->segments(signal)) {
            rows += info->rows;
            if (range == nullptr || info->range.from == INT64_MIN)
                continue;
            *range = any ? TimeRange{std::min(range->from, info->range.from), std::max(range->to, info->range.to)} : info->range;
            any = true;
        }
    };
    count(Signal::kSpan, totals.spans, &totals.spanRange);
    count(Signal::kSpanEvent, totals.spanEvents, nullptr);
    count(Signal::kSpanLink, totals.spanLinks, nullptr);
    count(Signal::kLog, totals.logs, &totals.logRange);
    count(Signal::kExemplar, totals.exemplars, nullptr);
    totals.series = now->series().size();
    for (const SeriesRow& series : now->series())
        totals.sampleRange = totals.sampleRange.empty() ? series.range
                                                        : TimeRange{std::min(totals.sampleRange.from, series.range.from), std::max(totals.sampleRange.to, series.range.to)};
    NJ_ASSIGN(const int64_t samples, db_.queryInteger("SELECT coalesce(sum(samples), 0) FROM nj_series_range"));
    NJ_ASSIGN(const int64_t histograms, db_.queryInteger("SELECT coalesce(sum(histograms), 0) FROM nj_series_range"));
    NJ_ASSIGN(const int64_t evaluations, db_.queryInteger("SELECT count(*) FROM nj_evaluation"));
    NJ_ASSIGN(const int64_t events, db_.queryInteger("SELECT count(*) FROM nj_event"));
    NJ_ASSIGN(const int64_t documents, db_.queryInteger("SELECT count(*) FROM nj_document"));
    totals.samples = static_cast<uint64_t>(samples) + now->journalPoints(ChunkKind::kSamples);
    totals.histograms = static_cast<uint64_t>(histograms) + now->journalPoints(ChunkKind::kHistograms);
    totals.evaluations = static_cast<uint64_t>(evaluations);
    totals.events = static_cast<uint64_t>(events);
    totals.documents = static_cast<uint64_t>(documents);
    return totals;
}

}  // namespace nj::store

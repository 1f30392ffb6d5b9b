// Live sources of StoreWriter: one journal row per commit, sealed into segments later.
#include <algorithm>
#include <limits>

#include "store/journal.h"
#include "store/store_writer.h"

namespace nj::store {
namespace {

constexpr DurationNs kRequestMemory = 15 * kMinute;
constexpr DurationNs kSealAge = 10 * kMinute;

std::string_view view(const Hash128& hash) { return {reinterpret_cast<const char*>(hash.data()), hash.size()}; }

}  // namespace

Result<StoreWriter::Import*> StoreWriter::liveSource(ImportId import) {
    NJ_ASSIGN(Import * state, running(import));
    if (!state->live) {
        if (state->rows.openRows() > 0)
            return makeError(ErrorCode::kInvalidArgument, "a file import cannot become a live source");
        // From here on a crash keeps its rows.
        NJ_RETURN_IF_ERROR(transact([&] { return db_.execute("UPDATE nj_import SET state = 'live' WHERE id = " + std::to_string(import)); }));
        state->live = true;
    }
    return state;
}

Result<bool> StoreWriter::alreadyCommitted(const Hash128& requestHash) {
    NJ_ASSIGN(auto statement, db_.prepare("SELECT 1 FROM nj_request WHERE hash = ?1 AND time > ?2"));
    return statement.bindBlob(1, view(requestHash)).bind(2, nowNs() - kRequestMemory).step();
}

Result<bool> StoreWriter::commitLive(ImportId source, Batch&& batch, const Hash128& requestHash) {
    NJ_ASSIGN(Import * state, liveSource(source));
    const bool named = requestHash != Hash128{};
    if (named) {
        NJ_ASSIGN(const bool known, alreadyCommitted(requestHash));
        if (known)
            return false;
    }
    // A commit that failed left rows here that a redelivery would find as duplicates: make them durable before anything is acknowledged.
    if (state->mustSeal)
        NJ_RETURN_IF_ERROR(sealSource(source, *state));
    std::vector<SegmentRows> rows;
    std::vector<int64_t> seriesIds;
    state->mustSeal = true;
    state->rows.recordInto(&rows);
    auto seqs = takeRows(source, *state, batch, seriesIds);
    state->rows.recordInto(nullptr);
    if (!seqs.ok())
        return seqs.error();
    Batch points;
    points.samples = batch.samples;
    points.histograms = batch.histograms;
    MetricBuffer own;
    own.add(points, seriesIds);
    state->metrics.add(batch, seriesIds);
    NJ_RETURN_IF_ERROR(commitJournal(source, *state, batch, *seqs, rows, own.take(true), requestHash));
    state->mustSeal = false;
    if (state->unsealedSince == 0)
        state->unsealedSince = nowNs();
    if (!state->full.empty() || state->metrics.wantsTake() || nowNs() - state->unsealedSince > kSealAge)
        NJ_RETURN_IF_ERROR(sealSource(source, *state));
    return true;
}

// What a receiver acknowledges: synced when this returns.
Status StoreWriter::commitJournal(ImportId source, Import& state, const Batch& batch, const ImportRows::Seqs& seqs, std::vector<SegmentRows>& rows,
                                  const std::vector<ChunkRow>& chunks, const Hash128& requestHash) {
    std::vector<EncodedSegment> segments;
    for (const SegmentRows& part : rows)
        segments.push_back(journalEncoder_.encode(part));
    const std::string packed = encodeJournal(segments, chunks, [this](std::string_view key) { return catalogue_.internText(key); });
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=FULL"));
    const Status committed = transact([&]() -> Status {
        NJ_ASSIGN(auto row, db_.prepare("INSERT INTO nj_journal(import, data) VALUES(?1, ?2)"));
        NJ_RETURN_IF_ERROR(row.bind(1, source).bindBlobStatic(2, packed).run());
        bytesSinceCheckpoint_ += packed.size() + 16384;
        if (requestHash != Hash128{}) {
            NJ_ASSIGN(auto old, db_.prepare("DELETE FROM nj_request WHERE time <= ?1"));
            NJ_RETURN_IF_ERROR(old.bind(1, nowNs() - kRequestMemory).run());
            NJ_ASSIGN(auto hash, db_.prepare("INSERT OR REPLACE INTO nj_request VALUES(?1, ?2)"));
            NJ_RETURN_IF_ERROR(hash.bindBlob(1, view(requestHash)).bind(2, nowNs()).run());
        }
        if (!batch.health.empty())
            NJ_RETURN_IF_ERROR(insertHealth(source, state));
        metricsChanged_ = metricsChanged_ || !chunks.empty();
        return insertCatalogueRows(source, batch, seqs);
    });
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=NORMAL"));
    return committed;
}

// The source's segments and chunks come in and its journal rows go in one transaction.
Status StoreWriter::sealSource(ImportId source, Import& state) {
    NJ_RETURN_IF_ERROR(drain(true));
    state.rows.flush();
    auto& segments = state.sealing;
    for (SegmentRows& rows : state.full)
        workers_.submit(nextSegment_++, std::move(rows));
    state.full.clear();
    while (auto done = workers_.take(true))
        segments.emplace_back(done->segment, std::move(done->encoded));
    auto& chunks = state.sealingChunks;
    for (ChunkRow& chunk : state.metrics.take(true))
        chunks.push_back(std::move(chunk));
    for (auto& [id, segment] : segments) {
        for (const HealthRecord& record : segment.health)
            noteHealth(state, record);
        segment.health.clear();
    }
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=FULL"));
    const Status committed = transact([&]() -> Status {
        for (const auto& [id, segment] : segments)
            NJ_RETURN_IF_ERROR(insertSegment(id, segment));
        NJ_RETURN_IF_ERROR(insertChunks(source, chunks));
        NJ_RETURN_IF_ERROR(insertHealth(source, state));
        return db_.execute("DELETE FROM nj_journal WHERE import = " + std::to_string(source));
    });
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=NORMAL"));
    NJ_RETURN_IF_ERROR(committed);
    for (auto& [id, segment] : segments) {
        segment.info.id = id;
        if (segment.info.signal == Signal::kSpan)
            duplicates_->sealed(segment.info);
    }
    segments.clear();
    chunks.clear();
    state.mustSeal = false;
    state.unsealedSince = 0;
    return {};
}

Status StoreWriter::seal() {
    for (auto& [id, import] : imports_)
        if (import->live)
            NJ_RETURN_IF_ERROR(sealSource(id, *import));
    return {};
}

// Journal rows that a crash left: their small segments become sealed ones as they are.
Status StoreWriter::recoverJournal() {
    std::vector<std::pair<ImportId, JournalEntry>> entries;
    {
        NJ_ASSIGN(auto statement, db_.prepare("SELECT import, data FROM nj_journal ORDER BY id"));
        for (;;) {
            NJ_ASSIGN(const bool row, statement.step());
            if (!row)
                break;
            const ImportId import = statement.integer(0);
            NJ_ASSIGN(auto entry, decodeJournal(statement.blob(1), import, -1, [this](uint32_t id) { return catalogue_.text(id); }));
            entries.emplace_back(import, std::move(entry));
        }
    }
    if (entries.empty())
        return db_.execute("UPDATE nj_import SET state = 'done' WHERE state = 'live'");
    const Status done = transact([&]() -> Status {
        for (const auto& [import, entry] : entries) {
            for (const JournalSegment& segment : entry.segments) {
                EncodedSegment sealed;
                sealed.info = *segment.info;
                for (const auto& [number, blob] : segment.blobs->all())
                    sealed.blobs.emplace_back(number, *blob);
                NJ_RETURN_IF_ERROR(insertSegment(nextSegment_++, sealed));
                const int64_t end = sealed.info.seqBase + sealed.info.rows;
                seqs_.set(sealed.info.signal, std::max(seqs_.next(sealed.info.signal), end));
            }
            NJ_RETURN_IF_ERROR(insertChunks(import, entry.chunks));
        }
        NJ_RETURN_IF_ERROR(db_.execute("UPDATE nj_import SET state = 'done' WHERE state = 'live'"));
        return db_.execute("DELETE FROM nj_journal");
    });
    NJ_RETURN_IF_ERROR(done);
    return {};
}

}  // namespace nj::store

// Live sources of StoreWriter: one journal row per commit and source, sealed into segments later.
#include <algorithm>
#include <limits>
#include <utility>

#include "store/journal.h"
#include "store/journal_recovery.h"
#include "store/store_writer.h"
#include "store/stored_rows.h"

namespace nj::store {
namespace {

constexpr DurationNs kRequestMemory = 15 * kMinute;
constexpr DurationNs kSealAge = 10 * kMinute;
constexpr size_t kSealJournalRows = 512;   // a reader visits every journal row of its range
constexpr size_t kManyParts = 64;          // of an open segment: each costs kilobytes beside its rows

// commit_seq never comes twice, as the row numbers of an emptied table would: readers keep what they decoded by this id.
constexpr const char* kInsertJournal = "INSERT INTO nj_journal(id, import, data) VALUES((SELECT value FROM nj_meta WHERE key = 'commit_seq'), ?1, ?2)";
constexpr std::string_view kCursorKey = "cursor/";

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
    return statement.bindBlob(1, viewOf(requestHash)).bind(2, now_() - kRequestMemory).step();
}

Result<bool> StoreWriter::takeLive(ImportId source, Batch&& batch, const Hash128& requestHash, const LiveCursor& cursor) {
    const auto take = [&]() -> Result<bool> {
        NJ_ASSIGN(Import * state, liveSource(source));
        if (requestHash != Hash128{}) {
            NJ_ASSIGN(const bool known, alreadyCommitted(requestHash));
            if (known || !taken_.requests.insert(requestHash).second)
                return false;
        }
        TakenOf& taken = takenOf(source, *state);
        TakenBatch& own = taken.batches.emplace_back();
        own.request = requestHash;
        own.cursor = cursor;
        state->rows.recordInto(&taken.rows);
        auto seqs = takeRows(source, *state, batch, own.seriesIds);
        state->rows.recordInto(nullptr);
        NJ_ASSIGN(own.seqs, std::move(seqs));
        own.batch = std::move(batch);
        return true;
    };
    auto taken = take();
    if (!taken.ok())
        taken_.failed = taken.error();
    return taken;
}

StoreWriter::TakenOf& StoreWriter::takenOf(ImportId source, Import& state) {
    const auto known = std::find_if(taken_.sources.begin(), taken_.sources.end(), [&](const TakenOf& t) { return t.source == source; });
    if (known != taken_.sources.end())
        return *known;
    TakenOf& taken = taken_.sources.emplace_back();
    taken.source = source;
    taken.state = &state;
    taken.before = {state.rows.mark(), state.full.size(), state.counts, state.health};
    return taken;
}

Status StoreWriter::commitTaken() {
    LiveGroup group = std::exchange(taken_, {});
    Status committed = group.failed;
    if (committed.ok() && !group.sources.empty())
        committed = commitJournal(group);
    if (!committed.ok()) {
        takeBack(group);
        return committed;
    }
    for (TakenOf& taken : group.sources) {
        Import& state = *taken.state;
        for (TakenBatch& own : taken.batches)
            state.metrics.add(own.batch, own.seriesIds);
        ++state.journalRows;
        if (state.unsealedSince == 0)
            state.unsealedSince = now_();
    }
    return {};
}

// What the manifest says of a source that has not ended.
Status StoreWriter::updateCounts(ImportId source, const Import& state) {
    NJ_ASSIGN(auto statement, db_.prepare("UPDATE nj_import SET spans = ?2, logs = ?3, samples = ?4, series = ?5, documents = ?6, rejected = ?7, duplicates = ?8, time_from = ?9, "
                                          "time_to = ?10, finished_at = ?11 WHERE id = ?1"));
    const ImportOutcome& counts = state.counts;
    statement.bind(1, source).bind(2, counts.spans).bind(3, counts.logs).bind(4, counts.samples).bind(5, state.seriesSeen.size()).bind(6, counts.documents);
    return statement.bind(7, counts.rejected).bind(8, counts.duplicates).bind(9, state.range.from).bind(10, state.range.to).bind(11, now_()).run();
}

Result<std::map<std::string, std::string>> StoreWriter::cursors() {
    NJ_ASSIGN(auto statement, db_.prepare("SELECT key, value FROM nj_setting WHERE key GLOB ?1"));
    statement.bind(1, std::string(kCursorKey) + "*");
    std::map<std::string, std::string> cursors;
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            return cursors;
        cursors.emplace(statement.text(0).substr(kCursorKey.size()), statement.text(1));
    }
}

// A commit that fails leaves nothing. Backwards: each mark knows the counters as those before it left them.
void StoreWriter::takeBack(LiveGroup& group) {
    for (auto taken = group.sources.rbegin(); taken != group.sources.rend(); ++taken) {
        taken->state->rows.rollback(taken->before.rows);
        taken->state->full.resize(taken->before.full);
        taken->state->counts = taken->before.counts;
        taken->state->health = taken->before.health;
        duplicates_->forgetUnsealed(taken->source);
    }
}

bool StoreWriter::overdue(const Import& state) const { return state.unsealedSince != 0 && now_() - state.unsealedSince > kSealAge; }

// One journal row of what was taken of a source.
std::string StoreWriter::journalOf(const TakenOf& taken) {
    std::vector<EncodedSegment> segments;
    for (const ImportRows::Recorded& part : taken.rows)
        segments.push_back(journalEncoder_.encode(part.rows));
    MetricBuffer points;
    for (const TakenBatch& own : taken.batches) {
        Batch copy;
        copy.samples = own.batch.samples;
        copy.histograms = own.batch.histograms;
        points.add(copy, own.seriesIds);
    }
    const std::vector<ChunkRow> chunks = points.take(true);
    metricsChanged_ = metricsChanged_ || !chunks.empty();
    return encodeJournal(segments, chunks, [this](std::string_view key) { return catalogue_.internText(key); });
}

Status StoreWriter::insertJournal(ImportId source, std::string_view packed) {
    NJ_ASSIGN(auto row, db_.prepare(kInsertJournal));
    NJ_RETURN_IF_ERROR(row.bind(1, source).bindBlobStatic(2, packed).run());
    bytesSinceCheckpoint_ += packed.size() + 16384;
    return db_.execute("UPDATE nj_meta SET value = value + 1 WHERE key = 'commit_seq'");
}

Status StoreWriter::insertRequest(const TakenBatch& taken) {
    if (taken.request != Hash128{}) {
        NJ_ASSIGN(auto hash, db_.prepare("INSERT OR REPLACE INTO nj_request VALUES(?1, ?2)"));
        NJ_RETURN_IF_ERROR(hash.bindBlob(1, viewOf(taken.request)).bind(2, now_()).run());
    }
    if (!taken.cursor.name.empty()) {
        NJ_ASSIGN(auto setting, db_.prepare("INSERT OR REPLACE INTO nj_setting VALUES(?1, ?2)"));
        NJ_RETURN_IF_ERROR(setting.bind(1, std::string(kCursorKey) + taken.cursor.name).bind(2, taken.cursor.value).run());
    }
    return {};
}

// What receivers acknowledge: synced when this returns.
Status StoreWriter::commitJournal(const LiveGroup& group) {
    std::vector<std::string> packed;
    for (const TakenOf& taken : group.sources)
        packed.push_back(journalOf(taken));
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=FULL"));
    const Status committed = transact([&]() -> Status {
        NJ_ASSIGN(auto old, db_.prepare("DELETE FROM nj_request WHERE time <= ?1"));
        NJ_RETURN_IF_ERROR(old.bind(1, now_() - kRequestMemory).run());
        for (size_t i = 0; i < group.sources.size(); ++i) {
            const TakenOf& taken = group.sources[i];
            NJ_RETURN_IF_ERROR(insertJournal(taken.source, packed[i]));
            bool health = false;
            for (const TakenBatch& own : taken.batches) {
                NJ_RETURN_IF_ERROR(insertRequest(own));
                NJ_RETURN_IF_ERROR(insertCatalogueRows(taken.source, own.batch, own.seqs));
                health = health || !own.batch.health.empty();
            }
            if (health)
                NJ_RETURN_IF_ERROR(insertHealth(taken.source, *taken.state));
            NJ_RETURN_IF_ERROR(updateCounts(taken.source, *taken.state));
        }
        return {};
    });
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=NORMAL"));
    return committed;
}

// Full segments, and but for Seal::kClose the open ones as they are now where they have grown; encoded into state.sealing.
void StoreWriter::encodeForSeal(Import& state, Seal how) {
    // Open ones of an attempt that failed have become longer meanwhile.
    std::erase_if(state.sealing, [](const Sealing& s) { return s.open; });
    if (how == Seal::kClose)
        state.rows.flush();
    std::vector<std::pair<bool, size_t>> submitted;   // open, parts
    for (SegmentRows& rows : state.full) {
        submitted.emplace_back(false, rows.parts());
        workers_.submit(nextSegment_++, std::move(rows));
    }
    state.full.clear();
    for (SegmentRows& rows : state.rows.open()) {
        const auto known = state.sealedOpen.find({rows.signal, rows.seqBase});
        if (known != state.sealedOpen.end() && known->second.rows == rows.size())
            continue;
        submitted.emplace_back(true, rows.parts());
        workers_.submit(nextSegment_++, std::move(rows));
    }
    for (const auto& [open, parts] : submitted) {
        auto done = workers_.take(true);
        // An open one that stays as it is is looked at again when it is full.
        if (!open || parts > kManyParts)
            for (const HealthRecord& record : done->encoded.health)
                noteHealth(state, record);
        done->encoded.info.id = done->segment;
        state.sealing.push_back({std::move(done->encoded), open, parts});
    }
}

// The source's segments and chunks come in and its journal rows go in one transaction. An open segment stays open: the next seal puts a
// longer one in its place, so that small commits make full segments. Seal::kRows leaves the metrics in the journal, in a single row.
Status StoreWriter::sealSource(ImportId source, Import& state, Seal how) {
    NJ_RETURN_IF_ERROR(drain(true));
    // What the seal before this one replaced: readers in other processes, which pin nothing, had until now to finish.
    NJ_RETURN_IF_ERROR(purgeRetired());
    encodeForSeal(state, how);
    auto& chunks = state.sealingChunks;
    std::string kept;
    if (how != Seal::kRows)
        for (ChunkRow& chunk : state.metrics.take(true))
            chunks.push_back(std::move(chunk));
    else if (!state.metrics.empty())
        kept = encodeJournal({}, state.metrics.chunks(), [this](std::string_view key) { return catalogue_.internText(key); });
    const std::string id = std::to_string(source);
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=FULL"));
    const Status committed = transact([&]() -> Status {
        for (const Sealing& sealing : state.sealing) {
            const SegmentInfo& info = sealing.segment.info;
            if (const auto known = state.sealedOpen.find({info.signal, info.seqBase}); known != state.sealedOpen.end())
                NJ_RETURN_IF_ERROR(db_.execute("UPDATE nj_segment SET retired = 1 WHERE id = " + std::to_string(known->second.segment)));
            NJ_RETURN_IF_ERROR(insertSegment(info.id, sealing.segment));
        }
        NJ_RETURN_IF_ERROR(insertChunks(source, chunks));
        NJ_RETURN_IF_ERROR(insertHealth(source, state));
        NJ_RETURN_IF_ERROR(db_.execute("DELETE FROM nj_journal WHERE import = " + id));
        if (how == Seal::kClose)
            NJ_RETURN_IF_ERROR(db_.execute("UPDATE nj_import SET state = 'done' WHERE id = " + id));
        if (kept.empty())
            return {};
        return insertJournal(source, kept);
    });
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA synchronous=NORMAL"));
    NJ_RETURN_IF_ERROR(committed);
    for (const Sealing& sealing : state.sealing)
        noteSealed(state, sealing);
    state.sealing.clear();
    chunks.clear();
    state.journalRows = kept.empty() ? 0 : 1;
    if (kept.empty())
        state.unsealedSince = 0;
    return maybeCheckpoint();
}

void StoreWriter::noteSealed(Import& state, const Sealing& sealing) {
    const SegmentInfo& info = sealing.segment.info;
    const std::pair key(info.signal, info.seqBase);
    if (const auto known = state.sealedOpen.find(key); known != state.sealedOpen.end()) {
        duplicates_->replaced(known->second.segment);
        state.sealedOpen.erase(known);
    }
    if (info.signal == Signal::kSpan)
        duplicates_->sealed(info);
    if (!sealing.open)
        return;
    state.sealedOpen[key] = {info.id, info.rows};
    if (sealing.parts <= kManyParts)
        return;
    auto blobs = std::make_shared<MemoryBlobs>();
    for (const auto& [number, blob] : sealing.segment.blobs)
        blobs->add(number, blob);
    auto rows = rowsOfSegment(ColumnSegment(std::make_shared<const SegmentInfo>(info), std::move(blobs)), [this](uint32_t id) { return catalogue_.text(id); });
    if (rows.ok())
        state.rows.replaceOpen(std::move(*rows));
}

Status StoreWriter::seal() {
    for (auto& [id, import] : imports_)
        if (import->live)
            NJ_RETURN_IF_ERROR(sealSource(id, *import, Seal::kAll));
    return {};
}

Status StoreWriter::sealDue() {
    for (auto& [id, import] : imports_) {
        if (!import->live)
            continue;
        if (import->metrics.wantsTake() || overdue(*import))
            NJ_RETURN_IF_ERROR(sealSource(id, *import, Seal::kAll));
        else if (!import->full.empty() || import->journalRows >= kSealJournalRows)
            NJ_RETURN_IF_ERROR(sealSource(id, *import, Seal::kRows));
    }
    return {};
}

// Journal rows that a crash left become segments and chunks.
Status StoreWriter::recoverJournal() {
    const auto text = [this](uint32_t id) { return catalogue_.text(id); };
    std::vector<std::pair<ImportId, JournalEntry>> entries;
    {
        NJ_ASSIGN(auto statement, db_.prepare("SELECT import, data FROM nj_journal ORDER BY id"));
        for (;;) {
            NJ_ASSIGN(const bool row, statement.step());
            if (!row)
                break;
            const ImportId import = statement.integer(0);
            NJ_ASSIGN(auto entry, decodeJournal(statement.blob(1), import, -1, text));
            entries.emplace_back(import, std::move(entry));
        }
    }
    if (entries.empty())
        return db_.execute("UPDATE nj_import SET state = 'done' WHERE state = 'live'");
    const RecoveredJournal recovered = mergeJournal(std::move(entries), text);
    std::vector<EncodedSegment> segments;
    for (const SegmentRows& rows : recovered.rows)
        segments.push_back(journalEncoder_.encode(rows));
    for (const JournalSegment& segment : recovered.asTheyAre) {
        segments.emplace_back().info = *segment.info;
        for (const auto& [number, blob] : segment.blobs->all())
            segments.back().blobs.emplace_back(number, *blob);
    }
    return transact([&]() -> Status {
        for (const EncodedSegment& segment : segments) {
            NJ_RETURN_IF_ERROR(insertSegment(nextSegment_++, segment));
            const int64_t end = segment.info.seqBase + segment.info.rows;
            seqs_.set(segment.info.signal, std::max(seqs_.next(segment.info.signal), end));
        }
        for (const auto& [import, chunks] : recovered.chunks)
            NJ_RETURN_IF_ERROR(insertChunks(import, chunks));
        NJ_RETURN_IF_ERROR(db_.execute("UPDATE nj_import SET state = 'done' WHERE state = 'live'"));
        return db_.execute("DELETE FROM nj_journal");
    });
}

}  // namespace nj::store

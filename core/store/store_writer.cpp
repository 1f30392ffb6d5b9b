#include "store/store_writer.h"

#include <algorithm>
#include <filesystem>

#include "store/schema.h"
#include "store/segment_columns.h"
#include "store/segment_info.h"
#include "store/store_reader.h"
#include "store/store_snapshot.h"

namespace nj::store {
namespace {

constexpr uint64_t kPassiveBytes = 32U << 20;
constexpr int kRestartFrames = static_cast<int>((256U << 20) / kPageSize);

int64_t rowid(int64_t segment, uint16_t column) { return segment << kColumnBits | column; }

Result<int64_t> metaInteger(sqlite::Database& db, const std::string& key, int64_t fallback) {
    NJ_ASSIGN(auto statement, db.prepare("SELECT value FROM nj_meta WHERE key = ?1"));
    NJ_ASSIGN(const bool row, statement.bind(1, key).step());
    return row ? statement.integer(0) : fallback;
}

}  // namespace

Result<std::unique_ptr<CapsuleWriter>> CapsuleWriter::open(const std::string& path, const WriterOptions& options) {
    std::error_code error;
    const bool exists = std::filesystem::exists(path, error) && std::filesystem::file_size(path, error) > 0;
    if (!exists && !options.create)
        return makeError(ErrorCode::kNotFound, path + " does not exist");
    if (exists && !std::filesystem::is_regular_file(path, error))
        return makeError(ErrorCode::kNotACapsule, path + " is not a file");
    NJ_ASSIGN(WriteLock lock, WriteLock::take(path));
    if (exists) {
        // Look before anything is written: a file that is no capsule of ours stays as it is.
        NJ_ASSIGN(const ReadableCapsule look, openReadable(path));
        if (!look.privateFolder.empty())
            std::filesystem::remove_all(look.privateFolder, error);
    }
    auto db = sqlite::Database::open(path, exists ? sqlite::OpenMode::kReadWrite : sqlite::OpenMode::kCreate);
    if (!db.ok())
        return explainOpenError(db.error(), path);
    NJ_RETURN_IF_ERROR(exists ? migrate(*db, path) : createSchema(*db));
    auto writer = std::make_unique<StoreWriter>(path, std::move(*db), std::move(lock), options);
    if (auto loaded = writer->load(); !loaded.ok())
        return explainOpenError(loaded.error(), path);
    return std::unique_ptr<CapsuleWriter>(std::move(writer));
}

StoreWriter::StoreWriter(std::string path, sqlite::Database db, WriteLock lock, const WriterOptions& options)
    : path_(std::move(path)), db_(std::move(db)), lock_(std::move(lock)), workers_(options.encoderThreads),
      maxUnderway_(static_cast<size_t>(std::max(0, options.encoderThreads)) + 1), now_(options.now ? options.now : [] { return nowNs(); }) {}

StoreWriter::~StoreWriter() { (void)close(); }

Status StoreWriter::load() {
    NJ_RETURN_IF_ERROR(db_.execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=OFF"));
    NJ_ASSIGN(const std::string capsuleId, db_.queryText("SELECT hex(value) FROM nj_meta WHERE key = 'capsule_id'"));
    shared_ = CapsuleShared::of(path_, capsuleId);
    NJ_RETURN_IF_ERROR(catalogue_.load(db_));
    duplicates_ = std::make_unique<DuplicateFinder>(db_, shared_);
    NJ_ASSIGN(nextSegment_, metaInteger(db_, "next_segment", 1));
    for (size_t signal = 1; signal < SeqCounter::kSignals; ++signal) {
        NJ_ASSIGN(const int64_t next, metaInteger(db_, "next_seq_" + std::to_string(signal), 1));
        seqs_.set(static_cast<Signal>(signal), next);
    }
    std::vector<ImportId> interrupted;
    {
        NJ_ASSIGN(auto statement, db_.prepare("SELECT id FROM nj_import WHERE state = 'running'"));
        for (;;) {
            NJ_ASSIGN(const bool row, statement.step());
            if (!row)
                break;
            interrupted.push_back(statement.integer(0));
        }
    }
    for (const ImportId import : interrupted) {
        NJ_RETURN_IF_ERROR(dropRows(import));
        const Status done = transact([&]() -> Status {
            return db_.execute("UPDATE nj_import SET state = 'failed', note = 'interrupted before its end: its rows were dropped, import it again' WHERE id = " +
                               std::to_string(import));
        });
        NJ_RETURN_IF_ERROR(done);
    }
    NJ_RETURN_IF_ERROR(recoverJournal());
    NJ_RETURN_IF_ERROR(purgeRetired());
    return loadSealedSpans();
}

// The time ranges by which duplicates are looked for.
Status StoreWriter::loadSealedSpans() {
    SnapshotLoader loader(db_, shared_);
    NJ_ASSIGN(const auto snapshot, loader.load());
    for (const auto& info : snapshot->segments(Signal::kSpan))
        duplicates_->sealed(*info);
    return {};
}

Status StoreWriter::writeCounters() {
    NJ_ASSIGN(auto statement, db_.prepare("INSERT OR REPLACE INTO nj_meta VALUES(?1, ?2)"));
    NJ_RETURN_IF_ERROR(statement.bind(1, "next_segment").bind(2, nextSegment_).run());
    for (size_t signal = 1; signal < SeqCounter::kSignals; ++signal)
        NJ_RETURN_IF_ERROR(statement.bind(1, "next_seq_" + std::to_string(signal)).bind(2, seqs_.next(static_cast<Signal>(signal))).run());
    if (metricsChanged_)
        NJ_RETURN_IF_ERROR(db_.execute("UPDATE nj_meta SET value = value + 1 WHERE key = 'metric_seq'"));
    return db_.execute("UPDATE nj_meta SET value = value + 1 WHERE key = 'commit_seq'");
}

Status StoreWriter::maybeCheckpoint() {
    if (bytesSinceCheckpoint_ < kPassiveBytes)
        return {};
    bytesSinceCheckpoint_ = 0;
    NJ_ASSIGN(const auto done, db_.checkpoint("PASSIVE"));
    // A busy reader only delays this: the next commit tries again.
    if (done.frames > kRestartFrames)
        if (const auto restarted = db_.checkpoint("RESTART"); !restarted.ok() && restarted.error().code != ErrorCode::kBusy)
            return restarted.error();
    return {};
}

Result<StoreWriter::Import*> StoreWriter::running(ImportId import) {
    const auto it = imports_.find(import);
    if (it == imports_.end())
        return makeError(ErrorCode::kInvalidArgument, "no such import is running");
    return it->second.get();
}

Status StoreWriter::insertSegment(int64_t id, const EncodedSegment& segment) {
    const SegmentInfo& info = segment.info;
    const std::string zone = encodeSegmentInfo(info, [this](std::string_view key) { return catalogue_.internText(key); });
    NJ_ASSIGN(auto head, db_.prepare("INSERT INTO nj_segment VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, 0, ?8)"));
    head.bind(1, id).bind(2, static_cast<int>(info.signal)).bind(3, info.import).bind(4, info.rows).bind(5, info.seqBase);
    head.bind(6, info.range.from).bind(7, info.range.to).bindBlob(8, zone);
    NJ_RETURN_IF_ERROR(head.run());
    NJ_ASSIGN(auto column, db_.prepare("INSERT INTO nj_column VALUES(?1, ?2)"));
    for (const auto& [number, blob] : segment.blobs) {
        NJ_RETURN_IF_ERROR(column.bind(1, rowid(id, number)).bindBlobStatic(2, blob).run());
        bytesSinceCheckpoint_ += blob.size() + 1024;
    }
    return {};
}

Status StoreWriter::drain(bool all) {
    while (workers_.underway() > 0) {
        auto done = workers_.take(all || workers_.underway() > maxUnderway_);
        if (!done)
            break;
        const auto it = imports_.find(done->encoded.info.import);
        if (it == imports_.end())
            continue;   // abandoned meanwhile
        for (const HealthRecord& record : done->encoded.health)
            noteHealth(*it->second, record);
        NJ_RETURN_IF_ERROR(transact([&] { return insertSegment(done->segment, done->encoded); }));
        done->encoded.info.id = done->segment;
        if (done->encoded.info.signal == Signal::kSpan)
            duplicates_->sealed(done->encoded.info);
    }
    return {};
}

Status StoreWriter::close() {
    if (closed_)
        return {};
    closed_ = true;
    LiveGroup abandoned = std::exchange(taken_, {});
    takeBack(abandoned);
    Status sealed;
    for (auto& [id, import] : imports_)
        if (import->live && sealed.ok())
            sealed = sealSource(id, *import, Seal::kClose);
    for (auto& [id, import] : imports_)
        if (!import->live)
            (void)dropRows(id);
    imports_.clear();
    (void)purgeRetired();
    // Whoever reads the capsule meanwhile keeps it in WAL mode; the writer after this one closes it then. Nothing is missing from it.
    const auto truncated = db_.checkpoint("TRUNCATE");
    const Status closed = db_.execute("PRAGMA journal_mode=DELETE");
    if (!truncated.ok() && truncated.error().code != ErrorCode::kBusy)
        return truncated.error();
    if (!closed.ok() && closed.error().code != ErrorCode::kBusy)
        return closed;
    return sealed;
}

}  // namespace nj::store

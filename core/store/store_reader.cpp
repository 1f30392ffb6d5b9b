#include "store/store_reader.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <map>

#include "store/column_segment.h"
#include "store/sample_chunk.h"
#include "store/schema.h"

namespace nj::store {
namespace {

// Columns worth the cache: those that every scan reads.
bool hot(uint16_t column) {
    return column <= static_cast<uint16_t>(Column::kParents) || column == static_cast<uint16_t>(Column::kOrder) ||
           column == static_cast<uint16_t>(Column::kTokenFilters) || column >= static_cast<uint16_t>(Column::kFirstAttribute);
}

class BlobPieces final : public ByteSource {
public:
    BlobPieces(sqlite::Blob blob) : blob_(std::move(blob)) {}
    [[nodiscard]] size_t size() const override { return blob_.size(); }
    Result<std::string> read(size_t offset, size_t length) const override {
        if (offset > size() || length > size() - offset)
            return makeError(ErrorCode::kMalformed, "the capsule is damaged: a column is shorter than its directory says");
        std::string bytes(length, '\0');
        NJ_RETURN_IF_ERROR(blob_.read(offset, length, bytes.data()));
        return bytes;
    }

private:
    sqlite::Blob blob_;
};

// A blob that the cache holds, kept alive.
class SharedPieces final : public ByteSource {
public:
    explicit SharedPieces(std::shared_ptr<const std::string> bytes) : bytes_(std::move(bytes)) {}
    [[nodiscard]] size_t size() const override { return bytes_->size(); }
    Result<std::string> read(size_t offset, size_t length) const override { return MemorySource(*bytes_).read(offset, length); }

private:
    std::shared_ptr<const std::string> bytes_;
};

class StoredBlobs final : public BlobSource {
public:
    StoredBlobs(sqlite::Database& db, std::shared_ptr<CapsuleShared> shared, int64_t segment) : db_(db), shared_(std::move(shared)), segment_(segment) {}
    Result<std::shared_ptr<const std::string>> whole(uint16_t column) const override {
        const int64_t id = segment_ << kColumnBits | column;
        if (auto cached = shared_->find(id))
            return cached;
        NJ_ASSIGN(auto statement, db_.prepare("SELECT data FROM nj_column WHERE id = ?1"));
        NJ_ASSIGN(const bool row, statement.bind(1, id).step());
        if (!row)
            return std::shared_ptr<const std::string>();
        auto bytes = std::make_shared<const std::string>(statement.blob(0));
        if (hot(column))
            shared_->put(id, bytes);
        return bytes;
    }
    Result<std::shared_ptr<const ByteSource>> pieces(uint16_t column) const override {
        const int64_t id = segment_ << kColumnBits | column;
        if (auto cached = shared_->find(id))
            return std::shared_ptr<const ByteSource>(std::make_shared<SharedPieces>(std::move(cached)));
        auto blob = db_.openBlob("nj_column", "data", id);
        if (!blob.ok() && blob.error().code == ErrorCode::kNotFound)
            return std::shared_ptr<const ByteSource>();
        if (!blob.ok())
            return blob.error();
        return std::shared_ptr<const ByteSource>(std::make_shared<BlobPieces>(std::move(*blob)));
    }

private:
    sqlite::Database& db_;
    std::shared_ptr<CapsuleShared> shared_;
    int64_t segment_;
};

// A WAL left by a crash cannot be recovered where nothing can be written: both files go to a private folder.
Result<std::string> privateCopy(const std::string& path) {
    std::string folder = (std::filesystem::temp_directory_path() / "nightjar-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr)
        return makeError(ErrorCode::kIo, "no temporary folder can be made for a private copy of " + path);
    std::error_code error;
    std::filesystem::copy_file(path, folder + "/capsule", error);
    if (!error && std::filesystem::exists(path + "-wal"))
        std::filesystem::copy_file(path + "-wal", folder + "/capsule-wal", error);
    if (error)
        return makeError(ErrorCode::kIo, "a private copy of " + path + " cannot be made: " + error.message());
    return folder;
}

bool cannotRecover(const Error& error, const std::string& path) {
    std::error_code ignored;
    return (error.code == ErrorCode::kIo || error.code == ErrorCode::kReadOnly) && std::filesystem::exists(path + "-wal", ignored);
}

}  // namespace

Result<std::unique_ptr<CapsuleReader>> CapsuleReader::open(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return makeError(ErrorCode::kNotFound, path + " does not exist");
    if (!std::filesystem::is_regular_file(path, error))
        return makeError(ErrorCode::kNotACapsule, path + " is not a file");
    std::string folder;
    auto db = sqlite::Database::open(path, sqlite::OpenMode::kReadOnly);
    if (!db.ok())
        return explainOpenError(db.error(), path);
    Status checked = checkSchema(*db, path);
    if (!checked.ok() && cannotRecover(checked.error(), path)) {
        NJ_ASSIGN(folder, privateCopy(path));
        db = sqlite::Database::open(folder + "/capsule", sqlite::OpenMode::kReadWrite);
        if (!db.ok())
            return explainOpenError(db.error(), path);
        checked = checkSchema(*db, path);
    }
    NJ_RETURN_IF_ERROR(checked);
    auto capsuleId = db->queryText("SELECT hex(value) FROM nj_meta WHERE key = 'capsule_id'");
    if (!capsuleId.ok())
        return explainOpenError(capsuleId.error(), path);
    auto shared = CapsuleShared::of(path, *capsuleId);
    auto reader = std::make_unique<StoreReader>(path, std::move(*db), std::move(shared), folder);
    // Damage in the directory shows now, not in the first question.
    if (auto first = reader->snapshot(); !first.ok())
        return explainOpenError(first.error(), path);
    return std::unique_ptr<CapsuleReader>(std::move(reader));
}

StoreReader::StoreReader(std::string path, sqlite::Database db, std::shared_ptr<CapsuleShared> shared, std::string privateFolder)
    : path_(std::move(path)), privateFolder_(std::move(privateFolder)), db_(std::move(db)), shared_(std::move(shared)), loader_(db_, shared_) {}

StoreReader::~StoreReader() {
    std::error_code ignored;
    if (!privateFolder_.empty())
        std::filesystem::remove_all(privateFolder_, ignored);
}

Result<std::shared_ptr<const Snapshot>> StoreReader::snapshot() {
    NJ_ASSIGN(auto snapshot, loader_.load());
    return std::shared_ptr<const Snapshot>(std::move(snapshot));
}

Result<std::unique_ptr<SegmentView>> StoreReader::view(const Snapshot& snapshot, int64_t segmentId) {
    auto info = static_cast<const StoreSnapshot&>(snapshot).segment(segmentId);
    if (info == nullptr)
        return makeError(ErrorCode::kNotFound, "the snapshot has no segment " + std::to_string(segmentId));
    auto blobs = std::make_shared<StoredBlobs>(db_, shared_, segmentId);
    return std::unique_ptr<SegmentView>(std::make_unique<ColumnSegment>(std::move(info), std::move(blobs)));
}

Result<std::pair<std::unique_ptr<SegmentView>, uint32_t>> StoreReader::locate(const Snapshot& snapshot, Signal signal, int64_t seq) {
    for (const auto& info : snapshot.segments(signal)) {
        if (seq < info->seqBase || seq >= info->seqBase + info->rows)
            continue;
        NJ_ASSIGN(auto segment, view(snapshot, info->id));
        NJ_ASSIGN(const uint32_t row, segment->rowOf(seq));
        return std::pair(std::move(segment), row);
    }
    return makeError(ErrorCode::kNotFound, "no row with seq " + std::to_string(seq));
}

// Chunks of one series may overlap (several imports, late samples): by time, the later chunk's point wins.
template <typename Point, typename Decode>
static Status mergeChunks(sqlite::Database& db, int64_t series, int kind, TimeRange range, const Decode& decode, const std::function<bool(const Point&)>& visit) {
    NJ_ASSIGN(auto statement, db.prepare("SELECT time_from, time_to, data FROM nj_chunk WHERE series = ?1 AND kind = ?2 AND time_from < ?4 AND time_to > ?3 ORDER BY time_from, id"));
    statement.bind(1, series).bind(2, kind).bind(3, range.from).bind(4, range.to);
    std::map<TimeNs, Point> pending;
    const auto emitBefore = [&](TimeNs limit) {
        while (!pending.empty() && pending.begin()->first < limit) {
            const auto node = pending.extract(pending.begin());
            if (!visit(node.mapped()))
                return false;
        }
        return true;
    };
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            break;
        if (!emitBefore(statement.integer(0)))
            return {};
        NJ_ASSIGN(auto points, decode(statement.blob(2)));
        for (auto& point : points)
            if (range.contains(point.time))
                pending.insert_or_assign(point.time, std::move(point));
    }
    emitBefore(std::numeric_limits<TimeNs>::max());
    return {};
}

Status StoreReader::samples(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const SamplePoint&)>& visit) {
    (void)snapshot;
    return mergeChunks<SamplePoint>(db_, series, 0, range, decodeSampleChunk, visit);
}

Status StoreReader::histograms(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const HistogramPoint&)>& visit) {
    (void)snapshot;
    return mergeChunks<HistogramPoint>(
        db_, series, 1, range,
        [series](std::string_view bytes) -> Result<std::vector<HistogramPoint>> {
            NJ_ASSIGN(auto points, decodeHistogramChunk(bytes));
            for (auto& point : points)
                point.series = static_cast<uint32_t>(series);
            return points;
        },
        visit);
}

Result<std::vector<Exemplar>> StoreReader::exemplars(const Snapshot& snapshot, TimeRange range, const std::vector<int64_t>& series) {
    std::vector<Exemplar> out;
    for (const auto& info : snapshot.segments(Signal::kExemplar)) {
        if (!info->range.overlaps(range))
            continue;
        NJ_ASSIGN(const auto segment, view(snapshot, info->id));
        NJ_ASSIGN(const auto times, segment->exactStart());
        NJ_ASSIGN(const auto ids, segment->exemplarSeries());
        NJ_ASSIGN(const auto values, segment->exemplarValues());
        NJ_ASSIGN(const auto traces, segment->traceIds());
        NJ_ASSIGN(const auto spans, segment->spanIds());
        for (uint32_t row = 0; row < info->rows; ++row) {
            if (!range.contains(times[row]) || (!series.empty() && std::find(series.begin(), series.end(), ids[row]) == series.end()))
                continue;
            NJ_ASSIGN(auto attributes, segment->attributes(row));
            out.push_back({static_cast<uint32_t>(ids[row]), times[row], values[row], traces.at(row), spans[row], std::move(attributes)});
        }
    }
    std::stable_sort(out.begin(), out.end(), [](const Exemplar& a, const Exemplar& b) { return a.time < b.time; });
    return out;
}

}  // namespace nj::store

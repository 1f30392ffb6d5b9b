#include "store/store_reader.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <limits>
#include <map>

#include "store/column_segment.h"
#include "store/sample_chunk.h"
#include "store/schema.h"
#include "store/segment_columns.h"
#include "store/stored_blobs.h"

namespace nj::store {
namespace {

// What a crash may leave beside a capsule.
constexpr const char* kLeftovers[] = {"-wal", "-journal"};

// A WAL or journal left by a crash cannot be recovered by a connection that only reads: all files go to a private folder.
Result<std::string> privateCopy(const std::string& path) {
    std::string folder = (std::filesystem::temp_directory_path() / "nightjar-XXXXXX").string();
    if (::mkdtemp(folder.data()) == nullptr)
        return makeError(ErrorCode::kIo, "no temporary folder can be made for a private copy of " + path);
    std::error_code error;
    std::filesystem::copy_file(path, folder + "/capsule", error);
    for (const char* suffix : kLeftovers)
        if (!error && std::filesystem::exists(path + suffix))
            std::filesystem::copy_file(path + suffix, folder + "/capsule" + suffix, error);
    // The copies of read-only files are read-only too.
    for (const char* suffix : {"", "-wal", "-journal"}) {
        std::error_code ignored;
        std::filesystem::permissions(folder + "/capsule" + suffix, std::filesystem::perms::owner_write, std::filesystem::perm_options::add, ignored);
    }
    if (!error)
        return folder;
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return makeError(ErrorCode::kIo, "a private copy of " + path + " cannot be made: " + error.message());
}

bool cannotRecover(const Error& error, const std::string& path) {
    std::error_code ignored;
    const bool left = std::any_of(std::begin(kLeftovers), std::end(kLeftovers), [&](const char* suffix) { return std::filesystem::exists(path + suffix, ignored); });
    return left && (error.code == ErrorCode::kIo || error.code == ErrorCode::kReadOnly);
}

}  // namespace

Result<ReadableCapsule> openReadable(const std::string& path) {
    auto db = sqlite::Database::open(path, sqlite::OpenMode::kReadOnly);
    if (!db.ok())
        return explainOpenError(db.error(), path);
    const Status checked = checkSchema(*db, path);
    if (checked.ok())
        return ReadableCapsule{std::move(*db), {}};
    if (!cannotRecover(checked.error(), path))
        return checked.error();
    NJ_ASSIGN(const std::string folder, privateCopy(path));
    db = sqlite::Database::open(folder + "/capsule", sqlite::OpenMode::kReadWrite);
    const Status again = db.ok() ? checkSchema(*db, path) : Status(explainOpenError(db.error(), path));
    if (again.ok())
        return ReadableCapsule{std::move(*db), folder};
    std::error_code ignored;
    std::filesystem::remove_all(folder, ignored);
    return again.error();
}

Result<std::unique_ptr<CapsuleReader>> CapsuleReader::open(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::exists(path, error))
        return makeError(ErrorCode::kNotFound, path + " does not exist");
    if (!std::filesystem::is_regular_file(path, error))
        return makeError(ErrorCode::kNotACapsule, path + " is not a file");
    NJ_ASSIGN(ReadableCapsule opened, openReadable(path));
    auto capsuleId = opened.db.queryText("SELECT hex(value) FROM nj_meta WHERE key = 'capsule_id'");
    if (!capsuleId.ok())
        return explainOpenError(capsuleId.error(), path);
    auto shared = CapsuleShared::of(path, *capsuleId);
    auto reader = std::make_unique<StoreReader>(path, std::move(opened.db), std::move(shared), std::move(opened.privateFolder));
    // Damage in the directory shows now, not in the first question.
    if (auto first = reader->snapshot(); !first.ok())
        return explainOpenError(first.error(), path);
    return std::unique_ptr<CapsuleReader>(std::move(reader));
}

StoreReader::StoreReader(std::string path, sqlite::Database db, std::shared_ptr<CapsuleShared> shared, std::string privateFolder)
    : path_(std::move(path)), privateFolder_(std::move(privateFolder)), db_(std::move(db)), shared_(std::move(shared)), loader_(db_, shared_, path_) {}

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
    const auto& own = static_cast<const StoreSnapshot&>(snapshot);
    auto info = own.segment(segmentId);
    if (info == nullptr)
        return makeError(ErrorCode::kNotFound, "the snapshot has no segment " + std::to_string(segmentId));
    const DurationNs shift = info->range.from == INT64_MIN ? 0 : own.shiftOf(*info);   // rows without a time have none to move
    if (auto inMemory = own.journalBlobs(segmentId))
        return std::unique_ptr<SegmentView>(std::make_unique<ColumnSegment>(std::move(info), std::move(inMemory), shift));
    auto blobs = std::make_shared<StoredBlobs>(db_, shared_, segmentId);
    return std::unique_ptr<SegmentView>(std::make_unique<ColumnSegment>(std::move(info), std::move(blobs), shift));
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

Result<sqlite::Statement> StoreReader::chunks(const StoreSnapshot& snapshot, int64_t series, ChunkKind kind, TimeRange range) {
    const std::string shift = snapshot.shifts().sql("import");
    std::string sql = snapshot.shifts().none() ? "SELECT time_from, id, data, 0 FROM nj_chunk WHERE series = ?1 AND kind = ?2 AND time_from < ?4 AND time_to > ?3 ORDER BY time_from, id"
                                               : "SELECT time_from + " + shift + ", id, data, " + shift + " FROM nj_chunk WHERE series = ?1 AND kind = ?2 AND time_from + " + shift +
                                                     " < ?4 AND time_to + " + shift + " > ?3 ORDER BY 1, id";
    if (sql != chunkSql_)
        chunkStatement_.reset();
    chunkSql_ = std::move(sql);
    if (!chunkStatement_) {
        NJ_ASSIGN(chunkStatement_, db_.prepare(chunkSql_));
    }
    sqlite::Statement statement = std::move(*chunkStatement_);
    chunkStatement_.reset();
    statement.bind(1, series).bind(2, static_cast<int>(kind)).bind(3, range.from).bind(4, range.to);
    return statement;
}

void StoreReader::giveBack(sqlite::Statement&& statement) {
    statement.reset();   // what is not read to its end would hold a read transaction
    chunkStatement_ = std::move(statement);
}

// Chunks of one series may overlap (several imports, late samples): by time, the later chunk's point wins. What is still in the
// journal came last.
template <typename Point, typename Decode>
static Status mergeChunks(sqlite::Statement& statement, const StoreSnapshot& snapshot, int64_t series, ChunkKind kind, TimeRange range, const Decode& decode,
                          const std::function<bool(const Point&)>& visit) {
    using Points = std::map<TimeNs, std::pair<int64_t, Point>>;   // with the chunk that brought each
    Points pending, journal;
    const auto take = [&](std::string_view bytes, int64_t chunk, DurationNs shift, Points& into) -> Status {
        NJ_ASSIGN(auto points, decode(bytes));
        for (auto& point : points) {
            point.time = wrapPlus(point.time, shift);
            point.start = point.start == 0 ? 0 : wrapPlus(point.start, shift);
            if (!range.contains(point.time))
                continue;
            const auto [it, added] = into.try_emplace(point.time, chunk, point);
            if (!added && it->second.first < chunk)
                it->second = {chunk, std::move(point)};
        }
        return {};
    };
    int64_t committed = 0;
    for (const ChunkRow* chunk : snapshot.journalChunks(series, kind))
        NJ_RETURN_IF_ERROR(take(chunk->data, ++committed, 0, journal));
    const auto emitBefore = [&](TimeNs limit, bool last) {
        for (;;) {
            auto& first = journal.empty() || (!pending.empty() && pending.begin()->first < journal.begin()->first) ? pending : journal;
            if (first.empty() || (!last && first.begin()->first >= limit))
                return true;
            const auto node = first.extract(first.begin());
            if (&first == &journal)
                pending.erase(node.key());
            if (!visit(node.mapped().second))
                return false;
        }
    };
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            break;
        if (!emitBefore(statement.integer(0), false))
            return {};
        NJ_RETURN_IF_ERROR(take(statement.blob(2), statement.integer(1), statement.integer(3), pending));
    }
    emitBefore(0, true);
    return {};
}

Status StoreReader::samples(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const SamplePoint&)>& visit) {
    const auto& own = static_cast<const StoreSnapshot&>(snapshot);
    NJ_ASSIGN(sqlite::Statement statement, chunks(own, series, ChunkKind::kSamples, range));
    const Status merged = mergeChunks<SamplePoint>(statement, own, series, ChunkKind::kSamples, range, decodeSampleChunk, visit);
    giveBack(std::move(statement));
    return merged;
}

// False: the chunks overlap.
static Result<bool> appendAscending(sqlite::Statement& statement, SampleArrays& out) {
    const size_t before = out.times.size();
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            return true;
        const size_t begin = out.times.size();
        NJ_RETURN_IF_ERROR(decodeSampleArrays(statement.blob(2), out));
        if (const DurationNs shift = statement.integer(3); shift != 0)
            for (size_t i = begin; i < out.times.size(); ++i)
                out.times[i] = wrapPlus(out.times[i], shift);
        const auto first = out.times.begin() + static_cast<std::ptrdiff_t>(begin > before ? begin - 1 : begin);
        if (std::adjacent_find(first, out.times.end(), std::greater_equal<>()) != out.times.end())
            return false;
    }
}

// Chunks that follow each other are decoded in place; where some overlap, or the journal has more, all are merged point by point.
Status StoreReader::sampleArrays(const Snapshot& snapshot, int64_t series, TimeRange range, SampleArrays& out) {
    const auto& own = static_cast<const StoreSnapshot&>(snapshot);
    const size_t before = out.times.size();
    bool ascending = own.journalChunks(series, ChunkKind::kSamples).empty();
    if (ascending) {
        NJ_ASSIGN(sqlite::Statement statement, chunks(own, series, ChunkKind::kSamples, range));
        const auto appended = appendAscending(statement, out);
        giveBack(std::move(statement));
        NJ_ASSIGN(ascending, appended);
    }
    if (!ascending) {
        out.times.resize(before);
        out.values.resize(before);
        return samples(snapshot, series, range, [&](const SamplePoint& point) {
            out.times.push_back(point.time);
            out.values.push_back(arrayValue(point));
            return true;
        });
    }
    // The first and the last chunk reach out of the range.
    const auto begin = out.times.begin() + static_cast<std::ptrdiff_t>(before);
    const auto last = std::lower_bound(begin, out.times.end(), range.to) - out.times.begin();
    out.times.resize(static_cast<size_t>(last));
    out.values.resize(static_cast<size_t>(last));
    const auto early = std::lower_bound(begin, out.times.end(), range.from) - begin;
    out.times.erase(begin, begin + early);
    out.values.erase(out.values.begin() + static_cast<std::ptrdiff_t>(before), out.values.begin() + static_cast<std::ptrdiff_t>(before) + early);
    return {};
}

Status StoreReader::histograms(const Snapshot& snapshot, int64_t series, TimeRange range, const std::function<bool(const HistogramPoint&)>& visit) {
    const auto& own = static_cast<const StoreSnapshot&>(snapshot);
    NJ_ASSIGN(sqlite::Statement statement, chunks(own, series, ChunkKind::kHistograms, range));
    const Status merged = mergeChunks<HistogramPoint>(
        statement, own, series, ChunkKind::kHistograms, range,
        [series](std::string_view bytes) -> Result<std::vector<HistogramPoint>> {
            NJ_ASSIGN(auto points, decodeHistogramChunk(bytes));
            for (auto& point : points)
                point.series = static_cast<uint32_t>(series);
            return points;
        },
        visit);
    giveBack(std::move(statement));
    return merged;
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

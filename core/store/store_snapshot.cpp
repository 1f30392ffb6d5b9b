#include "store/store_snapshot.h"

#include <sys/stat.h>

#include <algorithm>

#include "store/annotation_file.h"
#include "store/column_segment.h"
#include "store/damaged.h"
#include "store/identity.h"
#include "store/segment_columns.h"
#include "store/segment_info.h"
#include "store/stored_blobs.h"

namespace nj::store {
namespace {

const Resource kNoResource{};
const Scope kNoScope{};

// commit_seq stays below: the rest counts changes that no commit of the capsule knows of.
constexpr int kCommitBits = 48;

// A segment whose times lie `by` later.
std::shared_ptr<const SegmentInfo> shifted(std::shared_ptr<const SegmentInfo> info, DurationNs by) {
    if (by == 0 || info->range.from == INT64_MIN)
        return info;
    auto moved = std::make_shared<SegmentInfo>(*info);
    moved->range = {wrapPlus(info->range.from, by), wrapPlus(info->range.to, by)};
    moved->maxEnd = info->maxEnd == 0 ? 0 : wrapPlus(info->maxEnd, by);
    return moved;
}

}  // namespace

StoreSnapshot::~StoreSnapshot() {
    for (const int64_t id : pinned_)
        shared_->unpin(id);
}

const std::vector<std::shared_ptr<const SegmentInfo>>& StoreSnapshot::segments(Signal signal) const { return bySignal_[static_cast<size_t>(signal) % 7]; }
std::string_view StoreSnapshot::text(uint32_t id) const { return id < dictionaries_->texts.size() ? dictionaries_->texts.view(id) : std::string_view(); }
const Resource& StoreSnapshot::resource(uint32_t id) const { return id < dictionaries_->resources.size() ? *dictionaries_->resources[id] : kNoResource; }
const Scope& StoreSnapshot::scope(uint32_t id) const { return id < dictionaries_->scopes.size() ? *dictionaries_->scopes[id] : kNoScope; }
std::shared_ptr<const MemoryBlobs> StoreSnapshot::journalBlobs(int64_t segment) const {
    const auto it = journalBlobs_.find(segment);
    return it == journalBlobs_.end() ? nullptr : it->second;
}
const std::vector<const ChunkRow*>& StoreSnapshot::journalChunks(int64_t series, ChunkKind kind) const {
    static const std::vector<const ChunkRow*> kNone;
    const auto& bySeries = journalChunks_[static_cast<size_t>(kind)];
    const auto found = bySeries.find(series);
    return found == bySeries.end() ? kNone : found->second;
}
uint64_t StoreSnapshot::journalPoints(ChunkKind kind) const {
    uint64_t points = 0;
    for (const auto& [row, entry] : journal_)
        for (const ChunkRow& chunk : entry->chunks)
            points += chunk.kind == kind ? chunk.count : 0;
    return points;
}
std::shared_ptr<const SegmentInfo> StoreSnapshot::segment(int64_t id) const {
    const auto it = byId_.find(id);
    return it == byId_.end() ? nullptr : it->second;
}

Result<std::shared_ptr<const StoreSnapshot>> SnapshotLoader::load() {
    NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(db_, false));
    NJ_ASSIGN(const int64_t commit, db_.queryInteger("SELECT value FROM nj_meta WHERE key = 'commit_seq'"));
    NJ_ASSIGN(TimeShifts shifts, loadShifts(commit));
    const uint64_t sequence = static_cast<uint64_t>(commit) | corrections_ << kCommitBits;
    if (last_ != nullptr && last_->commitSeq() == sequence)
        return last_;
    auto snapshot = std::make_shared<StoreSnapshot>(shared_);
    snapshot->commitSeq_ = sequence;
    snapshot->shifts_ = std::move(shifts);
    NJ_RETURN_IF_ERROR(loadDictionaries());
    snapshot->dictionaries_ = dictionaries_;
    NJ_RETURN_IF_ERROR(loadSegments(*snapshot));
    NJ_RETURN_IF_ERROR(loadJournal(*snapshot));
    NJ_ASSIGN(const int64_t metrics, db_.queryInteger("SELECT value FROM nj_meta WHERE key = 'metric_seq'"));
    if (metrics != metricSeq_ || series_ == nullptr || last_ == nullptr || last_->shifts() != snapshot->shifts())
        NJ_RETURN_IF_ERROR(loadSeries(*snapshot));
    metricSeq_ = metrics;
    snapshot->series_ = series_;
    last_ = snapshot;
    return last_;
}

Result<TimeShifts> SnapshotLoader::loadShifts(int64_t commit) {
    if (capsule_.empty())
        return TimeShifts();
    if (capsuleId_.empty()) {
        NJ_ASSIGN(capsuleId_, db_.queryText("SELECT lower(hex(value)) FROM nj_meta WHERE key = 'capsule_id'"));
    }
    std::vector<std::string> sidecars;
    for (const std::string& path : sidecarsOf(capsule_, capsuleId_)) {
        struct stat file {};
        if (::stat(path.c_str(), &file) == 0)
            sidecars.push_back(path + ' ' + std::to_string(file.st_ino) + ' ' + std::to_string(file.st_size) + ' ' + std::to_string(file.st_mtim.tv_sec) + '.' +
                               std::to_string(file.st_mtim.tv_nsec));
    }
    const bool sidecarsChanged = sidecars != sidecars_;
    constexpr uint64_t kCommits = (uint64_t{1} << kCommitBits) - 1;
    if (last_ != nullptr && !sidecarsChanged && (last_->commitSeq() & kCommits) == static_cast<uint64_t>(commit))
        return last_->shifts();
    NJ_ASSIGN(TimeShifts shifts, TimeShifts::load(db_, capsule_, capsuleId_, [this] { return hosts(); }));
    if (sidecarsChanged)
        ++corrections_;
    sidecars_ = std::move(sidecars);
    return shifts;
}

Status SnapshotLoader::loadDictionaries() {
    auto next = std::make_shared<Dictionaries>(*dictionaries_);
    const auto each = [&](const char* sql, size_t known, const auto& take) -> Status {
        NJ_ASSIGN(auto statement, db_.prepare(sql));
        statement.bind(1, known);
        for (size_t id = known;; ++id) {
            NJ_ASSIGN(const bool row, statement.step());
            if (!row)
                return {};
            if (statement.integer(0) != static_cast<int64_t>(id))
                return damaged("a dictionary has gaps");
            NJ_RETURN_IF_ERROR(take(statement.blob(1)));
        }
    };
    const Status texts = each("SELECT id, text FROM nj_dictionary WHERE id >= ?1 ORDER BY id", next->texts.size(), [&](std::string_view bytes) -> Status {
        next->texts.append(bytes);
        return {};
    });
    NJ_RETURN_IF_ERROR(texts);
    const Status resources = each("SELECT id, content FROM nj_resource WHERE id >= ?1 ORDER BY id", next->resources.size(), [&](std::string_view bytes) -> Status {
        auto resource = std::make_shared<Resource>();
        NJ_RETURN_IF_ERROR(decodeResource(bytes, *resource));
        next->resources.push_back(std::move(resource));
        return {};
    });
    NJ_RETURN_IF_ERROR(resources);
    const Status scopes = each("SELECT id, content FROM nj_scope WHERE id >= ?1 ORDER BY id", next->scopes.size(), [&](std::string_view bytes) -> Status {
        auto scope = std::make_shared<Scope>();
        NJ_RETURN_IF_ERROR(decodeScope(bytes, *scope));
        next->scopes.push_back(std::move(scope));
        return {};
    });
    NJ_RETURN_IF_ERROR(scopes);
    dictionaries_ = std::move(next);
    return {};
}

// Segments never change and series only come: what is known stays, a commit costs what it added.
Result<ImportHosts> SnapshotLoader::hosts() {
    NJ_RETURN_IF_ERROR(loadDictionaries());
    const auto keyText = [this](uint32_t id) { return id < dictionaries_->texts.size() ? dictionaries_->texts.view(id) : std::string_view(); };
    NJ_ASSIGN(auto segments, db_.prepare("SELECT id, signal, import, rows, info FROM nj_segment WHERE retired = 0 AND signal IN (?1, ?2) ORDER BY id"));
    segments.bind(1, static_cast<int64_t>(Signal::kSpan)).bind(2, static_cast<int64_t>(Signal::kLog));
    for (;;) {
        NJ_ASSIGN(const bool row, segments.step());
        if (!row)
            break;
        if (hostSegments_.contains(segments.integer(0)))
            continue;
        auto info = std::make_shared<SegmentInfo>();
        info->id = segments.integer(0);
        info->signal = static_cast<Signal>(segments.integer(1));
        info->import = segments.integer(2);
        info->rows = static_cast<uint32_t>(segments.integer(3));
        NJ_RETURN_IF_ERROR(decodeSegmentInfo(segments.blob(4), keyText, *info));
        const ColumnSegment segment(info, std::make_shared<StoredBlobs>(db_, shared_, info->id));
        NJ_ASSIGN(const CodeColumn resources, segment.resource());
        for (const uint32_t id : resources.table)
            if (id < dictionaries_->resources.size())
                hosts_.add(info->import, namedHost(dictionaries_->resources[id]->attributes));
        hostSegments_.insert(info->id);
    }
    NJ_ASSIGN(const int64_t metrics, db_.queryInteger("SELECT value FROM nj_meta WHERE key = 'metric_seq'"));
    if (metrics == hostMetricSeq_)
        return hosts_;
    NJ_ASSIGN(auto series, db_.prepare("SELECT r.import, s.content FROM nj_series s JOIN nj_series_range r ON r.series = s.id"));
    for (;;) {
        NJ_ASSIGN(const bool row, series.step());
        if (!row)
            break;
        SeriesRow one;
        NJ_RETURN_IF_ERROR(decodeSeries(series.blob(1), one));
        std::string host = seriesHost(one.name, one.attributes);
        if (host.empty() && one.resource < dictionaries_->resources.size())
            host = namedHost(dictionaries_->resources[one.resource]->attributes);
        hosts_.add(series.integer(0), host);
    }
    hostMetricSeq_ = metrics;
    return hosts_;
}

Status SnapshotLoader::loadSegments(StoreSnapshot& snapshot) {
    NJ_ASSIGN(auto statement, db_.prepare("SELECT id, signal, import, rows, seq_base, time_from, time_to, info FROM nj_segment WHERE retired = 0 ORDER BY time_from, id"));
    const auto keyText = [&](uint32_t id) { return snapshot.text(id); };
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            break;
        const int64_t id = statement.integer(0);
        auto info = last_ == nullptr ? nullptr : last_->segment(id);
        const DurationNs before = info == nullptr ? 0 : last_->shiftOf(*info);
        if (info == nullptr) {
            auto fresh = std::make_shared<SegmentInfo>();
            const int64_t signal = statement.integer(1), rows = statement.integer(3);
            if (signal < 1 || signal > 6 || rows < 1 || rows > static_cast<int64_t>(kSegmentRows))
                return damaged("a segment has an impossible head");
            fresh->id = id;
            fresh->signal = static_cast<Signal>(signal);
            fresh->import = statement.integer(2);
            fresh->rows = static_cast<uint32_t>(rows);
            fresh->seqBase = statement.integer(4);
            fresh->range = {statement.integer(5), statement.integer(6)};
            NJ_RETURN_IF_ERROR(decodeSegmentInfo(statement.blob(7), keyText, *fresh));
            info = std::move(fresh);
        }
        const DurationNs now = snapshot.shiftOf(*info);
        info = shifted(std::move(info), wrapPlus(now, -before));
        shared_->pin(id);
        snapshot.pinned_.push_back(id);
        snapshot.bySignal_[static_cast<size_t>(info->signal)].push_back(info);
        snapshot.byId_.emplace(id, std::move(info));
    }
    return {};
}

// Journal rows become segments in memory, with ids below zero; a row that was decoded for the last snapshot is taken from there.
Status SnapshotLoader::loadJournal(StoreSnapshot& snapshot) {
    constexpr int64_t kIdsPerRow = 1024;
    NJ_ASSIGN(auto ids, db_.prepare("SELECT id, import FROM nj_journal ORDER BY id"));
    NJ_ASSIGN(auto data, db_.prepare("SELECT data FROM nj_journal WHERE id = ?1"));
    const auto keyText = [&](uint32_t id) { return snapshot.text(id); };
    for (;;) {
        NJ_ASSIGN(const bool row, ids.step());
        if (!row)
            break;
        const int64_t id = ids.integer(0);
        auto& entry = snapshot.journal_[id];
        if (last_ != nullptr)
            if (const auto known = last_->journal_.find(id); known != last_->journal_.end())
                entry = known->second;
        if (entry == nullptr) {
            data.reset();
            NJ_ASSIGN(const bool there, data.bind(1, id).step());
            NJ_ASSIGN(auto decoded, decodeJournal(there ? data.blob(0) : std::string_view(), ids.integer(1), -1 - id * kIdsPerRow, keyText));
            entry = std::make_shared<const JournalEntry>(std::move(decoded));
        }
        for (const ChunkRow& chunk : entry->chunks)
            snapshot.journalChunks_[static_cast<size_t>(chunk.kind)][chunk.series].push_back(&chunk);
        for (const JournalSegment& segment : entry->segments) {
            const auto info = shifted(segment.info, snapshot.shiftOf(*segment.info));
            snapshot.bySignal_[static_cast<size_t>(info->signal)].push_back(info);
            snapshot.byId_.emplace(info->id, info);
            snapshot.journalBlobs_.emplace(info->id, segment.blobs);
        }
    }
    if (!snapshot.journal_.empty() || !snapshot.shifts_.none())
        for (auto& segments : snapshot.bySignal_)
            std::stable_sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) { return a->range.from < b->range.from; });
    return {};
}

Status SnapshotLoader::loadSeries(const StoreSnapshot& snapshot) {
    auto rows = std::make_shared<std::vector<SeriesRow>>();
    std::map<int64_t, std::pair<uint64_t, TimeRange>> live;
    for (const auto& [row, entry] : snapshot.journal_)
        for (const ChunkRow& chunk : entry->chunks) {
            auto& [count, range] = live[chunk.series];
            range = count == 0 ? TimeRange{chunk.from, chunk.last + 1} : TimeRange{std::min(range.from, chunk.from), std::max(range.to, chunk.last + 1)};
            count += chunk.count;
        }
    const std::string shift = snapshot.shifts_.sql("r.import");
    NJ_ASSIGN(auto statement, db_.prepare("SELECT s.id, s.content, sum(r.samples + r.histograms), min(r.time_from + " + shift + "), max(r.time_to + " + shift + ") FROM nj_series s "
                                          "LEFT JOIN nj_series_range r ON r.series = s.id GROUP BY s.id ORDER BY s.id"));
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            break;
        SeriesRow series;
        series.id = statement.integer(0);
        const auto journal = live.find(series.id);
        if (statement.isNull(2) && journal == live.end())
            continue;
        NJ_RETURN_IF_ERROR(decodeSeries(statement.blob(1), series));
        if (!statement.isNull(2)) {
            series.samples = static_cast<uint64_t>(statement.integer(2));
            series.range = {statement.integer(3), statement.integer(4)};
        }
        if (journal != live.end()) {
            const auto& [count, range] = journal->second;
            series.range = series.samples == 0 ? range : TimeRange{std::min(series.range.from, range.from), std::max(series.range.to, range.to)};
            series.samples += count;
        }
        rows->push_back(std::move(series));
    }
    series_ = std::move(rows);
    return {};
}

}  // namespace nj::store

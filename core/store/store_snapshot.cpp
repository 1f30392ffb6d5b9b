#include "store/store_snapshot.h"

#include <algorithm>

#include "store/identity.h"
#include "store/segment_info.h"

namespace nj::store {
namespace {

const Resource kNoResource{};
const Scope kNoScope{};

Error damaged(const char* what) { return makeError(ErrorCode::kMalformed, std::string("the capsule is damaged: ") + what); }

}  // namespace

StoreSnapshot::~StoreSnapshot() {
    for (const int64_t id : pinned_)
        shared_->unpin(id);
}

const std::vector<std::shared_ptr<const SegmentInfo>>& StoreSnapshot::segments(Signal signal) const { return bySignal_[static_cast<size_t>(signal) % 7]; }
std::string_view StoreSnapshot::text(uint32_t id) const { return id < dictionaries_->texts.size() ? dictionaries_->texts.view(id) : std::string_view(); }
const Resource& StoreSnapshot::resource(uint32_t id) const { return id < dictionaries_->resources.size() ? *dictionaries_->resources[id] : kNoResource; }
const Scope& StoreSnapshot::scope(uint32_t id) const { return id < dictionaries_->scopes.size() ? *dictionaries_->scopes[id] : kNoScope; }
std::shared_ptr<const SegmentInfo> StoreSnapshot::segment(int64_t id) const {
    const auto it = byId_.find(id);
    return it == byId_.end() ? nullptr : it->second;
}

Result<std::shared_ptr<const StoreSnapshot>> SnapshotLoader::load() {
    NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(db_, false));
    NJ_ASSIGN(const int64_t commit, db_.queryInteger("SELECT value FROM nj_meta WHERE key = 'commit_seq'"));
    if (last_ != nullptr && last_->commitSeq() == static_cast<uint64_t>(commit))
        return last_;
    auto snapshot = std::make_shared<StoreSnapshot>(shared_);
    snapshot->commitSeq_ = static_cast<uint64_t>(commit);
    NJ_RETURN_IF_ERROR(loadDictionaries());
    snapshot->dictionaries_ = dictionaries_;
    NJ_RETURN_IF_ERROR(loadSegments(*snapshot));
    NJ_ASSIGN(const int64_t metrics, db_.queryInteger("SELECT value FROM nj_meta WHERE key = 'metric_seq'"));
    if (metrics != metricSeq_ || series_ == nullptr)
        NJ_RETURN_IF_ERROR(loadSeries());
    metricSeq_ = metrics;
    snapshot->series_ = series_;
    last_ = snapshot;
    return last_;
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
    NJ_RETURN_IF_ERROR(each("SELECT id, text FROM nj_dictionary WHERE id >= ?1 ORDER BY id", next->texts.size(), [&](std::string_view bytes) -> Status {
        next->texts.append(bytes);
        return {};
    }));
    NJ_RETURN_IF_ERROR(each("SELECT id, content FROM nj_resource WHERE id >= ?1 ORDER BY id", next->resources.size(), [&](std::string_view bytes) -> Status {
        auto resource = std::make_shared<Resource>();
        NJ_RETURN_IF_ERROR(decodeResource(bytes, *resource));
        next->resources.push_back(std::move(resource));
        return {};
    }));
    NJ_RETURN_IF_ERROR(each("SELECT id, content FROM nj_scope WHERE id >= ?1 ORDER BY id", next->scopes.size(), [&](std::string_view bytes) -> Status {
        auto scope = std::make_shared<Scope>();
        NJ_RETURN_IF_ERROR(decodeScope(bytes, *scope));
        next->scopes.push_back(std::move(scope));
        return {};
    }));
    dictionaries_ = std::move(next);
    return {};
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
        shared_->pin(id);
        snapshot.pinned_.push_back(id);
        snapshot.bySignal_[static_cast<size_t>(info->signal)].push_back(info);
        snapshot.byId_.emplace(id, std::move(info));
    }
    return {};
}

Status SnapshotLoader::loadSeries() {
    auto rows = std::make_shared<std::vector<SeriesRow>>();
    NJ_ASSIGN(auto statement, db_.prepare("SELECT s.id, s.content, sum(r.samples + r.histograms), min(r.time_from), max(r.time_to) FROM nj_series s "
                                          "JOIN nj_series_range r ON r.series = s.id GROUP BY s.id ORDER BY s.id"));
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            break;
        SeriesRow series;
        series.id = statement.integer(0);
        NJ_RETURN_IF_ERROR(decodeSeries(statement.blob(1), series));
        series.samples = static_cast<uint64_t>(statement.integer(2));
        series.range = {statement.integer(3), statement.integer(4)};
        rows->push_back(std::move(series));
    }
    series_ = std::move(rows);
    return {};
}

}  // namespace nj::store

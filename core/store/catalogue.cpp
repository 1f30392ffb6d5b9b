#include "store/catalogue.h"

#include <algorithm>

#include "store/identity.h"

namespace nj::store {
namespace {

// Rows id, bytes with ids 0, 1, 2 …
Status loadTable(sqlite::Database& db, const char* sql, StringTable& table) {
    NJ_ASSIGN(auto statement, db.prepare(sql));
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            return {};
        if (statement.integer(0) != static_cast<int64_t>(table.size()))
            return makeError(ErrorCode::kMalformed, "the capsule is damaged: a dictionary has gaps");
        table.append(statement.blob(1));
    }
}

Status insertNew(sqlite::Database& db, const char* sql, const StringTable& table, const std::vector<uint32_t>& added) {
    if (added.empty())
        return {};
    NJ_ASSIGN(auto statement, db.prepare(sql));
    for (const uint32_t id : added)
        NJ_RETURN_IF_ERROR(statement.bind(1, id).bindBlob(2, table.view(id)).run());
    return {};
}

}  // namespace

Status Catalogue::load(sqlite::Database& db) {
    NJ_RETURN_IF_ERROR(loadTable(db, "SELECT id, text FROM nj_dictionary ORDER BY id", texts_));
    NJ_RETURN_IF_ERROR(loadTable(db, "SELECT id, content FROM nj_resource ORDER BY id", resources_));
    NJ_RETURN_IF_ERROR(loadTable(db, "SELECT id, content FROM nj_scope ORDER BY id", scopes_));
    for (uint32_t id = 0; id < resources_.size(); ++id) {
        Resource resource;
        NJ_RETURN_IF_ERROR(decodeResource(resources_.view(id), resource));
        services_.push_back(internText(resource.service()));
    }
    NJ_ASSIGN(auto statement, db.prepare("SELECT id, identity, content FROM nj_series"));
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            return {};
        Hash128 identity{};
        const std::string_view stored = statement.blob(1);
        std::copy_n(stored.begin(), std::min(stored.size(), identity.size()), identity.begin());
        SeriesRow series;
        NJ_RETURN_IF_ERROR(decodeSeries(statement.blob(2), series));
        series_[identity] = {statement.integer(0), series.kind != MetricKind::kUnknown};
        nextSeries_ = std::max(nextSeries_, statement.integer(0) + 1);
    }
}

uint32_t Catalogue::internPending(StringTable& table, std::vector<uint32_t>& added, std::string_view text) {
    const size_t before = table.size();
    const uint32_t id = table.intern(text);
    if (table.size() != before)
        added.push_back(id);
    return id;
}

uint32_t Catalogue::internResource(const Resource& resource) {
    const uint32_t id = internPending(resources_, newResources_, encodeResource(resource));
    if (id == services_.size())
        services_.push_back(internText(resource.service()));
    return id;
}

std::shared_ptr<const BatchTables> Catalogue::mapBatch(Batch& batch) {
    auto tables = std::make_shared<BatchTables>();
    for (const Resource& resource : batch.resources) {
        tables->resource.push_back(internResource(resource));
        tables->service.push_back(services_[tables->resource.back()]);
    }
    for (const Scope& scope : batch.scopes)
        tables->scope.push_back(internPending(scopes_, newScopes_, encodeScope(scope)));
    tables->dictionary.assign(batch.strings.size(), kNoIndex);
    for (const auto* names : {&batch.spans.name, &batch.spanEvents.name})
        for (const uint32_t code : *names)
            if (code < tables->dictionary.size() && tables->dictionary[code] == kNoIndex)
                tables->dictionary[code] = internText(batch.strings.view(code));
    for (const auto* attributes : {&batch.spans.attributes, &batch.spanEvents.attributes, &batch.spanLinks.attributes, &batch.logs.attributes})
        for (const auto& column : attributes->columns())
            internText(column.key);
    tables->strings = std::move(batch.strings);
    return tables;
}

std::vector<int64_t> Catalogue::mapSeries(const Batch& batch, const BatchTables& tables) {
    std::vector<int64_t> ids;
    ids.reserve(batch.series.size());
    for (SeriesKey key : batch.series) {
        key.resource = key.resource < tables.resource.size() ? tables.resource[key.resource] : kNoIndex;
        key.scope = key.scope < tables.scope.size() ? tables.scope[key.scope] : kNoIndex;
        ids.push_back(internSeries(key));
    }
    return ids;
}

int64_t Catalogue::internSeries(const SeriesKey& key) {
    const Hash128 identity = seriesIdentity(key);
    const bool described = key.kind != MetricKind::kUnknown;
    const auto [it, added] = series_.try_emplace(identity, SeriesEntry{nextSeries_, described});
    if (added)
        ++nextSeries_;
    // Metadata of a Prometheus series may come after its first samples.
    if (added || (described && !it->second.described)) {
        it->second.described = described;
        newSeries_.push_back({it->second.id, identity, encodeSeries(key)});
    }
    return it->second.id;
}

Status Catalogue::flush(sqlite::Database& db) {
    NJ_RETURN_IF_ERROR(insertNew(db, "INSERT INTO nj_dictionary VALUES(?1, ?2)", texts_, newTexts_));
    NJ_RETURN_IF_ERROR(insertNew(db, "INSERT INTO nj_resource VALUES(?1, ?2)", resources_, newResources_));
    NJ_RETURN_IF_ERROR(insertNew(db, "INSERT INTO nj_scope VALUES(?1, ?2)", scopes_, newScopes_));
    if (newSeries_.empty())
        return {};
    NJ_ASSIGN(auto statement, db.prepare("INSERT OR REPLACE INTO nj_series VALUES(?1, ?2, ?3)"));
    for (const NewSeries& series : newSeries_) {
        const std::string_view identity(reinterpret_cast<const char*>(series.identity.data()), series.identity.size());
        NJ_RETURN_IF_ERROR(statement.bind(1, series.id).bindBlob(2, identity).bindBlob(3, series.content).run());
    }
    return {};
}

void Catalogue::committed() {
    newTexts_.clear();
    newResources_.clear();
    newScopes_.clear();
    newSeries_.clear();
}

}  // namespace nj::store

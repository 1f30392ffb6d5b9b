// The writer's dictionaries: texts, resources, scopes and series to their ids in the capsule. New entries wait until flush() puts
// them into the transaction that needs them. Used by the writer's thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/result.h"
#include "base/string_table.h"
#include "model/batch.h"
#include "sqlite/database.h"
#include "store/segment_rows.h"

namespace nj::store {

class Catalogue {
public:
    Status load(sqlite::Database& db);
    [[nodiscard]] std::string_view text(uint32_t id) const { return id < texts_.size() ? texts_.view(id) : std::string_view(); }
    uint32_t internText(std::string_view text) { return internPending(texts_, newTexts_, text); }
    // Codes of a batch → ids: resources, scopes and the strings that name spans and events. Takes the batch's string table.
    std::shared_ptr<const BatchTables> mapBatch(Batch& batch);
    // The series id of each of the batch's series.
    std::vector<int64_t> mapSeries(const Batch& batch, const BatchTables& tables);
    // Inserts what is new; committed() once the transaction is durable.
    Status flush(sqlite::Database& db);
    void committed();

private:
    struct SeriesEntry {
        int64_t id;
        bool described;
    };
    struct HashOf {
        size_t operator()(const Hash128& h) const {
            size_t out;
            std::memcpy(&out, h.data(), sizeof out);
            return out;
        }
    };
    static uint32_t internPending(StringTable& table, std::vector<uint32_t>& added, std::string_view text);
    uint32_t internResource(const Resource& resource);
    int64_t internSeries(const SeriesKey& key);

    StringTable texts_, resources_, scopes_;   // resources and scopes by their encoded content
    std::vector<uint32_t> services_;           // resource id → dictionary id
    std::vector<uint32_t> newTexts_, newResources_, newScopes_;
    std::unordered_map<Hash128, SeriesEntry, HashOf> series_;
    int64_t nextSeries_ = 1;
    struct NewSeries {
        int64_t id;
        Hash128 identity;
        std::string content;
    };
    std::vector<NewSeries> newSeries_;
};

}  // namespace nj::store

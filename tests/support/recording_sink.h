// A BatchSink in memory: keeps what it was given, as a store would answer. For tests of the import pipeline; one thread.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "model/batch_sink.h"

namespace nj::test {

class RecordingSink : public BatchSink {
public:
    struct Import {
        ImportStart start;
        ImportEnd end;
        std::vector<Batch> batches;
        bool running = true;
        [[nodiscard]] uint64_t rows() const {
            uint64_t n = 0;
            for (const Batch& batch : batches)
                n += batch.rowCount();
            return n;
        }
        [[nodiscard]] std::vector<HealthRecord> health() const {
            std::vector<HealthRecord> all;
            for (const Batch& batch : batches)
                all.insert(all.end(), batch.health.begin(), batch.health.end());
            return all;
        }
        [[nodiscard]] std::vector<Document> documents() const {
            std::vector<Document> all;
            for (const Batch& batch : batches)
                all.insert(all.end(), batch.documents.begin(), batch.documents.end());
            return all;
        }
    };

    Result<ImportId> beginImport(const ImportStart& start) override {
        imports[++last_].start = start;
        return last_;
    }
    Status add(ImportId import, Batch&& batch) override {
        if (onAdd) {
            if (const Status status = onAdd(import); !status.ok())
                return status;
        }
        if (keepBatches)
            imports.at(import).batches.push_back(std::move(batch));
        return {};
    }
    Result<ImportOutcome> endImport(ImportId import, const ImportEnd& end) override {
        Import& ended = imports.at(import);
        ended.end = end;
        ended.running = false;
        ImportOutcome outcome;
        for (const auto& [id, other] : imports) {
            if (id != import && !other.running && other.end.contentHash == end.contentHash) {
                outcome.kept = false;
                outcome.sameAs = id;
            }
        }
        for (const Batch& batch : ended.batches) {
            outcome.spans += batch.spans.size();
            outcome.logs += batch.logs.size();
            outcome.samples += batch.samples.size() + batch.histograms.size();
            outcome.documents += batch.documents.size();
        }
        if (!outcome.kept)
            imports.erase(import);
        return outcome;
    }
    Status abandonImport(ImportId import) override {
        imports.erase(import);
        return {};
    }
    Status removeImport(ImportId import) override {
        imports.erase(import);
        return {};
    }
    Status putEntities(const EntityGraph& graph) override {
        entities = graph;
        return {};
    }
    // The import whose path ends with this, or nullptr.
    [[nodiscard]] const Import* find(const std::string& ending) const {
        for (const auto& [id, import] : imports)
            if (import.start.path.ends_with(ending))
                return &import;
        return nullptr;
    }

    std::map<ImportId, Import> imports;
    EntityGraph entities;
    bool keepBatches = true;
    std::function<Status(ImportId)> onAdd;   // may refuse

private:
    ImportId last_ = 0;
};

}  // namespace nj::test

// The one writer of a capsule: owns the only read-write connection and its lock; encoding and compression run on its workers.
// All calls from one thread (ingest's writer thread) except `path`. Crash-safe: what endImport acknowledged survives.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "model/batch_sink.h"

namespace nj::store {

struct WriterOptions {
    bool create = true;           // make the file when it is missing
    int encoderThreads = 1;       // 0 = encode on the calling thread
    std::function<TimeNs()> now = {};   // the clock of live sources; empty = the wall's
};

class CapsuleWriter : public LiveSink {
public:
    // Errors as CapsuleReader::open, and kBusy where another process writes this capsule. Drops imports found `running`.
    static Result<std::unique_ptr<CapsuleWriter>> open(const std::string& path, const WriterOptions& options = {});

    // Seals what the journal holds.
    virtual Status seal() = 0;
    virtual Status setSetting(const std::string& key, const std::string& value) = 0;
    // Drops an import and all its rows (undo).
    virtual Status removeImport(ImportId import) = 0;
    // Maps a text (`from`) to an entity by hand, instead of what it was mapped to before. Holds over later imports.
    virtual Status mapEntity(const EntityEdge& edge) = 0;
    // Takes that back; kNotFound where nothing was mapped.
    virtual Status unmapEntity(EntityKind kind, const std::string& text) = 0;
    // Clean close: checkpoint, journal_mode=DELETE. Also done by the destructor, which cannot report.
    virtual Status close() = 0;
    [[nodiscard]] virtual const std::string& path() const = 0;
};

}  // namespace nj::store

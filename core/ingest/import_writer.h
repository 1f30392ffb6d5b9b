// The writing side of one import: takes the messages of the decode threads in order and makes all calls of the sink.
// Used by one thread.
#pragma once

#include <map>

#include "ingest/decode_message.h"
#include "ingest/entity_resolver.h"
#include "ingest/importer.h"

namespace nj::ingest {

class ImportWriter {
public:
    explicit ImportWriter(BatchSink& sink) : sink_(sink) {}
    // An error of the sink is final.
    Status write(DecodeMessage&& message);
    // Entities and totals, after the last message.
    Status finish(ImportReport& report);
    // Takes everything back: the sink then knows nothing of this run.
    void undo();
    [[nodiscard]] uint64_t rows() const { return rows_; }
    [[nodiscard]] size_t membersDone() const { return done_; }
    [[nodiscard]] const std::string& lastMember() const { return lastMember_; }

private:
    Status begin(const MemberBegin& message);
    Status add(MemberBatch&& message);
    Status end(const MemberEnd& message);

    struct Open {
        MemberReport report;
        bool running = true;
        ImportOutcome outcome;
    };

    BatchSink& sink_;
    EntityResolver resolver_;
    std::map<size_t, Open> members_;
    uint64_t rows_ = 0;
    size_t done_ = 0;
    std::string lastMember_;
};

}  // namespace nj::ingest

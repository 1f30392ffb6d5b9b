// What decode threads send to the thread that writes. Values, moved through the queue.
#pragma once

#include <cstddef>
#include <string>
#include <variant>

#include "model/batch.h"
#include "model/batch_sink.h"

namespace nj::ingest {

struct MemberBegin {
    size_t member = 0;
    ImportStart start;
};

struct MemberBatch {
    size_t member = 0;
    Batch batch;
};

struct MemberEnd {
    size_t member = 0;
    ImportEnd end;
    std::string problem;   // what ended it early, "" = read to its end
};

// Nothing but a reason to look at the counters.
struct Tick {};

using DecodeMessage = std::variant<Tick, MemberBegin, MemberBatch, MemberEnd>;

}  // namespace nj::ingest

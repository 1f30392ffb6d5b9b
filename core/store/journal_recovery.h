// What a crash left in the journal, as few segments and chunks as it makes: thousands of commits of three rows must not become
// thousands of segments. Pure function; damage in one segment leaves that one as it is.
#pragma once

#include <functional>
#include <map>
#include <string_view>
#include <utility>
#include <vector>

#include "store/journal.h"

namespace nj::store {

struct RecoveredJournal {
    std::vector<SegmentRows> rows;                        // each at most a full segment; every row keeps its seq
    std::vector<JournalSegment> asTheyAre;                // could not be decoded
    std::map<ImportId, std::vector<ChunkRow>> chunks;
};

// Entries in the order of their commits. `text`: dictionary id → text.
RecoveredJournal mergeJournal(std::vector<std::pair<ImportId, JournalEntry>> entries, const std::function<std::string_view(uint32_t)>& text);

}  // namespace nj::store

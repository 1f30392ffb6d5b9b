// One journal row: the rows of a live commit as small segments and chunks, packed into one blob. FORMAT.md, "The journal". Pure
// functions; the decoder takes untrusted bytes.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/blob_source.h"
#include "store/metric_buffer.h"
#include "store/segment_rows.h"

namespace nj::store {

struct JournalSegment {
    std::shared_ptr<const SegmentInfo> info;
    std::shared_ptr<const MemoryBlobs> blobs;
};

struct JournalEntry {
    std::vector<JournalSegment> segments;
    std::vector<ChunkRow> chunks;
};

std::string encodeJournal(const std::vector<EncodedSegment>& segments, const std::vector<ChunkRow>& chunks,
                          const std::function<uint32_t(std::string_view)>& internKey);
// Segment ids become firstId, firstId - 1, …
Result<JournalEntry> decodeJournal(std::string_view bytes, ImportId import, int64_t firstId, const std::function<std::string_view(uint32_t)>& keyText);

}  // namespace nj::store

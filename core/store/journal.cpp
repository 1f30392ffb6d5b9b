#include "store/journal.h"

#include <cmath>
#include <limits>

#include "store/byte_io.h"
#include "store/damaged.h"
#include "store/segment_info.h"

namespace nj::store {
namespace {

Result<JournalSegment> readSegment(ByteReader& in, ImportId import, int64_t id, const std::function<std::string_view(uint32_t)>& keyText) {
    auto info = std::make_shared<SegmentInfo>();
    const auto signal = in.fixed<uint8_t>();
    const uint64_t rows = in.varint();
    info->id = id;
    info->import = import;
    info->seqBase = in.zigzag();
    info->range.from = in.zigzag();
    info->range.to = in.zigzag();
    if (in.failed() || signal < 1 || signal > 5 || rows == 0 || rows > kSegmentRows)
        return damaged("a row of the journal cannot be read");
    info->signal = static_cast<Signal>(signal);
    info->rows = static_cast<uint32_t>(rows);
    NJ_RETURN_IF_ERROR(decodeSegmentInfo(in.text(), keyText, *info));
    auto blobs = std::make_shared<MemoryBlobs>();
    for (uint64_t columns = in.count(2); columns > 0 && !in.failed(); --columns) {
        const auto number = static_cast<uint16_t>(in.varint());
        blobs->add(number, std::string(in.text()));
    }
    if (in.failed())
        return damaged("a row of the journal cannot be read");
    return JournalSegment{std::move(info), std::move(blobs)};
}

}  // namespace

std::string encodeJournal(const std::vector<EncodedSegment>& segments, const std::vector<ChunkRow>& chunks,
                          const std::function<uint32_t(std::string_view)>& internKey) {
    ByteWriter out;
    out.varint(segments.size());
    for (const EncodedSegment& segment : segments) {
        out.fixed(segment.info.signal);
        out.varint(segment.info.rows);
        out.zigzag(segment.info.seqBase);
        out.zigzag(segment.info.range.from);
        out.zigzag(segment.info.range.to);
        out.text(encodeSegmentInfo(segment.info, internKey));
        out.varint(segment.blobs.size());
        for (const auto& [number, blob] : segment.blobs) {
            out.varint(number);
            out.text(blob);
        }
    }
    out.varint(chunks.size());
    for (const ChunkRow& chunk : chunks) {
        out.zigzag(chunk.series);
        out.fixed(chunk.kind);
        out.zigzag(chunk.from);
        out.zigzag(chunk.last);
        out.varint(chunk.count);
        out.text(chunk.data);
    }
    return out.take();
}

Result<JournalEntry> decodeJournal(std::string_view bytes, ImportId import, int64_t firstId, const std::function<std::string_view(uint32_t)>& keyText) {
    ByteReader in(bytes);
    JournalEntry entry;
    for (uint64_t segments = in.count(4); segments > 0; --segments) {
        NJ_ASSIGN(auto segment, readSegment(in, import, firstId - static_cast<int64_t>(entry.segments.size()), keyText));
        entry.segments.push_back(std::move(segment));
    }
    for (uint64_t chunks = in.count(6); chunks > 0 && !in.failed(); --chunks) {
        ChunkRow chunk;
        chunk.series = in.zigzag();
        chunk.kind = in.fixed<uint8_t>() == 0 ? ChunkKind::kSamples : ChunkKind::kHistograms;
        chunk.from = in.zigzag();
        chunk.last = in.zigzag();
        chunk.count = in.varint();
        chunk.data = in.text();
        chunk.min = chunk.max = std::numeric_limits<double>::quiet_NaN();
        entry.chunks.push_back(std::move(chunk));
    }
    if (in.failed() || in.left() != 0)
        return damaged("a row of the journal cannot be read");
    return entry;
}

}  // namespace nj::store

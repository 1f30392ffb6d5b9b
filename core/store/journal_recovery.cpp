#include "store/journal_recovery.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "store/import_rows.h"
#include "store/sample_chunk.h"
#include "store/stored_rows.h"

namespace nj::store {
namespace {

// Segments in this order follow one another where they were one open segment.
auto keyOf(const JournalSegment& segment) {
    const bool timeless = segment.info->range.from == std::numeric_limits<TimeNs>::min();
    return std::tuple(segment.info->import, segment.info->signal, timeless, segment.info->seqBase);
}

bool follows(const SegmentInfo& before, const SegmentInfo& next) {
    return before.import == next.import && before.signal == next.signal && before.seqBase + before.rows == next.seqBase;
}

void mergeSegments(std::vector<JournalSegment>& segments, const std::function<std::string_view(uint32_t)>& text, RecoveredJournal& out) {
    std::sort(segments.begin(), segments.end(), [](const auto& a, const auto& b) { return keyOf(a) < keyOf(b); });
    SeqCounter seqs;
    std::unique_ptr<ImportRows> rows;
    std::shared_ptr<const SegmentInfo> before;
    for (const JournalSegment& segment : segments) {
        if (before != nullptr && !follows(*before, *segment.info))
            rows->flush();
        if (before == nullptr || before->import != segment.info->import)
            rows = std::make_unique<ImportRows>(segment.info->import, seqs, [&](SegmentRows&& full) { out.rows.push_back(std::move(full)); });
        const auto read = rowsOfSegment(ColumnSegment(segment.info, segment.blobs), text);
        if (read.ok()) {
            rows->addStored(*read);
        } else {
            rows->flush();
            out.asTheyAre.push_back(segment);
        }
        before = segment.info;
    }
    if (rows != nullptr)
        rows->flush();
}

// Points of all commits as one batch, so that a chunk holds what its limits allow.
std::vector<ChunkRow> mergeChunks(std::vector<ChunkRow>& chunks) {
    Batch batch;
    std::vector<int64_t> ids;
    std::vector<ChunkRow> out;
    std::map<int64_t, uint32_t> indexOf;
    for (ChunkRow& chunk : chunks) {
        const auto [it, added] = indexOf.try_emplace(chunk.series, static_cast<uint32_t>(ids.size()));
        if (added)
            ids.push_back(chunk.series);
        if (chunk.kind == ChunkKind::kSamples) {
            const auto points = decodeSampleChunk(chunk.data);
            if (!points.ok())
                out.push_back(std::move(chunk));
            for (size_t i = 0; points.ok() && i < points->size(); ++i) {
                const SamplePoint& point = (*points)[i];
                batch.samples.series.push_back(it->second);
                batch.samples.start.push_back(point.start);
                batch.samples.time.push_back(point.time);
                batch.samples.valueBits.push_back(point.valueBits);
                batch.samples.flags.push_back(point.flags);
            }
            continue;
        }
        auto points = decodeHistogramChunk(chunk.data);
        if (!points.ok())
            out.push_back(std::move(chunk));
        for (size_t i = 0; points.ok() && i < points->size(); ++i) {
            (*points)[i].series = it->second;
            batch.histograms.push_back(std::move((*points)[i]));
        }
    }
    MetricBuffer buffer;
    buffer.add(batch, ids);
    for (ChunkRow& chunk : buffer.take(true))
        out.push_back(std::move(chunk));
    return out;
}

}  // namespace

RecoveredJournal mergeJournal(std::vector<std::pair<ImportId, JournalEntry>> entries, const std::function<std::string_view(uint32_t)>& text) {
    RecoveredJournal out;
    std::vector<JournalSegment> segments;
    std::map<ImportId, std::vector<ChunkRow>> chunks;
    for (auto& [import, entry] : entries) {
        std::move(entry.segments.begin(), entry.segments.end(), std::back_inserter(segments));
        std::move(entry.chunks.begin(), entry.chunks.end(), std::back_inserter(chunks[import]));
    }
    mergeSegments(segments, text, out);
    for (auto& [import, own] : chunks)
        out.chunks[import] = mergeChunks(own);
    return out;
}

}  // namespace nj::store

// What the encoder takes: rows of batches, still in the batches' columns, with the tables that map batch codes to the capsule's.
// Immutable once built, shared between the writer and its encoder threads.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/string_table.h"
#include "model/batch.h"
#include "model/batch_sink.h"
#include "store/segment_view.h"

namespace nj::store {

struct BatchTables {
    StringTable strings;
    std::vector<uint32_t> dictionary;   // string code → dictionary id, kNoIndex where no row needs one
    std::vector<uint32_t> resource;     // batch resource → resource id
    std::vector<uint32_t> service;      // batch resource → dictionary id of its service
    std::vector<uint32_t> scope;        // batch scope → scope id
};

// Exemplars as columns; series are ids of the capsule.
struct ExemplarColumns {
    std::vector<TimeNs> time;
    std::vector<uint64_t> valueBits;
    std::vector<int64_t> series;
    std::vector<TraceId> traceId;
    std::vector<SpanId> spanId;
    AttributeColumns attributes;
    [[nodiscard]] size_t size() const { return time.size(); }
};

template <typename Columns>
struct Part {
    std::shared_ptr<const Columns> columns;
    std::shared_ptr<const BatchTables> tables;
    std::shared_ptr<const std::vector<int64_t>> owner;   // events and links: seq of the span
    size_t from = 0, to = 0;
    [[nodiscard]] size_t size() const { return to - from; }
};

// Rows of one signal that become one segment.
struct SegmentRows {
    Signal signal = Signal::kSpan;
    ImportId import = 0;
    int64_t seqBase = 0;
    std::vector<Part<SpanColumns>> spans;
    std::vector<Part<SpanEventColumns>> events;
    std::vector<Part<SpanLinkColumns>> links;
    std::vector<Part<LogColumns>> logs;
    std::vector<Part<ExemplarColumns>> exemplars;
    [[nodiscard]] size_t size() const {
        size_t rows = 0;
        const auto count = [&](const auto& parts) {
            for (const auto& part : parts)
                rows += part.size();
        };
        count(spans), count(events), count(links), count(logs), count(exemplars);
        return rows;
    }
    [[nodiscard]] size_t parts() const { return spans.size() + events.size() + links.size() + logs.size() + exemplars.size(); }
};

struct EncodedSegment {
    SegmentInfo info;
    std::vector<std::pair<uint16_t, std::string>> blobs;   // by column number
    std::vector<HealthRecord> health;
};

}  // namespace nj::store

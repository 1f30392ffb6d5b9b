#include <algorithm>

#include "store/duplicate_finder.h"

namespace nj::store {
namespace {

// New row of each kept row, kNoIndex of the others.
std::vector<uint32_t> renumber(const std::vector<uint8_t>& keep) {
    std::vector<uint32_t> rows(keep.size(), kNoIndex);
    uint32_t next = 0;
    for (size_t row = 0; row < keep.size(); ++row)
        if (keep[row] != 0)
            rows[row] = next++;
    return rows;
}

template <typename T>
void compact(std::vector<T>& column, const std::vector<uint8_t>& keep) {
    size_t next = 0;
    for (size_t row = 0; row < column.size() && row < keep.size(); ++row)
        if (keep[row] != 0)
            column[next++] = column[row];
    column.resize(next);
}

void compact(AttributeColumns& attributes, const std::vector<uint32_t>& rowOf) {
    for (auto& column : attributes.columns()) {
        size_t next = 0;
        for (size_t entry = 0; entry < column.rows.size(); ++entry) {
            const uint32_t row = column.rows[entry] < rowOf.size() ? rowOf[column.rows[entry]] : kNoIndex;
            if (row == kNoIndex)
                continue;
            column.rows[next] = row;
            if (!column.codes.empty())
                column.codes[next] = column.codes[entry];
            if (!column.integers.empty())
                column.integers[next] = column.integers[entry];
            if (!column.numbers.empty())
                column.numbers[next] = column.numbers[entry];
            ++next;
        }
        column.rows.resize(next);
        column.codes.resize(std::min(column.codes.size(), next));
        column.integers.resize(std::min(column.integers.size(), next));
        column.numbers.resize(std::min(column.numbers.size(), next));
    }
}

// Which owned rows have a kept owner; the owners are renumbered.
std::vector<uint8_t> keepOwned(std::vector<uint32_t>& owners, const std::vector<uint32_t>& rowOf) {
    std::vector<uint8_t> keep(owners.size());
    for (size_t row = 0; row < owners.size(); ++row) {
        owners[row] = owners[row] < rowOf.size() ? rowOf[owners[row]] : kNoIndex;
        keep[row] = owners[row] == kNoIndex ? 0 : 1;
    }
    return keep;
}

void compactSpans(SpanColumns& s, const std::vector<uint8_t>& keep, const std::vector<uint32_t>& rowOf) {
    compact(s.traceId, keep);
    compact(s.spanId, keep);
    compact(s.parentSpanId, keep);
    compact(s.start, keep);
    compact(s.end, keep);
    compact(s.kind, keep);
    compact(s.status, keep);
    for (auto* column : {&s.name, &s.resource, &s.scope, &s.statusMessage, &s.traceState, &s.flags, &s.droppedAttributes, &s.droppedEvents, &s.droppedLinks})
        compact(*column, keep);
    compact(s.attributes, rowOf);
}

}  // namespace

void removeSpans(Batch& batch, const std::vector<uint8_t>& keep) {
    const std::vector<uint32_t> spanRow = renumber(keep);
    compactSpans(batch.spans, keep, spanRow);
    SpanEventColumns& events = batch.spanEvents;
    const std::vector<uint8_t> keepEvents = keepOwned(events.span, spanRow);
    const std::vector<uint32_t> eventRow = renumber(keepEvents);
    for (auto* column : {&events.span, &events.name, &events.droppedAttributes})
        compact(*column, keepEvents);
    compact(events.time, keepEvents);
    compact(events.attributes, eventRow);
    SpanLinkColumns& links = batch.spanLinks;
    const std::vector<uint8_t> keepLinks = keepOwned(links.span, spanRow);
    for (auto* column : {&links.span, &links.traceState, &links.flags, &links.droppedAttributes})
        compact(*column, keepLinks);
    compact(links.traceId, keepLinks);
    compact(links.spanId, keepLinks);
    compact(links.attributes, renumber(keepLinks));
    std::erase_if(batch.evaluations, [&](Evaluation& e) {
        if (e.origin != Signal::kSpan && e.origin != Signal::kSpanEvent)
            return false;
        const auto& rows = e.origin == Signal::kSpan ? spanRow : eventRow;
        e.originRow = e.originRow < rows.size() ? rows[e.originRow] : kNoIndex;
        return e.originRow == kNoIndex;
    });
}

}  // namespace nj::store

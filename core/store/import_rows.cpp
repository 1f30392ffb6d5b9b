#include "store/import_rows.h"

#include <algorithm>
#include <bit>

namespace nj::store {
namespace {

// Decoded bytes by row, as the limit of a segment counts them: fixed columns, texts and attribute values.
void addAttributeBytes(const AttributeColumns& attributes, std::vector<uint32_t>& bytes) {
    for (const auto& column : attributes.columns())
        for (size_t entry = 0; entry < column.rows.size(); ++entry)
            if (column.rows[entry] < bytes.size())
                bytes[column.rows[entry]] += 8 + (column.codes.empty() ? 0 : static_cast<uint32_t>(column.texts.view(column.codes[entry]).size()));
}

// The average serves where rows are small: the exact count then costs more than it tells.
std::vector<uint32_t> rowBytes(size_t rows, size_t fixed, const AttributeColumns& attributes) {
    size_t total = 0;
    for (const auto& column : attributes.columns())
        total += column.rows.size() * 8 + column.texts.byteSize();
    if (rows == 0 || total / rows < 512) {
        std::vector<uint32_t> bytes(rows, static_cast<uint32_t>(fixed + (rows == 0 ? 0 : total / rows)));
        return bytes;
    }
    std::vector<uint32_t> bytes(rows, static_cast<uint32_t>(fixed));
    addAttributeBytes(attributes, bytes);
    return bytes;
}

// Bytes of a row's fixed columns.
constexpr size_t kSpanBytes = 100, kEventBytes = 24, kLinkBytes = 40, kLogBytes = 100, kExemplarBytes = 60;

std::vector<uint32_t> logBytes(const LogColumns& logs) {
    auto bytes = rowBytes(logs.size(), kLogBytes, logs.attributes);
    for (size_t row = 0; row < bytes.size(); ++row)
        bytes[row] += static_cast<uint32_t>(logs.original.view(row).size() + logs.body.view(row).size());
    return bytes;
}

}  // namespace

ImportRows::Open& ImportRows::openSegment(const OpenKey& key) {
    const auto [it, added] = open_.try_emplace(key);
    if (added) {
        it->second.rows.signal = key.first;
        it->second.rows.import = import_;
        it->second.rows.seqBase = seqs_.reserve(key.first);
    }
    return it->second;
}

void ImportRows::close(const OpenKey& key) {
    auto node = open_.extract(key);
    seqs_.release(key.first, node.mapped().rows.seqBase, node.mapped().count);
    onFull_(std::move(node.mapped().rows));
}

// Rows that follow others of the record go into one segment with them.
template <typename Columns>
void ImportRows::record(const SegmentRows& open, size_t before, std::vector<Part<Columns>> SegmentRows::*member, const Part<Columns>& part) {
    const int64_t base = open.seqBase + static_cast<int64_t>(before);
    auto it = std::find_if(record_->begin(), record_->end(), [&](const Recorded& r) {
        return r.rows.signal == open.signal && r.rows.seqBase >= open.seqBase && r.rows.seqBase + static_cast<int64_t>(r.count) == base;
    });
    if (it == record_->end()) {
        it = record_->emplace(record_->end());
        it->rows.signal = open.signal;
        it->rows.import = import_;
        it->rows.seqBase = base;
    }
    (it->rows.*member).push_back(part);
    it->count += part.size();
}

template <typename Columns>
std::vector<int64_t> ImportRows::append(Signal signal, std::vector<Part<Columns>> SegmentRows::*member, Part<Columns> all, const std::vector<TimeNs>& times,
                                        const std::vector<uint32_t>& bytes) {
    std::vector<int64_t> seqs(times.size());
    for (size_t row = 0; row < times.size();) {
        const OpenKey key{signal, times[row] == 0};
        Open& open = openSegment(key);
        Part<Columns> part = all;
        part.from = row;
        const size_t count = open.count;
        while (row < times.size() && (times[row] == 0) == key.second && open.count < kSegmentRows && (open.count == 0 || open.bytes + bytes[row] <= kSegmentBytes)) {
            seqs[row] = open.rows.seqBase + static_cast<int64_t>(open.count);
            ++open.count;
            open.bytes += bytes[row++];
        }
        part.to = row;
        if (open.count > count) {
            if (record_ != nullptr)
                record(open.rows, count, member, part);
            (open.rows.*member).push_back(std::move(part));
        }
        if (open.count == kSegmentRows || (row < times.size() && (times[row] == 0) == key.second))
            close(key);
    }
    return seqs;
}

ImportRows::Seqs ImportRows::add(Batch& batch, const std::shared_ptr<const BatchTables>& tables) {
    Seqs seqs;
    const auto ownersOf = [&](const std::vector<uint32_t>& spans) {
        auto owners = std::make_shared<std::vector<int64_t>>();
        for (const uint32_t span : spans)
            owners->push_back(span < seqs.spans.size() ? seqs.spans[span] : 0);
        return owners;
    };
    if (batch.spans.size() > 0) {
        const auto columns = std::make_shared<const SpanColumns>(std::move(batch.spans));
        seqs.spans = append<SpanColumns>(Signal::kSpan, &SegmentRows::spans, {columns, tables, nullptr, 0, 0}, columns->start,
                                         rowBytes(columns->size(), kSpanBytes, columns->attributes));
    }
    if (batch.spanEvents.size() > 0) {
        const auto columns = std::make_shared<const SpanEventColumns>(std::move(batch.spanEvents));
        seqs.events = append<SpanEventColumns>(Signal::kSpanEvent, &SegmentRows::events, {columns, tables, ownersOf(columns->span), 0, 0}, columns->time,
                                               rowBytes(columns->size(), kEventBytes, columns->attributes));
    }
    if (batch.spanLinks.size() > 0) {
        const auto columns = std::make_shared<const SpanLinkColumns>(std::move(batch.spanLinks));
        const std::vector<TimeNs> none(columns->size(), 0);
        seqs.links = append<SpanLinkColumns>(Signal::kSpanLink, &SegmentRows::links, {columns, tables, ownersOf(columns->span), 0, 0}, none,
                                             rowBytes(columns->size(), kLinkBytes, columns->attributes));
    }
    if (batch.logs.size() > 0) {
        const auto columns = std::make_shared<const LogColumns>(std::move(batch.logs));
        seqs.logs = append<LogColumns>(Signal::kLog, &SegmentRows::logs, {columns, tables, nullptr, 0, 0}, columns->time, logBytes(*columns));
    }
    return seqs;
}

void ImportRows::addExemplars(const Batch& batch, const std::vector<int64_t>& seriesIds) {
    if (batch.exemplars.empty())
        return;
    auto columns = std::make_shared<ExemplarColumns>();
    for (const Exemplar& exemplar : batch.exemplars) {
        if (exemplar.series >= seriesIds.size())
            continue;
        const auto row = static_cast<uint32_t>(columns->size());
        columns->time.push_back(exemplar.time);
        columns->valueBits.push_back(std::bit_cast<uint64_t>(exemplar.value));
        columns->series.push_back(seriesIds[exemplar.series]);
        columns->traceId.push_back(exemplar.traceId);
        columns->spanId.push_back(exemplar.spanId);
        for (const auto& [key, value] : exemplar.attributes)
            columns->attributes.add(row, key, value);
    }
    append<ExemplarColumns>(Signal::kExemplar, &SegmentRows::exemplars, {columns, nullptr, nullptr, 0, 0}, columns->time,
                            rowBytes(columns->size(), kExemplarBytes, columns->attributes));
}

ImportRows::Mark ImportRows::mark() const {
    Mark mark;
    mark.open_ = open_;
    mark.seqs_ = seqs_;
    return mark;
}

void ImportRows::rollback(const Mark& mark) {
    open_ = mark.open_;
    seqs_ = mark.seqs_;
}

std::vector<SegmentRows> ImportRows::open() const {
    std::vector<SegmentRows> rows;
    for (const auto& [key, open] : open_)
        rows.push_back(open.rows);
    return rows;
}

void ImportRows::replaceOpen(SegmentRows&& rows) {
    for (auto& [key, open] : open_)
        if (key.first == rows.signal && open.rows.seqBase == rows.seqBase && open.count == rows.size())
            open.rows = std::move(rows);
}

template <typename Columns>
void ImportRows::addParts(Signal signal, std::vector<Part<Columns>> SegmentRows::*member, const SegmentRows& rows, const std::vector<TimeNs> Columns::*times, size_t fixed) {
    for (const Part<Columns>& part : rows.*member)
        append<Columns>(signal, member, part, (*part.columns).*times, rowBytes(part.columns->size(), fixed, part.columns->attributes));
}

void ImportRows::addStored(const SegmentRows& rows) {
    if (open_.empty())
        seqs_.set(rows.signal, rows.seqBase);
    addParts(rows.signal, &SegmentRows::spans, rows, &SpanColumns::start, kSpanBytes);
    addParts(rows.signal, &SegmentRows::events, rows, &SpanEventColumns::time, kEventBytes);
    addParts(rows.signal, &SegmentRows::exemplars, rows, &ExemplarColumns::time, kExemplarBytes);
    for (const auto& part : rows.links)
        append<SpanLinkColumns>(rows.signal, &SegmentRows::links, part, std::vector<TimeNs>(part.columns->size(), 0),
                                rowBytes(part.columns->size(), kLinkBytes, part.columns->attributes));
    for (const auto& part : rows.logs)
        append<LogColumns>(rows.signal, &SegmentRows::logs, part, part.columns->time, logBytes(*part.columns));
}

void ImportRows::flush() {
    while (!open_.empty())
        close(open_.begin()->first);
}

size_t ImportRows::openRows() const {
    size_t rows = 0;
    for (const auto& [key, open] : open_)
        rows += open.count;
    return rows;
}

}  // namespace nj::store

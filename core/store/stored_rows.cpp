#include "store/stored_rows.h"

#include <algorithm>
#include <bit>
#include <map>

#include "store/damaged.h"

namespace nj::store {
namespace {

// Reads columns by their stored rows and puts them into order of ingestion.
class RowsReader {
public:
    RowsReader(const ColumnSegment& segment, const std::function<std::string_view(uint32_t)>& text)
        : segment_(segment), text_(text), rows_(segment.info().rows), tables_(std::make_shared<BatchTables>()) {}

    Status loadOrder() {
        stored_.assign(rows_, kNoIndex);
        for (uint32_t row = 0; row < rows_; ++row) {
            NJ_ASSIGN(const int64_t seq, segment_.seqOf(row));
            const auto offset = static_cast<uint64_t>(seq - segment_.info().seqBase);
            if (offset >= rows_ || stored_[offset] != kNoIndex)
                return damaged("two rows of a segment have one place");
            stored_[offset] = row;
        }
        return {};
    }

    template <typename T, typename Values>
    std::vector<T> inOrder(const Values& values) const {
        std::vector<T> out(rows_);
        for (size_t i = 0; i < rows_; ++i)
            out[i] = static_cast<T>(values[stored_[i]]);
        return out;
    }

    // Dictionary ids as string codes of the tables.
    std::vector<uint32_t> names(const CodeColumn& column) {
        std::vector<uint32_t> out(rows_);
        for (size_t i = 0; i < rows_; ++i) {
            const uint32_t id = column.id(stored_[i]);
            if (id == kNoIndex) {
                out[i] = kNoIndex;
                continue;
            }
            out[i] = tables_->strings.intern(text_(id));
            tables_->dictionary.resize(tables_->strings.size(), kNoIndex);
            tables_->dictionary[out[i]] = id;
        }
        return out;
    }

    Result<std::vector<std::string>> texts(TextColumn column) const {
        std::vector<std::string> out(rows_);
        NJ_RETURN_IF_ERROR(segment_.scanText(column, 0, rows_, [&](uint32_t row, std::string_view text) {
            out[row] = text;
            return true;
        }));
        return out;
    }

    // Texts as string codes, kNoIndex for none.
    Result<std::vector<uint32_t>> textCodes(TextColumn column) {
        NJ_ASSIGN(const auto byRow, texts(column));
        std::vector<uint32_t> out(rows_, kNoIndex);
        for (size_t i = 0; i < rows_; ++i)
            if (const std::string& text = byRow[stored_[i]]; !text.empty())
                out[i] = tables_->strings.intern(text);
        tables_->dictionary.resize(tables_->strings.size(), kNoIndex);
        return out;
    }

    // Resources with their services, and scopes, as codes of the tables.
    Status resources(std::vector<uint32_t>& resource, std::vector<uint32_t>& scope) {
        NJ_ASSIGN(const CodeColumn ids, segment_.resource());
        NJ_ASSIGN(const CodeColumn services, segment_.service());
        NJ_ASSIGN(const auto scopes, segment_.scopes());
        std::map<std::pair<uint32_t, uint32_t>, uint32_t> known;
        std::map<uint32_t, uint32_t> knownScopes;
        for (size_t i = 0; i < rows_; ++i) {
            const std::pair key{ids.id(stored_[i]), services.id(stored_[i])};
            const auto [it, added] = known.try_emplace(key, static_cast<uint32_t>(tables_->resource.size()));
            if (added) {
                tables_->resource.push_back(key.first);
                tables_->service.push_back(key.second);
            }
            resource.push_back(it->second);
            const uint32_t id = scopes[stored_[i]];
            if (id == kNoIndex) {
                scope.push_back(kNoIndex);
                continue;
            }
            const auto [at, fresh] = knownScopes.try_emplace(id, static_cast<uint32_t>(tables_->scope.size()));
            if (fresh)
                tables_->scope.push_back(id);
            scope.push_back(at->second);
        }
        return {};
    }

    Status attributes(AttributeColumns& columns) const {
        std::vector<uint32_t> offsetOf(rows_);
        for (uint32_t i = 0; i < rows_; ++i)
            offsetOf[stored_[i]] = i;
        for (const AttributeInfo& info : segment_.info().attributes) {
            NJ_ASSIGN(const auto values, segment_.attribute(info.key, info.type));
            std::vector<std::pair<uint32_t, uint32_t>> entries(values.size());   // place in order of ingestion, entry
            if (values.size() > rows_ || (!values.dense && values.rows.size() < entries.size()))
                return damaged("a column of values has rows too many");
            for (uint32_t entry = 0; entry < entries.size(); ++entry)
                entries[entry] = {offsetOf[values.dense ? entry : values.rows[entry]], entry};
            std::sort(entries.begin(), entries.end());
            AttributeColumns::Column& column = columns.columns().emplace_back();
            column.key = info.key;
            column.type = info.type;
            for (const auto& [row, entry] : entries) {
                column.rows.push_back(row);
                if (isText(info.type))
                    column.codes.push_back(column.texts.intern(values.text(entry)));
                else if (info.type == ValueType::kDouble)
                    column.numbers.push_back(values.numbers[entry]);
                else if (info.type != ValueType::kEmpty)
                    column.integers.push_back(values.integers[entry]);
            }
        }
        return {};
    }

    template <typename Columns>
    Status traceAndSpan(Columns& out) const {
        NJ_ASSIGN(const auto traces, segment_.traceIds());
        NJ_ASSIGN(const auto spans, segment_.spanIds());
        for (size_t i = 0; i < rows_; ++i)
            out.traceId.push_back(traces.at(stored_[i]));
        out.spanId = inOrder<SpanId>(spans);
        return {};
    }

    Result<std::vector<uint32_t>> dropped(size_t which) const {
        NJ_ASSIGN(const auto counts, segment_.dropped());
        std::vector<uint32_t> out(rows_);
        for (size_t i = 0; i < rows_; ++i)
            out[i] = counts[stored_[i]][which];
        return out;
    }

    Status spans(SpanColumns& out) {
        NJ_ASSIGN(const auto starts, segment_.exactStart());
        NJ_ASSIGN(const auto ends, segment_.exactEnd());
        NJ_ASSIGN(const CodeColumn name, segment_.name());
        NJ_ASSIGN(const auto kinds, segment_.kind());
        NJ_ASSIGN(const auto statuses, segment_.status());
        NJ_ASSIGN(const auto parents, segment_.parentIds());
        NJ_ASSIGN(const auto flags, segment_.flags());
        NJ_RETURN_IF_ERROR(traceAndSpan(out));
        out.parentSpanId = inOrder<SpanId>(parents);
        out.start = inOrder<TimeNs>(starts);
        out.end = inOrder<TimeNs>(ends);
        out.name = names(name);
        NJ_RETURN_IF_ERROR(resources(out.resource, out.scope));
        out.kind = inOrder<SpanKind>(kinds);
        out.status = inOrder<SpanStatus>(statuses);
        NJ_ASSIGN(out.statusMessage, textCodes(TextColumn::kStatusMessage));
        NJ_ASSIGN(out.traceState, textCodes(TextColumn::kTraceState));
        out.flags = inOrder<uint32_t>(flags);
        NJ_ASSIGN(out.droppedAttributes, dropped(0));
        NJ_ASSIGN(out.droppedEvents, dropped(1));
        NJ_ASSIGN(out.droppedLinks, dropped(2));
        return attributes(out.attributes);
    }

    Status events(SpanEventColumns& out) {
        NJ_ASSIGN(const auto times, segment_.exactStart());
        NJ_ASSIGN(const CodeColumn name, segment_.name());
        out.span.assign(rows_, 0);   // the owner's seq says it
        out.time = inOrder<TimeNs>(times);
        out.name = names(name);
        NJ_ASSIGN(out.droppedAttributes, dropped(0));
        return attributes(out.attributes);
    }

    Status links(SpanLinkColumns& out) {
        NJ_ASSIGN(const auto flags, segment_.flags());
        out.span.assign(rows_, 0);
        NJ_RETURN_IF_ERROR(traceAndSpan(out));
        NJ_ASSIGN(out.traceState, textCodes(TextColumn::kTraceState));
        out.flags = inOrder<uint32_t>(flags);
        NJ_ASSIGN(out.droppedAttributes, dropped(0));
        return attributes(out.attributes);
    }

    Status exemplars(ExemplarColumns& out) {
        NJ_ASSIGN(const auto times, segment_.exactStart());
        NJ_ASSIGN(const auto values, segment_.exemplarValues());
        NJ_ASSIGN(const auto series, segment_.exemplarSeries());
        NJ_RETURN_IF_ERROR(traceAndSpan(out));
        out.time = inOrder<TimeNs>(times);
        for (const double value : inOrder<double>(values))
            out.valueBits.push_back(std::bit_cast<uint64_t>(value));
        out.series = inOrder<int64_t>(series);
        return attributes(out.attributes);
    }

    Status logs(LogColumns& out) {
        NJ_ASSIGN(const auto times, segment_.exactStart());
        NJ_ASSIGN(const auto observed, segment_.exactEnd());
        NJ_ASSIGN(const auto severities, segment_.severity());
        NJ_ASSIGN(const auto types, segment_.bodyTypes());
        NJ_ASSIGN(const auto flags, segment_.flags());
        NJ_ASSIGN(const auto lines, segment_.lines());
        NJ_ASSIGN(const auto timeFlags, segment_.timeFlags());
        NJ_ASSIGN(const auto parts, segment_.parts());
        out.time = inOrder<TimeNs>(times);
        out.observedTime = inOrder<TimeNs>(observed);
        out.severityNumber = inOrder<uint8_t>(severities);
        out.bodyType = inOrder<ValueType>(types);
        out.flags = inOrder<uint32_t>(flags);
        out.line = inOrder<uint64_t>(lines);
        out.timeFlags = inOrder<uint8_t>(timeFlags);
        out.part = inOrder<uint32_t>(parts);
        NJ_ASSIGN(out.severityText, textCodes(TextColumn::kSeverityText));
        NJ_ASSIGN(out.eventName, textCodes(TextColumn::kEventName));
        NJ_RETURN_IF_ERROR(traceAndSpan(out));
        NJ_RETURN_IF_ERROR(resources(out.resource, out.scope));
        NJ_ASSIGN(out.droppedAttributes, dropped(0));
        NJ_RETURN_IF_ERROR(bodies(out));
        return attributes(out.attributes);
    }

    Status bodies(LogColumns& out) const {
        NJ_ASSIGN(const auto originals, texts(TextColumn::kOriginal));
        NJ_ASSIGN(const auto bodies, texts(TextColumn::kBody));
        NJ_ASSIGN(const auto offsets, segment_.bodyOffsets());
        for (size_t i = 0; i < rows_; ++i) {
            const uint32_t row = stored_[i];
            out.original.append(originals[row]);
            if (offsets[row] == 0) {
                out.bodyOffset.push_back(kNoIndex);
                out.bodyLength.push_back(0);
                out.body.append(bodies[row]);
                continue;
            }
            out.bodyOffset.push_back(static_cast<uint32_t>(offsets[row] - 1));
            out.bodyLength.push_back(static_cast<uint32_t>(bodies[row].size()));
            out.body.append({});
        }
        return {};
    }

    template <typename Columns>
    Result<std::vector<Part<Columns>>> part(Status (RowsReader::*read)(Columns&)) {
        auto columns = std::make_shared<Columns>();
        NJ_RETURN_IF_ERROR((this->*read)(*columns));
        std::shared_ptr<std::vector<int64_t>> owner;
        if (segment_.info().signal == Signal::kSpanEvent || segment_.info().signal == Signal::kSpanLink) {
            NJ_ASSIGN(const auto owners, segment_.ownerSeq());
            owner = std::make_shared<std::vector<int64_t>>(inOrder<int64_t>(owners));
        }
        return std::vector<Part<Columns>>{{std::move(columns), tables_, std::move(owner), 0, rows_}};
    }

private:
    const ColumnSegment& segment_;
    const std::function<std::string_view(uint32_t)>& text_;
    const uint32_t rows_;
    std::vector<uint32_t> stored_;   // by order of ingestion: the row in the segment
    std::shared_ptr<BatchTables> tables_;
};

}  // namespace

Result<SegmentRows> rowsOfSegment(const ColumnSegment& segment, const std::function<std::string_view(uint32_t)>& text) {
    SegmentRows rows;
    rows.signal = segment.info().signal;
    rows.import = segment.info().import;
    rows.seqBase = segment.info().seqBase;
    RowsReader reader(segment, text);
    NJ_RETURN_IF_ERROR(reader.loadOrder());
    switch (rows.signal) {
    case Signal::kSpan: {
        NJ_ASSIGN(rows.spans, reader.part(&RowsReader::spans));
        break;
    }
    case Signal::kSpanEvent: {
        NJ_ASSIGN(rows.events, reader.part(&RowsReader::events));
        break;
    }
    case Signal::kSpanLink: {
        NJ_ASSIGN(rows.links, reader.part(&RowsReader::links));
        break;
    }
    case Signal::kLog: {
        NJ_ASSIGN(rows.logs, reader.part(&RowsReader::logs));
        break;
    }
    case Signal::kExemplar: {
        NJ_ASSIGN(rows.exemplars, reader.part(&RowsReader::exemplars));
        break;
    }
    case Signal::kMetric: return damaged("a segment of samples");
    }
    return rows;
}

}  // namespace nj::store

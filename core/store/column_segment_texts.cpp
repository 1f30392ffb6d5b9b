// The texts and attributes of ColumnSegment.
#include <algorithm>
#include <bit>

#include "store/byte_io.h"
#include "store/column_segment.h"
#include "store/damaged.h"
#include "store/id_filter.h"
#include "store/token_filter.h"

namespace nj::store {
namespace {

Column columnOf(TextColumn column) {
    switch (column) {
    case TextColumn::kStatusMessage: return Column::kStatusMessage;
    case TextColumn::kTraceState: return Column::kTraceState;
    case TextColumn::kBody: return Column::kBody;
    case TextColumn::kOriginal: return Column::kOriginal;
    case TextColumn::kSeverityText: return Column::kSeverityText;
    case TextColumn::kEventName: break;
    }
    return Column::kEventName;
}

// One residual value; false where the bytes end too early.
bool readResidual(ByteReader& in, ValueType type, AttributeValue& value) {
    value = {};
    value.type = type;
    if (isText(type))
        value.text = in.text();
    else if (type == ValueType::kDouble)
        value.number = in.fixed<double>();
    else if (type != ValueType::kEmpty)
        value.integer = in.zigzag();
    return !in.failed();
}

void appendValue(AttributeValues& values, const AttributeValue& value) {
    if (isText(value.type))
        values.texts.append(value.text);
    else if (value.type == ValueType::kDouble)
        values.numbers.push_back(value.number);
    else if (value.type != ValueType::kEmpty)
        values.integers.push_back(value.integer);
}

// The entries of a column in a run of rows, and the row of each.
struct EntryRange {
    size_t from = 0, to = 0;
    uint32_t first = 0;           // row of `from`, where the rows are contiguous …
    std::vector<uint32_t> rows;   // … else the rows of all entries
    [[nodiscard]] uint32_t row(size_t entry) const { return rows.empty() ? first + static_cast<uint32_t>(entry - from) : rows[entry]; }
};

EntryRange entriesOf(const ValueColumnReader& reader, uint32_t first, size_t rowCount) {
    const auto end = first + static_cast<uint32_t>(rowCount);
    if (reader.dense())
        return {first, end, first, {}};
    if (rowCount == 1) {   // no need for the rows of all entries
        const size_t entry = reader.entryOf(first);
        return {entry, entry == reader.entries() ? entry : entry + 1, first, {}};
    }
    EntryRange range{0, 0, first, reader.rows()};
    range.from = static_cast<size_t>(std::lower_bound(range.rows.begin(), range.rows.end(), first) - range.rows.begin());
    range.to = static_cast<size_t>(std::lower_bound(range.rows.begin(), range.rows.end(), end) - range.rows.begin());
    return range;
}

}  // namespace

Result<std::optional<ValueColumnReader>> ColumnSegment::values(uint16_t column) const {
    NJ_ASSIGN(auto source, blobs_->pieces(column));
    if (source == nullptr)
        return std::optional<ValueColumnReader>();
    NJ_ASSIGN(ValueColumnReader reader, ValueColumnReader::open(std::move(source), info_->rows));
    return std::optional<ValueColumnReader>(std::move(reader));
}

Result<uint64_t> ColumnSegment::numberAt(Column column, uint32_t row) const {
    auto& decoded = decoded_[static_cast<uint16_t>(column)];
    if (decoded == nullptr) {
        NJ_ASSIGN(auto all, numbers(column));
        decoded = std::make_shared<const std::vector<uint64_t>>(std::move(all));
    }
    return (*decoded)[row];
}

Result<std::string> ColumnSegment::text(TextColumn column, uint32_t row) const {
    if (row >= info_->rows)
        return makeError(ErrorCode::kInvalidArgument, "no such row in the segment");
    if (column == TextColumn::kBody)
        return bodyText(row);
    NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(columnOf(column))));
    if (!reader || reader->entryOf(row) == reader->entries())
        return std::string();
    return reader->text(reader->entryOf(row));
}

Result<std::string> ColumnSegment::bodyText(uint32_t row) const {
    NJ_ASSIGN(const uint64_t offset, numberAt(Column::kBodyOffset, row));
    NJ_ASSIGN(const uint64_t rest, numberAt(Column::kBodyRest, row));
    const Column column = offset == 0 ? Column::kBody : Column::kOriginal;
    NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(column)));
    if (!reader || reader->entryOf(row) == reader->entries())
        return std::string();
    NJ_ASSIGN(std::string text, reader->text(reader->entryOf(row)));
    if (offset == 0)
        return text;
    if (offset - 1 > text.size() || rest > text.size() - (offset - 1))
        return damaged("a log body lies outside its record");
    return text.substr(offset - 1, text.size() - (offset - 1) - rest);
}

Status ColumnSegment::scanText(TextColumn column, uint32_t firstRow, uint32_t rowCount, const std::function<bool(uint32_t, std::string_view)>& visit) const {
    const uint32_t first = std::min(firstRow, info_->rows);
    const uint32_t end = first + std::min(rowCount, info_->rows - first);
    if (column == TextColumn::kBody)
        return scanBody(first, end - first, visit);
    NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(columnOf(column))));
    uint32_t row = first;
    bool stopped = false;
    const auto gapsTo = [&](uint32_t next) {
        while (row < next && !stopped)
            stopped = !visit(row++, {});
        return !stopped;
    };
    if (!reader) {
        gapsTo(end);
        return {};
    }
    const std::vector<uint32_t> rows = reader->rows();
    const auto entryAt = [&](uint32_t r) { return reader->dense() ? size_t{r} : static_cast<size_t>(std::lower_bound(rows.begin(), rows.end(), r) - rows.begin()); };
    const size_t from = entryAt(first);
    NJ_RETURN_IF_ERROR(reader->scan(from, entryAt(end) - from, [&](size_t entry, std::string_view text) {
        const uint32_t at = reader->dense() ? static_cast<uint32_t>(entry) : rows[entry];
        if (!gapsTo(at))
            return false;
        ++row;
        stopped = !visit(at, text);
        return !stopped;
    }));
    gapsTo(end);
    return {};
}

// Bodies out of the originals where they are part of them, else from their own column.
Status ColumnSegment::scanBody(uint32_t firstRow, uint32_t rowCount, const std::function<bool(uint32_t, std::string_view)>& visit) const {
    if (rowCount == 0)
        return {};
    NJ_ASSIGN(const uint64_t unused, numberAt(Column::kBodyOffset, firstRow));
    (void)unused;
    const auto& offsets = *decoded_[static_cast<uint16_t>(Column::kBodyOffset)];
    const auto begin = offsets.begin() + firstRow;
    const bool anyInside = std::any_of(begin, begin + rowCount, [](uint64_t o) { return o != 0; });
    const bool anyOwn = std::any_of(begin, begin + rowCount, [](uint64_t o) { return o == 0; });
    if (!anyInside) {
        NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(Column::kBody)));
        if (!reader) {
            for (uint32_t row = firstRow; row < firstRow + rowCount; ++row)
                if (!visit(row, {}))
                    return {};
            return {};
        }
        if (reader->dense())
            return reader->scan(firstRow, rowCount, [&](size_t entry, std::string_view text) { return visit(static_cast<uint32_t>(entry), text); });
    }
    std::vector<std::string> own(anyOwn ? rowCount : 0);
    if (anyOwn) {
        NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(Column::kBody)));
        for (uint32_t i = 0; reader && i < rowCount; ++i) {
            const size_t entry = reader->entryOf(firstRow + i);
            if (entry == reader->entries())
                continue;
            // Entries of neighbouring rows follow one another: read the whole stretch in one scan.
            uint32_t at = i;
            NJ_RETURN_IF_ERROR(reader->scan(entry, reader->entries() - entry, [&](size_t next, std::string_view text) {
                while (at < rowCount && reader->entryOf(firstRow + at) != next)
                    ++at;
                if (at < rowCount)
                    own[at] = text;
                return at + 1 < rowCount;
            }));
            break;
        }
    }
    NJ_ASSIGN(const uint64_t ignored, numberAt(Column::kBodyRest, firstRow));
    (void)ignored;
    const auto& rests = *decoded_[static_cast<uint16_t>(Column::kBodyRest)];
    bool broken = false;
    NJ_RETURN_IF_ERROR(scanText(TextColumn::kOriginal, firstRow, rowCount, [&](uint32_t row, std::string_view original) {
        if (offsets[row] == 0)
            return visit(row, own[row - firstRow]);
        const uint64_t offset = offsets[row] - 1;
        broken = offset > original.size() || rests[row] > original.size() - offset;
        return !broken && visit(row, original.substr(offset, original.size() - offset - rests[row]));
    }));
    if (broken)
        return damaged("a log body lies outside its record");
    return {};
}

Result<bool> ColumnSegment::mayContainToken(std::string_view token, uint32_t firstRow, uint32_t rowCount) const {
    NJ_ASSIGN(const std::string* bytes, blob(Column::kTokenFilters));
    const auto tokens = tokensOf(token);
    if (bytes == nullptr || tokens.size() != 1 || tokens[0].size() != token.size() || firstRow >= info_->rows || rowCount == 0)
        return bytes == nullptr ? info_->signal != Signal::kLog : true;
    const uint64_t key = std::max<uint64_t>(1, tokenKey(token));
    ByteReader in(*bytes);
    const auto blocks = in.fixed<uint32_t>();
    if (blocks != (info_->rows + kTokenBlockRows - 1) / kTokenBlockRows || blocks > in.left() / 4)
        return damaged("the token filters of a segment have the wrong size");
    const std::string_view filters = std::string_view(*bytes).substr(4 + size_t{blocks} * 4);
    const size_t last = (std::min<size_t>(info_->rows, size_t{firstRow} + rowCount) - 1) / kTokenBlockRows;
    size_t begin = 0;
    for (size_t block = 0; block <= last; ++block) {
        const size_t end = in.fixed<uint32_t>();
        if (end < begin || end > filters.size())
            return damaged("the token filters of a segment contradict themselves");
        if (block >= firstRow / kTokenBlockRows && filterMayContain(filters.substr(begin, end - begin), key))
            return true;
        begin = end;
    }
    return false;
}

Result<AttributeValues> ColumnSegment::attribute(std::string_view key, ValueType type) const {
    AttributeValues out;
    out.type = type;
    for (size_t index = 0; index < info_->attributes.size(); ++index) {
        const AttributeInfo& attribute = info_->attributes[index];
        if (attribute.key != key || attribute.type != type)
            continue;
        if (attribute.residual)
            return residualValues(index);
        NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(static_cast<size_t>(Column::kFirstAttribute) + index)));
        const bool fits = reader && (isText(type)                      ? reader->kind() <= ValueKind::kPlain
                                     : type == ValueType::kDouble      ? reader->kind() == ValueKind::kDouble
                                     : type == ValueType::kEmpty       ? reader->kind() == ValueKind::kEmpty
                                                                       : reader->kind() == ValueKind::kInteger);
        if (!fits)
            return damaged("an attribute column is missing or of another type");
        NJ_RETURN_IF_ERROR(reader->readAll(out));
        // A dense column of empty values has no entries to count: name its rows.
        if (type == ValueType::kEmpty && out.dense) {
            out.dense = false;
            for (uint32_t row = 0; row < info_->rows; ++row)
                out.rows.push_back(row);
        }
        return out;
    }
    return out;
}

Result<AttributeValues> ColumnSegment::residualValues(size_t index) const {
    AttributeValues out;
    out.type = info_->attributes[index].type;
    NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(Column::kResidual)));
    if (!reader)
        return damaged("the rare attributes of a segment are missing");
    const std::vector<uint32_t> rows = reader->rows();
    bool broken = false;
    NJ_RETURN_IF_ERROR(reader->scan(0, reader->entries(), [&](size_t entry, std::string_view bytes) {
        ByteReader in(bytes);
        AttributeValue value;
        while (in.left() > 0 && !broken) {
            const uint64_t at = in.varint();
            broken = at >= info_->attributes.size() || !readResidual(in, info_->attributes[at].type, value);
            if (!broken && at == index) {
                out.rows.push_back(reader->dense() ? static_cast<uint32_t>(entry) : rows[entry]);
                appendValue(out, value);
                break;
            }
        }
        return !broken;
    }));
    if (broken)
        return damaged("the rare attributes of a row cannot be read");
    return out;
}

Result<AttributeList> ColumnSegment::attributes(uint32_t row) const {
    if (row >= info_->rows)
        return makeError(ErrorCode::kInvalidArgument, "no such row in the segment");
    NJ_ASSIGN(auto lists, attributes(row, 1));
    return std::move(lists.front());
}

Result<std::vector<AttributeList>> ColumnSegment::attributes(uint32_t firstRow, uint32_t rowCount) const {
    const uint32_t first = std::min(firstRow, info_->rows);
    std::vector<AttributeList> lists(std::min(rowCount, info_->rows - first));
    for (size_t index = 0; index < info_->attributes.size() && !info_->attributes[index].residual; ++index)
        NJ_RETURN_IF_ERROR(appendColumn(index, first, lists));
    NJ_RETURN_IF_ERROR(appendResidual(first, lists));
    return lists;
}

// The values of one attribute column in the rows from `first` on, each at the end of its row's list.
Status ColumnSegment::appendColumn(size_t index, uint32_t first, std::vector<AttributeList>& lists) const {
    const AttributeInfo& info = info_->attributes[index];
    NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(static_cast<size_t>(Column::kFirstAttribute) + index)));
    if (!reader)
        return damaged("an attribute column is missing");
    const auto append = [&](uint32_t row) -> AttributeValue& {
        AttributeList& list = lists[row - first];
        list.push_back({info.key, {}});
        list.back().value.type = info.type;
        return list.back().value;
    };
    const EntryRange range = entriesOf(*reader, first, lists.size());
    if (isText(info.type))
        return reader->scan(range.from, range.to - range.from, [&](size_t entry, std::string_view text) {
            append(range.row(entry)).text = text;
            return true;
        });
    std::vector<uint64_t> numbers;
    if (info.type != ValueType::kEmpty && range.from < range.to) {
        NJ_ASSIGN(numbers, reader->numbers(range.from, range.to - range.from));
    }
    for (size_t entry = range.from; entry < range.to; ++entry) {
        AttributeValue& value = append(range.row(entry));
        if (info.type == ValueType::kDouble)
            value.number = std::bit_cast<double>(numbers[entry - range.from]);
        else if (info.type != ValueType::kEmpty)
            value.integer = unordered(numbers[entry - range.from]);
    }
    return {};
}

// The rare attributes, kept together row by row.
Status ColumnSegment::appendResidual(uint32_t first, std::vector<AttributeList>& lists) const {
    NJ_ASSIGN(const auto reader, values(static_cast<uint16_t>(Column::kResidual)));
    if (!reader)
        return {};
    const EntryRange range = entriesOf(*reader, first, lists.size());
    bool broken = false;
    NJ_RETURN_IF_ERROR(reader->scan(range.from, range.to - range.from, [&](size_t entry, std::string_view bytes) {
        ByteReader in(bytes);
        while (in.left() > 0 && !broken) {
            const uint64_t at = in.varint();
            AttributeValue value;
            broken = at >= info_->attributes.size() || !readResidual(in, info_->attributes[at].type, value);
            if (!broken)
                lists[range.row(entry) - first].push_back({info_->attributes[at].key, std::move(value)});
        }
        return !broken;
    }));
    return broken ? Status(damaged("the rare attributes of a row cannot be read")) : Status();
}

}  // namespace nj::store

#include "store/attribute_encoder.h"

#include <algorithm>
#include <bit>
#include <map>

#include "store/byte_io.h"
#include "store/value_column.h"

namespace nj::store {
void AttributeEncoder::encode() {
    collect();
    choose();
    size_t index = 0;
    for (; index < keys_.size() && !keys_[index].info.residual; ++index)
        builder_.put(static_cast<uint16_t>(static_cast<size_t>(Column::kFirstAttribute) + index), column(keys_[index]));
    residual(index);
    for (const Key& key : keys_)
        builder_.info().attributes.push_back(key.info);
}

void AttributeEncoder::collect() {
    std::map<std::pair<std::string_view, ValueType>, size_t> known;
    for (const AttributePart& part : parts_) {
        for (const auto& column : part.columns->columns()) {
            const auto first = std::lower_bound(column.rows.begin(), column.rows.end(), part.from);
            const auto last = std::lower_bound(first, column.rows.end(), part.to);
            if (first == last)
                continue;
            const auto [it, added] = known.try_emplace({column.key, column.type}, keys_.size());
            if (added) {
                keys_.emplace_back();
                keys_.back().info.key = column.key;
                keys_.back().info.type = column.type;
            }
            Key& key = keys_[it->second];
            key.info.rows += static_cast<uint32_t>(last - first);
            key.pieces.push_back({&column, static_cast<size_t>(first - column.rows.begin()), static_cast<size_t>(last - column.rows.begin()),
                                  part.base - part.from});
        }
    }
}

void AttributeEncoder::choose() {
    const size_t needed = (builder_.rows() + 99) / 100;
    std::stable_sort(keys_.begin(), keys_.end(), [](const Key& a, const Key& b) { return a.info.rows > b.info.rows; });
    for (size_t i = 0; i < keys_.size(); ++i)
        keys_[i].info.residual = i >= kMaxAttributeColumns || keys_[i].info.rows < needed;
}

std::string AttributeEncoder::column(const Key& key) const {
    present_.assign(builder_.rows(), key.info.rows == builder_.rows() ? 1 : 0);
    if (key.info.rows != builder_.rows())
        for (const Piece& piece : key.pieces)
            for (size_t entry = piece.first; entry < piece.last; ++entry)
                present_[builder_.order().newOf[piece.column->rows[entry] + piece.shift]] = 1;
    return isText(key.info.type) ? textColumn(key) : numberColumn(key);
}

// Batch codes become segment codes through one table per batch: a row costs an array lookup, no hashing.
std::string AttributeEncoder::textColumn(const Key& key) const {
    const auto& newOf = builder_.order().newOf;
    StringTable dictionary;
    std::vector<uint32_t> byRow(builder_.rows());
    for (const Piece& piece : key.pieces) {
        std::vector<uint32_t> codeOf(piece.column->texts.size(), kNoIndex);
        for (size_t entry = piece.first; entry < piece.last && dictionary.size() <= kMaxCodedValues; ++entry) {
            uint32_t& code = codeOf[piece.column->codes[entry]];
            if (code == kNoIndex)
                code = dictionary.intern(builder_.cut(piece.column->texts.view(piece.column->codes[entry]), key.info.key));
            byRow[newOf[piece.column->rows[entry] + piece.shift]] = code;
        }
        if (dictionary.size() > kMaxCodedValues)
            break;
    }
    if (dictionary.size() <= kMaxCodedValues) {
        std::vector<uint32_t> codes;
        codes.reserve(key.info.rows);
        for (size_t row = 0; row < present_.size(); ++row)
            if (present_[row] != 0)
                codes.push_back(byRow[row]);
        return encodeCodedColumn(builder_.compressor(), present_, codes, dictionary);
    }
    std::vector<std::string_view> texts(builder_.rows()), values;
    for (const Piece& piece : key.pieces)
        for (size_t entry = piece.first; entry < piece.last; ++entry)
            texts[newOf[piece.column->rows[entry] + piece.shift]] = piece.column->texts.view(piece.column->codes[entry]);
    values.reserve(key.info.rows);
    for (size_t row = 0; row < present_.size(); ++row)
        if (present_[row] != 0)
            values.push_back(builder_.cut(texts[row], key.info.key));
    return encodePlainColumn(builder_.compressor(), present_, values);
}

std::string AttributeEncoder::numberColumn(const Key& key) const {
    const bool real = key.info.type == ValueType::kDouble;
    const ValueKind kind = key.info.type == ValueType::kEmpty ? ValueKind::kEmpty : real ? ValueKind::kDouble : ValueKind::kInteger;
    std::vector<uint64_t> byRow(builder_.rows());
    if (kind != ValueKind::kEmpty)
        for (const Piece& piece : key.pieces)
            for (size_t entry = piece.first; entry < piece.last; ++entry)
                byRow[builder_.order().newOf[piece.column->rows[entry] + piece.shift]] =
                    real ? std::bit_cast<uint64_t>(piece.column->numbers[entry]) : ordered(piece.column->integers[entry]);
    if (key.info.rows == builder_.rows())
        return encodeNumberColumn(builder_.compressor(), kind, present_, byRow);
    std::vector<uint64_t> values;
    for (size_t row = 0; row < byRow.size(); ++row)
        if (present_[row] != 0)
            values.push_back(byRow[row]);
    return encodeNumberColumn(builder_.compressor(), kind, present_, values);
}

void AttributeEncoder::residual(size_t firstIndex) {
    std::map<uint32_t, ByteWriter> rows;
    for (size_t index = firstIndex; index < keys_.size(); ++index) {
        const Key& key = keys_[index];
        for (const Piece& piece : key.pieces) {
            for (size_t entry = piece.first; entry < piece.last; ++entry) {
                ByteWriter& out = rows[builder_.order().newOf[piece.column->rows[entry] + piece.shift]];
                const AttributeValue value = piece.column->value(entry);
                if (out.size() + value.text.size() + 32 > kMaxTextBytes) {
                    builder_.note(HealthSeverity::kLost, "attribute beyond 8 MiB of rare attributes on one row dropped", key.info.key);
                    continue;
                }
                out.varint(index);
                if (isText(value.type))
                    out.text(value.text);
                else if (value.type == ValueType::kDouble)
                    out.fixed(value.number);
                else if (value.type != ValueType::kEmpty)
                    out.zigzag(value.integer);
            }
        }
    }
    if (rows.empty())
        return;
    std::vector<uint8_t> present(builder_.rows(), 0);
    std::vector<std::string_view> texts;
    for (auto& [row, bytes] : rows) {
        present[row] = 1;
        texts.emplace_back(bytes.bytes());
    }
    builder_.put(Column::kResidual, encodePlainColumn(builder_.compressor(), present, texts));
}

void SegmentBuilder::attributes(const std::vector<AttributePart>& parts) { AttributeEncoder(*this, parts).encode(); }

}  // namespace nj::store

#include "store/value_column.h"

#include <algorithm>
#include <cstring>

#include "store/byte_io.h"
#include "store/damaged.h"
#include "store/segment_columns.h"

namespace nj::store {
namespace {

enum class Presence : uint8_t { kAll = 0, kList = 1, kBitmap = 2 };
constexpr size_t kHeadSize = 8;

// Kind, presence, entry count, rows.
ByteWriter beginColumn(ValueKind kind, std::span<const uint8_t> present) {
    size_t entries = 0;
    for (const uint8_t p : present)
        entries += p;
    const Presence presence = entries == present.size() ? Presence::kAll : entries * 16 < present.size() ? Presence::kList : Presence::kBitmap;
    ByteWriter out;
    out.fixed(static_cast<uint8_t>(kind));
    out.fixed(static_cast<uint8_t>(presence));
    out.fixed(uint16_t{0});
    out.fixed(static_cast<uint32_t>(entries));
    if (presence == Presence::kList) {
        for (size_t row = 0; row < present.size(); ++row)
            if (present[row] != 0)
                out.fixed(static_cast<uint16_t>(row));
    } else if (presence == Presence::kBitmap) {
        std::string bits((present.size() + 7) / 8, '\0');
        for (size_t row = 0; row < present.size(); ++row)
            if (present[row] != 0)
                bits[row / 8] = static_cast<char>(bits[row / 8] | (1 << (row % 8)));
        out.raw(bits);
    }
    return out;
}

// A stretch of another source.
class SubSource final : public ByteSource {
public:
    SubSource(const ByteSource& source, size_t offset, size_t size) : source_(source), offset_(offset), size_(size) {}
    [[nodiscard]] size_t size() const override { return size_; }
    Result<std::string> read(size_t offset, size_t length) const override {
        if (offset > size_ || length > size_ - offset)
            return damaged("a column is shorter than its directory says");
        return source_.read(offset_ + offset, length);
    }

private:
    const ByteSource& source_;
    size_t offset_, size_;
};

Status appendTexts(const ByteSource& source, size_t entries, const std::function<void(std::string_view)>& append) {
    NJ_ASSIGN(const TextFrameReader frames, TextFrameReader::open(source, entries));
    std::string buffer;
    std::vector<std::string_view> texts;
    for (size_t frame = 0; frame < frames.frameCount(); ++frame) {
        NJ_RETURN_IF_ERROR(frames.readFrame(source, frame, buffer, texts));
        for (const auto text : texts)
            append(text);
    }
    return {};
}

}  // namespace

std::string encodeCodedColumn(Compressor& compressor, std::span<const uint8_t> present, std::span<const uint32_t> codes, const StringTable& dictionary) {
    ByteWriter out = beginColumn(ValueKind::kCoded, present);
    TextFrameWriter texts(compressor);
    for (uint32_t code = 0; code < dictionary.size(); ++code)
        texts.add(dictionary.view(code));
    const std::string table = texts.finish();
    out.fixed(static_cast<uint32_t>(dictionary.size()));
    out.fixed(static_cast<uint32_t>(table.size()));
    out.raw(table);
    const std::vector<uint64_t> wide(codes.begin(), codes.end());
    out.raw(encodeFixedFrames(compressor, wide));
    return out.take();
}

std::string encodePlainColumn(Compressor& compressor, std::span<const uint8_t> present, std::span<const std::string_view> texts) {
    ByteWriter out = beginColumn(ValueKind::kPlain, present);
    TextFrameWriter frames(compressor);
    for (const auto text : texts)
        frames.add(text);
    out.raw(frames.finish());
    return out.take();
}

std::string encodeNumberColumn(Compressor& compressor, ValueKind kind, std::span<const uint8_t> present, std::span<const uint64_t> values) {
    ByteWriter out = beginColumn(kind, present);
    if (kind != ValueKind::kEmpty)
        out.raw(encodeFixedFrames(compressor, values));
    return out.take();
}

Result<ValueColumnReader> ValueColumnReader::open(std::shared_ptr<const ByteSource> source, size_t rows) {
    ValueColumnReader reader;
    NJ_ASSIGN(const std::string head, source->read(0, kHeadSize));
    ByteReader in(head);
    const auto kind = in.fixed<uint8_t>();
    const auto presence = in.fixed<uint8_t>();
    in.fixed<uint16_t>();
    const auto entries = in.fixed<uint32_t>();
    if (kind > static_cast<uint8_t>(ValueKind::kEmpty) || presence > static_cast<uint8_t>(Presence::kBitmap) || entries > rows)
        return damaged("a column of values has an impossible head");
    reader.kind_ = static_cast<ValueKind>(kind);
    reader.entries_ = entries;
    reader.rowCount_ = rows;
    reader.body_ = kHeadSize;
    reader.dense_ = presence == static_cast<uint8_t>(Presence::kAll);
    if (reader.dense_ && entries != rows)
        return damaged("a column of values lacks rows");
    if (presence == static_cast<uint8_t>(Presence::kList)) {
        NJ_ASSIGN(const std::string list, source->read(reader.body_, size_t{entries} * 2));
        ByteReader at(list);
        for (size_t i = 0; i < entries; ++i) {
            const auto row = at.fixed<uint16_t>();
            if (row >= rows || (i > 0 && row <= reader.rows_.back()))
                return damaged("the rows of a column are out of order");
            reader.rows_.push_back(row);
        }
        reader.body_ += list.size();
    } else if (presence == static_cast<uint8_t>(Presence::kBitmap)) {
        NJ_ASSIGN(const std::string bits, source->read(reader.body_, (rows + 7) / 8));
        for (uint32_t row = 0; row < rows; ++row)
            if ((static_cast<unsigned char>(bits[row / 8]) >> (row % 8) & 1) != 0)
                reader.rows_.push_back(row);
        if (reader.rows_.size() != entries)
            return damaged("the rows of a column do not match their count");
        reader.body_ += bits.size();
    }
    if (reader.kind_ == ValueKind::kCoded) {
        NJ_ASSIGN(const std::string sizes, source->read(reader.body_, 8));
        ByteReader at(sizes);
        reader.distinct_ = at.fixed<uint32_t>();
        reader.dictionarySize_ = at.fixed<uint32_t>();
        reader.body_ += 8;
        if (reader.distinct_ > kMaxCodedValues || reader.dictionarySize_ > source->size() - reader.body_ || (entries > 0 && reader.distinct_ == 0))
            return damaged("a dictionary has an impossible size");
    }
    reader.source_ = std::move(source);
    return reader;
}

size_t ValueColumnReader::entryOf(uint32_t row) const {
    if (dense_)
        return row < entries_ ? row : entries_;
    const auto it = std::lower_bound(rows_.begin(), rows_.end(), row);
    return it != rows_.end() && *it == row ? static_cast<size_t>(it - rows_.begin()) : entries_;
}

std::vector<uint32_t> ValueColumnReader::rows() const { return rows_; }

// Values [first, first + count) of the column's fixed frames: hops over the frames before, unpacks each one in the way once.
Result<std::vector<uint64_t>> ValueColumnReader::fixedRange(size_t offset, size_t first, size_t count) const {
    constexpr size_t kFrameHead = 14;
    std::vector<uint64_t> out;
    out.reserve(count);
    for (size_t start = 0; start < entries_ && start < first + count; start += kFixedFrameEntries) {
        NJ_ASSIGN(const std::string head, source_->read(offset, kFrameHead));
        ByteReader in(head);
        in.raw(10);
        const size_t size = kFrameHead + in.fixed<uint32_t>();
        const size_t n = std::min(kFixedFrameEntries, entries_ - start);
        if (first < start + n) {
            NJ_ASSIGN(const std::string frame, source_->read(offset, size));
            NJ_ASSIGN(const auto values, decodeFixedFrames(frame, n));
            const auto from = static_cast<std::ptrdiff_t>(std::max(first, start) - start);
            const auto to = static_cast<std::ptrdiff_t>(std::min(first + count, start + n) - start);
            out.insert(out.end(), values.begin() + from, values.begin() + to);
        }
        offset += size;
    }
    if (out.size() != count)
        return damaged("a value outside its column was asked for");
    return out;
}

Result<std::string> ValueColumnReader::text(size_t entry) const {
    if (kind_ == ValueKind::kPlain) {
        const SubSource plain(*source_, body_, source_->size() - body_);
        NJ_ASSIGN(const TextFrameReader frames, TextFrameReader::open(plain, entries_));
        return frames.readText(plain, entry);
    }
    if (kind_ != ValueKind::kCoded)
        return damaged("a column of numbers where texts belong");
    std::string out;
    NJ_RETURN_IF_ERROR(scan(entry, 1, [&](size_t, std::string_view text) {
        out = text;
        return true;
    }));
    return out;
}

Result<std::vector<uint64_t>> ValueColumnReader::numbers(size_t first, size_t count) const {
    if (kind_ != ValueKind::kInteger && kind_ != ValueKind::kDouble)
        return damaged("a column of texts where numbers belong");
    return fixedRange(body_, first, count);
}

Status ValueColumnReader::readAll(AttributeValues& values) const {
    values.dense = dense_;
    values.rows = rows_;
    if (kind_ == ValueKind::kEmpty)
        return {};
    if (kind_ == ValueKind::kPlain)
        return appendTexts(SubSource(*source_, body_, source_->size() - body_), entries_, [&](std::string_view t) { values.texts.append(t); });
    const size_t at = body_ + dictionarySize_;
    NJ_ASSIGN(const std::string frames, source_->read(at, source_->size() - at));
    NJ_ASSIGN(const auto numbers, decodeFixedFrames(frames, entries_));
    if (kind_ == ValueKind::kInteger) {
        values.integers.reserve(entries_);
        for (const uint64_t number : numbers)
            values.integers.push_back(unordered(number));
        return {};
    }
    if (kind_ == ValueKind::kDouble) {
        values.numbers.resize(entries_);
        std::memcpy(values.numbers.data(), numbers.data(), entries_ * 8);
        return {};
    }
    values.coded = true;
    NJ_RETURN_IF_ERROR(appendTexts(SubSource(*source_, body_, dictionarySize_), distinct_, [&](std::string_view t) { values.dictionary.append(t); }));
    values.codes.reserve(entries_);
    for (const uint64_t code : numbers) {
        if (code >= distinct_)
            return damaged("a code outside its dictionary");
        values.codes.push_back(static_cast<uint16_t>(code));
    }
    return {};
}

Status ValueColumnReader::scan(size_t first, size_t count, const std::function<bool(size_t, std::string_view)>& visit) const {
    if (count == 0)
        return {};
    if (kind_ == ValueKind::kCoded)
        return scanCoded(first, std::min(first + count, entries_), visit);
    const SubSource plain(*source_, body_, source_->size() - body_);
    NJ_ASSIGN(const TextFrameReader frames, TextFrameReader::open(plain, entries_));
    std::string buffer;
    std::vector<std::string_view> texts;
    const size_t end = std::min(first + count, entries_);
    for (size_t frame = frames.frameOf(first); frame < frames.frameCount() && frames.firstEntry(frame) < end; ++frame) {
        NJ_RETURN_IF_ERROR(frames.readFrame(plain, frame, buffer, texts));
        for (size_t entry = std::max(first, frames.firstEntry(frame)); entry < std::min(end, frames.endEntry(frame)); ++entry)
            if (!visit(entry, texts[entry - frames.firstEntry(frame)]))
                return {};
    }
    return {};
}

// Only the frames of the dictionary that the codes name are read.
Status ValueColumnReader::scanCoded(size_t first, size_t end, const std::function<bool(size_t, std::string_view)>& visit) const {
    if (first >= end)
        return {};
    NJ_ASSIGN(const std::vector<uint64_t> codes, fixedRange(body_ + dictionarySize_, first, end - first));
    const SubSource table(*source_, body_, dictionarySize_);
    NJ_ASSIGN(const TextFrameReader frames, TextFrameReader::open(table, distinct_));
    struct Loaded {
        std::string buffer;
        std::vector<std::string_view> texts;   // into the buffer
    };
    std::vector<std::unique_ptr<Loaded>> loaded(frames.frameCount());
    for (size_t entry = first; entry < end; ++entry) {
        const uint64_t code = codes[entry - first];
        if (code >= distinct_)
            return damaged("a code outside its dictionary");
        const size_t frame = frames.frameOf(code);
        if (!loaded[frame]) {
            loaded[frame] = std::make_unique<Loaded>();
            NJ_RETURN_IF_ERROR(frames.readFrame(table, frame, loaded[frame]->buffer, loaded[frame]->texts));
        }
        if (!visit(entry, loaded[frame]->texts[code - frames.firstEntry(frame)]))
            return {};
    }
    return {};
}

}  // namespace nj::store

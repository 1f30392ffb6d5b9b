// Columns of optional values: attributes and the texts of a row. Which rows have one, then the values: coded texts, plain texts,
// integers or doubles. FORMAT.md, "Value columns". Encoders belong to one thread; the reader takes untrusted bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "store/frames.h"
#include "store/segment_view.h"

namespace nj::store {

enum class ValueKind : uint8_t { kCoded = 0, kPlain = 1, kInteger = 2, kDouble = 3, kEmpty = 4 };

// `present` by row; the values belong to the present rows in order.
std::string encodeCodedColumn(Compressor& compressor, std::span<const uint8_t> present, std::span<const uint32_t> codes, const StringTable& dictionary);
std::string encodePlainColumn(Compressor& compressor, std::span<const uint8_t> present, std::span<const std::string_view> texts);
// Integers as ordered(), doubles as their bits.
std::string encodeNumberColumn(Compressor& compressor, ValueKind kind, std::span<const uint8_t> present, std::span<const uint64_t> values);

class ValueColumnReader {
public:
    // Reads the head; `rows` of the segment. The source must outlive the reader.
    static Result<ValueColumnReader> open(std::shared_ptr<const ByteSource> source, size_t rows);
    [[nodiscard]] ValueKind kind() const { return kind_; }
    [[nodiscard]] size_t entries() const { return entries_; }
    [[nodiscard]] bool dense() const { return dense_; }
    // Entry of a row, or entries() where it has none.
    [[nodiscard]] size_t entryOf(uint32_t row) const;
    [[nodiscard]] std::vector<uint32_t> rows() const;
    Result<std::string> text(size_t entry) const;
    // Of entries [first, first + count): integers as ordered(), doubles as their bits.
    Result<std::vector<uint64_t>> numbers(size_t first, size_t count) const;
    // Everything, into the columns of `values`.
    Status readAll(AttributeValues& values) const;
    // Texts of entries [first, first + count) in order.
    Status scan(size_t first, size_t count, const std::function<bool(size_t, std::string_view)>& visit) const;

private:
    Result<std::vector<uint64_t>> fixedRange(size_t offset, size_t first, size_t count) const;
    Status scanCoded(size_t first, size_t end, const std::function<bool(size_t, std::string_view)>& visit) const;
    std::shared_ptr<const ByteSource> source_;
    ValueKind kind_ = ValueKind::kEmpty;
    bool dense_ = false;
    size_t rowCount_ = 0, entries_ = 0;
    std::vector<uint32_t> rows_;                    // when not dense
    size_t body_ = 0;                               // offset of what follows the head
    size_t distinct_ = 0, dictionarySize_ = 0;      // coded
};

}  // namespace nj::store

// Cuts delimiter-separated text into records and cells as RFC 4180 says: quoted cells may hold the delimiter, line ends and doubled quotes.
// Takes arbitrary chunks of UTF-8; a record over 1 MiB (a quote that is never closed) is rejected and reading goes on with the next line.
// One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nj::format {

struct CsvRecord {
    std::span<const std::string_view> cells;   // without quotes and the blanks around them; good until the next record
    std::string_view original;                 // without its line end
    uint64_t line = 0;                         // its first, from 1
    [[nodiscard]] bool blank() const { return cells.empty() || (cells.size() == 1 && cells[0].empty()); }
};

class CsvSplitter {
public:
    static constexpr size_t kMaxRecord = 1U << 20;
    static constexpr size_t kMaxCells = 4096;      // of one record; what is beyond is left out

    using Take = std::function<bool(const CsvRecord&)>;                            // false = stop
    using Reject = std::function<void(std::string_view example, uint64_t line)>;   // a record over the limit

    explicit CsvSplitter(char delimiter) : delimiter_(delimiter) {}
    // False when `take` wanted no more.
    bool feed(std::string_view text, const Take& take, const Reject& reject);
    // The end of the input: the last record may lack its line end.
    bool finish(const Take& take, const Reject& reject);
    // Bytes of a record whose end was not seen yet.
    [[nodiscard]] size_t pending() const { return buffer_.size(); }

private:
    bool findEnd();
    bool endRecord(size_t end, const Take& take);
    void skipRecord(const Reject& reject);
    void split(std::string_view record);
    std::string_view cellOf(std::string_view cell);

    const char delimiter_;
    std::string buffer_;
    size_t start_ = 0, scanned_ = 0;
    uint64_t line_ = 1;
    bool atStart_ = true, quotedCell_ = false, inQuotes_ = false, skippingLine_ = false;
    std::vector<std::string_view> cells_;
    std::deque<std::string> unescaped_;
    size_t unescapedUsed_ = 0;
};

}  // namespace nj::format

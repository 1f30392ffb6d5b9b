#include "format/csv_reader.h"

#include <algorithm>

namespace nj::format {
namespace {

constexpr size_t kLearnBytes = 64U << 10;
constexpr size_t kMaxHeader = 32U << 10;

}  // namespace

std::optional<CsvLayout> sniffCsvLayout(const Sample& sample) {
    std::string head;
    LogEncoding encoding;
    encoding.decode(sample.bytes.substr(0, kLearnBytes), head);
    encoding.finish(head);
    const size_t first = head.find_first_not_of(" \t\r\n");
    if (first == std::string::npos || head.find('\0') != std::string::npos || head[first] == '{' || head[first] == '[' || head[first] == '<')
        return std::nullopt;
    // Only a line with one of the delimiters can be a header.
    const std::string_view line = std::string_view(head).substr(0, head.find('\n'));
    if (line.size() > kMaxHeader || line.find_first_of(",;\t|") == std::string_view::npos)
        return std::nullopt;
    if (!sample.complete)
        head.resize(head.rfind('\n') == std::string::npos ? head.size() : head.rfind('\n') + 1);
    return findCsvLayout(head);
}

Status CsvReader::learn() {
    layout_ = findCsvLayout(std::string_view(head_).substr(0, kLearnBytes));
    if (!layout_)
        return makeError(ErrorCode::kMalformed, "no table with a header line and a column of times");
    splitter_.emplace(layout_->delimiter);
    return {};
}

Status CsvReader::feed(std::string_view chunk, const BatchConsumer& out) {
    encoding_.decode(chunk, head_);
    if (!layout_ && head_.size() < kLearnBytes)
        return {};
    if (!layout_)
        NJ_RETURN_IF_ERROR(learn());
    return drain(false, out) ? Status() : makeError(ErrorCode::kCancelled, "stopped");
}

Status CsvReader::pause(const BatchConsumer& out) {
    if (!layout_) {
        // Without a row the header may still be on its way; half a row says nothing.
        layout_ = findCsvLayout(std::string_view(head_).substr(0, head_.rfind('\n') + 1));
        if (!layout_)
            return {};
        splitter_.emplace(layout_->delimiter);
    }
    return drain(false, out) && flushSome(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped");
}

Status CsvReader::finish(const BatchConsumer& out) {
    encoding_.finish(head_);
    if (!layout_)
        NJ_RETURN_IF_ERROR(learn());
    return drain(true, out) && flushAll(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped");
}

bool CsvReader::drain(bool last, const BatchConsumer& out) {
    const auto takeOne = [&](const CsvRecord& record) {
        take(record);
        return flushIfFull(out);
    };
    const auto tooLong = [&](std::string_view example, uint64_t line) { reject("CSV record over 1 MiB: a quote is not closed", example, line); };
    const bool more = splitter_->feed(head_, takeOne, tooLong);
    head_.clear();
    return more && (!last || splitter_->finish(takeOne, tooLong));
}

void CsvReader::take(const CsvRecord& record) {
    if (record.blank()) {
        expectHeader_ = true;
        return;
    }
    if (isCsvDirective(record))
        return;
    const bool same = record.cells.size() == layout_->names.size() &&
                      std::equal(record.cells.begin(), record.cells.end(), layout_->names.begin(), [](std::string_view cell, const std::string& name) { return csvColumnName(cell) == name; });
    if (same) {
        if (!headed_)
            takeHeader(*layout_);
        headed_ = true;
        expectHeader_ = false;
        return;
    }
    if (!headed_)
        return;   // what stands above the header
    ParsedTime time;
    if (expectHeader_ && !parseCsvTime(*layout_, record.cells, time)) {
        if (auto next = layoutOfHeader(record.cells, *layout_)) {
            layout_ = std::move(next);
            takeHeader(*layout_);
            expectHeader_ = false;
            return;
        }
    }
    expectHeader_ = false;
    if (record.cells.size() > layout_->names.size() && !record.cells[layout_->names.size()].empty()) {
        reject("CSV row with more cells than its header", record.original, record.line);
        return;
    }
    takeRow(*layout_, record);
}

}  // namespace nj::format

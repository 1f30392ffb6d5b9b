#include "format/csv_splitter.h"

#include <algorithm>

#include "format/log_text.h"

namespace nj::format {

// Goes on from scanned_; true at a line end outside quotes.
bool CsvSplitter::findEnd() {
    for (; scanned_ < buffer_.size(); ++scanned_) {
        const char c = buffer_[scanned_];
        if (c == '"' && quotedCell_) {
            inQuotes_ = !inQuotes_;   // a doubled quote goes out and in again
        } else if (!inQuotes_) {
            if (c == '\n')
                return true;
            if (c == delimiter_) {
                atStart_ = true;
                quotedCell_ = false;
            } else if (atStart_ && c == '"') {
                quotedCell_ = inQuotes_ = true;
                atStart_ = false;
            } else if (!text::isBlank(c)) {
                atStart_ = false;
            }
        }
    }
    return false;
}

std::string_view CsvSplitter::cellOf(std::string_view cell) {
    cell = text::trim(cell);
    if (cell.size() < 2 || cell.front() != '"')
        return cell;
    size_t at = 1;
    while (at < cell.size() && cell[at] != '"')
        ++at;
    if (at + 1 == cell.size())
        return cell.substr(1, at - 1);
    if (unescapedUsed_ == unescaped_.size())
        unescaped_.emplace_back();
    std::string& out = unescaped_[unescapedUsed_++];
    out.clear();
    bool inside = true;
    for (size_t i = 1; i < cell.size(); ++i) {
        if (cell[i] != '"' || !inside) {
            out += cell[i];
        } else if (i + 1 < cell.size() && cell[i + 1] == '"') {
            out += '"';
            ++i;
        } else {
            inside = false;
        }
    }
    return out;
}

void CsvSplitter::split(std::string_view record) {
    cells_.clear();
    unescapedUsed_ = 0;
    size_t from = 0;
    bool start = true, quoted = false, inside = false;
    for (size_t i = 0; i <= record.size() && cells_.size() < kMaxCells; ++i) {
        if (i == record.size() || (record[i] == delimiter_ && !inside)) {
            cells_.push_back(cellOf(record.substr(from, i - from)));
            from = i + 1;
            start = true;
            quoted = inside = false;
        } else if (record[i] == '"' && quoted) {
            inside = !inside;
        } else if (start && !text::isBlank(record[i])) {
            start = false;
            quoted = inside = record[i] == '"';
        }
    }
}

bool CsvSplitter::endRecord(size_t end, const Take& take) {
    std::string_view record = std::string_view(buffer_).substr(start_, end - start_);
    const auto lines = static_cast<uint64_t>(std::count(record.begin(), record.end(), '\n')) + 1;
    if (record.ends_with('\r'))
        record.remove_suffix(1);
    split(record);
    const bool more = take({cells_, record, line_});
    line_ += lines;
    start_ = scanned_ = std::min(end + 1, buffer_.size());
    atStart_ = true;
    quotedCell_ = inQuotes_ = false;
    return more;
}

// Reads on behind the first line of a record that does not end.
void CsvSplitter::skipRecord(const Reject& reject) {
    reject(std::string_view(buffer_).substr(start_, 200), line_);
    const size_t end = buffer_.find('\n', start_);
    skippingLine_ = end == std::string::npos;
    line_ += skippingLine_ ? 0 : 1;
    start_ = scanned_ = skippingLine_ ? buffer_.size() : end + 1;
    atStart_ = true;
    quotedCell_ = inQuotes_ = false;
}

bool CsvSplitter::feed(std::string_view text, const Take& take, const Reject& reject) {
    if (skippingLine_) {
        const size_t end = text.find('\n');
        if (end == std::string_view::npos)
            return true;
        text.remove_prefix(end + 1);
        skippingLine_ = false;
        ++line_;
    }
    buffer_.append(text);
    bool more = true;
    while (more) {
        if (findEnd())
            more = endRecord(scanned_, take);
        else if (scanned_ - start_ > kMaxRecord)
            skipRecord(reject);
        else
            break;
    }
    buffer_.erase(0, start_);
    scanned_ -= start_;
    start_ = 0;
    return more;
}

bool CsvSplitter::finish(const Take& take, const Reject& reject) {
    bool more = true;
    while (more && start_ < buffer_.size()) {
        const bool ended = findEnd();
        // A quote that is not closed until the end swallowed what may be good lines: only the first is doubtful.
        if (!ended && inQuotes_ && buffer_.find('\n', start_) != std::string::npos)
            skipRecord(reject);
        else
            more = endRecord(scanned_, take);
    }
    buffer_.clear();
    start_ = scanned_ = 0;
    return more;
}

}  // namespace nj::format

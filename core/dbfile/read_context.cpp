#include <fmt/format.h>

#include <algorithm>

#include "dbfile/tool_reader.h"

namespace nj::dbfile {
namespace {

constexpr uint64_t kProgressRows = 256;

}  // namespace

Status ReadContext::eachRow(std::string_view table, const std::vector<std::string_view>& columns, const OnRow& row, uint64_t limit) {
    if (!db_.has(table))
        return {};
    auto scan = sqlite::TableScan::open(db_, table, columns);
    if (!scan.ok()) {
        if (scan.error().code == ErrorCode::kCancelled && db_.stopped())
            return scan.error();
        damaged(table, scan.error());
        return {};
    }
    for (uint64_t count = 1;; ++count) {
        const auto more = scan->next();
        if (const uint64_t skipped = scan->takeSkipped(); skipped > 0)
            rows_.health(HealthSeverity::kRejected, "row over 64 MiB", table, skipped);
        if (!more.ok()) {
            if (more.error().code == ErrorCode::kCancelled)
                return more.error();
            damaged(table, more.error());
            return {};
        }
        if (!*more)
            return {};
        rows_.position = {0, static_cast<uint64_t>(std::max<int64_t>(0, scan->rowid()))};
        row(*scan);
        const uint64_t read = db_.bytesRead();
        rows_.addInputBytes(read - std::min(read, counted_));
        counted_ = read;
        if (progress_ && count % kProgressRows == 0)
            progress_(read);
        if (db_.stopped() || (rows_.full() && !rows_.flush(out_)))
            return makeError(ErrorCode::kCancelled, "reading was stopped");
        if (count == limit)
            return {};
    }
}

Status ReadContext::flush() {
    if (progress_)
        progress_(db_.bytesRead());
    return rows_.flush(out_) ? Status() : makeError(ErrorCode::kCancelled, "reading was stopped");
}

void ReadContext::damaged(std::string_view table, const Error& error) {
    rows_.health(HealthSeverity::kLost, fmt::format("the rest of the table {} can't be read", table.substr(0, 100)), error.message);
}

void ReadContext::assume(std::string sentence) {
    if (std::find(assumptions_.begin(), assumptions_.end(), sentence) == assumptions_.end())
        assumptions_.push_back(std::move(sentence));
}

void ReadContext::zoneAssumed() {
    if (zoneGiven_ || zoneAssumed_)
        return;
    zoneAssumed_ = true;
    assume("Times without a zone are taken as UTC.");
}

std::string ReadContext::assumptions() const {
    std::string out;
    for (const std::string& sentence : assumptions_)
        out += (out.empty() ? "" : " ") + sentence;
    return out;
}

}  // namespace nj::dbfile

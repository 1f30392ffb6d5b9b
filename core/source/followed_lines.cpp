#include "source/followed_lines.h"

#include <fmt/format.h>

namespace nj::source {
namespace {

constexpr size_t kSampleBytes = 64U << 10;
constexpr size_t kLongestLine = 16U << 20;   // a longer one is given to the reader in pieces, which cuts it
constexpr size_t kMostHeader = 64U << 10;

// The lines without which the rows of a table mean nothing.
std::string_view headerOf(std::string_view format, std::string_view head) {
    if (format == "log_columns" || format == "nvidia_smi_dmon") {
        size_t end = 0;
        while (end < head.size() && head[end] == '#') {
            const size_t newline = head.find('\n', end);
            if (newline == std::string_view::npos)
                break;
            end = newline + 1;
        }
        return head.substr(0, end);
    }
    if (format == "log_csv" || format == "series_csv" || format == "nvidia_smi_csv")
        return head.substr(0, head.find('\n') == std::string_view::npos ? 0 : head.find('\n') + 1);
    return {};
}

bool looksBinary(std::string_view bytes) {
    const bool utf16 = bytes.starts_with("\xff\xfe") || bytes.starts_with("\xfe\xff");
    return !utf16 && bytes.find('\0') != std::string_view::npos;
}

}  // namespace

void placeUntimed(Batch& batch) {
    LogColumns& logs = batch.logs;
    const TimeNs now = nowNs();
    for (size_t row = 0; row < logs.size(); ++row)
        if (logs.timeFlags[row] == kTimeNone) {
            logs.time[row] = logs.observedTime[row] = now;
            logs.timeFlags[row] = kTimeFromNeighbour;
        }
}

FollowedLines::FollowedLines(std::string path, std::string_view format) : path_(std::move(path)), format_(format::findFormat(format)) {}

bool FollowedLines::choose(std::string_view sample, bool last) {
    if (format_ == nullptr) {
        if (looksBinary(sample)) {
            problem_ = fmt::format("{}: neither text nor JSON", path_);
            return false;
        }
        format_ = format::detectFormat({sample, path_, last});
        // Lines without a time or a level are lines all the same.
        if (format_ == nullptr)
            format_ = format::findFormat("log_text");
    }
    format::ReaderOptions options;
    options.path = path_;
    options.now = nowNs();
    reader_ = format_->open(options);
    return true;
}

void FollowedLines::note(const Status& status) {
    if (!status.ok() && status.error().code != ErrorCode::kCancelled)
        problem_ = fmt::format("{}: {}", path_, status.error().message);
}

void FollowedLines::beginAfter(std::string_view head) {
    head = head.substr(0, head.rfind('\n') + 1);
    if (head.empty() || !choose(head.substr(0, kSampleBytes), false))
        return;
    if (const std::string_view header = headerOf(format_->name, head.substr(0, kMostHeader)); !header.empty())
        note(reader_->feed(header, [](Batch&&) { return true; }));
}

void FollowedLines::feed(size_t bytes, const format::BatchConsumer& out) {
    if (bytes == 0)
        return;
    note(reader_->feed(std::string_view(held_).substr(0, bytes), out));
    held_.erase(0, bytes);
}

void FollowedLines::add(std::string_view bytes, const format::BatchConsumer& out) {
    if (!problem_.empty())
        return;
    held_.append(bytes);
    if (reader_ == nullptr && (held_.size() < kSampleBytes || !choose(std::string_view(held_).substr(0, kSampleBytes), false)))
        return;
    const size_t lines = held_.rfind('\n') + 1;
    feed(lines == 0 && held_.size() > kLongestLine ? held_.size() : lines, out);
}

void FollowedLines::settle(const format::BatchConsumer& out) {
    const size_t lines = held_.rfind('\n') + 1;
    if (!problem_.empty() || (reader_ == nullptr && (lines == 0 || !choose(std::string_view(held_).substr(0, lines), false))))
        return;
    feed(lines, out);
    if (problem_.empty())
        note(reader_->pause(out));
}

void FollowedLines::finish(const format::BatchConsumer& out) {
    if (!problem_.empty() || (reader_ == nullptr && (held_.empty() || !choose(held_, true))))
        return;
    feed(held_.size(), out);
    if (problem_.empty())
        note(reader_->finish(out));
    reader_.reset();
}

}  // namespace nj::source

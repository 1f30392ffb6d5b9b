#include "format/log_reader.h"

#include <algorithm>
#include <cstring>

#include "base/utf8.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

constexpr size_t kSlice = 256U << 10;
constexpr size_t kLearnBytes = 64U << 10;
constexpr size_t kPartBytes = 1U << 20;
constexpr size_t kJsonLineBytes = 16U << 20;   // a JSON line must be whole to be read
constexpr size_t kGiantHead = 64U << 10;       // of a giant line, what its time and level are looked for in

// What of a line is read: all of it, unless it is so long that it may have been cut before its end was seen.
std::string_view readable(std::string_view line) {
    const bool json = !line.empty() && line[0] == '{';
    return line.size() < (json ? kJsonLineBytes : 2 * kPartBytes) ? line : utf8Prefix(line, kGiantHead);
}

std::string_view withoutCr(std::string_view line) {
    return !line.empty() && line.back() == '\r' ? line.substr(0, line.size() - 1) : line;
}

bool isJsonStart(std::string_view line) { return line.size() > 1 && line[0] == '{' && line[1] == '"'; }

bool startsContinuation(std::string_view line) {
    if (line.empty() || text::isBlank(line[0]))
        return true;
    for (const std::string_view start : {"Caused by:", "Traceback (", "During handling of", "The above exception", "... ", "-->", "}", ")", "]"})
        if (line.substr(0, start.size()) == start)
            return true;
    return false;
}

}  // namespace

LogReader::LogReader(const ReaderOptions& options) : rows_(options, resourceFromPath(options.path)) {}

void LogReader::learn() {
    if (learned_)
        return;
    learned_ = true;
    const auto found = parser_.learn(std::string_view(buffer_).substr(0, kLearnBytes));
    headed_ = found.heads > 0 && (found.timed * 10 >= found.lines || found.heads * 2 >= found.lines || (found.firstTimed && found.timed * 50 >= found.lines));
}

Status LogReader::feed(std::string_view chunk, const BatchConsumer& out) {
    while (!chunk.empty()) {
        const std::string_view slice = chunk.substr(0, kSlice);
        chunk.remove_prefix(slice.size());
        encoding_.decode(slice, buffer_);
        if (!learned_ && buffer_.size() < kLearnBytes)
            continue;
        if (!process(out, false))
            return makeError(ErrorCode::kCancelled, "stopped");
    }
    return {};
}

Status LogReader::pause(const BatchConsumer& out) {
    // Half a line says nothing yet.
    if (buffer_.find('\n', lineStart_) == std::string::npos && !pending_)
        return {};
    if (!process(out, false))
        return makeError(ErrorCode::kCancelled, "stopped");
    if (!inGiantLine_ && parts_ == 0) {
        emitPending();
        buffer_.erase(0, lineStart_);
        dropped_ += lineStart_;
        scanned_ -= lineStart_;
        lineStart_ = 0;
    }
    return rows_.flush(out) ? Status() : makeError(ErrorCode::kCancelled, "stopped");
}

Status LogReader::finish(const BatchConsumer& out) {
    encoding_.finish(buffer_);
    if (!process(out, true))
        return makeError(ErrorCode::kCancelled, "stopped");
    emitPending();
    if (encoding_.repaired() > 0)
        rows_.countHealth(HealthSeverity::kRepaired, "invalid UTF-16 in a log", "unpaired surrogate", 0, 0);
    if (!rows_.finish(out))
        return makeError(ErrorCode::kCancelled, "stopped");
    return {};
}

bool LogReader::process(const BatchConsumer& out, bool last) {
    learn();
    while (scanned_ < buffer_.size()) {
        const void* found = std::memchr(buffer_.data() + scanned_, '\n', buffer_.size() - scanned_);
        if (found == nullptr) {
            scanned_ = buffer_.size();
            break;
        }
        const auto end = static_cast<size_t>(static_cast<const char*>(found) - buffer_.data());
        takeLine(lineStart_, end);
        lineStart_ = scanned_ = end + 1;
        if (!rows_.flushIfFull(out))
            return false;
    }
    if (last && lineStart_ < buffer_.size()) {
        takeLine(lineStart_, buffer_.size());
        lineStart_ = scanned_ = buffer_.size();
    } else {
        takeGiantLine();
        if (!rows_.flushIfFull(out))
            return false;
    }
    const size_t keep = pending_ ? recordStart_ : lineStart_;
    parsed_ = false;   // its views are about to move
    if (keep > 0 && !last) {
        buffer_.erase(0, keep);
        dropped_ += keep;
        lineStart_ -= keep;
        scanned_ -= keep;
        recordStart_ -= std::min(recordStart_, keep);
        headEnd_ -= std::min(headEnd_, keep);
        recordEnd_ -= std::min(recordEnd_, keep);
    }
    return true;
}

void LogReader::takeLine(size_t from, size_t end) {
    const std::string_view line = readable(withoutCr(view(from, end)));
    if (inGiantLine_) {
        inGiantLine_ = false;
        ++lineNumber_;
        recordEnd_ = end;
        cutRecord();
        return;
    }
    reparsePending();
    ++lineNumber_;
    if (line.empty()) {
        if (pending_)
            extendRecord(end, line);
        return;
    }
    if (pending_ && lastWrapper_ != LogWrapper::kNone) {
        const UnwrappedLine unwrapped = parser_.unwrap(line);
        UnwrappedLine before;
        before.wrapper = lastWrapper_;
        before.stream = lastStream_;
        before.partial = lastPartial_;
        if (unwrapped.wrapper != LogWrapper::kNone && continuesWrapped(before, unwrapped)) {
            lastPartial_ = unwrapped.partial;
            extendRecord(end, line);
            return;
        }
        // The inner record may use the parser's memory, which the next line is about to take.
        emitPending();
    }
    if (line[0] == '#' && parser_.columns().active())
        emitPending();   // its keys are the header's, which this line may replace
    LogShape shape = LogShape::kNone;
    next_->clear();
    const bool head = parser_.parse(line, *next_, shape);
    if (line[0] == '#') {
        if (const auto date = parser_.columns().takeDate())
            rows_.clock().setDate(*date);
        if (const auto offset = parser_.columns().takeOffset())
            rows_.clock().setZone(*offset);
    }
    if (!head && isJsonStart(line))
        rows_.countHealth(HealthSeverity::kRepaired, "malformed JSON line kept as text", line, dropped_ + lineStart_, lineNumber_ - 1);
    if (pending_ && joins(line, head)) {
        extendRecord(end, line);
        return;
    }
    emitPending();
    std::swap(record_, next_);
    startRecord(from, end, head);
    if (shape == LogShape::kJson && lastWrapper_ == LogWrapper::kNone)
        emitPending();   // complete, and its texts live in the parser
}

bool LogReader::joins(std::string_view line, bool head) {
    if (head || isJsonStart(line))
        return false;
    return headed_ || startsContinuation(line);
}

void LogReader::startRecord(size_t from, size_t end, bool head) {
    pending_ = parsed_ = true;
    recordStart_ = from;
    headEnd_ = recordEnd_ = end;
    recordLine_ = lineNumber_ - 1;
    parts_ = 0;
    lastWrapper_ = LogWrapper::kNone;
    lastPartial_ = false;
    if (head && parser_.wrapper() != LogWrapper::kNone) {
        const UnwrappedLine unwrapped = parser_.unwrap(withoutCr(view(from, end)));
        lastWrapper_ = unwrapped.wrapper;
        lastStream_ = unwrapped.stream;
        lastPartial_ = unwrapped.partial;
    }
    cutRecord();
}

void LogReader::extendRecord(size_t end, std::string_view) {
    recordEnd_ = end;
    cutRecord();
}

// A line that has no end yet but is too long to wait for.
void LogReader::takeGiantLine() {
    const size_t length = buffer_.size() - lineStart_;
    if (length == 0 || (!inGiantLine_ && length < (buffer_[lineStart_] == '{' ? kJsonLineBytes : 2 * kPartBytes)))
        return;
    if (!inGiantLine_) {
        reparsePending();
        const std::string_view headText = utf8Prefix(view(lineStart_, buffer_.size()), kGiantHead);
        LogShape shape = LogShape::kNone;
        next_->clear();
        const bool head = parser_.parse(headText, *next_, shape);
        if (!pending_ || !joins(headText, head)) {
            emitPending();
            std::swap(record_, next_);
            ++lineNumber_;
            startRecord(lineStart_, lineStart_ + headText.size(), head);
            --lineNumber_;
            lastWrapper_ = LogWrapper::kNone;
        }
        inGiantLine_ = true;
    }
    recordEnd_ = buffer_.size();
    cutRecord();
    lineStart_ = std::max(lineStart_, recordStart_);
}

void LogReader::reparsePending() {
    if (!pending_ || parsed_ || parts_ > 0)
        return;
    LogShape shape = LogShape::kNone;
    record_->clear();
    parser_.parse(readable(withoutCr(view(recordStart_, headEnd_))), *record_, shape);
    parsed_ = true;
}

void LogReader::cutRecord() {
    while (recordEnd_ - recordStart_ > kPartBytes) {
        std::string_view part = utf8Prefix(view(recordStart_, recordEnd_), kPartBytes);
        if (part.empty())
            part = view(recordStart_, recordStart_ + kPartBytes);
        const size_t size = part.size();
        emitPart(part);
        recordStart_ += size;
    }
}

void LogReader::emitPart(std::string_view text) {
    if (parts_ == 0) {
        reparsePending();
        // The parts that follow keep the level and the place; the line's own bytes will be gone.
        record_->severityText = record_->own(record_->severityText);
        record_->service = record_->own(record_->service);
        record_->host = record_->own(record_->host);
        record_->logger = record_->own(record_->logger);
    }
    rows_.add(*record_, {text, recordLine_, ++parts_, true});
    record_->fields.clear();
    record_->resource.clear();
    record_->body = {};
    record_->eventName = {};
}

void LogReader::emitPending() {
    if (!pending_)
        return;
    const std::string_view text = view(recordStart_, recordEnd_);
    if (parts_ > 0) {
        if (!text.empty())
            emitPart(text);
    } else {
        const bool several = recordEnd_ > headEnd_;
        if (several && lastWrapper_ != LogWrapper::kNone) {
            LogShape shape = LogShape::kNone;
            record_->clear();
            parser_.parseJoined(text, *record_, shape);
            addException(record_->body, *record_);
        } else {
            reparsePending();
            if (several) {
                addException(text, *record_);
                if (!record_->bodyToEnd)
                    record_->addString("exception.stacktrace", text::trimRight(text.substr(std::min(text.size(), headEnd_ - recordStart_ + 1))));
            }
        }
        rows_.add(*record_, {text, recordLine_, 0, false});
    }
    pending_ = parsed_ = false;
    parts_ = 0;
}

}  // namespace nj::format

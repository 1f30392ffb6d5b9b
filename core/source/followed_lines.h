// The bytes of one input that grows, on their way to the reader of their format: whole lines only, so that a line that is being written waits
// for its end. Used by one thread.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "format/format.h"

namespace nj::source {

// Rows without a time of their own are placed when they came.
void placeUntimed(Batch& batch);

class FollowedLines {
public:
    // `format` "" = found out from the first lines.
    FollowedLines(std::string path, std::string_view format);

    // For an input that is read from the middle: `head` are its first bytes, which say what it is and hold a table's header.
    void beginAfter(std::string_view head);
    void add(std::string_view bytes, const format::BatchConsumer& out);
    // The writer is quiet: hands out the records that are there.
    void settle(const format::BatchConsumer& out);
    // The input ended: its last line needs no end.
    void finish(const format::BatchConsumer& out);

    // Bytes that the reader has not been given.
    [[nodiscard]] size_t held() const { return held_.size(); }
    // "log_json"; "" while it is not known.
    [[nodiscard]] std::string_view format() const { return format_ == nullptr ? std::string_view() : format_->name; }
    // Why nothing more can be read of it; "" = it can.
    [[nodiscard]] const std::string& problem() const { return problem_; }

private:
    bool choose(std::string_view sample, bool last);
    void feed(size_t bytes, const format::BatchConsumer& out);
    void note(const Status& status);

    const std::string path_;
    const format::Format* format_ = nullptr;
    std::unique_ptr<format::FormatReader> reader_;
    std::string held_;
    std::string problem_;
};

}  // namespace nj::source

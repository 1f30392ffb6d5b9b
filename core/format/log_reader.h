// The reader of all line formats: splits lines, joins continuation lines and partial container lines into records, cuts records over
// 1 MiB into parts, and fills log batches. The result does not depend on how the input is chunked. One thread.
#pragma once

#include <string>

#include "format/format.h"
#include "format/log_batch.h"
#include "format/log_encoding.h"
#include "format/log_line_parser.h"

namespace nj::format {

class LogReader final : public FormatReader {
public:
    explicit LogReader(const ReaderOptions& options);
    Status feed(std::string_view chunk, const BatchConsumer& out) override;
    Status pause(const BatchConsumer& out) override;
    Status finish(const BatchConsumer& out) override;
    [[nodiscard]] std::string assumptions() const override { return rows_.assumptions(); }

private:
    bool process(const BatchConsumer& out, bool last);
    void learn();
    void takeLine(size_t from, size_t end);
    bool joins(std::string_view line, bool head);
    void startRecord(size_t from, size_t end, bool head);
    void extendRecord(size_t end, std::string_view line);
    void takeGiantLine();
    void reparsePending();
    void emitPending();
    void emitPart(std::string_view text);
    void cutRecord();
    [[nodiscard]] std::string_view view(size_t from, size_t end) const { return std::string_view(buffer_).substr(from, end - from); }

    LogEncoding encoding_;
    LogLineParser parser_;
    LogBatch rows_;
    std::string buffer_;
    bool learned_ = false;
    bool headed_ = false;            // most lines start a record of their own, so what does not belongs to the one before

    // Positions in buffer_.
    size_t lineStart_ = 0;
    size_t scanned_ = 0;             // no line end before here
    uint64_t dropped_ = 0;           // bytes erased from the front so far
    uint64_t lineNumber_ = 1;
    bool inGiantLine_ = false;       // the line at lineStart_ belongs to the open record already

    bool pending_ = false;           // a record is open: [recordStart_, recordEnd_), its first line ends at headEnd_
    bool parsed_ = false;            // record_ holds its first line
    size_t recordStart_ = 0, headEnd_ = 0, recordEnd_ = 0;
    uint64_t recordLine_ = 0;
    uint32_t parts_ = 0;             // parts already handed out
    // Of the record's last line, when it is wrapped.
    LogWrapper lastWrapper_ = LogWrapper::kNone;
    std::string lastStream_;
    bool lastPartial_ = false;
    LogLine lines_[2];
    LogLine* record_ = &lines_[0];   // of the open record
    LogLine* next_ = &lines_[1];
};

// Type and message of the exception whose trace a record of several lines holds (Python, Java, Go), as attributes.
void addException(std::string_view text, LogLine& out);

}  // namespace nj::format

// Reads delimiter-separated tables: finds out about the layout from the first 64 KiB, then hands on each record of a table with its header.
// What the records become (log rows, samples) is the deriving format's. Fed in arbitrary chunks; the result does not depend on them. One thread.
#pragma once

#include <optional>
#include <string>

#include "format/csv_layout.h"
#include "format/csv_splitter.h"
#include "format/format.h"
#include "format/log_encoding.h"

namespace nj::format {

// The layout of a sample's start, decoded; nothing for binary data, JSON, markup and what is no table.
std::optional<CsvLayout> sniffCsvLayout(const Sample& sample);

class CsvReader : public FormatReader {
public:
    Status feed(std::string_view chunk, const BatchConsumer& out) override;
    Status pause(const BatchConsumer& out) override;
    Status finish(const BatchConsumer& out) override;

protected:
    // A header: of the file, or of a further table in it.
    virtual void takeHeader(const CsvLayout& layout) = 0;
    virtual void takeRow(const CsvLayout& layout, const CsvRecord& record) = 0;
    virtual void reject(std::string_view reason, std::string_view example, uint64_t line) = 0;
    virtual bool flushIfFull(const BatchConsumer& out) = 0;
    virtual bool flushAll(const BatchConsumer& out) = 0;   // at the end
    virtual bool flushSome(const BatchConsumer& out) = 0;  // at a pause

private:
    Status learn();
    bool drain(bool last, const BatchConsumer& out);
    void take(const CsvRecord& record);

    LogEncoding encoding_;
    std::string head_;                    // until the layout is known
    std::optional<CsvLayout> layout_;
    std::optional<CsvSplitter> splitter_;
    bool expectHeader_ = true;            // at the start, and behind a blank line
    bool headed_ = false;                 // the file's own header was seen
};

}  // namespace nj::format

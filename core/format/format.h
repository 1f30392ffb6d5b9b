// A format: how one kind of file is recognised and read. One .cpp per format, one line in formats.inc.
// Readers take arbitrary chunks, never whole files, and never trust a byte: what is malformed becomes a HealthRecord and the
// rest goes on. A reader is used by one thread; different readers run in parallel.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/time.h"
#include "model/batch.h"

namespace nj::format {

// The start of a member's decompressed bytes (up to 64 KiB) and its name, which may break ties but never decides alone.
struct Sample {
    std::string_view bytes;
    std::string_view path;
    bool complete = false;      // bytes are the whole member
};

struct ReaderOptions {
    std::string path;                          // for messages and for service names taken from file names
    std::optional<int32_t> zoneOffsetMinutes;  // for times without zone; nothing = UTC
    TimeNs modifiedAt = 0;                     // file's mtime, for missing years; 0 = unknown
    TimeNs now = 0;                            // wall clock of the import
};

// Receives finished batches; false = stop reading (cancelled or the store failed).
using BatchConsumer = std::function<bool(Batch&&)>;

class FormatReader {
public:
    virtual ~FormatReader() = default;
    // Consumes all of the chunk, buffering an incomplete record (bounded: a record over its limit is rejected and skipped).
    // An error is final: the input as a whole can't be this format any further; rows handed out before stay good.
    virtual Status feed(std::string_view chunk, const BatchConsumer& out) = 0;
    // The source pauses (a pipe nobody writes to for now): hands out the records that were read, so that they are not kept waiting. What would
    // have been joined to the last of them (a stack trace that goes on) becomes a record of its own.
    virtual Status pause(const BatchConsumer& /*out*/) { return {}; }
    // The input ended: hands out what is buffered; a cut last record becomes a HealthRecord.
    virtual Status finish(const BatchConsumer& out) = 0;
    // What was assumed (zone, year, order), as sentences for a person; "" = nothing.
    [[nodiscard]] virtual std::string assumptions() const { return {}; }
};

// 0 = is not it; 100 = cannot be anything else. Several claims: the highest wins, then the order in formats.inc.
using Confidence = int;

struct Format {
    std::string_view name;     // stable id: "otlp_json", the CLI's --format
    std::string_view title;    // for people: "OTLP JSON"
    Confidence (*sniff)(const Sample& sample);
    std::unique_ptr<FormatReader> (*open)(const ReaderOptions& options);
};

// All formats in the order of formats.inc.
std::span<const Format* const> formats();
const Format* findFormat(std::string_view name);
// From here on a claim is taken without waiting for more of a pipe that pauses.
inline constexpr Confidence kCertain = 50;
// The format that claims the sample with the highest confidence, or nullptr: a document.
const Format* detectFormat(const Sample& sample);

}  // namespace nj::format

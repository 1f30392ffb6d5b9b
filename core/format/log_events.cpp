#include "format/log_events.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "base/utf8.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

enum class Need : uint8_t { kNothing, kWarning, kKernel };

struct Pattern {
    std::string_view text;     // at least 7 characters, as written
    std::string_view kind;
    uint8_t severity;          // of the event, 0 = the line's
    Need need;                 // the line must be at least a warning, or a kernel's
};

constexpr size_t kLookBytes = 512;
constexpr std::string_view kGpuAt = "NVRM: GPU at PCI:";
constexpr std::string_view kTracePatterns[] = {"trace_id=", "traceId=", "traceID=", "trace_id: ", "\"trace_id\""};

constexpr Pattern kPatterns[] = {
    {"NVRM: Xid", "xid", 17, Need::kNothing},
    {"Out of memory: Kill", "oom", 17, Need::kNothing},
    {"Memory cgroup out of memory", "oom", 17, Need::kNothing},
    {"oom-kill:", "oom", 17, Need::kNothing},
    {"oom_reaper: reaped", "oom", 13, Need::kNothing},
    {"OOMKilled", "oom", 17, Need::kNothing},
    {"CUDA out of memory", "oom", 17, Need::kNothing},
    {"OutOfMemoryError", "oom", 17, Need::kWarning},
    {"thermal throttl", "throttle", 13, Need::kNothing},
    {"Thermal throttl", "throttle", 13, Need::kNothing},
    {"SW Thermal Slowdown", "throttle", 13, Need::kWarning},
    {"HW Thermal Slowdown", "throttle", 13, Need::kWarning},
    {"temperature above threshold", "throttle", 13, Need::kNothing},
    {"cpu clock throttled", "throttle", 13, Need::kNothing},
    {"vLLM API server version", "restart", 9, Need::kNothing},
    {"Started server process", "restart", 9, Need::kNothing},
    {"CrashLoopBackOff", "restart", 17, Need::kNothing},
    {"Back-off restarting failed container", "restart", 17, Need::kNothing},
    {"liveness probe failed", "probe", 13, Need::kNothing},
    {"Liveness probe failed", "probe", 13, Need::kNothing},
    {"Readiness probe failed", "probe", 13, Need::kNothing},
    {"Critical going ", "hardware", 17, Need::kNothing},
    {"Non-critical going ", "hardware", 13, Need::kNothing},
    {"lower critical threshold", "hardware", 17, Need::kNothing},
    {"upper critical threshold", "hardware", 17, Need::kNothing},
    {"rolled back to revision", "rollback", 10, Need::kNothing},
    {"rollback completed", "rollback", 10, Need::kNothing},
    {"Rollback to ", "rollback", 10, Need::kNothing},
    {"deployment rolled out", "deploy", 10, Need::kNothing},
    {"successfully rolled out", "deploy", 10, Need::kNothing},
    {"Scaled up replica set", "deploy", 9, Need::kNothing},
    {"Scaled down replica set", "scale", 9, Need::kNothing},
};

// Every pattern has an aligned four-byte word within its first seven bytes, wherever it begins: the words of all four alignments are
// marked, and a line is looked at word by word. At a marked word the patterns that have it are compared where they would stand.
class PatternFilter {
public:
    PatternFilter() {
        for (const Pattern& pattern : kPatterns)
            mark(pattern.text);
        for (const std::string_view pattern : kTracePatterns)
            mark(pattern);
        mark(kGpuAt);
        std::sort(words_.begin(), words_.end(), [](const Word& a, const Word& b) { return a.bytes < b.bytes; });
    }
    // Whether any pattern stands in the text.
    [[nodiscard]] bool matches(std::string_view text) const {
        size_t i = 0;
        for (; i + 16 <= text.size(); i += 16) {   // four words to a branch
            const char* at = text.data() + i;
            if (((isMarked(wordAt(at)) | isMarked(wordAt(at + 4))) | (isMarked(wordAt(at + 8)) | isMarked(wordAt(at + 12)))) != 0 && anyStandsAt(text, i, i + 16))
                return true;
        }
        return anyStandsAt(text, i, text.size());
    }

private:
    struct Word {
        uint32_t bytes;
        size_t offset;   // in the pattern
        std::string_view pattern;
    };
    [[nodiscard]] uint64_t isMarked(uint32_t bytes) const {
        const uint32_t slot = slotOf(bytes);
        return (bits_[slot >> 6] >> (slot & 63)) & 1;
    }
    [[nodiscard]] bool anyStandsAt(std::string_view text, size_t from, size_t end) const {
        for (size_t i = from; i + 4 <= end; i += 4) {
            const uint32_t bytes = wordAt(text.data() + i);
            if (isMarked(bytes) != 0 && standsAt(text, i, bytes))
                return true;
        }
        return false;
    }
    [[nodiscard]] bool standsAt(std::string_view text, size_t at, uint32_t bytes) const {
        auto word = std::lower_bound(words_.begin(), words_.end(), bytes, [](const Word& a, uint32_t b) { return a.bytes < b; });
        for (; word != words_.end() && word->bytes == bytes; ++word)
            if (word->offset <= at && text.substr(at - word->offset, word->pattern.size()) == word->pattern)
                return true;
        return false;
    }
    static uint32_t wordAt(const char* at) {
        uint32_t bytes;
        std::memcpy(&bytes, at, 4);
        return bytes;
    }
    static uint32_t slotOf(uint32_t bytes) { return (bytes * 2654435761U) >> 16; }   // 16 bits
    void mark(std::string_view pattern) {
        for (size_t i = 0; i < 4; ++i) {
            words_.push_back({wordAt(pattern.data() + i), i, pattern});
            const uint32_t slot = slotOf(words_.back().bytes);
            bits_[slot >> 6] |= uint64_t{1} << (slot & 63);
        }
    }
    std::array<uint64_t, 1024> bits_{};
    std::vector<Word> words_;   // sorted
};

const PatternFilter& patternFilter() {
    static const PatternFilter kFilter;
    return kFilter;
}

const Pattern* match(std::string_view text, uint8_t severity, bool kernel) {
    for (const Pattern& pattern : kPatterns)
        if (text.find(pattern.text) != std::string_view::npos && (pattern.need != Need::kWarning || severity >= 13) && (pattern.need != Need::kKernel || kernel))
            return &pattern;
    return nullptr;
}

LogEvent eventOf(const Pattern& pattern, std::string_view text) {
    LogEvent event;
    event.kind = pattern.kind;
    event.severity = pattern.severity;
    event.title = repairUtf8(utf8Prefix(text.substr(0, text.find('\n')), 160));
    return event;
}

// "NVRM: GPU at PCI:0000:d1:00: GPU-5f…": the driver says which card sits where.
void takeGpuUuid(LogLine& record, std::string_view text) {
    const size_t found = text.find(kGpuAt);
    if (found == std::string_view::npos)
        return;
    const std::string_view rest = text.substr(found + kGpuAt.size());
    const size_t uuid = rest.find(": GPU-");
    if (uuid == std::string_view::npos || uuid > 24)
        return;
    record.addString("gpu.pci.id", rest.substr(0, uuid));
    record.addString("gpu.uuid", rest.substr(uuid + 2, rest.find_first_of(" \t\r\n", uuid + 2) - uuid - 2));
}

// "… trace_id=0af7651916cd43dd8448eb211c80319c": the id a program writes into its message.
void takeTraceId(LogLine& record, std::string_view text) {
    for (const std::string_view pattern : kTracePatterns) {
        const size_t found = text.find(pattern);
        if (found == std::string_view::npos)
            continue;
        size_t at = found + pattern.size();
        while (at < text.size() && (text[at] == ':' || text[at] == ' ' || text[at] == '"'))
            ++at;
        size_t end = at;
        while (end < text.size() && text::isHex(text[end]))
            ++end;
        const auto id = end - at == 32 ? TraceId::fromHex(text.substr(at, 32)) : std::nullopt;
        if (id) {
            record.traceId = *id;
            return;
        }
    }
}

// "NVRM: Xid (PCI:0000:cb:00): 63, pid=1234, name=python, Row Remapper: …"; returns the code, -1 when it is none.
int64_t describeXid(std::string_view text, LogEvent& event) {
    const size_t pci = text.find("PCI:");
    const size_t close = pci == std::string_view::npos ? pci : text.find(')', pci);
    if (close == std::string_view::npos)
        return -1;
    const std::string_view id = text.substr(pci + 4, close - pci - 4);
    int64_t code = 0;
    const std::string_view rest = text::trimLeft(text.substr(std::min(text.size(), close + 2)));
    if (text::leadingDigits(rest, code) == 0)
        return -1;
    event.entity = id;
    event.title = "XID " + std::to_string(code) + " on " + std::string(id);
    return code;
}

}  // namespace

LogEvent findLogEvent(std::string_view body, uint8_t severity) {
    LogEvent event;
    const std::string_view text = body.substr(0, kLookBytes);
    const Pattern* pattern = patternFilter().matches(text) ? match(text, severity, false) : nullptr;
    if (pattern != nullptr) {
        event = eventOf(*pattern, text);
        if (event.kind == "xid")
            describeXid(text, event);
    }
    return event;
}

LogEvent findLogEvent(LogLine& record) {
    LogEvent event;
    const std::string_view text = record.body.substr(0, kLookBytes);
    if (!patternFilter().matches(text))
        return event;
    if (record.traceId.empty())
        takeTraceId(record, text);
    takeGpuUuid(record, text);
    if (const Pattern* pattern = match(text, record.severity, record.kernel)) {
        event = eventOf(*pattern, text);
        const int64_t xid = event.kind == "xid" ? describeXid(text, event) : -1;
        if (xid >= 0) {
            record.addString("gpu.pci.id", record.own(event.entity));
            record.addInt("gpu.xid", xid);
        }
    }
    return event;
}

}  // namespace nj::format

// The line formats' entries: one reader, one guess over a sample's lines, and a name for each family.
#include <algorithm>
#include <memory>

#include "base/hash.h"
#include "format/format.h"
#include "format/log_encoding.h"
#include "format/log_line_parser.h"
#include "format/log_reader.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

enum class Family : uint8_t { kNone, kJson, kDocker, kCri, kCompose, kSyslog, kKlog, kVllm, kAccess, kLogfmt, kDmesg, kIpmi, kColumns, kText };

struct Guess {
    Family family = Family::kNone;
    Confidence confidence = 0;
};

std::string_view baseName(std::string_view path) {
    const size_t slash = path.find_last_of("/\\");
    return slash == std::string_view::npos ? path : path.substr(slash + 1);
}

bool hasLogName(std::string_view path) {
    const std::string_view name = baseName(path);
    for (const std::string_view ending : {".yaml", ".yml", ".json", ".md", ".conf", ".cfg", ".ini", ".toml", ".xml", ".html", ".csv", ".prom", ".py", ".sh", ".sql"})
        if (name.size() > ending.size() && name.substr(name.size() - ending.size()) == ending)
            return false;
    for (const std::string_view start : {"LICENSE", "COPYING", "NOTICE", "README", "CHANGELOG"})
        if (name.starts_with(start))
            return false;
    for (const std::string_view part : {"log", "Log", "LOG", ".out", ".err", "stdout", "stderr", "console", "messages", "syslog", "journal"})
        if (name.find(part) != std::string_view::npos)
            return true;
    return false;
}

// "key: value", "key = value", markup: texts that are about something else than events.
bool looksLikeDocument(std::string_view text) {
    const std::string_view start = text::trimLeft(text);
    if (start.empty() || start[0] == '{' || start[0] == '[' || start[0] == '<' || start.substr(0, 3) == "---" || start.substr(0, 2) == "#!" || start.substr(0, 2) == "# ")
        return true;
    size_t lines = 0, pairs = 0;
    for (size_t at = 0; at < text.size() && lines < 60;) {
        size_t end = text.find('\n', at);
        if (end == std::string_view::npos)
            end = text.size();
        const std::string_view line = text::trim(text.substr(at, end - at));
        at = end + 1;
        if (line.empty())
            continue;
        ++lines;
        size_t word = 0;
        while (word < line.size() && (text::isWord(line[word]) || line[word] == '.' || line[word] == '-'))
            ++word;
        pairs += line.substr(0, 2) == "- " || line[0] == '#' || (word > 0 && word < line.size() && (line.substr(word, 2) == ": " || line.substr(word) == ":" || line.substr(word, 3) == " = "));
    }
    return lines > 0 && pairs * 10 >= lines * 6;
}

// A table with a header line whose first column happens to be a time: another reader's business, if anybody's.
bool looksLikeCsv(std::string_view text) {
    const size_t first = text.find('\n');
    if (first == std::string_view::npos)
        return false;
    const std::string_view header = text.substr(0, first);
    const std::string_view second = text.substr(first + 1, text.find('\n', first + 1) - first - 1);
    const auto commas = std::count(header.begin(), header.end(), ',');
    return commas > 0 && header.find(' ') == std::string_view::npos && std::count(second.begin(), second.end(), ',') == commas;
}

bool looksBinary(std::string_view bytes) {
    const std::string_view head = bytes.substr(0, 4096);
    const auto odd = std::count_if(head.begin(), head.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != 0x1b && c != '\b' && c != '\f'; });
    return odd * 20 > static_cast<std::ptrdiff_t>(head.size());
}

Guess familyOf(const LogLineParser& parser, const LogLineParser::Findings& found) {
    const auto count = [&](std::initializer_list<LogShape> shapes) {
        size_t n = 0;
        for (const LogShape shape : shapes)
            n += found.shapes[static_cast<size_t>(shape)];
        return n;
    };
    if (parser.wrapper() == LogWrapper::kCri)
        return {Family::kCri, 90};
    if (parser.wrapper() == LogWrapper::kDocker)
        return {Family::kDocker, 90};
    if (parser.wrapper() == LogWrapper::kCompose && found.heads > 0)
        return {Family::kCompose, 65};
    if (found.columns > 0)
        return {Family::kColumns, 85};
    struct Choice {
        Family family;
        size_t lines;
        Confidence confidence;
    };
    const Choice choices[] = {
        {Family::kJson, count({LogShape::kJson}), found.timed > 0 ? 70 : 40},
        {Family::kSyslog, count({LogShape::kSyslog}), 75},
        {Family::kKlog, count({LogShape::kKlog}), 80},
        {Family::kVllm, count({LogShape::kLevelFirst, LogShape::kUvicorn}), 72},
        {Family::kAccess, count({LogShape::kAccess, LogShape::kEnvoy}), 80},
        {Family::kLogfmt, count({LogShape::kLogfmt}), 70},
        {Family::kDmesg, count({LogShape::kDmesg}), 80},
        {Family::kIpmi, count({LogShape::kIpmi}), 75},
        {Family::kText, count({LogShape::kTimed, LogShape::kEmbedded, LogShape::kPython}), 50},
    };
    Choice best = choices[0];
    for (const Choice& choice : choices)
        if (choice.lines > best.lines)
            best = choice;
    if (best.lines == 0)
        return {};
    // Few heads among many lines: stack traces, or a text that mentions a time now and then.
    const size_t share = found.heads * 100 / std::max<size_t>(found.lines, 1);
    const int lost = share >= 50 ? 0 : (share >= 10 ? 10 : 25);
    return {best.family, std::max(1, best.confidence - lost)};
}

Guess guessText(const Sample& sample, std::string_view text) {
    if (text.empty())
        return {};
    LogLineParser parser;
    const auto found = parser.learn(text);
    Guess guess = familyOf(parser, found);
    if (guess.family == Family::kJson && found.timed == 0 && found.lines < 2)
        return {};   // one object without a time is a document
    if (guess.family == Family::kText && found.timed == 0 && looksLikeDocument(text))
        return {};
    if (guess.family == Family::kText && looksLikeCsv(text))
        guess.confidence = 15;
    if (guess.family == Family::kNone && hasLogName(sample.path) && !looksLikeDocument(text))
        return {Family::kText, 12};
    return guess;
}

Guess guessFamily(const Sample& sample) {
    // Each family asks for the same sample in turn; the answer is kept with the sample's hash.
    struct Memo {
        uint64_t hash = 0;
        size_t size = 0;
        std::string path;
        Guess guess;
    };
    thread_local Memo memo;
    const uint64_t hash = fastHash(sample.bytes);
    if (memo.hash == hash && memo.size == sample.bytes.size() && memo.path == sample.path && memo.size > 0)
        return memo.guess;
    std::string text;
    LogEncoding encoding;
    encoding.decode(sample.bytes.substr(0, 64U << 10), text);
    encoding.finish(text);
    if (!sample.complete)
        if (const size_t newline = text.rfind('\n'); newline != std::string::npos)
            text.resize(newline + 1);
    memo.hash = hash;
    memo.size = sample.bytes.size();
    memo.path = sample.path;
    memo.guess = looksBinary(text) ? Guess() : guessText(sample, text);
    return memo.guess;
}

template <Family kFamily>
Confidence sniff(const Sample& sample) {
    const Guess guess = guessFamily(sample);
    return guess.family == kFamily ? guess.confidence : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions& options) { return std::make_unique<LogReader>(options); }

}  // namespace

extern const Format kLogJson, kLogDocker, kLogCri, kLogCompose, kLogSyslog, kLogKlog, kLogVllm, kLogAccess, kLogLogfmt, kLogDmesg, kLogIpmi, kLogColumns, kLogText;

const Format kLogJson = {"log_json", "JSON lines log", sniff<Family::kJson>, open};
const Format kLogDocker = {"log_docker", "Docker json-file log", sniff<Family::kDocker>, open};
const Format kLogCri = {"log_cri", "Kubernetes container log", sniff<Family::kCri>, open};
const Format kLogCompose = {"log_compose", "Docker Compose log", sniff<Family::kCompose>, open};
const Format kLogSyslog = {"log_syslog", "Syslog", sniff<Family::kSyslog>, open};
const Format kLogKlog = {"log_klog", "klog / glog", sniff<Family::kKlog>, open};
const Format kLogVllm = {"log_vllm", "vLLM / uvicorn log", sniff<Family::kVllm>, open};
const Format kLogAccess = {"log_access", "HTTP access log", sniff<Family::kAccess>, open};
const Format kLogLogfmt = {"log_logfmt", "logfmt", sniff<Family::kLogfmt>, open};
const Format kLogDmesg = {"log_dmesg", "Kernel log (dmesg)", sniff<Family::kDmesg>, open};
const Format kLogIpmi = {"log_ipmi", "BMC event log (IPMI SEL)", sniff<Family::kIpmi>, open};
const Format kLogColumns = {"log_columns", "Log with a column header (W3C, Zeek)", sniff<Family::kColumns>, open};
const Format kLogText = {"log_text", "Text log", sniff<Family::kText>, open};

}  // namespace nj::format

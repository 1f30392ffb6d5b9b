#include "ingest/media_type.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "base/utf8.h"

namespace nj::ingest {
namespace {

using namespace std::string_view_literals;

constexpr std::pair<std::string_view, const char*> kMagic[] = {
    {"SQLite format 3\0"sv, "application/vnd.sqlite3"}, {"\x7f"sv "ELF"sv, "application/x-elf"},       {"\x89PNG\r\n"sv, "image/png"},
    {"\xff\xd8\xff"sv, "image/jpeg"},                   {"%PDF-"sv, "application/pdf"},                {"PAR1"sv, "application/vnd.apache.parquet"},
    {"\xd4\xc3\xb2\xa1"sv, "application/vnd.tcpdump.pcap"}, {"\x0a\x0d\x0d\x0a"sv, "application/x-pcapng"}, {"GIF8"sv, "image/gif"},
    {"LPKSHHRH"sv, "application/x-systemd-journal"},    {"ElfFile\0"sv, "application/x-evtx"},
};

constexpr std::pair<std::string_view, const char*> kSuffixes[] = {
    {".yaml", "application/yaml"}, {".yml", "application/yaml"}, {".json", "application/json"}, {".jsonl", "application/jsonl"},
    {".ndjson", "application/jsonl"}, {".xml", "application/xml"}, {".html", "text/html"}, {".htm", "text/html"}, {".md", "text/markdown"},
    {".csv", "text/csv"}, {".tsv", "text/tab-separated-values"}, {".toml", "application/toml"}, {".sh", "text/x-shellscript"}, {".py", "text/x-python"},
};

std::string lowered(std::string_view text) {
    std::string out(text);
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return out;
}

// Text has no NUL and, apart from a cut last character, hardly any byte that is no UTF-8.
bool isText(std::string_view start) {
    if (start.find('\0') != std::string_view::npos)
        return false;
    const std::string_view whole = utf8Prefix(start, start.size());
    if (isValidUtf8(whole))
        return true;
    size_t control = 0;
    size_t high = 0;
    for (const unsigned char c : start) {
        control += c < 0x20 && c != '\n' && c != '\r' && c != '\t' && c != 0x1b ? 1 : 0;
        high += c >= 0x80 ? 1 : 0;
    }
    return control * 100 <= start.size() && high * 5 <= start.size();
}

}  // namespace

MediaType mediaTypeOf(std::string_view start, std::string_view path) {
    for (const auto& [magic, name] : kMagic)
        if (start.starts_with(magic))
            return {name, false};
    if (!isText(start))
        return {"application/octet-stream", false};
    const std::string name = lowered(path);
    for (const auto& [suffix, type] : kSuffixes)
        if (name.ends_with(suffix))
            return {type, true};
    const size_t first = start.find_first_not_of(" \t\r\n");
    if (first != std::string_view::npos && (start[first] == '{' || start[first] == '['))
        return {"application/json", true};
    if (start.substr(0, 5) == "<?xml")
        return {"application/xml", true};
    if (start.starts_with("---\n") || start.starts_with("apiVersion:"))
        return {"application/yaml", true};
    return {"text/plain", true};
}

}  // namespace nj::ingest

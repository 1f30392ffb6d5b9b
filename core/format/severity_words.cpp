#include "format/severity_words.h"

namespace nj::format {
namespace {

constexpr uint64_t pack(std::string_view word) {
    uint64_t packed = 0;
    for (const char c : word.substr(0, 8))
        packed = (packed << 8) | static_cast<unsigned char>(c | 0x20);
    return packed;
}

uint8_t fromLetter(char c) {
    switch (c) {
    case 'T': return 1;
    case 'D': return 5;
    case 'V': return 5;
    case 'I': return 9;
    case 'N': return 10;
    case 'W': return 13;
    case 'E': return 17;
    case 'C': return 18;
    case 'A': return 19;
    case 'F': return 21;
    default: return 0;
    }
}

}  // namespace

uint8_t severityFromWord(std::string_view word, bool singleLetters) {
    if (word.size() < 3)
        return singleLetters && word.size() == 1 ? fromLetter(word[0]) : (word == "OK" || word == "ok" ? 9 : 0);
    if (word.size() > 13)
        return 0;
    switch (pack(word)) {
    case pack("trace"):
    case pack("trc"):
    case pack("finest"): return 1;
    case pack("debug"):
    case pack("dbg"):
    case pack("debg"):
    case pack("verbose"):
    case pack("finer"): return 5;
    case pack("debug1"): return 5;
    case pack("debug2"): return 4;
    case pack("debug3"): return 3;
    case pack("debug4"): return 2;
    case pack("debug5"): return 1;
    case pack("fine"): return 6;
    case pack("config"): return 7;
    case pack("info"):
    case pack("inf"):
    case pack("information"):
    case pack("log"):
    case pack("stats"):
    case pack("success"): return 9;
    case pack("notice"):
    case pack("note"): return 10;
    case pack("warn"):
    case pack("wrn"):
    case pack("warning"): return 13;
    case pack("error"):
    case pack("err"):
    case pack("eror"):
    case pack("severe"): return 17;
    case pack("critical"):
    case pack("crit"):
    case pack("dpanic"): return 18;
    case pack("alert"):
    case pack("panic"): return word[0] == 'a' || word[0] == 'A' ? 19 : 21;
    case pack("emerg"):
    case pack("emergency"):
    case pack("fatal"):
    case pack("ftl"): return 21;
    default: return 0;
    }
}

uint8_t severityFromSyslog(int64_t level) {
    constexpr uint8_t kNumbers[] = {21, 19, 18, 17, 13, 10, 9, 5};
    return level >= 0 && level < 8 ? kNumbers[level] : 0;
}

uint8_t severityFromTens(int64_t level, bool python) {
    switch (level / 10) {
    case 1: return python ? 5 : 1;
    case 2: return python ? 9 : 5;
    case 3: return python ? 13 : 9;
    case 4: return python ? 17 : 13;
    case 5: return python ? 21 : 17;
    case 6: return 21;
    default: return 0;
    }
}

uint8_t severityFromHttpStatus(int64_t status) {
    if (status < 100 || status > 599)
        return 0;
    return status < 400 ? 9 : (status < 500 ? 13 : 17);
}

}  // namespace nj::format

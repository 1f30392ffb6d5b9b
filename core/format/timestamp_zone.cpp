#include "format/timestamp_zone.h"

#include <iterator>

namespace nj::format {
namespace {

constexpr uint32_t pack(std::string_view name) {
    uint32_t packed = 0;
    for (const char c : name)
        packed = (packed << 8) | static_cast<unsigned char>(c);
    return packed;
}

struct ZoneName {
    std::string_view name;
    int16_t minutes;
};

constexpr ZoneName kZones[] = {
    {"UTC", 0},     {"GMT", 0},     {"WET", 0},     {"WEST", 60},   {"BST", 60},    {"CET", 60},    {"MEZ", 60},    {"WAT", 60},    {"CEST", 120},  {"MESZ", 120},
    {"EET", 120},   {"CAT", 120},   {"SAST", 120},  {"EEST", 180},  {"MSK", 180},   {"EAT", 180},   {"GST", 240},   {"PKT", 300},   {"IST", 330},   {"ICT", 420},
    {"WIB", 420},   {"SGT", 480},   {"HKT", 480},   {"AWST", 480},  {"JST", 540},   {"KST", 540},   {"ACST", 570},  {"AEST", 600},  {"ACDT", 630},  {"AEDT", 660},
    {"NZST", 720},  {"NZDT", 780},  {"ART", -180},  {"BRT", -180},  {"NST", -210},  {"NDT", -150},  {"AST", -240},  {"ADT", -180},  {"CLT", -240},  {"EST", -300},
    {"EDT", -240},  {"COT", -300},  {"CST", -360},  {"CDT", -300},  {"MST", -420},  {"MDT", -360},  {"PST", -480},  {"PDT", -420},  {"AKST", -540}, {"AKDT", -480},
    {"HST", -600},  {"UCT", 0},
};

struct PackedZones {
    uint32_t names[std::size(kZones)] = {};
    constexpr PackedZones() {
        for (size_t i = 0; i < std::size(kZones); ++i)
            names[i] = pack(kZones[i].name);
    }
};
constexpr PackedZones kPacked;

constexpr bool isDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

size_t parseOffset(std::string_view text, int32_t& minutes) {
    if (text.size() < 3 || !isDigit(text[1]) || !isDigit(text[2]))
        return 0;
    const int hours = (text[1] - '0') * 10 + (text[2] - '0');
    size_t length = 3;
    size_t at = 3;
    int extra = 0;
    if (at < text.size() && text[at] == ':')
        ++at;
    if (at + 1 < text.size() && isDigit(text[at]) && isDigit(text[at + 1])) {
        extra = (text[at] - '0') * 10 + (text[at + 1] - '0');
        length = at + 2;
    }
    if (hours > 15 || extra > 59 || (length < text.size() && isDigit(text[length])))
        return 0;
    minutes = (hours * 60 + extra) * (text[0] == '-' ? -1 : 1);
    return length;
}

}  // namespace

size_t parseZone(std::string_view text, int32_t& minutesEastOfUtc) {
    if (text.empty())
        return 0;
    if (text[0] == '+' || text[0] == '-')
        return parseOffset(text, minutesEastOfUtc);
    if (!isLetter(text[0]))
        return 0;
    size_t length = 1;
    while (length < text.size() && length < 6 && isLetter(text[length]))
        ++length;
    if (length < text.size() && isDigit(text[length]))
        return 0;
    if (length == 1) {
        if (text[0] != 'Z' && text[0] != 'z')
            return 0;
        minutesEastOfUtc = 0;
        return 1;
    }
    // Most words behind a time are no zone ("INFO"): one pass over numbers, without comparing texts.
    if (length < 3 || length > 4)
        return 0;
    const char last = text[length - 1];
    if (last != 'T' && last != 'C' && last != 'K' && last != 'Z' && last != 'B')   // as all names of the table end
        return 0;
    const uint32_t word = pack(text.substr(0, length));
    for (size_t i = 0; i < std::size(kZones); ++i) {
        if (kPacked.names[i] == word) {
            minutesEastOfUtc = kZones[i].minutes;
            return length;
        }
    }
    return 0;
}

}  // namespace nj::format

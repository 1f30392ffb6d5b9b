#include "analyze/fingerprint.h"

#include <algorithm>
#include <array>

namespace nj::analyze {
namespace {

constexpr uint8_t kDigit = 1, kHexLetter = 2, kLetter = 4, kJoin = 8, kSpace = 16;

constexpr std::array<uint8_t, 256> makeClasses() {
    std::array<uint8_t, 256> classes{};
    for (size_t c = 0; c < 256; ++c) {
        if (c >= '0' && c <= '9')
            classes[c] = kDigit;
        else if ((c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'))
            classes[c] = kHexLetter | kLetter;
        else if ((c >= 'g' && c <= 'z') || (c >= 'G' && c <= 'Z') || c == '_' || c >= 0x80)
            classes[c] = kLetter;
        else if (c == '-' || c == '.' || c == ':')
            classes[c] = kJoin;
        else if (c == ' ' || c == '\t' || c == '\n' || c == '\r')
            classes[c] = kSpace;
    }
    return classes;
}
constexpr std::array<uint8_t, 256> kClasses = makeClasses();

uint8_t classOf(char c) { return kClasses[static_cast<unsigned char>(c)]; }
bool isWord(char c) { return (classOf(c) & (kDigit | kLetter)) != 0; }

struct WordShape {
    size_t length = 0, digits = 0, hex = 0, letters = 0, joins = 0;
};

// "9f3a2c", "x7Kq02": letters and digits that change more than once, or hex with a digit, are an id; "gpu3", "31s" are not.
bool isIdPiece(std::string_view piece) {
    const auto isDigit = [](char c) { return (classOf(c) & kDigit) != 0 || c == '.' || c == ':'; };   // 31.2s is one number
    size_t changes = 0, digits = 0, hex = 0;
    for (size_t i = 0; i < piece.size(); ++i) {
        digits += isDigit(piece[i]) ? 1 : 0;
        hex += (classOf(piece[i]) & (kDigit | kHexLetter)) != 0 ? 1 : 0;
        changes += i > 0 && isDigit(piece[i]) != isDigit(piece[i - 1]) ? 1 : 0;
    }
    return digits > 0 && digits < piece.size() && piece.size() >= 4 && (changes >= 2 || (hex == piece.size() && piece.size() >= 6));
}

// Numbers inside a word: "gpu3" → "gpu<n>", "31.2s" → "<n>s".
void maskDigits(std::string_view word, std::string& out) {
    for (size_t i = 0; i < word.size();) {
        if ((classOf(word[i]) & kDigit) == 0) {
            out += word[i++];
            continue;
        }
        while (i < word.size() && ((classOf(word[i]) & kDigit) != 0 || ((word[i] == '.' || word[i] == ':') && i + 1 < word.size() && (classOf(word[i + 1]) & kDigit) != 0)))
            ++i;
        out += "<n>";
    }
}

// A run of word characters, joined by - . : inside.
size_t wordEnd(std::string_view line, size_t from, WordShape& shape) {
    size_t i = from;
    while (i < line.size()) {
        const uint8_t c = classOf(line[i]);
        const bool joined = (c & kJoin) != 0 && i + 1 < line.size() && isWord(line[i + 1]);
        if ((c & (kDigit | kLetter)) == 0 && !joined)
            break;
        shape.digits += (c & kDigit) != 0 ? 1 : 0;
        shape.hex += (c & (kDigit | kHexLetter)) != 0 ? 1 : 0;
        shape.letters += (c & kLetter) != 0 ? 1 : 0;
        shape.joins += joined ? 1 : 0;
        ++i;
    }
    shape.length = i - from;
    return i;
}

void addWord(std::string_view word, const WordShape& shape, std::string& out) {
    const size_t symbols = shape.length - shape.joins;
    if (shape.digits == 0)
        out += word;
    else if (shape.letters == 0)
        out += "<n>";
    else if (word.size() > 2 && word[0] == '0' && (word[1] == 'x' || word[1] == 'X') && shape.hex + 1 == symbols)
        out += "<hex>";
    else if ((shape.hex == symbols && symbols >= 8) || (symbols >= 16 && shape.digits >= 4))
        out += "<id>";
    else
        for (size_t from = 0; from < word.size();) {
            const size_t to = std::min(word.find('-', from), word.size());
            if (isIdPiece(word.substr(from, to - from)))
                out += "<id>";
            else
                maskDigits(word.substr(from, to - from), out);
            if (to < word.size())
                out += '-';
            from = to + 1;
        }
}

// Keys of key=value pairs whose value says what happened; the values of others are masked.
bool tellsWhat(std::string_view key) {
    for (const std::string_view known : {"msg", "message", "err", "error", "reason", "level", "severity", "status", "code", "type", "kind", "op", "method", "component", "caller", "event", "action", "state", "exception"})
        if (key == known || (key.size() > known.size() && key.ends_with(known) && (key[key.size() - known.size() - 1] == '_' || key[key.size() - known.size() - 1] == '.')))
            return true;
    return false;
}

// The end of a value behind `key=`: to the closing quote, or the next space or comma.
size_t valueEnd(std::string_view line, size_t from) {
    if (from < line.size() && line[from] == '"') {
        const size_t close = line.find('"', from + 1);
        return close == std::string_view::npos ? line.size() : close + 1;
    }
    const size_t end = line.find_first_of(" \t\r\n,;)]}\"", from);
    return end == std::string_view::npos ? line.size() : end;
}

// A path: a slash after a boundary, at least two names. Its end is the next space, quote or bracket.
size_t pathEnd(std::string_view line, size_t from) {
    if (line[from] != '/' || (from > 0 && (isWord(line[from - 1]) || line[from - 1] == '/' || line[from - 1] == '>')))
        return from;
    size_t slashes = 0, i = from;
    while (i < line.size() && (isWord(line[i]) || line[i] == '/' || line[i] == '-' || line[i] == '.' || line[i] == '%' || line[i] == '~' || line[i] == '+'))
        slashes += line[i++] == '/' ? 1 : 0;
    return slashes >= 2 ? i : from;
}

}  // namespace

std::string fingerprint(std::string_view line) {
    line = line.substr(0, kFingerprintInput);
    std::string out;
    out.reserve(line.size());
    for (size_t i = 0; i < line.size();) {
        if ((classOf(line[i]) & kSpace) != 0) {
            if (!out.empty() && out.back() != ' ')
                out += ' ';
            ++i;
        } else if (isWord(line[i])) {
            WordShape shape;
            const size_t end = wordEnd(line, i, shape);
            const std::string_view word = line.substr(i, end - i);
            i = end;
            const bool pair = end + 1 < line.size() && line[end] == '=' && line[end + 1] != '=' && line[end + 1] != ' ';
            if (pair && !tellsWhat(word)) {
                out += word;
                out += "=<v>";
                i = valueEnd(line, end + 1);
            } else {
                addWord(word, shape, out);
            }
        } else if (const size_t end = pathEnd(line, i); end > i) {
            out += "<path>";
            i = end;
        } else {
            out += line[i++];
        }
    }
    while (!out.empty() && out.back() == ' ')
        out.pop_back();
    return out;
}

}  // namespace nj::analyze

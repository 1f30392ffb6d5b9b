#include "analyze/fingerprint.h"

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
        maskDigits(word, out);
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
            addWord(line.substr(i, end - i), shape, out);
            i = end;
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

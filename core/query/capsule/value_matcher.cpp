#include "query/capsule/value_matcher.h"

#include <charconv>
#include <cmath>
#include <cstring>

#include "query/search_value.h"

namespace nj::query {
namespace {

using Op = FilterNode::Op;

std::optional<double> numberIn(std::string_view text) {
    double value = 0;
    const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (ec != std::errc{} || text.empty() || end != text.data() + text.size())
        return std::nullopt;
    return value;
}

Result<std::shared_ptr<const re2::RE2>> compile(const std::string& pattern) {
    re2::RE2::Options options(re2::RE2::Quiet);
    // Bodies are arbitrary bytes; a pattern of pure ASCII matches them as they are.
    bool ascii = true;
    for (const char c : pattern)
        ascii = ascii && static_cast<unsigned char>(c) < 0x80;
    options.set_encoding(ascii ? re2::RE2::Options::EncodingLatin1 : re2::RE2::Options::EncodingUTF8);
    auto regex = std::make_shared<const re2::RE2>(pattern, options);
    if (!regex->ok())
        return makeError(ErrorCode::kInvalidArgument, "not a regular expression: " + regex->error());
    return regex;
}

// Seconds (by default), ms, µs or ns of an attribute whose key says its unit: a typed duration is compared in that unit.
double unitOfKey(std::string_view key) {
    for (const std::string_view ms : {"_ms", ".ms", "_millis", "_milliseconds", "Ms"})
        if (key.ends_with(ms))
            return 1e6;
    for (const std::string_view us : {"_us", ".us", "_micros", "_microseconds"})
        if (key.ends_with(us))
            return 1e3;
    for (const std::string_view ns : {"_ns", ".ns", "_nanos", "_nano", "_nanoseconds"})
        if (key.ends_with(ns))
            return 1;
    return 1e9;
}

bool typedAsDuration(std::string_view field, std::string_view text) {
    return !text.empty() && text.back() != 'B' && !searchNumber(field, text, false) && searchNumber(field, text, true).has_value();
}

// A glob inside running text: `time*` is a token that starts so, `*x` one that ends so.
std::string regexOfGlob(std::string_view glob) {
    static constexpr std::string_view kEdge = "[^A-Za-z0-9_\\x80-\\xff]";
    std::string out = glob.starts_with('*') ? "" : "(?:^|" + std::string(kEdge) + ")";
    for (size_t i = 0; i < glob.size(); ++i) {
        if (glob[i] == '*') {
            out += "\\S*";
        } else if (glob[i] == '?') {
            out += "\\S";
        } else {
            if (glob[i] == '\\' && i + 1 < glob.size())
                ++i;
            const auto byte = static_cast<unsigned char>(glob[i]);
            static constexpr char kHex[] = "0123456789abcdef";
            out += std::string("\\x") + kHex[byte >> 4] + kHex[byte & 15];
        }
    }
    if (!glob.ends_with('*'))
        out += "(?:$|" + std::string(kEdge) + ")";
    return out;
}

// The whole tokens of a text; its first and last only where the text's own edge bounds them.
std::vector<std::string> tokensOf(std::string_view text, bool boundedEdges) {
    std::vector<std::string> tokens;
    for (size_t i = 0; i < text.size();) {
        if (!isTokenChar(text[i])) {
            ++i;
            continue;
        }
        const size_t from = i;
        while (i < text.size() && isTokenChar(text[i]))
            ++i;
        if (boundedEdges || (from > 0 && i < text.size()))
            tokens.emplace_back(text.substr(from, i - from));
    }
    return tokens;
}

}  // namespace

bool isTokenChar(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool containsWord(std::string_view text, std::string_view word) {
    if (word.empty())
        return true;
    const char* at = text.data();
    const char* const end = text.data() + text.size();
    while (static_cast<size_t>(end - at) >= word.size()) {
        const auto* hit = static_cast<const char*>(memmem(at, static_cast<size_t>(end - at), word.data(), word.size()));
        if (!hit)
            return false;
        const char* after = hit + word.size();
        const bool bounded = (hit == text.data() || !isTokenChar(hit[-1]) || !isTokenChar(word.front())) &&
                             (after == end || !isTokenChar(*after) || !isTokenChar(word.back()));
        if (bounded)
            return true;
        at = hit + 1;
    }
    return false;
}

bool matchesGlob(std::string_view glob, std::string_view text) {
    size_t g = 0, t = 0, starGlob = std::string_view::npos, starText = 0;
    while (t < text.size()) {
        const bool escaped = g + 1 < glob.size() && glob[g] == '\\';
        if (g < glob.size() && !escaped && glob[g] == '*') {
            starGlob = ++g;
            starText = t;
        } else if (g < glob.size() && ((!escaped && glob[g] == '?') || glob[g + (escaped ? 1 : 0)] == text[t])) {
            g += escaped ? 2 : 1;
            ++t;
        } else if (starGlob != std::string_view::npos) {
            g = starGlob;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (g < glob.size() && glob[g] == '*')
        ++g;
    return g == glob.size();
}

Result<ValueMatcher> ValueMatcher::of(const FilterNode& node) {
    ValueMatcher matcher;
    matcher.op_ = node.op;
    matcher.text_ = node.text;
    matcher.numeric_ = node.numeric;
    const bool durations = node.field != "duration";
    matcher.low_ = durations && typedAsDuration(node.field, node.text) ? node.number / unitOfKey(node.field) : node.number;
    matcher.high_ = durations && typedAsDuration(node.field, node.textHigh) ? node.numberHigh / unitOfKey(node.field) : node.numberHigh;
    int64_t exact = 0;
    const auto [end, ec] = std::from_chars(node.text.data(), node.text.data() + node.text.size(), exact);
    if (node.op == Op::kEquals && ec == std::errc{} && end == node.text.data() + node.text.size())
        matcher.integer_ = exact;
    if (node.op == Op::kMatches) {
        NJ_ASSIGN(matcher.regex_, compile(node.text));
    }
    return matcher;
}

std::optional<std::string_view> ValueMatcher::literal() const {
    if (op_ != Op::kEquals)
        return std::nullopt;
    return text_;
}

bool ValueMatcher::compares(double value) const {
    if (!numeric_)
        return false;
    switch (op_) {
    case Op::kEquals: return value == low_;
    case Op::kLess: return value < low_;
    case Op::kLessEqual: return value <= low_;
    case Op::kGreater: return value > low_;
    case Op::kGreaterEqual: return value >= low_;
    case Op::kBetween: return value >= low_ && value <= high_;
    default: return false;
    }
}

bool ValueMatcher::text(std::string_view value) const {
    switch (op_) {
    case Op::kExists: return true;
    case Op::kEquals: return value == text_;
    case Op::kWildcard: return matchesGlob(text_, value);
    case Op::kMatches: return re2::RE2::PartialMatch(re2::StringPiece(value.data(), value.size()), *regex_);
    default: break;
    }
    const auto number = numberIn(value);
    return number && compares(*number);
}

bool ValueMatcher::json(std::string_view value) const {
    if (text(value))
        return true;
    return op_ == Op::kEquals && value.starts_with('[') && value.find('"' + text_ + '"') != std::string_view::npos;
}

bool ValueMatcher::integer(int64_t value) const {
    if (op_ == Op::kExists || (integer_ && *integer_ == value))
        return true;
    if (integer_)
        return false;
    return op_ == Op::kWildcard || op_ == Op::kMatches ? text(std::to_string(value)) : compares(static_cast<double>(value));
}

bool ValueMatcher::number(double value) const {
    if (op_ == Op::kExists)
        return true;
    return op_ == Op::kWildcard || op_ == Op::kMatches ? text(AttributeValue::ofDouble(value).display()) : compares(value);
}

bool ValueMatcher::value(const AttributeValue& value) const {
    switch (value.type) {
    case ValueType::kString:
    case ValueType::kBytes: return text(value.text);
    case ValueType::kJson: return json(value.text);
    case ValueType::kBool: return boolean(value.integer != 0);
    case ValueType::kInt: return integer(value.integer);
    case ValueType::kDouble: return number(value.number);
    case ValueType::kEmpty: break;
    }
    return existsOnly() || text({});
}

Result<TextMatcher> TextMatcher::of(const FilterNode& node) {
    TextMatcher matcher;
    matcher.op_ = node.op;
    matcher.text_ = node.text;
    if (node.op == Op::kText || node.op == Op::kSubstring)
        matcher.tokens_ = tokensOf(node.text, node.op == Op::kText);
    if (node.op == Op::kRegex || node.op == Op::kWildcard) {
        NJ_ASSIGN(matcher.regex_, compile(node.op == Op::kRegex ? node.text : regexOfGlob(node.text)));
    }
    return matcher;
}

bool TextMatcher::matches(std::string_view text) const {
    switch (op_) {
    case Op::kText: return containsWord(text, text_);
    case Op::kSubstring: return text_.empty() || memmem(text.data(), text.size(), text_.data(), text_.size()) != nullptr;
    default: return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *regex_);
    }
}

}  // namespace nj::query

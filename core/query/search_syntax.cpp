#include "query/search_syntax.h"

#include <re2/re2.h>

#include <fmt/format.h>

#include <utility>

#include "query/search_value.h"

namespace nj::query {
namespace {

using Op = FilterNode::Op;

constexpr int kMaxDepth = 64;
constexpr size_t kMaxLength = 64U << 10;

// A value as typed: what it says literally, and as a glob where it has wildcards.
struct Value {
    std::string literal;
    std::string glob;
    bool wild = false;
    bool quoted = false;

    void add(char c, bool wildcard) {
        wild = wild || wildcard;
        literal += c;
        if (!wildcard && (c == '*' || c == '?' || c == '\\'))
            glob += '\\';
        glob += c;
    }
};

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool isFieldStart(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80; }
bool isFieldChar(char c) { return isFieldStart(c) || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '/' || c == '$' || c == '[' || c == ']'; }

std::string canonicalField(std::string_view field) {
    if (field.starts_with('@'))
        field.remove_prefix(1);
    static constexpr std::pair<std::string_view, std::string_view> kAliases[] = {
        {"dur", "duration"}, {"level", "severity"}, {"trace_id", "trace"}, {"span_id", "span"}};
    for (const auto& [alias, name] : kAliases)
        if (field == alias)
            return std::string(name);
    return std::string(field);
}

FilterNode leaf(Op op, std::string_view field, std::string text) {
    FilterNode node;
    node.op = op;
    node.field = field;
    node.text = std::move(text);
    return node;
}

class Parser {
public:
    explicit Parser(std::string_view text) : text_(text) {}

    Result<FilterNode> parse() {
        NJ_ASSIGN(FilterNode root, parseOr(0, {}));
        if (at_ < text_.size())
            return error(at_, "this ')' closes nothing");
        return root;
    }

private:
    [[nodiscard]] Error error(size_t at, const std::string& what) const {
        return makeError(ErrorCode::kInvalidArgument, fmt::format("position {}: {}", at + 1, what));
    }
    void skipSpace() {
        while (at_ < text_.size() && isSpace(text_[at_]))
            ++at_;
    }
    [[nodiscard]] bool atEnd() const { return at_ >= text_.size() || text_[at_] == ')'; }
    [[nodiscard]] char peek(size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    // Takes an operator word when it stands alone: followed by space, a bracket or the end.
    bool takeWord(std::string_view word) {
        if (text_.substr(at_, word.size()) != word)
            return false;
        const char next = peek(word.size());
        if (at_ + word.size() < text_.size() && !isSpace(next) && next != '(' && next != ')')
            return false;
        at_ += word.size();
        return true;
    }
    [[nodiscard]] static FilterNode combine(Op op, std::vector<FilterNode>& nodes) {
        if (nodes.size() == 1)
            return std::move(nodes.front());
        FilterNode node;
        node.op = op;
        node.children = std::move(nodes);
        return node;
    }

    // `field` is set inside field:( … ).
    Result<FilterNode> parseOr(int depth, std::string_view field) {
        if (depth > kMaxDepth)
            return error(at_, fmt::format("brackets are nested deeper than {}", kMaxDepth));
        std::vector<FilterNode> sides;
        while (true) {
            const size_t from = at_;
            NJ_ASSIGN(FilterNode side, parseAnd(depth, field));
            const bool empty = side.op == Op::kAnd && side.children.empty();
            skipSpace();
            const bool more = takeWord("OR") || takeWord("||");
            if (empty && (more || !sides.empty()))
                return error(from, "OR needs a term on both sides");
            sides.push_back(std::move(side));
            if (!more)
                return combine(Op::kOr, sides);
        }
    }

    Result<FilterNode> parseAnd(int depth, std::string_view field) {
        std::vector<FilterNode> terms;
        while (true) {
            skipSpace();
            if (atEnd())
                break;
            const size_t before = at_;
            if (takeWord("OR") || takeWord("||")) {
                at_ = before;
                break;
            }
            if (takeWord("AND") || takeWord("&&")) {
                skipSpace();
                const size_t next = at_;
                const bool operatorFollows = takeWord("AND") || takeWord("&&") || takeWord("OR") || takeWord("||");
                at_ = next;
                if (terms.empty() || atEnd() || operatorFollows)
                    return error(before, "AND needs a term on both sides");
                continue;
            }
            NJ_ASSIGN(FilterNode term, parseUnary(depth, field));
            terms.push_back(std::move(term));
        }
        return combine(Op::kAnd, terms);
    }

    Result<FilterNode> parseUnary(int depth, std::string_view field) {
        bool negate = false;
        for (size_t from = at_;; from = at_) {
            const bool minus = (peek() == '-' || peek() == '!') && at_ + 1 < text_.size() && !isSpace(peek(1)) && peek(1) != ')';
            if (minus && !(peek() == '-' && !field.empty() && peek(1) >= '0' && peek(1) <= '9'))
                ++at_;
            else if (!takeWord("NOT"))
                break;
            skipSpace();
            if (atEnd())
                return error(from, "NOT needs a term");
            negate = !negate;
        }
        NJ_ASSIGN(FilterNode term, parsePrimary(depth, field));
        if (!negate)
            return term;
        FilterNode node;
        node.op = Op::kNot;
        node.children.push_back(std::move(term));
        return node;
    }

    Result<FilterNode> parseGroup(int depth, std::string_view field) {
        const size_t open = at_++;
        NJ_ASSIGN(FilterNode inner, parseOr(depth + 1, field));
        if (peek() != ')')
            return error(open, "this bracket is not closed");
        ++at_;
        if (!field.empty() && inner.op == Op::kAnd && inner.children.empty())
            return error(open, "these brackets hold no value");
        return inner;
    }

    Result<FilterNode> parsePrimary(int depth, std::string_view field) {
        if (peek() == '(')
            return parseGroup(depth, field);
        if (!field.empty())
            return parseFieldValue(depth, std::string(field));
        std::string name;
        const size_t start = at_;
        if (const char op = takeField(name)) {
            if (op == ':')
                return parseFieldValue(depth, name);
            const size_t operatorAt = at_;
            auto compared = parseComparison(name);
            if (compared.ok() || name == "duration")
                return compared;
            // `List<String>` or `a->b`: no comparison after all.
            if (text_[start] == '"')
                return error(operatorAt, "a number belongs behind this operator");
            at_ = start;
        }
        if (peek() == '/' && regexEnd() != std::string_view::npos)
            return parseRegex({});
        auto value = parseValue({});
        if (!value.ok())
            return value.error();
        return freeText(*value);
    }

    // `name:`, `"any name":`, `name>` or `name<`: consumes the name (and the colon) and returns the operator; else consumes nothing.
    char takeField(std::string& name) {
        const size_t start = at_;
        if (peek() == '"') {
            auto quoted = parseQuoted(false);
            if (quoted.ok() && !quoted->literal.empty() && peek() == ':' && peek(1) != ':') {
                ++at_;
                name = canonicalField(quoted->literal);
                return ':';
            }
            at_ = start;
            return 0;
        }
        size_t end = at_ + (peek() == '@' ? 1 : 0);
        if (end >= text_.size() || !isFieldStart(text_[end]))
            return 0;
        while (end < text_.size() && isFieldChar(text_[end]))
            ++end;
        const char op = end < text_.size() ? text_[end] : '\0';
        const bool link = op == ':' && (text_.substr(end, 3) == "://" || text_.substr(end, 2) == "::");
        if ((op != ':' && op != '<' && op != '>') || link || text_[end - 1] == '-')
            return 0;
        name = canonicalField(text_.substr(start, end - start));
        at_ = end + (op == ':' ? 1 : 0);
        return op;
    }

    Result<FilterNode> parseFieldValue(int depth, const std::string& field) {
        const char c = peek();
        if (c == '(')
            return parseGroup(depth, field);
        if (c == '<' || c == '>')
            return parseComparison(field);
        if (c == '[')
            return parseRange(field);
        if (c == '/' && regexEnd() != std::string_view::npos)
            return parseRegex(field);
        if (at_ >= text_.size() || isSpace(c) || c == ')')
            return error(at_, fmt::format("a value is missing after '{}:' (quote the word to search for it as text)", field));
        auto value = parseValue(field);
        if (!value.ok())
            return value.error();
        return fieldNode(field, *value);
    }

    static FilterNode fieldNode(const std::string& field, Value& value) {
        if (value.wild)
            return value.glob.size() == 1 && value.glob.front() == '*' && !value.quoted ? leaf(Op::kExists, field, {}) : leaf(Op::kWildcard, field, std::move(value.glob));
        FilterNode node = leaf(Op::kEquals, field, std::move(value.literal));
        if (const auto number = searchNumber(field, node.text, false)) {
            node.numeric = true;
            node.number = *number;
        }
        return node;
    }

    static FilterNode freeText(Value& value) {
        if (value.quoted)
            return leaf(Op::kSubstring, {}, std::move(value.literal));
        if (!value.wild)
            return leaf(Op::kText, {}, std::move(value.literal));
        if (value.glob.find_first_not_of('*') == std::string::npos)
            return {};
        // *x* is the plain substring x.
        const std::string_view inner = value.glob.size() > 2 ? std::string_view(value.glob).substr(1, value.glob.size() - 2) : std::string_view();
        if (value.glob.front() == '*' && value.glob.back() == '*' && inner.find_first_of("*?\\") == std::string_view::npos)
            return leaf(Op::kSubstring, {}, std::string(inner));
        return leaf(Op::kWildcard, {}, std::move(value.glob));
    }

    // > >= < <= and a number.
    Result<FilterNode> parseComparison(const std::string& field) {
        const size_t from = at_;
        const bool greater = text_[at_++] == '>';
        const bool equal = peek() == '=';
        at_ += equal ? 1 : 0;
        if (atEnd() || isSpace(peek()))
            return error(at_, "a number belongs behind this operator");
        NJ_ASSIGN(const Value value, parseValue(field));
        const auto number = searchNumber(field, value.literal, true);
        if (!number)
            return error(from, fmt::format("'{}' is no number, duration or size", value.literal));
        FilterNode node = leaf(greater ? (equal ? Op::kGreaterEqual : Op::kGreater) : (equal ? Op::kLessEqual : Op::kLess), field, value.literal);
        node.numeric = true;
        node.number = *number;
        return node;
    }

    // [a TO b], either side may be *.
    Result<FilterNode> parseRange(const std::string& field) {
        const size_t open = at_++;
        const size_t close = text_.find(']', at_);
        const std::string_view inside = text_.substr(at_, close == std::string_view::npos ? 0 : close - at_);
        const size_t middle = inside.find(" TO ");
        if (middle == std::string_view::npos)
            return error(open, "a range is written [400 TO 499]");
        const auto trim = [](std::string_view part) {
            while (!part.empty() && isSpace(part.front()))
                part.remove_prefix(1);
            while (!part.empty() && isSpace(part.back()))
                part.remove_suffix(1);
            return part;
        };
        const std::string_view low = trim(inside.substr(0, middle)), high = trim(inside.substr(middle + 4));
        const auto lowNumber = searchNumber(field, low, true), highNumber = searchNumber(field, high, true);
        if ((low != "*" && !lowNumber) || (high != "*" && !highNumber))
            return error(open, "both ends of a range are numbers, durations, sizes or *");
        at_ = close + 1;
        FilterNode node = leaf(low == "*" ? (high == "*" ? Op::kExists : Op::kLessEqual) : (high == "*" ? Op::kGreaterEqual : Op::kBetween), field,
                               std::string(low == "*" ? (high == "*" ? std::string_view() : high) : low));
        node.numeric = node.op != Op::kExists;
        node.number = lowNumber ? *lowNumber : highNumber.value_or(0);
        if (node.op == Op::kBetween) {
            node.textHigh = high;
            node.numberHigh = *highNumber;
        }
        return node;
    }

    // Where the regex starting here ends: its closing slash stands before a space, a bracket or the end; else it is a path.
    [[nodiscard]] size_t regexEnd() const {
        for (size_t i = at_ + 1; i < text_.size(); ++i) {
            if (text_[i] == '\\')
                ++i;
            else if (text_[i] == '/' && i > at_ + 1 && (i + 1 == text_.size() || isSpace(text_[i + 1]) || text_[i + 1] == ')'))
                return i;
        }
        return std::string_view::npos;
    }

    Result<FilterNode> parseRegex(std::string_view field) {
        const size_t end = regexEnd();
        const std::string pattern(text_.substr(at_ + 1, end - at_ - 1));
        const re2::RE2 regex(pattern, re2::RE2::Quiet);
        if (!regex.ok())
            return error(at_, fmt::format("not a regular expression: {}", regex.error()));
        at_ = end + 1;
        return leaf(field.empty() ? Op::kRegex : Op::kMatches, field, pattern);
    }

    Result<Value> parseValue(std::string_view field) {
        if (peek() == '"')
            return parseQuoted(!field.empty());
        Value value;
        for (; at_ < text_.size(); ++at_) {
            char c = text_[at_];
            if (isSpace(c) || c == '(' || c == ')' || c == '"')
                break;
            if (c == '\\' && at_ + 1 < text_.size())
                value.add(text_[++at_], false);
            else
                value.add(c, c == '*' || c == '?');
        }
        return value;
    }

    Result<Value> parseQuoted(bool stars) {
        const size_t open = at_++;
        Value value;
        value.quoted = true;
        for (; at_ < text_.size(); ++at_) {
            char c = text_[at_];
            if (c == '"') {
                ++at_;
                return value;
            }
            if (c == '\\' && at_ + 1 < text_.size())
                value.add(text_[++at_], false);
            else
                value.add(c, stars && c == '*');
        }
        return error(open, "this quote is not closed");
    }

    std::string_view text_;
    size_t at_ = 0;
};

std::string quoted(std::string_view text, bool glob) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || (!glob && (c == '\\' || c == '*')))
            out += '\\';
        out += c;
    }
    return out + '"';
}

bool isPlainWord(std::string_view text) {
    if (text.empty() || text == "AND" || text == "OR" || text == "NOT" || text.front() == '-' || text.front() == '/')
        return false;
    for (const char c : text)
        if (!isFieldChar(c) || c == '[' || c == ']' || c == '$')
            return false;
    return true;
}

std::string fieldName(std::string_view field) {
    bool plain = !field.empty() && isFieldStart(field.front()) && field.back() != '-';
    for (const char c : field)
        plain = plain && isFieldChar(c);
    return plain ? std::string(field) : quoted(field, false);
}

std::string escapeWord(std::string_view text, bool glob) {
    std::string out;
    for (const char c : text) {
        const bool special = isSpace(c) || c == '(' || c == ')' || c == '"' || c == '/' || c == ':' || c == '<' || c == '>' || c == '@' || c == '!';
        if (special || (!glob && (c == '\\' || c == '*' || c == '?')) || (out.empty() && c != '*' && c != '?' && c != '\\' && !isPlainWord({&c, 1})))
            out += '\\';
        out += c;
    }
    return out;
}

std::string groupText(const FilterNode& node, const char* between) {
    std::string out = "(";
    for (const FilterNode& child : node.children)
        out += (out.size() > 1 ? between : "") + formatSearch(child);
    return out + ')';
}

}  // namespace

Result<Filter> parseSearch(std::string_view text) {
    if (text.size() > kMaxLength)
        return makeError(ErrorCode::kLimit, "the search text is longer than 64 KiB");
    NJ_ASSIGN(FilterNode root, Parser(text).parse());
    return Filter{std::move(root), std::string(text)};
}

std::string searchTerm(std::string_view field, std::string_view value, bool exclude) {
    std::string out = exclude ? "-" : "";
    if (!field.empty())
        out += fieldName(field) + ':';
    if (!field.empty() && isPlainWord(value))
        return out + std::string(value);
    return out + quoted(value, false);
}

std::string formatSearch(const FilterNode& node) {
    const std::string field = node.field.empty() ? std::string() : fieldName(node.field) + ':';
    switch (node.op) {
    case Op::kAnd: return node.children.empty() ? "*" : groupText(node, " ");
    case Op::kOr: return node.children.empty() ? "-*" : groupText(node, " OR ");
    case Op::kNot: return node.children.empty() ? "*" : "-" + formatSearch(node.children.front());
    case Op::kText: {
        const bool operatorWord = node.text == "AND" || node.text == "OR" || node.text == "NOT" || node.text == "&&" || node.text == "||";
        return operatorWord ? "\\" + node.text : escapeWord(node.text, false);
    }
    case Op::kSubstring: return quoted(node.text, false);
    case Op::kRegex:
    case Op::kMatches: return field + '/' + node.text + '/';
    case Op::kExists: return field + '*';
    case Op::kEquals: return field + quoted(node.text, false);
    case Op::kWildcard: return field + escapeWord(node.text, true);
    case Op::kLess: return field + '<' + quoted(node.text, false);
    case Op::kLessEqual: return field + "<=" + quoted(node.text, false);
    case Op::kGreater: return field + '>' + quoted(node.text, false);
    case Op::kGreaterEqual: return field + ">=" + quoted(node.text, false);
    case Op::kBetween: return field + '[' + node.text + " TO " + node.textHigh + ']';
    }
    return {};
}

}  // namespace nj::query

// A parsed search: what the filter bar and the CLI's FILTER mean. Built by query/search_syntax, evaluated by backends. Immutable
// once built, may be shared between threads.
//
// Fields: service, name, status (unset|ok|error), kind, duration (alias dur), severity (alias level), body, trace, span, event,
// scope, pod/host/gpu (entities), any attribute key; `resource.key` forces the resource, `key` means row, then scope, then resource.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace nj {

struct FilterNode {
    enum class Op : uint8_t {
        kAnd, kOr, kNot,      // children
        kText,                // bare word: whole tokens of body/name/attribute values; `text` as typed
        kSubstring,           // "quoted" or with wildcards, anywhere in the text
        kRegex,               // /re/ in RE2 syntax
        kExists,              // field:*
        kEquals, kLess, kLessEqual, kGreater, kGreaterEqual,
        kBetween,             // field:[a TO b], inclusive
        kWildcard,            // field:web*
        kMatches,             // field:/re/
    };
    Op op = Op::kAnd;
    std::string field;        // "" for free text
    std::string text;         // the value as typed, unquoted
    std::string textHigh;     // kBetween
    bool numeric = false;     // number (and numberHigh) hold the value; durations in ns, sizes in bytes
    double number = 0;
    double numberHigh = 0;
    std::vector<FilterNode> children;
};

struct Filter {
    FilterNode root;          // kAnd without children matches everything
    std::string source;       // the text it was parsed from, for captions
    [[nodiscard]] bool matchesAll() const { return root.op == FilterNode::Op::kAnd && root.children.empty(); }
};

}  // namespace nj

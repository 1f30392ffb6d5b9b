// Tests single values: ValueMatcher an attribute's value against one comparison, TextMatcher free text against a word, phrase, glob or
// regex. Immutable once made; any thread.
#pragma once

#include <re2/re2.h>

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/attribute.h"
#include "model/filter.h"

namespace nj::query {

// * any run, ? one byte, \ takes the next literally; the whole text. Linear space, at most |glob| × |text| steps.
bool matchesGlob(std::string_view glob, std::string_view text);
// Characters of a token: [A-Za-z0-9_] and bytes ≥ 0x80.
bool isTokenChar(char c);
// Position-independent: the word stands in the text with no token character touching its ends.
bool containsWord(std::string_view text, std::string_view word);

class ValueMatcher {
public:
    // The node is a leaf with a field.
    static Result<ValueMatcher> of(const FilterNode& node);
    [[nodiscard]] bool text(std::string_view value) const;
    [[nodiscard]] bool json(std::string_view value) const;   // also one element of a list
    [[nodiscard]] bool integer(int64_t value) const;
    [[nodiscard]] bool number(double value) const;
    [[nodiscard]] bool boolean(bool value) const { return text(value ? "true" : "false"); }
    [[nodiscard]] bool value(const AttributeValue& value) const;
    [[nodiscard]] bool existsOnly() const { return op_ == FilterNode::Op::kExists; }
    // The literal of an equality, for dictionary look-ups; nothing for other comparisons.
    [[nodiscard]] std::optional<std::string_view> literal() const;

private:
    [[nodiscard]] bool compares(double value) const;

    FilterNode::Op op_ = FilterNode::Op::kExists;
    std::string text_;
    bool numeric_ = false;
    double low_ = 0, high_ = 0;
    std::optional<int64_t> integer_;   // exact, beyond a double's 53 bits
    std::shared_ptr<const re2::RE2> regex_;
};

class TextMatcher {
public:
    // The node is kText, kSubstring, kRegex, or kWildcard without a field.
    static Result<TextMatcher> of(const FilterNode& node);
    [[nodiscard]] bool matches(std::string_view text) const;
    // Tokens every matching text holds as whole tokens: what a token filter may be asked for.
    [[nodiscard]] const std::vector<std::string>& tokens() const { return tokens_; }
    // The word itself where it is a plain word that may be a number or an id.
    [[nodiscard]] std::string_view word() const { return op_ == FilterNode::Op::kText ? std::string_view(text_) : std::string_view(); }

private:
    FilterNode::Op op_ = FilterNode::Op::kText;
    std::string text_;
    std::vector<std::string> tokens_;
    std::shared_ptr<const re2::RE2> regex_;
};

}  // namespace nj::query

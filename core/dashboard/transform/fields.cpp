// Which fields there are, in which order, and what they are called.
#include <algorithm>
#include <optional>

#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/js_regex.h"
#include "dashboard/transform/transform_steps.h"

namespace nj::dashboard {
namespace {

const FieldRule* ruleFor(const Frame& frame, const Field& field, const std::vector<FieldRule>& rules) {
    const FieldRule* byOtherName = nullptr;
    for (const FieldRule& rule : rules) {
        if (rule.name == displayName(frame, field))
            return &rule;
        if (byOtherName == nullptr && isNamed(frame, field, rule.name))
            byOtherName = &rule;
    }
    return byOtherName;
}

void organizeFrame(Frame& frame, const std::vector<FieldRule>& rules) {
    std::vector<std::pair<unsigned, Field>> placed;
    std::vector<std::pair<size_t, std::string>> renames;
    for (Field& field : frame.fields) {
        const FieldRule* const rule = ruleFor(frame, field, rules);
        if (rule != nullptr && rule->hidden)
            continue;
        if (rule != nullptr && !rule->rename.empty())
            renames.emplace_back(placed.size(), rule->rename);
        placed.emplace_back(rule == nullptr ? ~0U : static_cast<unsigned>(rule->order), std::move(field));
    }
    // By the old names, since a frame's name may be one of them.
    for (auto& [at, name] : renames)
        setDisplayName(frame, placed[at].second, std::move(name));
    std::stable_sort(placed.begin(), placed.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    frame.fields.clear();
    for (auto& [order, field] : placed)
        frame.fields.push_back(std::move(field));
}

}  // namespace

void organizeFields(Frames& frames, const Transformation& how, Notes&) {
    for (Frame& frame : frames)
        organizeFrame(frame, how.fields);
    std::erase_if(frames, [](const Frame& frame) { return frame.fields.empty(); });
}

void filterFields(Frames& frames, const Transformation& how, Notes& notes) {
    std::vector<FieldRule> wanted, hidden;
    for (const FieldRule& rule : how.fields)
        (rule.hidden ? hidden : wanted).push_back(rule);
    std::optional<JsRegex> pattern;
    if (!how.pattern.empty()) {
        auto compiled = JsRegex::compile(how.pattern);
        if (!compiled.ok()) {
            notes.push_back("The fields were not filtered by '" + how.pattern + "': " + compiled.error().message + ".");
            return;
        }
        pattern = std::move(*compiled);
    }
    const bool includes = !wanted.empty() || (pattern && !how.exclude);
    for (Frame& frame : frames)
        std::erase_if(frame.fields, [&](const Field& field) {
            const bool fits = pattern && pattern->matches(displayName(frame, field));
            if (ruleFor(frame, field, hidden) != nullptr || (how.exclude && fits))
                return true;
            return includes && !fits && ruleFor(frame, field, wanted) == nullptr;
        });
    std::erase_if(frames, [](const Frame& frame) { return frame.fields.empty(); });
}

void renameByRegex(Frames& frames, const Transformation& how, Notes& notes) {
    const auto pattern = JsRegex::compile(how.pattern);
    if (!pattern.ok()) {
        notes.push_back("Nothing was renamed by '" + how.pattern + "': " + pattern.error().message + ".");
        return;
    }
    for (Frame& frame : frames)
        for (Field& field : frame.fields)
            if (const std::string& name = displayName(frame, field); pattern->matches(name))
                setDisplayName(frame, field, pattern->replace(name, how.replacement));
}

}  // namespace nj::dashboard

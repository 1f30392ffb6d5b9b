// Many rows to one: by group, or of each field.
#include <algorithm>
#include <unordered_map>

#include "dashboard/calculation.h"
#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/transform_steps.h"

namespace nj::dashboard {
namespace {

using Groups = std::vector<std::vector<size_t>>;   // rows of each

std::vector<std::string> knownOf(const std::vector<std::string>& calculations, Notes& notes) {
    std::vector<std::string> out;
    for (const std::string& each : calculations)
        if (isCalculation(each))
            out.push_back(each);
        else
            notes.push_back("The calculation '" + each + "' is not known and was left out.");
    return out;
}

// Of a text or a time only what picks one, or counts.
bool picks(std::string_view calculation) {
    return calculation == "first" || calculation == "firstNotNull" || calculation == "last" || calculation == "lastNotNull";
}

bool canReduce(const Field& field, std::string_view calculation) {
    return field.kind != FieldKind::kText || picks(calculation) || calculation == "count" || calculation == "distinctCount";
}

void pick(Field& out, const Field& field, const std::vector<size_t>& rows, std::string_view calculation) {
    const bool known = calculation.ends_with("NotNull");
    const auto fits = [&](size_t row) { return !known || !isNone(field, row); };
    const bool first = calculation.starts_with("first");
    const auto ahead = std::find_if(rows.begin(), rows.end(), fits);
    const auto behind = std::find_if(rows.rbegin(), rows.rend(), fits);
    if (ahead == rows.end())
        resizeRows(out, rowsOf(out) + 1);
    else
        appendCell(out, field, first ? *ahead : *behind);
}

size_t distinctTexts(const Field& field, const std::vector<size_t>& rows) {
    std::vector<std::string_view> texts;
    for (const size_t row : rows)
        texts.emplace_back(field.texts[row]);
    std::sort(texts.begin(), texts.end());
    return static_cast<size_t>(std::unique(texts.begin(), texts.end()) - texts.begin());
}

// One row per group.
Field reduced(const Field& field, const Groups& groups, std::string_view calculation) {
    Field out = emptyLike(field);
    const bool staysTime = field.kind == FieldKind::kTime && (calculation == "min" || calculation == "max");
    if (!picks(calculation) && !staysTime)
        out.kind = FieldKind::kNumber;
    std::vector<double> values;
    for (const std::vector<size_t>& rows : groups) {
        if (picks(calculation)) {
            pick(out, field, rows, calculation);
        } else if (staysTime) {
            const auto [least, most] = std::minmax_element(rows.begin(), rows.end(), [&](size_t a, size_t b) { return field.times[a] < field.times[b]; });
            out.times.push_back(rows.empty() ? 0 : field.times[calculation == "min" ? *least : *most]);
        } else if (field.kind == FieldKind::kText) {
            out.numbers.push_back(static_cast<double>(calculation == "count" ? rows.size() : distinctTexts(field, rows)));
        } else {
            values.clear();
            for (const size_t row : rows)
                values.push_back(cellNumber(field, row));
            out.numbers.push_back(calculate(calculation, values));
        }
    }
    return out;
}

Groups groupsBy(const std::vector<const Field*>& fields, size_t rows) {
    Groups groups;
    std::unordered_map<std::string, size_t> places;
    for (size_t row = 0; row < rows; ++row) {
        std::string key;
        for (const Field* field : fields)
            appendKey(key, *field, row);
        const auto [place, isNew] = places.emplace(std::move(key), groups.size());
        if (isNew)
            groups.emplace_back();
        groups[place->second].push_back(row);
    }
    return groups;
}

Frame groupedFrame(const Frame& frame, const std::vector<FieldRule>& rules) {
    Frame out{frame.refId, "", {}};
    std::vector<const Field*> by;
    for (const FieldRule& rule : rules)
        if (const Field* const field = rule.op == "groupby" ? findField(frame, rule.name) : nullptr)
            by.push_back(field);
    if (by.empty())
        return out;
    const Groups groups = groupsBy(by, frame.rows());
    for (const Field* field : by) {
        Field& column = out.fields.emplace_back(reduced(*field, groups, "first"));
        column.name = displayName(frame, *field);
    }
    for (const FieldRule& rule : rules) {
        const Field* const field = rule.op == "aggregate" ? findField(frame, rule.name) : nullptr;
        for (const std::string& calculation : rule.calculations)
            if (field != nullptr && canReduce(*field, calculation)) {
                Field& column = out.fields.emplace_back(reduced(*field, groups, calculation));
                column.name = displayName(frame, *field) + " (" + calculation + ")";
            }
    }
    return out;
}

// One row per field of numbers.
Frame rowPerField(const Frames& frames, const std::vector<std::string>& calculations) {
    Frame out;
    out.fields.resize(calculations.size() + 1);
    out.fields[0].kind = FieldKind::kText;
    out.fields[0].name = "Field";
    for (size_t i = 0; i < calculations.size(); ++i)
        out.fields[i + 1].name = calculationTitle(calculations[i]);
    for (const Frame& frame : frames)
        for (const Field& field : frame.fields) {
            if (field.kind != FieldKind::kNumber)
                continue;
            out.fields[0].texts.push_back(displayName(frame, field));
            for (size_t i = 0; i < calculations.size(); ++i)
                out.fields[i + 1].numbers.push_back(calculate(calculations[i], field.numbers));
        }
    return out;
}

}  // namespace

void groupRows(Frames& frames, const Transformation& how, Notes& notes) {
    std::vector<FieldRule> rules = how.fields;
    for (FieldRule& rule : rules)
        rule.calculations = knownOf(rule.calculations, notes);
    for (Frame& frame : frames)
        frame = groupedFrame(frame, rules);
    std::erase_if(frames, [](const Frame& frame) { return frame.fields.empty(); });
}

void reduceFrames(Frames& frames, const Transformation& how, Notes& notes) {
    const std::vector<std::string> calculations = knownOf(how.calculations, notes);
    if (calculations.empty()) {
        notes.emplace_back("Nothing was reduced: the transformation names no calculation.");
        return;
    }
    if (how.asRows) {
        frames = {rowPerField(frames, calculations)};
        return;
    }
    for (Frame& frame : frames) {
        Groups all(1);
        for (size_t row = 0; row < frame.rows(); ++row)
            all[0].push_back(row);
        Frame out{frame.refId, frame.name, {}};
        for (const Field& field : frame.fields)
            for (const std::string& calculation : calculations)
                if (field.kind != FieldKind::kTime && canReduce(field, calculation)) {
                    Field& column = out.fields.emplace_back(reduced(field, all, calculation));
                    if (calculations.size() > 1)
                        column.name = displayName(frame, field) + " " + std::string(calculationTitle(calculation));
                }
        frame = std::move(out);
    }
    std::erase_if(frames, [](const Frame& frame) { return frame.fields.empty(); });
}

}  // namespace nj::dashboard

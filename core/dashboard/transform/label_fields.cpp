// The labels of series become fields of their own.
#include <algorithm>

#include "dashboard/transform.h"
#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/transform_steps.h"

namespace nj::dashboard {
namespace {

bool isWanted(const Transformation& how, const std::string& label) {
    return how.fields.empty() || std::any_of(how.fields.begin(), how.fields.end(), [&](const FieldRule& rule) { return rule.name == label; });
}

// Two columns: a row per label.
Frame labelRows(const Frame& frame, const Field& field, const Transformation& how) {
    Frame out{frame.refId, displayName(frame, field), {}};
    Field name, value;
    name.kind = value.kind = FieldKind::kText;
    name.name = "label";
    value.name = "value";
    for (const promql::Label& label : field.labels)
        if (isWanted(how, label.name)) {
            name.texts.push_back(label.name);
            value.texts.push_back(label.value);
        }
    out.fields = {std::move(name), std::move(value)};
    return out;
}

Frame labelColumns(const Frame& frame, const Field& field, const Transformation& how) {
    Frame out{frame.refId, "", {}};
    Field value = field;
    value.labels.clear();
    for (const Field& other : frame.fields)
        if (&other != &field && other.labels.empty())
            out.fields.push_back(other);
    for (const promql::Label& label : field.labels) {
        if (label.name == how.alias) {
            value.name = label.value;
        } else if (isWanted(how, label.name)) {
            Field& column = out.fields.emplace_back();
            column.kind = FieldKind::kText;
            column.name = label.name;
            column.texts.assign(frame.rows(), label.value);
        }
    }
    out.fields.push_back(std::move(value));
    return out;
}

}  // namespace

void labelsToFields(Frames& frames, const Transformation& how, Notes& notes) {
    size_t cells = 0;
    for (const Frame& frame : frames)
        for (const Field& field : frame.fields)
            cells += field.labels.empty() ? 0 : frame.rows() * (field.labels.size() + frame.fields.size());
    if (cells > kMostFrameCells) {
        notes.push_back(tooManyCells("labels to fields"));
        return;
    }
    Frames out;
    for (Frame& frame : frames) {
        bool any = false;
        for (const Field& field : frame.fields)
            if (!field.labels.empty()) {
                any = true;
                out.push_back(how.asRows ? labelRows(frame, field, how) : labelColumns(frame, field, how));
            }
        if (!any && !how.asRows)
            out.push_back(std::move(frame));
    }
    frames = std::move(out);
    if (!how.asRows)
        mergeFrames(frames, how, notes);
}

}  // namespace nj::dashboard

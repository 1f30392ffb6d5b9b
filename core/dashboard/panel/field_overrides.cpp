#include "dashboard/panel/field_overrides.h"

#include <algorithm>
#include <optional>

#include "dashboard/transform/js_regex.h"

namespace nj::dashboard {
namespace {

// What `look` says takes the place of what `to` (a FieldLook or a Panel) says.
template <typename Look>
void apply(const FieldLook& look, Look& to) {
    if (!look.unit.empty())
        to.unit = look.unit;
    if (look.decimals)
        to.decimals = look.decimals;
    if (look.min)
        to.min = look.min;
    if (look.max)
        to.max = look.max;
    if (!look.thresholds.empty()) {
        to.thresholds = look.thresholds;
        to.thresholdsInPercent = look.thresholdsInPercent;
    }
}

// A field as overrides see it.
struct Named {
    std::string_view name, refId, type;
};

class Overrides {
public:
    explicit Overrides(const std::vector<FieldOverride>& all) : all_(all) {
        for (const FieldOverride& each : all_) {
            auto regex = each.match == FieldMatch::kRegex && !each.names.empty() ? JsRegex::compile(each.names.front()) : Result<JsRegex>(makeError(ErrorCode::kNotFound, ""));
            regexes_.push_back(regex.ok() ? std::optional(std::move(*regex)) : std::nullopt);
        }
    }

    struct Outcome {
        FieldLook look;
        std::string name;
        bool hidden = false;
    };
    [[nodiscard]] Outcome of(const Named& field) const {
        Outcome out;
        for (size_t i = 0; i < all_.size(); ++i) {
            const FieldOverride& each = all_[i];
            if (!matches(i, field))
                continue;
            out.hidden = out.hidden || each.hidden;
            if (!each.displayName.empty())
                out.name = each.displayName;
            apply(each.look, out.look);
            if (!each.look.colour.empty())
                out.look.colour = each.look.colour;
        }
        return out;
    }

private:
    [[nodiscard]] bool matches(size_t index, const Named& field) const {
        const FieldOverride& each = all_[index];
        const auto named = [&](std::string_view text) { return std::find(each.names.begin(), each.names.end(), text) != each.names.end(); };
        switch (each.match) {
        case FieldMatch::kName: return named(field.name) != each.except && (!each.except || field.type == "number");
        case FieldMatch::kRegex: return regexes_[index] && regexes_[index]->matches(field.name);
        case FieldMatch::kQuery: return named(field.refId);
        case FieldMatch::kType: return named(field.type);
        }
        return false;
    }
    const std::vector<FieldOverride>& all_;
    std::vector<std::optional<JsRegex>> regexes_;
};

// Of "Value #B" the query B.
std::string_view refIdIn(std::string_view name) {
    const size_t mark = name.rfind(" #");
    return mark == std::string_view::npos ? "A" : name.substr(mark + 2);
}

}  // namespace

void overrideFields(const Panel& panel, const Scope& scope, std::vector<PanelSeries>& series) {
    if (panel.overrides.empty())
        return;
    const Overrides overrides(panel.overrides);
    std::erase_if(series, [&](PanelSeries& one) {
        Overrides::Outcome found = overrides.of({one.name, one.refId, "number"});
        one.look = std::move(found.look);
        if (!found.name.empty())
            one.name = interpolate(found.name, scope);
        return found.hidden;
    });
}

void overrideFields(const Panel& panel, const Scope& scope, Frame& table, std::vector<FieldLook>& looks) {
    const Overrides overrides(panel.overrides);
    looks.clear();
    std::erase_if(table.fields, [&](Field& field) {
        const bool number = field.kind == FieldKind::kNumber;
        Overrides::Outcome found = overrides.of({field.name, number ? refIdIn(field.name) : std::string_view(), number ? "number" : field.kind == FieldKind::kTime ? "time" : "string"});
        if (!found.name.empty())
            field.name = interpolate(found.name, scope);
        if (!found.hidden)
            looks.push_back(std::move(found.look));
        return found.hidden;
    });
}

Panel looking(const Panel& panel, const FieldLook& look) {
    Panel out = panel;
    apply(look, out);
    return out;
}

}  // namespace nj::dashboard

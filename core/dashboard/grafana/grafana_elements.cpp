// The schema of elements and layout (v2): each panel stands once among the elements, and the layout says where. It is turned into the
// panels of the schema before it, so that both are read by the same code.
#include "dashboard/grafana/grafana_reading.h"

namespace nj::dashboard {
namespace {

class Flattening {
public:
    explicit Flattening(const Json& spec) : elements_(at(spec, "elements")) {}

    void layout(const Json& layout, int nesting) {
        const Json& spec = at(layout, "spec");
        const std::string kind = textAt(layout, "kind", 50);
        if (nesting > 8)
            return lost("the layout", "rows and tabs inside each other", "they nest too deep");
        if (kind == "RowsLayout")
            groups(at(spec, "rows"), nesting);
        else if (kind == "TabsLayout")
            groups(at(spec, "tabs"), nesting);
        else
            grid(at(spec, "items"), kind == "AutoGridLayout", intAt(spec, "maxColumnCount", 3, 1, kGridColumns));
    }

    void listUnplaced() {
        if (elements_.is_object())
            for (const auto& [name, element] : elements_.items())
                if (!placed_.contains(name))
                    lost("element '" + name + "'", "the panel", "the layout does not name it");
    }

    Json panels = Json::array();
    Json losses = Json::array();

private:
    void lost(const std::string& where, const std::string& what, const std::string& why) { losses.push_back({{"where", where}, {"what", what}, {"why", why}}); }

    // Rows and tabs are rows of ours.
    void groups(const Json& list, int nesting) {
        if (!list.is_array())
            return;
        for (const Json& group : list) {
            const Json& spec = at(group, "spec");
            panels.push_back({{"type", "row"}, {"title", textAt(spec, "title")}, {"collapsed", boolAt(spec, "collapse")}, {"repeat", textAt(at(spec, "repeat"), "value", 200)}, {"gridPos", {{"y", y_}}}});
            layout(at(spec, "layout"), nesting + 1);
            y_ += 1'000;
        }
    }

    void grid(const Json& items, bool automatic, int columns) {
        if (!items.is_array())
            return;
        int index = 0;
        for (const Json& item : items) {
            const Json& spec = at(item, "spec");
            if (textAt(item, "kind", 50) == "GridLayoutRow") {   // of the first drafts
                panels.push_back({{"type", "row"}, {"title", textAt(spec, "title")}, {"collapsed", boolAt(spec, "collapsed")}});
                grid(at(spec, "elements"), automatic, columns);
                continue;
            }
            if (panels.size() > kMostPanels + kMostRows)
                return lost("the layout", "the elements behind the first", "there are too many");
            const std::string name = textAt(at(spec, "element"), "name", 200);
            const Json& element = at(elements_, name.c_str());
            if (!element.is_object()) {
                lost("element '" + name + "'", "the panel", "the layout names it, but it is not among the elements");
                continue;
            }
            placed_.insert(name);
            Json out = panel(element);
            const int width = kGridColumns / columns;
            out["gridPos"] = automatic ? Json{{"x", index % columns * width}, {"y", index / columns * 8}, {"w", width}, {"h", 8}}
                                       : Json{{"x", at(spec, "x")}, {"y", at(spec, "y")}, {"w", at(spec, "width")}, {"h", at(spec, "height")}};
            if (const Json& repeat = at(spec, "repeat"); repeat.is_object()) {
                out["repeat"] = textAt(repeat, "value", 200);
                out["repeatDirection"] = textAt(repeat, "direction", 5);
                out["maxPerRow"] = at(repeat, "maxPerRow");
            }
            panels.push_back(std::move(out));
            ++index;
        }
    }

    static Json panel(const Json& element) {
        const Json& spec = at(element, "spec");
        if (textAt(element, "kind", 50) == "LibraryPanel")
            return {{"title", textAt(spec, "title")}, {"libraryPanel", Json::object()}};
        const Json& view = at(spec, "vizConfig");
        const Json& viewSpec = at(view, "spec");
        const std::string kind = textAt(view, "kind", 100);
        Json out{{"id", at(spec, "id")}, {"title", textAt(spec, "title")}, {"description", textAt(spec, "description")}, {"options", at(viewSpec, "options")}, {"fieldConfig", at(viewSpec, "fieldConfig")}};
        out["type"] = kind == "VizConfig" ? textAt(view, "group", 100) : kind;
        const Json& data = at(at(spec, "data"), "spec");
        Json targets = Json::array();
        if (const Json& queries = at(data, "queries"); queries.is_array())
            for (const Json& query : queries) {
                if (targets.size() > kMostTargets)
                    break;
                targets.push_back(target(at(query, "spec")));
            }
        out["targets"] = std::move(targets);
        Json transformations = Json::array();
        if (const Json& list = at(data, "transformations"); list.is_array())
            for (const Json& each : list) {
                const Json& inner = at(each, "spec");
                const std::string id = textAt(inner, "id", 100), group = textAt(each, "group", 100);
                transformations.push_back({{"id", !id.empty() ? id : !group.empty() ? group : textAt(each, "kind", 100)}, {"options", at(inner, "options")}, {"disabled", at(inner, "disabled")}});
            }
        out["transformations"] = std::move(transformations);
        const Json& timing = at(data, "queryOptions");
        out["timeFrom"] = at(timing, "timeFrom");
        out["timeShift"] = at(timing, "timeShift");
        return out;
    }

    static Json target(const Json& spec) {
        const Json& query = at(spec, "query");
        Json out = at(query, "spec").is_object() ? at(query, "spec") : Json::object();
        out["refId"] = textAt(spec, "refId", 50);
        out["hide"] = boolAt(spec, "hidden");
        const std::string kind = textAt(query, "kind", 100);
        out["datasource"] = {{"type", kind == "DataQuery" ? textAt(query, "group", 100) : kind}, {"uid", textAt(at(spec, "datasource"), "uid", 200)}};
        return out;
    }

    const Json& elements_;
    std::set<std::string> placed_;
    int y_ = 0;
};

// "QueryVariable" → "query"
std::string variableType(std::string kind) {
    if (kind.ends_with("Variable"))
        kind.resize(kind.size() - 8);
    for (char& c : kind)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    return kind == "text" ? "textbox" : kind;
}

}  // namespace

bool isElementsSchema(const Json& json) { return at(json, "elements").is_object() && at(json, "layout").is_object(); }

Json classicFromElements(const Json& spec) {
    Flattening flattening(spec);
    flattening.layout(at(spec, "layout"), 0);
    flattening.listUnplaced();
    Json variables = Json::array();
    if (const Json& list = at(spec, "variables"); list.is_array())
        for (const Json& variable : list) {
            if (variables.size() > kMostVariables)
                break;
            const Json& inner = at(variable, "spec");
            Json out = inner.is_object() ? inner : Json::object();
            out["type"] = variableType(textAt(variable, "kind", 50));
            if (const Json& query = at(inner, "query"); at(query, "spec").is_object()) {
                const std::string kind = textAt(query, "kind", 100);
                out["datasource"] = {{"type", kind == "DataQuery" ? textAt(query, "group", 100) : kind}};
                out["query"] = at(query, "spec");
            }
            if (out["type"] == "datasource")
                out["query"] = textAt(inner, "pluginId", 100);
            variables.push_back(std::move(out));
        }
    const Json& time = at(spec, "timeSettings");
    return {{"title", at(spec, "title")},
            {"description", at(spec, "description")},
            {"tags", at(spec, "tags")},
            {"time", {{"from", at(time, "from")}, {"to", at(time, "to")}}},
            {"templating", {{"list", std::move(variables)}}},
            {"panels", std::move(flattening.panels)},
            {"elementsLeft", std::move(flattening.losses)}};
}

}  // namespace nj::dashboard

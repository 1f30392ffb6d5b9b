// series, labels, label/NAME/values: which series there are.
#include <algorithm>
#include <limits>
#include <set>

#include "api/routes.h"
#include "promql/syntax/parser.h"

namespace nj::api {
namespace {

struct ByLabels {
    bool operator()(const promql::LabelsPtr& a, const promql::LabelsPtr& b) const { return *a < *b; }
};

// The series that any match[] selects and that may have samples between start and end; all without a match[].
Result<std::set<promql::LabelsPtr, ByLabels>> matched(const Call& call) {
    constexpr TimeNs kFirst = std::numeric_limits<TimeNs>::min();
    NJ_ASSIGN(const auto start, call.parameters.time("start"));
    NJ_ASSIGN(const auto end, call.parameters.time("end"));
    const TimeNs from = std::max(start.value_or(kFirst), kFirst + 1) - 1;  // the start itself counts
    const TimeNs to = end.value_or(std::numeric_limits<TimeNs>::max());
    if (to < from)
        return invalidParameter("end", "end timestamp must not be before start time");
    std::vector<std::vector<promql::Matcher>> selectors;
    for (const std::string& text : call.parameters.all("match[]")) {
        auto selector = promql::parseSelector(text);
        if (!selector.ok())
            return invalidParameter("match[]", selector.error().message);
        selectors.push_back(std::move(*selector));
    }
    if (selectors.empty())
        selectors.emplace_back();
    std::set<promql::LabelsPtr, ByLabels> found;
    for (const auto& selector : selectors) {
        auto iterators = call.capsule.querier().select(selector, from, to, call.stop);
        if (!iterators.ok())
            return invalidParameter("match[]", iterators.error().message);
        for (const auto& one : *iterators) found.insert(one->labels());
    }
    return found;
}

Result<Answer> textsAnswer(const Call& call, const std::set<std::string>& texts) {
    NJ_ASSIGN(const size_t limit, call.parameters.limit());
    std::string data;
    JsonWriter json(data);
    json.beginArray();
    size_t written = 0;
    for (const std::string& text : texts) {
        if (limit > 0 && written == limit)
            break;
        json.string(text);
        ++written;
    }
    json.endArray();
    return success(data, written < texts.size() ? std::vector<std::string>{kTruncated} : std::vector<std::string>());
}

}  // namespace

void writeLabels(JsonWriter& json, const promql::Labels& labels) {
    json.beginObject();
    for (const promql::Label& label : labels) json.key(label.name).string(label.value);
    json.endObject();
}

Result<Answer> series(const Call& call) {
    if (call.parameters.all("match[]").empty())
        return makeError(ErrorCode::kInvalidArgument, "no match[] parameter provided");
    NJ_ASSIGN(const size_t limit, call.parameters.limit());
    NJ_ASSIGN(const auto found, matched(call));
    std::string data;
    JsonWriter json(data);
    json.beginArray();
    size_t written = 0;
    for (const promql::LabelsPtr& labels : found) {
        if (limit > 0 && written == limit)
            break;
        writeLabels(json, *labels);
        ++written;
    }
    json.endArray();
    return success(data, written < found.size() ? std::vector<std::string>{kTruncated} : std::vector<std::string>());
}

Result<Answer> labelNames(const Call& call) {
    NJ_ASSIGN(const auto found, matched(call));
    std::set<std::string> names;
    for (const promql::LabelsPtr& labels : found)
        for (const promql::Label& label : *labels) names.insert(label.name);
    return textsAnswer(call, names);
}

Result<Answer> labelValues(const Call& call) {
    if (!promql::isValidLabelName(call.name))
        return makeError(ErrorCode::kInvalidArgument, "invalid label name: \"" + std::string(call.name) + "\"");
    NJ_ASSIGN(const auto found, matched(call));
    std::set<std::string> values;
    for (const promql::LabelsPtr& labels : found)
        if (const std::string_view value = promql::labelValue(*labels, call.name); !value.empty())
            values.emplace(value);
    return textsAnswer(call, values);
}

}  // namespace nj::api

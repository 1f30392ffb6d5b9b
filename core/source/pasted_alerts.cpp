// Alerts as JSON: the body of Alertmanager's webhook (Grafana's is alike), or the list its API gives.
#include <fmt/format.h>

#include <algorithm>

#include "base/bounded_json.h"
#include "source/pasted_kinds.h"

namespace nj::source {
namespace {

constexpr size_t kMostAlerts = 1000, kMostLabels = 100;
constexpr DurationNs kBefore = 30 * kMinute, kAfter = 10 * kMinute, kStillFiring = 2 * kHour;

std::string textAt(const Json& object, const char* key) {
    const Json& value = at(object, key);
    return value.is_string() ? value.get<std::string>() : std::string();
}

std::vector<std::pair<std::string, std::string>> pairsAt(const Json& object, const char* key) {
    std::vector<std::pair<std::string, std::string>> pairs;
    if (const Json& map = at(object, key); map.is_object())
        for (const auto& [name, value] : map.items())
            if (value.is_string() && pairs.size() < kMostLabels)
                pairs.emplace_back(name, value.get<std::string>());
    return pairs;
}

TimeNs timeAt(const Json& object, const char* key) {
    const auto time = parseTime(textAt(object, key), 0);
    return time.ok() && *time > 0 ? *time : 0;   // 0001-01-01 stands for none
}

// From a while before the first began to where the last ended, or to where one that still fires is likely to be of use.
TimeRange rangeOf(const std::vector<PastedAlert>& alerts, TimeNs now) {
    TimeNs first = 0, last = 0;
    for (const PastedAlert& alert : alerts) {
        if (alert.from == 0)
            continue;
        first = first == 0 ? alert.from : std::min(first, alert.from);
        last = std::max(last, alert.to != 0 ? alert.to + kAfter : alert.from + kStillFiring);
    }
    return first == 0 ? TimeRange{} : TimeRange{first - kBefore, now > first ? std::min(last, now) : last};
}

}  // namespace

Result<Pasted> pastedAlerts(std::string_view json, TimeNs now) {
    const Json root = Json::parse(json, nullptr, false);
    const Json& list = root.is_array() ? root : at(root, "alerts");
    if (!list.is_array() || list.empty() || !at(list[0], "labels").is_object())
        return makeError(ErrorCode::kInvalidArgument, "the JSON is no alert of Alertmanager or Grafana");
    Pasted pasted;
    std::string name;
    for (size_t i = 0; i < list.size() && i < kMostAlerts; ++i) {
        PastedAlert alert{pairsAt(list[i], "labels"), pairsAt(list[i], "annotations"), timeAt(list[i], "startsAt"), timeAt(list[i], "endsAt")};
        // The API gives those that fire an end in the future.
        if (alert.to > now && now > 0)
            alert.to = 0;
        if (name.empty())
            name = textAt(at(list[i], "labels"), "alertname");
        // The rule's graph says whom to ask, and what.
        const auto url = PastedUrl::parse(textAt(list[i], "generatorURL"));
        const auto graph = url ? pastedPrometheus(*url, now) : std::nullopt;
        if (graph && graph->ok()) {
            if (pasted.source.kind.empty())
                pasted.source = pastedSource("prometheus", *url, (*graph)->source.value("url"));
            for (const std::string& expression : (*graph)->expressions)
                if (std::find(pasted.expressions.begin(), pasted.expressions.end(), expression) == pasted.expressions.end())
                    addExpression(pasted, expression);
        }
        pasted.alerts.push_back(std::move(alert));
    }
    pasted.what = pasted.alerts.size() == 1 ? fmt::format("the alert {}", name) : fmt::format("{} alerts, the first {}", pasted.alerts.size(), name);
    setRange(pasted, rangeOf(pasted.alerts, now));
    return pasted;
}

}  // namespace nj::source

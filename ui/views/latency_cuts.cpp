#include "views/latency_cuts.h"

#include <algorithm>

namespace nj::ui {
namespace {

constexpr double kMost = 0.8;   // of a failure's rows on one entity

// "vllm:time_to_first_token_seconds", "gen_ai.latency.time_to_first_token" → "time_to_first_token"
std::string stem(const std::string& key) {
    std::string text = key.substr(key.find_last_of(":.") + 1);
    for (const std::string_view suffix : {"_seconds", "_milliseconds", "_ms"})
        if (text.ends_with(suffix))
            text.resize(text.size() - suffix.size());
    return text;
}

}  // namespace

bool LatencyCuts::touches(const QString& label) const { return group.isEmpty() || label.isEmpty() || label == group || label.startsWith(group + QLatin1Char('-')); }

bool endsAtDeadline(const query::Measure& measure) {
    if (measure.kind == query::Measure::Kind::kSpanDuration)
        return false;   // a span that was cut is there, as long as the deadline
    const QString key = QString::fromStdString(measure.key + " " + measure.title).toLower();
    for (const char* other : {"per_output_token", "per output token", "inter_token", "inter-token", "decode", "token_latency"})
        if (key.contains(QLatin1String(other)))
            return false;
    return key.contains(QLatin1String("first_token")) || key.contains(QLatin1String("first token")) || key.contains(QLatin1String("queue")) || key.contains(QLatin1String("e2e")) ||
           key.contains(QLatin1String("request")) || key.contains(QLatin1String("duration"));
}

std::optional<LatencyCuts> latencyCuts(const query::FailuresAnswer& failures) {
    const query::Failure* most = nullptr;
    for (const query::Failure& failure : failures.groups)
        if (failure.deadlineSeconds > 0 && failure.sameAs < 0 && !failure.muted && (!most || failure.count > most->count))
            most = &failure;
    if (!most)
        return {};
    LatencyCuts cuts;
    cuts.kind = QString::fromStdString(most->kind).remove(QStringLiteral("HTTP ")).left(40);
    cuts.deadline = most->deadlineSeconds;
    cuts.count = most->count;
    cuts.range = {most->first, most->last + 1};
    for (const query::ErrorWhere& where : most->where)
        if (static_cast<double>(where.count) >= kMost * static_cast<double>(where.rows)) {
            cuts.group = QString::fromStdString(where.value);
            break;
        }
    return cuts;
}

std::optional<query::Measure> spanTwin(const query::Measure& measure, const std::vector<query::Measure>& measures) {
    if (measure.kind != query::Measure::Kind::kHistogram)
        return measure.kind == query::Measure::Kind::kLogAttribute ? std::nullopt : std::optional(measure);
    const auto twin = std::find_if(measures.begin(), measures.end(), [&](const query::Measure& m) { return m.kind == query::Measure::Kind::kSpanAttribute && stem(m.key) == stem(measure.key); });
    return twin == measures.end() ? std::nullopt : std::optional(*twin);
}

}  // namespace nj::ui

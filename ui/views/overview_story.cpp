#include "views/overview_story.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "state/links.h"
#include "theme/number_format.h"
#include "widgets/event_label.h"
#include "widgets/event_lane.h"
#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

QString storyTr(const char* text) { return QCoreApplication::translate("nj::ui::OverviewStory", text); }

constexpr double kClientErrorWeight = 0.1, kSlower = 1.5, kWorthSaying = 3;

bool isClientError(const query::ErrorGroup& group) {
    const auto digits = group.kind.find_first_of("0123456789");
    return digits != std::string::npos && group.kind[digits] == '4' && digits + 2 < group.kind.size() && group.kind.find("HTTP") != std::string::npos;
}

// Groups of log lines: their text says all.
bool isLogKind(const query::ErrorGroup& group) { return group.kind.find("log") != std::string::npos; }

// What is known of the group's requests; nullptr = nothing.
const query::Failure* failureOf(const OverviewFacts& f, const query::ErrorGroup& group) {
    for (const query::Failure& failure : f.failures)
        if (failure.kind == group.kind && failure.text == group.text && failure.service == group.service && failure.signal == group.signal)
            return failure.failedRequests + failure.savedRequests > 0 ? &failure : nullptr;
    return nullptr;
}

double ratio(double before, double after) { return before > 0 && after > 0 && std::isfinite(before) && std::isfinite(after) ? after / before : std::nan(""); }

StoryLink filterLink(const QString& field, const QString& value, const char* view = "") { return {StoryLink::Kind::kFilter, field, value, QString::fromLatin1(view), {}, {}, -1}; }
StoryLink rangeLink(TimeRange range) { return {StoryLink::Kind::kRange, {}, {}, {}, {}, range, -1}; }

QString groupName(const query::ErrorGroup& group) {
    const QString kind = oneLine(group.kind).left(60), text = oneLine(group.text).left(70);
    if (isLogKind(group) && !text.isEmpty())
        return QStringLiteral("“") + text + QStringLiteral("”");
    return kind.isEmpty() ? text : text.isEmpty() || text == kind ? kind : kind + QStringLiteral(" “") + text + QStringLiteral("”");
}

size_t commonPrefix(const std::string& a, const std::string& b) {
    return static_cast<size_t>(std::mismatch(a.begin(), a.begin() + static_cast<std::ptrdiff_t>(std::min(a.size(), b.size())), b.begin()).first - a.begin());
}

// The entity that stands beside `name` for comparison: same kind, as busy, the most alike by name, hardly failing.
const query::EntityRow* peerOf(const OverviewFacts& f, const query::EntityRow& bad) {
    const query::EntityRow* best = nullptr;
    const double badShare = bad.count ? double(bad.errors) / double(bad.count) : 0;
    for (const query::EntityRow& row : f.entities) {
        if (row.name == bad.name || row.kind != bad.kind || row.count * 4 < bad.count)
            continue;
        const double share = row.count ? double(row.errors) / double(row.count) : 0;
        if (share > badShare / 4 && share > 0.001)
            continue;
        if (!best || commonPrefix(row.name, bad.name) > commonPrefix(best->name, bad.name))
            best = &row;
    }
    return best;
}

// The latency group that departs most: answers come in that order.
const query::LatencyGroup* slowest(const OverviewFacts& f) {
    const query::LatencyGroup* best = nullptr;
    double most = 0;
    for (const query::LatencyGroup& group : f.latency.groups) {
        if (group.total.empty() || group.n == 0)
            continue;
        const double change = group.baseline.empty() ? std::nan("") : ratio(group.baseline.back(), group.total.back());
        const double weight = std::isnan(change) ? 0.5 : change;
        if (!best || weight > most) {
            best = &group;
            most = weight;
        }
    }
    return best;
}

QString quantileName(const OverviewFacts&) { return QStringLiteral("p99"); }
QString measureName(const OverviewFacts& f) {
    const QString title = oneLine(f.measure.title);
    return title.isEmpty() ? storyTr("duration") : title.left(1).toLower() + title.mid(1);
}
// Shown value of a measure: durations come in ns with a scale to seconds.
QString measured(const OverviewFacts& f, double value) {
    const std::string& unit = f.measure.unit;
    return unit == "ns" ? formatValue(value / 1e9, QStringLiteral("s")) : formatValue(value, oneLine(unit));
}

QString when(const OverviewFacts& f, TimeNs t) { return formatClock(t, f.utc) + QLatin1Char(' ') + zoneName(t, f.utc); }
QString stretch(const OverviewFacts& f, TimeNs from, TimeNs to) {
    return storyTr("%1 to %2").arg(formatClock(from, f.utc), when(f, to));
}

double sum(const std::vector<uint32_t>& values) { return std::accumulate(values.begin(), values.end(), 0.0); }
std::vector<float> floats(const std::vector<uint32_t>& values) { return {values.begin(), values.end()}; }
std::vector<float> floats(const std::vector<double>& values) {
    std::vector<float> out;
    for (const double v : values)
        out.push_back(static_cast<float>(v));
    return out;
}

void tellErrors(const OverviewFacts& f, const query::ErrorGroup& group, OverviewStory& story) {
    const double expected = expectedFromBaseline(group.baselineCount, f.range, f.baseline);
    story.mark = QStringLiteral("▲");
    story.role = QStringLiteral("error");
    auto& s = story.sentence;
    if (!group.service.empty()) {
        s.push_back({oneLine(group.service), filterLink(QStringLiteral("service"), oneLine(group.service))});
        s.push_back({isLogKind(group) ? storyTr("logged") : storyTr("failed with"), {}});
    }
    const StoryLink rows = group.signal == Signal::kLog ? filterLink(QStringLiteral("service"), oneLine(group.service), links::kLogs) : filterLink(QStringLiteral("status"), QStringLiteral("error"), links::kTraces);
    s.push_back({groupName(group), rows});
    s.push_back({storyTr("%1 times").arg(formatCount(group.count)), rows});
    s.push_back({storyTr("from"), {}});
    s.push_back({stretch(f, group.first, group.last), rangeLink({group.first, group.last + kMinute})});
    if (const query::Failure* failure = failureOf(f, group))
        s.push_back({storyTr(", and %1 requests finally failed").arg(formatCount(failure->failedRequests)), {StoryLink::Kind::kView, {}, {}, QString::fromLatin1(links::kErrors), {}, {}, -1}});
    if (!f.baseline)
        s.push_back({storyTr("(there is no baseline to compare with)"), {}});
    else if (group.baselineCount == 0)
        s.push_back({storyTr("– none in the baseline"), {}});
    else
        s.push_back({storyTr("– %1 the baseline's rate").arg(formatFactor(expected, double(group.count))), {}});
}

void tellLatency(const OverviewFacts& f, const query::LatencyGroup& group, OverviewStory& story) {
    const bool known = !group.baseline.empty() && group.baseline.back() > 0;
    const double change = known ? ratio(group.baseline.back(), group.total.back()) : std::nan("");
    story.mark = QStringLiteral("◆");
    story.role = QStringLiteral("warning");
    auto& s = story.sentence;
    s.push_back({storyTr("%1 of %2").arg(quantileName(f), measureName(f)), {}});
    if (!group.label.empty()) {
        s.push_back({storyTr("at"), {}});
        s.push_back({oneLine(group.label), filterLink(QStringLiteral("service"), oneLine(group.label), links::kLatency)});
    }
    s.push_back({storyTr("rose from %1 to %2 (%3)").arg(measured(f, group.baseline.back()), measured(f, group.total.back()), formatFactor(1, change)), {}});
}

void tellQuiet(const OverviewFacts& f, OverviewStory& story) {
    story.mark = QStringLiteral("●");
    story.role = QStringLiteral("ok");
    const double share = f.errors.total ? double(f.errors.errors) / double(f.errors.total) : 0;
    if (f.errors.total == 0 && f.latency.n == 0 && f.changes.empty()) {
        story.mark.clear();
        story.role.clear();
        const bool metricsOnly = f.info.spans + f.info.logs == 0 && f.info.series > 0;
        const QString metrics = f.baseline ? storyTr("Metrics only: no spans or log records were read, and none of %1 series departs from the baseline.")
                                           : storyTr("Metrics only: %1 series, no spans or log records, and no baseline to compare with.");
        story.sentence.push_back({metricsOnly ? metrics.arg(formatCount(f.info.series))
                                              : storyTr("No requests, errors or changes in this range."), {}});
        return;
    }
    story.sentence.push_back({f.baseline ? storyTr("Nothing departs much from the baseline:") : storyTr("There is no baseline to compare with:"), {}});
    story.sentence.push_back({storyTr("%1 errors (%2)").arg(formatCount(f.errors.errors), formatShare(share)), {}});
    if (const auto* group = slowest(f); group && !group->total.empty())
        story.sentence.push_back({storyTr(", %1 of %2 %3.").arg(quantileName(f), measureName(f), measured(f, group->total.back())), {}});
}

void addConcentration(const OverviewFacts& f, const query::ErrorGroup* group, OverviewStory& story) {
    const query::EntityRow* worst = nullptr;
    for (const query::EntityRow& row : f.entities) {
        const double share = row.count ? double(row.errors) / double(row.count) : 0;
        if (row.errors > 0 && (!worst || share > double(worst->errors) / double(worst->count)))
            worst = &row;
    }
    // Said only of replicas of a kind: names that begin alike.
    constexpr size_t kAlike = 3;
    if (group && worst) {
        story.facts.push_back({storyTr("Concentrates on"), storyTr("%1: %2 of its %3 failed").arg(oneLine(worst->name), formatShare(double(worst->errors) / double(worst->count)), formatCount(worst->count)), {}, {},
                               filterLink(oneLine(worst->kind), oneLine(worst->name))});
    }
    if (worst)
        if (const query::EntityRow* peer = peerOf(f, *worst); peer && commonPrefix(peer->name, worst->name) >= kAlike)
            story.sentence.push_back({storyTr("; %1, beside it, had %2").arg(oneLine(peer->name), peer->errors == 0 ? storyTr("none") : formatCount(peer->errors)), {}});
}

void addNow(const OverviewFacts& f, const query::ErrorGroup* group, OverviewStory& story) {
    if (group && group->last < f.range.to - f.range.length() / 50)
        story.facts.push_back({storyTr("Now"), storyTr("none since %1").arg(formatClock(group->last, f.utc, kSecond)), QStringLiteral("●"), QStringLiteral("ok"), {}});
    else if (group)
        story.facts.push_back({storyTr("Now"), storyTr("still failing at the end"), QStringLiteral("▲"), QStringLiteral("error"), {}});
}

// The slowest beside its control: "; p99 of time to first token at vllm-a 38.9 s, × 95, at vllm-b × 6.1".
void addLatencyTail(const OverviewFacts& f, const query::LatencyGroup& slow, OverviewStory& story) {
    const double change = slow.baseline.empty() ? std::nan("") : ratio(slow.baseline.back(), slow.total.back());
    if (!(change >= kWorthSaying))
        return;
    auto& s = story.sentence;
    s.push_back({storyTr("; %1 of %2").arg(quantileName(f), measureName(f)), {}});
    if (!slow.label.empty()) {
        s.push_back({storyTr("at"), {}});
        s.push_back({oneLine(slow.label), filterLink(QStringLiteral("service"), oneLine(slow.label), links::kLatency)});
    }
    s.push_back({storyTr("%1, %2 its baseline").arg(measured(f, slow.total.back()), formatFactor(1, change)), {}});
    for (const query::LatencyGroup& other : f.latency.groups) {
        const double beside = other.baseline.empty() || other.total.empty() ? std::nan("") : ratio(other.baseline.back(), other.total.back());
        if (&other == &slow || std::isnan(beside) || beside > change / 3)
            continue;
        s.push_back({storyTr(", %1 %2").arg(oneLine(other.label), formatFactor(1, beside)), {}});
        break;
    }
}

void addFacts(const OverviewFacts& f, const query::ErrorGroup* group, OverviewStory& story) {
    addConcentration(f, group, story);
    const TimeNs onset = group ? group->first : f.range.to;
    const query::EventMark* before = nullptr;
    for (const query::EventMark& event : f.events)
        if (event.time <= onset && event.time >= f.range.from && event.kind != "note" &&
            (!before || std::pair(eventWeight(event), event.time) > std::pair(eventWeight(*before), before->time)))
            before = &event;
    if (before) {
        StoryLink link;
        link.kind = StoryLink::Kind::kEvent;
        link.seq = before->seq;
        const bool grave = before->severity >= 13;
        story.facts.push_back({group ? storyTr("Before it") : storyTr("Last event"), when(f, before->time) + QStringLiteral("  ") + eventLabel(*before).left(52), grave ? QStringLiteral("◆") : QString(),
                               grave ? QStringLiteral("warning") : QString(), link});
    }
    addNow(f, group, story);
    if (!f.changes.empty()) {
        const auto first = std::min_element(f.changes.begin(), f.changes.end(), [&](const auto& a, const auto& b) { return std::pair(!f.range.contains(a.onset), a.onset) < std::pair(!f.range.contains(b.onset), b.onset); });
        const QString unit = oneLine(first->unit);
        story.facts.push_back({storyTr("First change"), first->kind == "event" ? formatClock(first->onset, f.utc) + QStringLiteral("  ") + changeName(f, *first).left(60)
                                                                  : storyTr("%1  %2: %3 → %4").arg(formatClock(first->onset, f.utc), oneLine(first->what).left(40), formatValue(first->before, unit), formatValue(first->after, unit)), {}, {},
                               rangeLink({first->onset - 15 * kMinute, first->onset + 15 * kMinute})});
    }
    for (const query::LatencyGroup& latency : f.latency.groups) {
        const double change = latency.baseline.empty() || latency.total.empty() ? std::nan("") : ratio(latency.baseline.back(), latency.total.back());
        if (std::isnan(change) || change < kSlower)
            continue;
        story.facts.push_back({latency.label.empty() ? storyTr("Slower") : storyTr("Slower: %1").arg(oneLine(latency.label).left(30)), storyTr("%1 %2, %3").arg(quantileName(f), measured(f, latency.total.back()), formatFactor(1, change)),
                               QStringLiteral("◆"), QStringLiteral("warning"), latency.label.empty() ? StoryLink{} : filterLink(QStringLiteral("service"), oneLine(latency.label), links::kLatency)});
        break;
    }
}

StoryTile errorTile(const OverviewFacts& f, const query::ErrorGroup* group) {
    const auto& errors = f.errors;
    StoryTile tile;
    const uint64_t count = group ? group->count : errors.errors;
    tile.caption = group ? groupName(*group).left(40) : storyTr("Errors");
    tile.mark = group ? QStringLiteral("▲") : QStringLiteral("●");
    tile.role = group ? QStringLiteral("error") : QStringLiteral("ok");
    tile.number = formatCount(count);
    if (f.baseline) {
        uint64_t before = 0;
        for (const auto& g : errors.groups)
            before += !group || &g == group ? g.baselineCount : 0;
        tile.baseline = formatNumber(std::round(expectedFromBaseline(before, f.range, f.baseline)));
    }
    if (errors.total > 0)
        tile.first = storyTr("%1 of %2").arg(formatShare(double(count) / double(errors.total)), formatCount(errors.total));
    if (group && errors.errors > count)
        tile.second = storyTr("%1 errors in all").arg(formatCount(errors.errors));
    if (group) {
        tile.spark = floats(group->perColumn);
    } else {
        for (const auto& g : errors.groups)
            for (size_t i = 0; i < g.perColumn.size(); ++i) {
                tile.spark.resize(g.perColumn.size());
                tile.spark[i] += static_cast<float>(g.perColumn[i]);
            }
    }
    tile.link = filterLink(QStringLiteral("status"), QStringLiteral("error"), links::kTraces);
    return tile;
}

StoryTile requestsTile(const OverviewFacts& f, const query::Failure& failure) {
    StoryTile tile;
    tile.caption = storyTr("Requests failed");
    tile.mark = QStringLiteral("▲");
    tile.role = QStringLiteral("error");
    tile.number = formatCount(failure.failedRequests);
    if (f.baseline && failure.baselineCount == 0)
        tile.baseline = QStringLiteral("0");
    tile.first = storyTr("of %1 that met it").arg(formatCount(failure.failedRequests + failure.savedRequests));
    tile.second = storyTr("%1 saved by a retry").arg(formatCount(failure.savedRequests));
    tile.spark = floats(failure.perColumn);
    tile.link = {StoryLink::Kind::kView, {}, {}, QString::fromLatin1(links::kErrors), {}, {}, -1};
    return tile;
}

StoryTile minutesTile(const OverviewFacts& f, const query::ErrorGroup& group) {
    StoryTile tile;
    tile.caption = storyTr("Minutes with it");
    tile.mark = QStringLiteral("▲");
    tile.role = QStringLiteral("error");
    std::vector<char> minutes(static_cast<size_t>(f.range.length() / kMinute + 1), 0);
    for (size_t i = 0; i < group.perColumn.size(); ++i) {
        if (group.perColumn[i] == 0)
            continue;
        const auto from = static_cast<size_t>(static_cast<DurationNs>(i) * f.errors.width / kMinute), to = static_cast<size_t>((static_cast<DurationNs>(i) + 1) * f.errors.width / kMinute);
        for (size_t m = from; m < std::max(to, from + 1) && m < minutes.size(); ++m)
            minutes[m] = 1;
    }
    const auto count = std::count(minutes.begin(), minutes.end(), 1);
    tile.number = formatCount(static_cast<quint64>(count));
    tile.first = storyTr("of %1 in view").arg(formatCount(static_cast<quint64>(f.range.length() / kMinute)));
    tile.second = stretch(f, group.first, group.last);
    for (const uint32_t n : group.perColumn)
        tile.spark.push_back(n > 0 ? 1 : 0);
    tile.link = rangeLink({group.first, group.last + kMinute});
    return tile;
}

StoryTile latencyTile(const OverviewFacts& f, const query::LatencyGroup& group) {
    StoryTile tile;
    const double before = group.baseline.empty() ? std::nan("") : group.baseline.back();
    const double change = ratio(before, group.total.back());
    tile.caption = oneLine(f.measure.title).left(28) + QLatin1Char(' ') + quantileName(f) + (group.label.empty() ? QString() : QStringLiteral(", ") + oneLine(group.label).left(20));
    const bool bad = change >= kWorthSaying;
    tile.mark = bad ? QStringLiteral("▲") : change >= kSlower ? QStringLiteral("◆") : QStringLiteral("●");
    tile.role = bad ? QStringLiteral("error") : change >= kSlower ? QStringLiteral("warning") : QStringLiteral("ok");
    const QStringList parts = measured(f, group.total.back()).split(QChar(0x00A0));
    tile.number = parts.value(0);
    tile.unit = parts.value(1);
    if (std::isfinite(before))
        tile.baseline = measured(f, before);
    tile.first = std::isfinite(change) ? storyTr("%1 baseline").arg(formatFactor(1, change)) : storyTr("n = %1").arg(formatCount(group.n));
    for (const query::LatencyGroup& other : f.latency.groups)
        if (&other != &group && !other.total.empty()) {
            tile.second = oneLine(other.label).left(20) + QLatin1Char(' ') + measured(f, other.total.back());
            break;
        }
    if (!group.quantile.empty())
        tile.spark = floats(group.quantile.back());
    tile.link = group.label.empty() ? StoryLink{StoryLink::Kind::kView, {}, {}, QString::fromLatin1(links::kLatency), {}, {}, -1} : filterLink(QStringLiteral("service"), oneLine(group.label), links::kLatency);
    return tile;
}

// With metrics alone there is neither rate nor error: what there is leads to them.
StoryTile seriesTile(const OverviewFacts& f) {
    StoryTile tile;
    tile.caption = storyTr("Series of metrics");
    tile.number = formatCount(f.info.series);
    tile.first = storyTr("%1 samples").arg(formatShort(double(f.info.samples)));
    tile.second = storyTr("open Metrics");
    tile.link = {StoryLink::Kind::kView, {}, {}, QStringLiteral("metrics"), {}, {}, -1};
    return tile;
}

// The objective that burns fastest in view.
StoryTile objectiveTile(const OverviewFacts& f) {
    using Level = query::ObjectiveStanding::Level;
    const auto standing = [&](const ObjectiveFact& fact) { return query::standingOf(fact.objective, fact.answer.total, query::observedLength(fact.answer)); };
    const ObjectiveFact& worst = *std::max_element(f.objectives.begin(), f.objectives.end(), [&](const ObjectiveFact& a, const ObjectiveFact& b) {
        const auto left = standing(a), right = standing(b);
        return std::pair(left.level != Level::kNoData, left.burnRate) < std::pair(right.level != Level::kNoData, right.burnRate);
    });
    const Objective& objective = worst.objective;
    const query::ObjectiveStanding now = standing(worst);
    StoryTile tile;
    const QString threshold = QString::fromStdString(query::thresholdText(objective)), target = QString::fromStdString(query::targetText(objective));
    tile.caption = (threshold.isEmpty() ? storyTr("%1 without error").arg(target) : storyTr("%1 within %2").arg(target, threshold)) + QStringLiteral(" · ") + oneLine(objective.name).left(40);
    if (f.objectives.size() > 1)
        tile.caption += QStringLiteral(" · ") + storyTr("worst of %1").arg(formatCount(f.objectives.size()));
    tile.link = {StoryLink::Kind::kView, {}, {}, QString::fromLatin1(objective.kind == ObjectiveKind::kErrors ? links::kErrors : links::kLatency),
                 objective.kind == ObjectiveKind::kErrors ? QString() : links::measure(objectiveKindName(objective.kind), objective.key), {}, -1};
    if (now.level == Level::kNoData) {
        tile.mark = QStringLiteral("▨");
        tile.number = QStringLiteral("–");
        tile.first = storyTr("no observation in view");
        return tile;
    }
    tile.mark = now.level == Level::kFast ? QStringLiteral("▲") : now.level == Level::kBurning ? QStringLiteral("◆") : QStringLiteral("●");
    tile.role = now.level == Level::kFast ? QStringLiteral("error") : now.level == Level::kBurning ? QStringLiteral("warning") : QStringLiteral("ok");
    tile.number = std::isinf(now.burnRate) ? QStringLiteral("∞") : formatNumber(now.burnRate);
    tile.unit = storyTr("× burn rate");
    tile.first = storyTr("used %1 of %2 budget").arg(std::isinf(now.consumed) ? QStringLiteral("∞") : formatShare(now.consumed), QString::fromStdString(query::windowText(objective.window)));
    tile.second = now.consumed >= 1 ? storyTr("budget gone, n = %1").arg(formatShort(double(worst.answer.total.total)))
                  : now.exhaustedIn && now.level != Level::kKept
                      ? storyTr("%1 left, gone in %2").arg(formatShare(1 - now.consumed), formatLength(*now.exhaustedIn))
                      : storyTr("%1 left, n = %2").arg(formatShare(1 - now.consumed), formatShort(double(worst.answer.total.total)));
    for (const analyze::ObjectiveCounts& column : worst.answer.columns) {
        const double rate = analyze::burnRate(column, objective.target);
        tile.spark.push_back(std::isfinite(rate) ? static_cast<float>(rate) : std::nanf(""));
    }
    return tile;
}

StoryTile rateTile(const OverviewFacts& f) {
    StoryTile tile;
    const bool spans = sum(f.volume.spans) > 0;
    const auto& counts = spans ? f.volume.spans : f.volume.logs;
    const RatePeriod period = ratePeriod(sum(counts) / (double(f.range.length()) / 1e9));
    tile.caption = (spans ? storyTr("Spans %1") : storyTr("Log records %1")).arg(period.words);
    const double lengths = double(f.range.length()) / (1e9 * period.seconds);
    const QStringList parts = formatShort(sum(counts) / lengths).split(QChar(0x00A0));
    tile.number = parts.value(0);
    tile.unit = parts.value(1);
    if (f.baseline && !f.baselineVolume.spans.empty()) {
        const double before = sum(spans ? f.baselineVolume.spans : f.baselineVolume.logs) / (double(f.baseline->length()) / (1e9 * period.seconds));
        tile.baseline = formatShort(before);
        tile.first = before > 0 ? storyTr("%1 baseline").arg(formatFactor(before, sum(counts) / lengths)) : QString();
    }
    tile.second = storyTr("%1 in view").arg(formatShort(sum(counts)));
    tile.spark = floats(counts);
    return tile;
}

StoryTile tokenTile(const OverviewFacts& f) {
    StoryTile tile;
    tile.caption = storyTr("Generated tokens/s");
    double total = 0;
    size_t n = 0;
    for (const double v : f.tokens)
        if (std::isfinite(v)) {
            total += v;
            ++n;
        }
    const double mean = n ? total / double(n) : 0;
    const QStringList parts = formatShort(mean < 10'000 ? std::round(mean) : mean).split(QChar(0x00A0));
    tile.number = parts.value(0);
    tile.unit = parts.value(1);
    const bool less = f.tokensBaseline > 0 && mean < 0.9 * f.tokensBaseline;
    tile.mark = less ? QStringLiteral("◆") : QStringLiteral("●");
    tile.role = less ? QStringLiteral("warning") : QStringLiteral("ok");
    if (f.tokensBaseline > 0) {
        tile.baseline = formatShort(std::round(f.tokensBaseline));
        tile.first = storyTr("%1 baseline").arg(formatFactor(f.tokensBaseline, mean));
    }
    tile.second = storyTr("mean over the range");
    tile.spark = floats(f.tokens);
    return tile;
}

}  // namespace

RatePeriod ratePeriod(double perSecond) {
    constexpr double kFewest = 0.1;   // below, a number of the period says more in the next longer one
    if (perSecond >= kFewest || perSecond <= 0)
        return {1, storyTr("a second"), QStringLiteral("/s")};
    if (perSecond * 60 >= kFewest)
        return {60, storyTr("a minute"), QStringLiteral("/min")};
    if (perSecond * 3600 >= kFewest)
        return {3600, storyTr("an hour"), QStringLiteral("/h")};
    return {86'400, storyTr("a day"), QStringLiteral("/d")};
}

double expectedFromBaseline(uint64_t baselineCount, const TimeRange& range, const std::optional<TimeRange>& baseline) {
    if (!baseline || baseline->empty())
        return 0;
    return double(baselineCount) * (double(range.length()) / double(baseline->length()));
}

int worstErrorGroup(const query::ErrorsAnswer& errors, const TimeRange& range, const std::optional<TimeRange>& baseline) {
    int worst = -1;
    double most = 0;
    for (size_t i = 0; i < errors.groups.size(); ++i) {
        const query::ErrorGroup& group = errors.groups[i];
        const double expected = expectedFromBaseline(group.baselineCount, range, baseline);
        // Chance alone moves a count by about its square root.
        if (baseline && double(group.count) < expected + 2 * std::sqrt(expected) + 1)
            continue;
        const double weight = (double(group.count) - expected) * (isClientError(group) ? kClientErrorWeight : 1);
        if (weight > most) {
            most = weight;
            worst = static_cast<int>(i);
        }
    }
    return worst;
}

int chooseMeasure(const std::vector<query::Measure>& measures) {
    const auto rank = [](const query::Measure& m) {
        const QString key = oneLine(m.key).toLower() + oneLine(m.title).toLower();
        if (key.contains(u"time_to_first_token") || key.contains(u"time to first token") || key.contains(u"ttft"))
            return m.kind == query::Measure::Kind::kHistogram ? 5 : 4;
        return m.kind == query::Measure::Kind::kSpanDuration ? 3 : m.unit == "s" || m.unit == "ms" ? 2 : 1;
    };
    int best = -1;
    for (int i = 0; i < static_cast<int>(measures.size()); ++i) {
        const auto& m = measures[static_cast<size_t>(i)];
        if (m.count == 0)
            continue;
        if (best < 0 || rank(m) > rank(measures[static_cast<size_t>(best)]) || (rank(m) == rank(measures[static_cast<size_t>(best)]) && m.count > measures[static_cast<size_t>(best)].count))
            best = i;
    }
    return best;
}

QString OverviewStory::sentenceText() const {
    QString text;
    for (const StoryPart& part : sentence) {
        const bool glued = part.text.startsWith(QLatin1Char(';')) || part.text.startsWith(QLatin1Char(',')) || part.text.startsWith(QLatin1Char('.'));
        text += (text.isEmpty() || glued ? QString() : QStringLiteral(" ")) + part.text;
    }
    return text;
}

QString changeName(const OverviewFacts& facts, const query::ChangeRow& change) {
    if (change.kind == "event")
        for (const query::EventMark& event : facts.events)
            if (event.time == change.onset && event.title == change.what)
                return eventLabel(event);
    return oneLine(change.what);
}

OverviewStory tellStory(const OverviewFacts& f) {
    OverviewStory story;
    const int worst = worstErrorGroup(f.errors, f.range, f.baseline);
    const query::ErrorGroup* group = worst >= 0 ? &f.errors.groups[static_cast<size_t>(worst)] : nullptr;
    const query::LatencyGroup* slow = slowest(f);
    const double change = slow && !slow->baseline.empty() ? ratio(slow->baseline.back(), slow->total.back()) : std::nan("");
    if (group)
        tellErrors(f, *group, story);
    else if (change >= kSlower)
        tellLatency(f, *slow, story);
    else
        tellQuiet(f, story);
    addFacts(f, group, story);
    if (group && slow)
        addLatencyTail(f, *slow, story);
    if (const query::Failure* failure = group ? failureOf(f, *group) : nullptr)
        story.tiles.push_back(requestsTile(f, *failure));
    const bool rows = f.info.spans + f.info.logs > 0;
    if (!rows)
        story.tiles.push_back(seriesTile(f));
    else
        story.tiles.push_back(errorTile(f, group));
    if (group)
        story.tiles.push_back(minutesTile(f, *group));
    if (slow)
        story.tiles.push_back(latencyTile(f, *slow));
    if (!f.objectives.empty())
        story.tiles.push_back(objectiveTile(f));
    if (rows)
        story.tiles.push_back(rateTile(f));
    if (!f.tokens.empty())
        story.tiles.push_back(tokenTile(f));
    for (const std::string& sentence : f.info.missing)
        story.missing.push_back(oneLine(sentence));
    const bool sampling = std::any_of(f.info.missing.begin(), f.info.missing.end(), [](const std::string& s) { return s.find("sampl") != std::string::npos; });
    if (!sampling && f.info.sampledShare > 0 && f.info.sampledShare < 1)
        story.missing.push_back(storyTr("Traces are sampled at %1: counts of spans are of those kept.").arg(formatShare(f.info.sampledShare)));
    if (!f.baseline)
        story.missing.push_back(storyTr("There is no stretch to compare with: pick a baseline in the bar above."));
    return story;
}

}  // namespace nj::ui

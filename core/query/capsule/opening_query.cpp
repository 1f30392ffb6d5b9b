// What to look at first, and with what to compare a window.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "analyze/robust.h"
#include "base/nan.h"
#include "query/capsule/latency_parts.h"
#include "query/capsule/questions.h"
#include "query/capsule/source_questions.h"

namespace nj::query {
namespace {

constexpr int kColumns = 240;
constexpr int64_t kGlimpse = 50;      // a signal that covers less than that part of the whole
constexpr double kThreshold = 3.5;    // robust standard deviations
constexpr double kCap = 40;           // so that one wild column does not outweigh an hour
constexpr double kCore = 0.45;        // of the worst column: what belongs to the heart of a stretch
constexpr size_t kMinCore = 3;        // columns

struct Ranges {
    TimeRange all, overlap;
};

Result<Ranges> rangesOf(QueryContext& context) {
    NJ_ASSIGN(const store::SignalTotals totals, context.reader().totals());
    const TimeRange signals[] = {totals.spanRange, totals.logRange, totals.sampleRange};
    Ranges out;
    for (const TimeRange& range : signals)
        if (!range.empty())
            out.all = out.all.empty() ? range : TimeRange{std::min(out.all.from, range.from), std::max(out.all.to, range.to)};
    // A few rows at one moment (three alerts beside a day of metrics) say nothing about which time there is to look at.
    for (const TimeRange& range : signals)
        if (range.length() > out.all.length() / kGlimpse)
            out.overlap = out.overlap.empty() ? range : TimeRange{std::max(out.overlap.from, range.from), std::min(out.overlap.to, range.to)};
    if (out.overlap.empty())
        out.overlap = out.all;
    return out;
}

// One judged quantity over the columns of the opening.
struct Track {
    std::string name, unit;
    double scale = 1;
    bool share = false;              // else a latency, judged by its logarithm
    std::vector<double> values;      // NaN = too few observations
};

struct Tracks {
    Columns columns;
    std::vector<Track> tracks;
};

Result<Tracks> measureTracks(QueryContext& context, TimeRange range) {
    Tracks out;
    out.columns = Columns::of(range, kColumns);
    NJ_ASSIGN(const VolumeAnswer volume, answerVolume(context, {range, {}, kColumns}));
    const uint64_t spans = std::accumulate(volume.spans.begin(), volume.spans.end(), uint64_t{0});
    Track errors{"errors", "%", 100, true, std::vector<double>(out.columns.count, kNaN)};
    for (size_t c = 0; c < out.columns.count; ++c) {
        const double n = spans > 0 ? volume.spans[c] + volume.logs[c] : volume.logs[c];
        if (n >= 10)
            errors.values[c] = volume.errors[c] / n;
    }
    out.tracks.push_back(std::move(errors));
    NJ_ASSIGN(const std::vector<Measure> measures, answerMeasures(context));
    LatencyQuestion question;
    question.range = range;
    question.columns = kColumns;
    question.quantiles = {0.99};
    bool histogram = false;
    for (const Measure& measure : measures) {
        const bool durations = measure.kind == Measure::Kind::kSpanDuration;
        // Span durations, and the first of the offered histograms (time to first token where there is one).
        if (!durations && (histogram || measure.kind != Measure::Kind::kHistogram))
            continue;
        histogram = histogram || !durations;
        question.measure = measure;
        NJ_ASSIGN(const LatencyAnswer latency, answerLatency(context, question));
        Track track{"p99 of " + (durations ? std::string("spans") : measure.title), measure.scale == 1 ? measure.unit : "s", measure.scale, false, std::vector<double>(out.columns.count, kNaN)};
        for (size_t c = 0; c < out.columns.count && !latency.groups.empty(); ++c) {
            const auto column = static_cast<size_t>((out.columns.edge(c) + out.columns.width / 2 - latency.from) / latency.width);
            if (column < latency.groups.front().count.size() && latency.groups.front().count[column] >= 5)
                track.values[c] = latency.groups.front().quantile[0][column];
        }
        out.tracks.push_back(std::move(track));
    }
    return out;
}

// `low`: the quiet quarter is what is normal, for incidents as long as half of the data.
std::vector<double> departures(const Track& track, bool low) {
    std::vector<double> judged = track.values;
    if (!track.share)
        for (double& v : judged)
            v = v > 0 ? std::log(v) : kNaN;
    const analyze::Spread spread = low ? analyze::lowSpreadOf(judged) : analyze::spreadOf(judged);
    std::vector<double> scores(judged.size(), 0);
    if (spread.n < 8)
        return scores;
    for (size_t c = 0; c < judged.size(); ++c)
        scores[c] = std::clamp(analyze::robustZ(judged[c], spread, track.share ? 0.005 : 0.15), 0.0, kCap);
    return scores;
}

std::optional<analyze::Stretch> worstOf(const Tracks& tracks, bool low) {
    std::vector<double> scores(tracks.columns.count, 0);
    for (const Track& track : tracks.tracks) {
        const std::vector<double> one = departures(track, low);
        // Two tracks that depart at once are worse than one.
        for (size_t c = 0; c < scores.size(); ++c)
            scores[c] = std::max(scores[c], one[c]) + 0.25 * std::min(scores[c], one[c]);
    }
    const auto stretch = analyze::worstStretch(scores, kThreshold);
    const bool tells = stretch && stretch->score >= 2 * kThreshold && stretch->to - stretch->from <= scores.size() * 2 / 3;
    if (!tells)
        return std::nullopt;
    // A long rise before the worst is context, not the window: narrow to the heart, judged by the median column of its upper half.
    std::vector<double> inside(scores.begin() + static_cast<std::ptrdiff_t>(stretch->from), scores.begin() + static_cast<std::ptrdiff_t>(stretch->to));
    std::vector<double> sorted = inside;
    const auto core = analyze::worstStretch(inside, std::max(kThreshold, kCore * analyze::quantile(sorted, 0.9)));
    if (core && core->to - core->from >= kMinCore)
        return analyze::Stretch{stretch->from + core->from, stretch->from + core->to, core->score};
    return stretch;
}

// Median of a track inside and outside of a stretch.
std::pair<double, double> insideAndBefore(const Track& track, const analyze::Stretch& stretch) {
    const auto at = [&](size_t i) { return track.values.begin() + static_cast<std::ptrdiff_t>(i); };
    const size_t before = stretch.from > 0 ? stretch.from : track.values.size();
    return {analyze::median({at(stretch.from), at(stretch.to)}), analyze::median({at(0), at(before)})};
}

std::string clock(TimeNs time) { return formatRfc3339(time, 0).substr(11, 5); }

std::string number(const Track& track, double value) {
    if (track.share)
        return fmt::format("{:.2g} %", value * track.scale);
    if (track.unit == "s")
        return formatDuration(static_cast<DurationNs>(std::clamp(value * track.scale, 0.0, 1e9) * 1e9));
    return fmt::format("{:.3g} {}", value * track.scale, track.unit);
}

std::string reasonOf(const Tracks& tracks, const analyze::Stretch& stretch, bool low, TimeRange window) {
    std::string out = fmt::format("{}–{} UTC departs most:", clock(window.from), clock(window.to));
    const char* between = " ";
    for (const Track& track : tracks.tracks) {
        const std::vector<double> scores = departures(track, low);
        double sum = 0;
        for (size_t c = stretch.from; c < stretch.to; ++c)
            sum += scores[c];
        if (sum / static_cast<double>(stretch.to - stretch.from) < kThreshold)
            continue;
        const auto [inside, before] = insideAndBefore(track, stretch);
        out += fmt::format("{}{} {} (before {})", between, track.name, number(track, inside), std::isnan(before) ? "nothing" : number(track, before));
        between = ", ";
    }
    return out;
}

// What led to a departure is half of the answer: twice its length before, half of it after. A departure that already is much of the
// data stays as it is.
TimeRange withContext(TimeRange departure, TimeRange all) {
    const DurationNs length = departure.length();
    if (length > all.length() / 8)
        return departure;
    return {std::max(all.from, departure.from - 2 * length), std::min(all.to, departure.to + length / 2)};
}

std::optional<TimeRange> baselineIn(TimeRange all, TimeRange window) {
    const DurationNs length = window.length();
    if (all.empty() || window.empty())
        return std::nullopt;
    if (length <= all.length() / 4 && window.from - all.from >= 4 * length)
        return TimeRange{window.from - 4 * length, window.from};
    if (window.from - kDay >= all.from && length <= kDay)
        return TimeRange{window.from - kDay, window.to - kDay};
    const TimeRange third{all.from, all.from + all.length() / 3};
    if (!third.empty() && (third.to <= window.from || (window.from <= all.from && window.to >= all.to)))
        return third;
    return std::nullopt;
}

// What departs from the rest, without what the opening shows around it.
struct Departure {
    TimeRange range;
    std::string reason;
};
Result<std::optional<Departure>> departureIn(QueryContext& context, TimeRange overlap) {
    NJ_ASSIGN(const Tracks tracks, measureTracks(context, overlap));
    bool low = false;
    auto stretch = worstOf(tracks, low);
    if (!stretch) {
        low = true;
        stretch = worstOf(tracks, low);
    }
    if (!stretch)
        return std::optional<Departure>();
    const TimeRange range{tracks.columns.edge(stretch->from), std::min(tracks.columns.edge(stretch->to), overlap.to)};
    return std::optional<Departure>(Departure{range, reasonOf(tracks, *stretch, low, range)});
}

}  // namespace

Result<std::optional<TimeRange>> answerDeparture(QueryContext& context) {
    NJ_ASSIGN(const Ranges ranges, rangesOf(context));
    if (ranges.all.empty())
        return std::optional<TimeRange>();
    NJ_ASSIGN(const auto departure, departureIn(context, ranges.overlap));
    return departure ? std::optional<TimeRange>(departure->range) : std::nullopt;
}

Result<std::optional<TimeRange>> answerBaseline(QueryContext& context, TimeRange window) {
    NJ_ASSIGN(const Ranges ranges, rangesOf(context));
    return baselineIn(ranges.all, window);
}

Result<OpeningAnswer> answerOpening(QueryContext& context) {
    NJ_ASSIGN(const Ranges ranges, rangesOf(context));
    OpeningAnswer answer;
    answer.all = ranges.all;
    answer.window = ranges.overlap;
    if (ranges.all.empty()) {
        answer.reason = "nothing here has a time";
        return answer;
    }
    NJ_ASSIGN(const auto departure, departureIn(context, ranges.overlap));
    if (!departure) {
        answer.reason = fmt::format("no stretch departs from the rest: all {}", formatDuration(ranges.overlap.length()));
    } else {
        answer.reason = departure->reason;
        answer.window = withContext(departure->range, ranges.overlap);
    }
    answer.baseline = baselineIn(ranges.all, answer.window);
    return answer;
}

}  // namespace nj::query

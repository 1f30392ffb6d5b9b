#include "dashboard/panel/panel_absence.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "dashboard/panel/selector_use.h"
#include "promql/syntax/expr_walk.h"
#include "promql/syntax/parser.h"

namespace nj::dashboard {
namespace {

constexpr size_t kMostNamed = 3;
constexpr size_t kMostSelectors = 50;         // looked at of one panel
constexpr size_t kMostSeriesRead = 200;       // whose samples are looked for
constexpr size_t kMostText = 160;             // of an expression in a sentence

std::string shortened(std::string text) {
    std::replace_if(text.begin(), text.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');
    if (text.size() <= kMostText)
        return text;
    size_t end = kMostText;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80)
        --end;
    return text.substr(0, end) + "…";
}

// "2026-03-17 10:58:12 UTC"
std::string instantText(TimeNs time) {
    std::string text = formatRfc3339(time, 0);
    if (const size_t t = text.find('T'); t != std::string::npos)
        text[t] = ' ';
    if (text.ends_with('Z'))
        text.replace(text.size() - 1, 1, " UTC");
    return text;
}

// "a, b or c", "a, b, c or 4 others"
std::string alternatives(const std::vector<std::string>& names) {
    std::string out;
    const size_t shown = std::min(names.size(), kMostNamed);
    for (size_t i = 0; i < shown; ++i)
        out += (i == 0 ? "" : i + 1 == names.size() ? " or " : ", ") + names[i];
    if (names.size() > shown)
        out += " or " + std::to_string(names.size() - shown) + (names.size() == shown + 1 ? " other" : " others");
    return out;
}

// Asks what there is of a selector.
class Looking {
public:
    Looking(const PanelQueries& queries, promql::Querier& querier, const std::stop_token& stop) : queries_(queries), querier_(querier), stop_(stop) {}

    [[nodiscard]] bool cancelled() const { return stop_.stop_requested(); }

    // Whether any series satisfies them all. What can't be asked counts as there: nothing is said that was not seen.
    bool anySeries(const std::vector<promql::Matcher>& matchers) {
        const auto names = querier_.labelNames(matchers);
        return !names.ok() || !names->empty();
    }

    // Series of the name, but none with …; "" when there are some.
    std::string unmatched(const SelectorUse& use) {
        if (anySeries(use.all()))
            return "";
        std::vector<promql::Matcher> together = SelectorUse{use.name, {}, {}, {}}.all();
        const std::vector<promql::Matcher> named = together;
        for (const promql::Matcher& matcher : use.matchers) {
            std::vector<promql::Matcher> alone = named;
            alone.push_back(matcher);
            if (!anySeries(alone))
                return "Series of " + use.name + ", but none with " + matcherText(matcher) + ".";
        }
        std::string texts;
        for (const promql::Matcher& matcher : use.matchers) {
            together.push_back(matcher);
            texts += (texts.empty() ? "" : " and ") + matcherText(matcher);
            if (!anySeries(together))
                return "Series of " + use.name + ", but none with " + texts + " at once.";
        }
        return "";
    }

    // "" when there are samples where the selector looks, or that is not known.
    std::string unsampled(const SelectorUse& use, bool instant) {
        if (!use.back || !use.offset)
            return "";
        const TimeNs to = (instant ? queries_.range.to : queries_.from + static_cast<int64_t>(queries_.steps - 1) * queries_.step) - *use.offset;
        const TimeNs from = (instant ? queries_.range.to : queries_.from) - *use.offset - *use.back;
        const Found inRange = samples(use, from, to);
        if (inRange.any || !inRange.complete)
            return "";
        const Found ever = samples(use, std::numeric_limits<TimeNs>::min() / 2, std::numeric_limits<TimeNs>::max() / 2);
        if (!ever.any || !ever.complete || (ever.first <= from && ever.last > to))
            return "No sample of " + use.text() + " in this range.";
        if (ever.first == ever.last)
            return use.text() + " has samples only at " + instantText(ever.first) + ".";
        return use.text() + " has samples only from " + instantText(ever.first) + " to " + instantText(ever.last) + ".";
    }

private:
    struct Found {
        bool any = false, complete = false;
        TimeNs first = std::numeric_limits<TimeNs>::max(), last = std::numeric_limits<TimeNs>::min();
    };

    Found samples(const SelectorUse& use, TimeNs from, TimeNs to) {
        Found found;
        auto series = querier_.select(use.all(), from, to, stop_);
        if (!series.ok())
            return found;
        found.complete = series->size() <= kMostSeriesRead;
        for (size_t i = 0; i < std::min(series->size(), kMostSeriesRead); ++i) {
            const Status read = (*series)[i]->samples(from, to, [&](const promql::SampleRun& run) {
                if (!run.times.empty()) {
                    found.any = true;
                    found.first = std::min(found.first, run.times.front());
                    found.last = std::max(found.last, run.times.back());
                }
                return !stop_.stop_requested();
            });
            found.complete = found.complete && read.ok();
        }
        return found;
    }

    const PanelQueries& queries_;
    promql::Querier& querier_;
    const std::stop_token& stop_;
};

struct Use {
    SelectorUse selector;
    bool instant = false;
};

std::vector<Use> usesOf(const PanelQueries& queries, bool& windows) {
    std::vector<Use> out;
    for (const QueryAnswer& answer : queries.answers) {
        const auto expr = promql::parseExpression(answer.expr);
        if (!expr.ok())
            continue;
        promql::forEachExpr(**expr, [&](const promql::Expr& node) { windows = windows || node.kind == promql::ExprKind::kMatrix; });
        for (SelectorUse& use : selectorsOf(**expr))
            if (out.size() < kMostSelectors)
                out.push_back({std::move(use), answer.instant});
    }
    return out;
}

// The series that are not there at all, whatever their labels.
std::string missing(Looking& looking, const std::vector<Use>& uses) {
    std::vector<std::string> names;
    for (const auto& [use, instant] : uses) {
        const std::vector<promql::Matcher> asked = use.name.empty() ? use.all() : SelectorUse{use.name, {}, {}, {}}.all();
        const std::string text = use.name.empty() ? use.text() : use.name;
        if (std::find(names.begin(), names.end(), text) != names.end() || looking.anySeries(asked))
            continue;
        if (use.name.empty())
            return "No series matches " + text + " in this capsule.";
        names.push_back(text);
    }
    return names.empty() ? "" : "No series named " + alternatives(names) + " in this capsule.";
}

bool divides(const std::string& text) {
    const auto expr = promql::parseExpression(text);
    bool found = false;
    if (expr.ok())
        promql::forEachExpr(**expr, [&](const promql::Expr& node) {
            found = found || (node.kind == promql::ExprKind::kBinary && promql::as<promql::BinaryExpr>(node).op == promql::BinaryOp::kDivide);
        });
    return found;
}

}  // namespace

Result<std::string> whyNothing(const Panel& panel, const PanelQueries& queries, promql::Querier& querier, const std::stop_token& stop) {
    if (queries.expressions.empty()) {
        const bool hidden = std::any_of(panel.targets.begin(), panel.targets.end(), [](const Target& target) { return target.hidden && !target.expr.empty(); });
        return std::string(hidden ? "All queries of the panel are hidden." : "The panel has no query that can be asked.");
    }
    if (queries.answers.empty())
        return std::string();
    if (seriesWithNumbers(queries) > 0)
        return std::string(panel.transformations.empty() ? "The expression gives no finite number in this range." : "The panel's transformations leave nothing to show.");
    if (anyHistogram(queries))
        return std::string("The expression gives native histograms only: wrap it in histogram_quantile or histogram_avg.");
    Looking looking(queries, querier, stop);
    bool windows = false;
    const std::vector<Use> uses = usesOf(queries, windows);
    std::string why = missing(looking, uses);
    for (size_t i = 0; why.empty() && i < uses.size() && !looking.cancelled(); ++i)
        why = looking.unmatched(uses[i].selector);
    for (size_t i = 0; why.empty() && i < uses.size() && !looking.cancelled(); ++i)
        why = looking.unsampled(uses[i].selector, uses[i].instant);
    if (looking.cancelled())
        return makeError(ErrorCode::kCancelled, "cancelled");
    if (!why.empty())
        return why;
    return std::string(windows ? "The expression gives no series here (a comparison that never holds, labels that do not match, or fewer than two samples in a window)."
                               : "The expression gives no series here (a comparison that never holds, or labels that do not match).");
}

std::string whyNoNumber(const std::vector<PanelSeries>& series, const PanelQueries& queries) {
    for (const PanelSeries& each : series)
        if (std::any_of(each.values.begin(), each.values.end(), [](double value) { return !std::isnan(value); }))
            return "";
    for (const QueryAnswer& answer : queries.answers)
        if (!answer.series->empty())
            return shortened(answer.expr) + (divides(answer.expr) ? " gives no number in this range (0/0)." : " gives no number in this range.");
    return "The panel gives no number in this range.";
}

}  // namespace nj::dashboard

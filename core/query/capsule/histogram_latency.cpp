// Latency over time of a histogram family, and the keys it can be split by.
#include <algorithm>
#include <cmath>
#include <map>

#include "query/capsule/histogram_family.h"
#include "query/capsule/latency_parts.h"
#include "query/capsule/row_labels.h"

namespace nj::query {
namespace {

// Label keys with several values, by how far the worst value's p99 stands off the rest's.
std::vector<std::string> familySplits(std::vector<FamilyMember>& members) {
    std::map<std::string, std::map<std::string, BucketCounts>> byKey;
    for (const FamilyMember& member : members) {
        BucketCounts total;
        member.counts.forEach([&](double lower, double upper, const std::vector<double>& counts) {
            for (const double n : counts)
                total.add(lower, upper, 0, n);
        });
        for (const KeyValue& label : member.labels)
            if (label.value.text.size() < 200)
                byKey[label.key][label.value.display()].merge(total);
    }
    std::vector<std::pair<double, std::string>> ranked;
    for (const auto& [key, values] : byKey) {
        if (values.size() < 2 || values.size() > 200)
            continue;
        double worst = 0;
        for (const auto& [value, counts] : values) {
            BucketCounts rest;
            for (const auto& [other, otherCounts] : values)
                if (other != value)
                    rest.merge(otherCounts);
            const double own = counts.quantile(0.99), others = rest.quantile(0.99);
            if (own > 0 && others > 0)
                worst = std::max(worst, own / others);
        }
        ranked.emplace_back(worst, key);
    }
    // Of labels that separate alike, the one a person names things by.
    const auto place = [](const std::string& key) { return key == "service" ? 0 : key == "pod" ? 1 : key == "instance" || key == "UUID" ? 3 : 2; };
    std::stable_sort(ranked.begin(), ranked.end(), [&](const auto& a, const auto& b) {
        return std::abs(a.first - b.first) > 1e-6 * b.first ? a.first > b.first : place(a.second) < place(b.second);
    });
    std::vector<std::string> keys;
    for (auto& [ratio, key] : ranked)
        keys.push_back(std::move(key));
    return keys;
}

void fillGroup(const BucketCounts& counts, const std::vector<double>& quantiles, LatencyGroup& group) {
    for (size_t column = 0; column < group.count.size(); ++column) {
        const double n = counts.count(column);
        group.count[column] = static_cast<uint64_t>(std::llround(std::min(n, 9e18)));
        if (n > 0)
            for (size_t q = 0; q < quantiles.size(); ++q)
                group.quantile[q][column] = counts.quantile(column, quantiles[q]);
    }
    group.n = static_cast<uint64_t>(std::llround(std::min(counts.count(), 9e18)));
    for (size_t q = 0; q < quantiles.size(); ++q)
        group.total[q] = counts.quantile(quantiles[q]);
    group.min = counts.lowest();
    group.max = counts.highest();
}

}  // namespace

Result<LatencyAnswer> latencyOfHistogram(QueryContext& context, const LatencyQuestion& question) {
    HistogramFamily family = HistogramFamily::find(context.snapshot(), question.measure.key, question.filter);
    if (family.empty())
        return makeError(ErrorCode::kNotFound, "no histogram named '" + question.measure.key + "' that the filter leaves");
    const Columns columns = Columns::of(question.range, question.columns, std::min(2 * family.interval(), std::max<DurationNs>(question.range.length() / 4, 1)));
    NJ_RETURN_IF_ERROR(family.load(context, question.range, columns));

    std::vector<uint64_t> counts;
    std::vector<std::string> labels = {"(none)", "(others)"};
    std::vector<uint16_t> codeOf;
    std::map<std::string, uint16_t> known;
    counts.resize(2, 0);
    for (const FamilyMember& member : family.members()) {
        const std::string value = question.splitBy.empty() ? std::string() : labelOf(member.labels, question.splitBy);
        uint16_t code = RowLabels::kNone;
        if (!value.empty()) {
            const auto [it, fresh] = known.try_emplace(value, RowLabels::kOverflow);
            if (fresh && labels.size() < RowLabels::kMaxLabels) {
                it->second = static_cast<uint16_t>(labels.size());
                labels.push_back(value);
                counts.push_back(0);
            }
            code = it->second;
        }
        codeOf.push_back(code);
        counts[code] += static_cast<uint64_t>(std::min(member.counts.count(), 1e15));
    }
    const GroupChoice choice = question.splitBy.empty() ? GroupChoice{std::vector<uint16_t>(labels.size(), 0), {""}} : chooseGroups(counts, labels, question.maxGroups);

    LatencyAnswer out;
    out.from = columns.from;
    out.width = columns.width;
    out.fromHistogram = true;
    out.groups = emptyGroups(choice.names, columns.count, question.quantiles.size());
    std::vector<BucketCounts> merged(out.groups.size(), BucketCounts(columns.count));
    for (size_t m = 0; m < family.members().size(); ++m) {
        const size_t g = std::min<size_t>(choice.groupOfCode[codeOf[m]], out.groups.size() - 1);
        merged[g].merge(family.members()[m].counts);
        out.groups[g].sum += family.members()[m].sum;
    }
    for (size_t g = 0; g < out.groups.size(); ++g) {
        fillGroup(merged[g], question.quantiles, out.groups[g]);
        out.n += out.groups[g].n;
        out.relativeError = std::max(out.relativeError, merged[g].relativeError(question.quantiles.back()));
    }
    out.splits = familySplits(family.members());
    if (question.baseline) {
        const Columns one = Columns::of(*question.baseline, 1);
        NJ_RETURN_IF_ERROR(family.load(context, *question.baseline, one));
        std::vector<BucketCounts> before(out.groups.size(), BucketCounts(one.count));
        for (size_t m = 0; m < family.members().size(); ++m)
            before[std::min<size_t>(choice.groupOfCode[codeOf[m]], out.groups.size() - 1)].merge(family.members()[m].counts);
        for (size_t g = 0; g < out.groups.size(); ++g) {
            out.groups[g].baselineN = static_cast<uint64_t>(std::llround(std::min(before[g].count(), 9e18)));
            for (size_t q = 0; q < question.quantiles.size(); ++q)
                out.groups[g].baseline[q] = before[g].quantile(question.quantiles[q]);
        }
    }
    orderGroups(out);
    return out;
}

}  // namespace nj::query

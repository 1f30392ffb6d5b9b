#include "dashboard/panel/series_names.h"

#include <algorithm>
#include <cctype>
#include <map>

#include "promql/text/quote.h"

namespace nj::dashboard {
namespace {

constexpr size_t kSpeakingLength = 6;   // an address

bool isAutomatic(const std::string& legend) { return legend.empty() || legend == "__auto"; }

std::string_view trimmed(std::string_view text) {
    const size_t begin = text.find_first_not_of(' ');
    return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(' ') - begin + 1);
}

// "{{pod}} of {{ job }}"; a label that is not there is "".
std::string filled(std::string_view legend, const promql::Labels& labels) {
    std::string out;
    size_t at = 0;
    for (size_t open = legend.find("{{"); open != std::string_view::npos; open = legend.find("{{", at)) {
        const size_t close = legend.find("}}", open + 2);
        if (close == std::string_view::npos)
            break;
        out += legend.substr(at, open - at);
        out += promql::labelValue(labels, trimmed(legend.substr(open + 2, close - open - 2)));
        at = close + 2;
    }
    return out += legend.substr(at);
}

// up{job="api"}; without a metric what the labels say: "api, gpu 3".
std::string labelled(const promql::Labels& labels) {
    std::string name, inside, words;
    size_t count = 0;
    for (const promql::Label& label : labels) {
        if (label.name == promql::kMetricName) {
            name = label.value;
            continue;
        }
        ++count;
        inside += (inside.empty() ? "" : ", ") + label.name + "=" + promql::quoteText(label.value);
        // A short number alone says nothing, but of a bucket.
        const bool speaks = label.name == promql::kBucketLabel || label.value.size() >= kSpeakingLength || std::any_of(label.value.begin(), label.value.end(), [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; });
        words += (words.empty() ? "" : ", ") + (speaks ? label.value : label.name + ' ' + label.value);
    }
    if (name.empty())
        return words;
    return count == 0 ? name : name + "{" + inside + "}";
}

constexpr size_t kMostCompared = 2'000;

// Of labels in which series differ, as few as tell them apart just as well: a GPU's number says what its UUID, bus and device say too.
// Each step takes the label that parts most; of equals the one with the shortest values.
std::set<std::string, std::less<>> enough(const PanelQueries& queries, const std::set<std::string, std::less<>>& differing) {
    std::vector<const promql::Labels*> series;
    for (const QueryAnswer& answer : queries.answers)
        if (isAutomatic(answer.legend))
            for (const promql::MatrixSeries& one : *answer.series)
                series.push_back(one.labels.get());
    std::vector<std::string> keys(series.size());   // what the chosen labels say of each
    const auto with = [&](std::string_view label, std::set<std::string>& distinct) {
        size_t characters = 0;
        for (size_t i = 0; i < series.size(); ++i) {
            const std::string_view value = promql::labelValue(*series[i], label);
            characters += value.size();
            distinct.insert(keys[i] + '\x01' + std::string(value));
        }
        return characters;
    };
    std::set<std::string> whole;
    for (const promql::Labels* one : series) {
        std::string key;
        for (const std::string& label : differing)
            key += std::string(promql::labelValue(*one, label)) + '\x01';
        whole.insert(std::move(key));
    }
    std::set<std::string, std::less<>> chosen;
    for (size_t parts = 0; parts < whole.size() && chosen.size() < differing.size();) {
        const std::string* best = nullptr;
        size_t most = 0, shortest = 0;
        for (const std::string& label : differing) {
            // Where metrics differ, their names come first.
            if (chosen.contains(label) || (chosen.empty() && differing.contains(promql::kMetricName) && label != promql::kMetricName))
                continue;
            std::set<std::string> distinct;
            const size_t characters = with(label, distinct);
            if (!best || distinct.size() > most || (distinct.size() == most && characters < shortest)) {
                best = &label;
                most = distinct.size();
                shortest = characters;
            }
        }
        for (size_t i = 0; i < series.size(); ++i)
            keys[i] += '\x01' + std::string(promql::labelValue(*series[i], *best));
        chosen.insert(*best);
        parts = most;
    }
    return chosen;
}

}  // namespace

SeriesNames::SeriesNames(const PanelQueries& queries) {
    struct Seen {
        std::string value;
        size_t count = 0;
    };
    std::map<std::string, Seen, std::less<>> seen;
    size_t all = 0;
    for (const QueryAnswer& answer : queries.answers) {
        if (!isAutomatic(answer.legend))
            continue;
        for (const promql::MatrixSeries& series : *answer.series) {
            ++all;
            for (const promql::Label& label : *series.labels) {
                Seen& known = seen[label.name];
                if (known.count++ == 0)
                    known.value = label.value;
                else if (known.value != label.value)
                    differing_.insert(label.name);
            }
        }
    }
    for (const auto& [name, known] : seen)
        if (known.count < all)
            differing_.insert(name);
    if (differing_.size() > 1 && all <= kMostCompared)
        differing_ = enough(queries, differing_);
}

std::string SeriesNames::of(const QueryAnswer& answer, const promql::Labels& labels) const {
    std::string name;
    if (!isAutomatic(answer.legend))
        name = trimmed(filled(answer.legend, labels));   // a label that is not there leaves its blanks
    if (!name.empty())
        return name;
    promql::Labels telling;
    for (const promql::Label& label : labels)
        if (differing_.contains(label.name))
            telling.push_back(label);
    name = labelled(telling);
    if (name.empty())
        name = promql::metricName(labels);
    if (name.empty())
        name = labelled(labels);
    return name.empty() ? answer.expr : name;
}

}  // namespace nj::dashboard

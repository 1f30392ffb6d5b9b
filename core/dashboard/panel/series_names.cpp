#include "dashboard/panel/series_names.h"

#include <algorithm>
#include <cctype>

#include "promql/telling_labels.h"
#include "promql/text/quote.h"

namespace nj::dashboard {
namespace {

constexpr size_t kSpeakingLength = 6;   // an address
constexpr const char* kLimitName = "limit";

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

}  // namespace

SeriesNames::SeriesNames(const PanelQueries& queries) {
    std::vector<const promql::Labels*> series, limits;
    for (const QueryAnswer& answer : queries.answers)
        if (isAutomatic(answer.legend))
            for (const promql::MatrixSeries& one : *answer.series)
                (answer.target->limit ? limits : series).push_back(one.labels.get());
    telling_ = promql::tellingLabels(series);
    tellingLimits_ = promql::tellingLabels(limits);
}

std::string SeriesNames::of(const QueryAnswer& answer, const promql::Labels& labels) const {
    std::string name;
    if (!isAutomatic(answer.legend))
        name = trimmed(filled(answer.legend, labels));   // a label that is not there leaves its blanks
    if (!name.empty())
        return name;
    promql::Labels telling;
    const bool limit = answer.target->limit;
    for (const promql::Label& label : labels)
        if ((limit ? tellingLimits_ : telling_).contains(label.name))
            telling.push_back(label);
    name = labelled(telling);
    if (limit)
        return kLimitName + (name.empty() ? name : ": " + name);
    if (name.empty())
        name = promql::metricName(labels);
    if (name.empty())
        name = labelled(labels);
    return name.empty() ? answer.expr : name;
}

}  // namespace nj::dashboard

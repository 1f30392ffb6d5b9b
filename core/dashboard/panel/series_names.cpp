#include "dashboard/panel/series_names.h"

#include <map>

#include "promql/text/quote.h"

namespace nj::dashboard {
namespace {

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

// up{job="api"}; the value alone of a single label.
std::string labelled(const promql::Labels& labels) {
    std::string name, inside;
    size_t count = 0;
    for (const promql::Label& label : labels) {
        if (label.name == promql::kMetricName) {
            name = label.value;
            continue;
        }
        ++count;
        inside += (inside.empty() ? "" : ", ") + label.name + "=" + promql::quoteText(label.value);
    }
    if (name.empty() && count == 1)
        return labels.front().value;
    return count == 0 ? name : name + "{" + inside + "}";
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

#include "promql/telling_labels.h"

#include <map>

namespace nj::promql {
namespace {

using Names = std::set<std::string, std::less<>>;

constexpr size_t kMostCompared = 2'000;
constexpr char kBetween = '\x01';

Names differing(const std::vector<const Labels*>& series) {
    struct Seen {
        std::string value;
        size_t count = 0;
    };
    std::map<std::string, Seen, std::less<>> seen;
    Names names;
    for (const Labels* labels : series)
        for (const Label& label : *labels) {
            Seen& known = seen[label.name];
            if (known.count++ == 0)
                known.value = label.value;
            else if (known.value != label.value)
                names.insert(label.name);
        }
    for (const auto& [name, known] : seen)
        if (known.count < series.size())
            names.insert(name);
    return names;
}

// Each step takes the label that parts most; of equals the one with the shortest values.
class Choice {
public:
    explicit Choice(const std::vector<const Labels*>& series) : series_(series), keys_(series.size()) {}

    // Parts with this label too, and the length of its values.
    [[nodiscard]] std::pair<size_t, size_t> with(std::string_view label) const {
        std::set<std::string> distinct;
        size_t characters = 0;
        for (size_t i = 0; i < series_.size(); ++i) {
            const std::string_view value = labelValue(*series_[i], label);
            characters += value.size();
            distinct.insert(keys_[i] + kBetween + std::string(value));
        }
        return {distinct.size(), characters};
    }
    void take(std::string_view label) {
        for (size_t i = 0; i < series_.size(); ++i)
            keys_[i] += kBetween + std::string(labelValue(*series_[i], label));
    }

private:
    const std::vector<const Labels*>& series_;
    std::vector<std::string> keys_;   // what the labels taken say of each
};

Names enough(const std::vector<const Labels*>& series, const Names& all) {
    Choice everything(series);
    for (const std::string& label : all)
        everything.take(label);
    const size_t wanted = everything.with({}).first;
    Choice choice(series);
    Names chosen;
    for (size_t parts = 0; parts < wanted && chosen.size() < all.size();) {
        const std::string* best = nullptr;
        std::pair<size_t, size_t> bestParts;
        for (const std::string& label : all) {
            if (chosen.contains(label) || (chosen.empty() && all.contains(kMetricName) && label != kMetricName))
                continue;
            const auto now = choice.with(label);
            if (!best || now.first > bestParts.first || (now.first == bestParts.first && now.second < bestParts.second)) {
                best = &label;
                bestParts = now;
            }
        }
        choice.take(*best);
        chosen.insert(*best);
        parts = bestParts.first;
    }
    return chosen;
}

}  // namespace

Names tellingLabels(const std::vector<const Labels*>& series) {
    Names all = differing(series);
    return all.size() > 1 && series.size() <= kMostCompared ? enough(series, all) : all;
}

}  // namespace nj::promql

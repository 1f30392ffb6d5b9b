// What the rows of a box have that the others have not, attribute by attribute.
#include <algorithm>
#include <cmath>
#include <map>
#include <memory>
#include <set>

#include "analyze/robust.h"
#include "query/capsule/attribute_scan.h"
#include "query/capsule/failure_questions.h"
#include "query/capsule/row_labels.h"

namespace nj::query {
namespace {

constexpr size_t kMostKeys = 120, kMostNumbers = 40'000, kManyValues = 64;
constexpr double kDiffers = 0.1;        // of share: less is no difference worth a line

// Ids name rows, not kinds of rows.
bool isId(const std::string& key) {
    return key.ends_with("id") || key.ends_with("_id") || key.ends_with(".uuid") || key.find("request_id") != std::string::npos || key.find("message") != std::string::npos;
}

struct Share {
    uint64_t selected = 0, rest = 0;
};

class Comparison {
public:
    Comparison(QueryContext& context, const DifferencesQuestion& question) : context_(context), question_(question) {}

    // Which rows take part, and which of them are selected.
    Status add(const store::SegmentView& view, RowSpan rows, const RowSet* matching) {
        RowSet part(view.info().rows), selected(view.info().rows);
        NJ_ASSIGN(const store::StartColumn start, view.start());
        const auto place = [&](uint32_t row, double value) {
            const bool inside = question_.selection.contains(start.at(row));
            if (!inside && question_.rest && !question_.rest->contains(start.at(row)))
                return;
            part.add(row);
            if (inside && value >= question_.low && value <= question_.high)
                selected.add(row);
        };
        if (question_.byDuration) {
            NJ_ASSIGN(const std::vector<TimeNs> from, view.exactStart());
            NJ_ASSIGN(const std::vector<TimeNs> to, view.exactEnd());
            forEachRow(rows, matching, [&](uint32_t row) {
                if (row < from.size() && row < to.size())
                    place(row, static_cast<double>(to[row] - from[row]));
            });
        } else {
            NJ_RETURN_IF_ERROR(forEachNumber(view, question_.attribute, rows, matching, place));
        }
        if (part.none())
            return {};
        const uint32_t n = selected.count();
        answer_.selected += n;
        answer_.rest += part.count() - n;
        for (const char* field : {"service", "name", "status", "kind"})
            NJ_RETURN_IF_ERROR(addLabels(view, field, part, selected));
        for (const store::AttributeInfo& info : view.info().attributes)
            if (info.key != question_.attribute && !isId(info.key))
                NJ_RETURN_IF_ERROR(info.type == ValueType::kInt || info.type == ValueType::kDouble ? addNumbers(view, info.key, part, selected)
                                                                                                  : addLabels(view, info.key, part, selected));
        return addResourceKeys(view, part, selected);
    }

    DifferencesAnswer take() {
        std::vector<Difference> found;
        if (answer_.selected == 0 || answer_.rest == 0)
            return std::move(answer_);   // nothing to compare with
        for (auto& [key, labels] : labels_)
            compareLabels(key, *labels, found);
        for (auto& [key, numbers] : numbers_)
            compareNumbers(key, numbers, found);
        const auto gap = [](const Difference& d) { return std::fabs(d.selectionShare - d.restShare); };
        std::stable_sort(found.begin(), found.end(), [&](const Difference& a, const Difference& b) { return gap(a) > gap(b); });
        for (const Difference& one : found) {
            if (gap(one) < kDiffers) {
                ++answer_.alikeKeys;
                continue;
            }
            // The same shares to the row: the same rows by another name.
            const auto twin = std::find_if(answer_.differences.begin(), answer_.differences.end(), [&](const Difference& d) {
                return std::fabs(d.selectionShare - one.selectionShare) < 1e-9 && std::fabs(d.restShare - one.restShare) < 1e-9;
            });
            if (twin != answer_.differences.end())
                twin->alike.push_back(one.key);
            else if (answer_.differences.size() < question_.limit)
                answer_.differences.push_back(one);
        }
        return std::move(answer_);
    }

private:
    struct Labels {
        explicit Labels(QueryContext& context, const std::string& key) : codes(context, Signal::kSpan, key) {}
        RowLabels codes;
        std::vector<Share> shares;
    };
    struct Numbers {
        std::vector<double> selected, rest;
        uint64_t seenRest = 0;
    };

    Status addLabels(const store::SegmentView& view, const std::string& key, const RowSet& part, const RowSet& selected) {
        auto found = labels_.find(key);
        if (found == labels_.end()) {
            if (labels_.size() >= kMostKeys)
                return {};
            found = labels_.emplace(key, std::make_unique<Labels>(context_, key)).first;
        }
        NJ_RETURN_IF_ERROR(context_.checkStop());
        Labels& labels = *found->second;
        NJ_ASSIGN(const std::vector<uint16_t> codes, labels.codes.codes(view));
        labels.shares.resize(labels.codes.labels().size());
        part.forEach([&](uint32_t row) {
            Share& share = labels.shares[codes[row]];
            ++(selected.test(row) ? share.selected : share.rest);
        });
        return {};
    }

    Status addResourceKeys(const store::SegmentView& view, const RowSet& part, const RowSet& selected) {
        NJ_ASSIGN(const store::CodeColumn resources, view.resource());
        std::set<std::string> keys;
        for (const uint32_t id : resources.table)
            for (const KeyValue& attribute : context_.snapshot().resource(id).attributes)
                if (!isId(attribute.key) && attribute.key != "service.name")
                    keys.insert(attribute.key);
        for (const std::string& key : keys)
            NJ_RETURN_IF_ERROR(addLabels(view, "resource." + key, part, selected));
        return {};
    }

    Status addNumbers(const store::SegmentView& view, const std::string& key, const RowSet& part, const RowSet& selected) {
        if (numbers_.size() >= kMostKeys && !numbers_.contains(key))
            return {};
        NJ_RETURN_IF_ERROR(context_.checkStop());
        Numbers& numbers = numbers_[key];
        return forEachNumber(view, key, {0, view.info().rows}, &part, [&](uint32_t row, double value) {
            if (selected.test(row)) {
                if (numbers.selected.size() < kMostNumbers)
                    numbers.selected.push_back(value);
            } else if (++numbers.seenRest; numbers.rest.size() < kMostNumbers) {
                numbers.rest.push_back(value);
            } else {
                numbers.rest[numbers.seenRest * 2654435761U % kMostNumbers] = value;   // an even sample of the rest
            }
        });
    }

    void compareLabels(const std::string& key, const Labels& labels, std::vector<Difference>& found) const {
        const auto distinct = std::count_if(labels.shares.begin(), labels.shares.end(), [](const Share& s) { return s.selected + s.rest > 0; });
        if (static_cast<size_t>(distinct) > RowLabels::kMaxLabels / 2)
            return;   // names each row
        Difference best;
        for (size_t code = 0; code < labels.shares.size(); ++code) {
            if (code <= RowLabels::kOverflow)
                continue;
            const double selected = static_cast<double>(labels.shares[code].selected) / static_cast<double>(answer_.selected), rest = static_cast<double>(labels.shares[code].rest) / static_cast<double>(answer_.rest);
            if (selected - rest > best.selectionShare - best.restShare || best.key.empty())
                best = {key, labels.codes.labels()[code], false, selected, rest, {}};
        }
        if (!best.key.empty())
            found.push_back(std::move(best));
    }

    // The bound above (or below) which the shares differ most.
    void compareNumbers(const std::string& key, Numbers& numbers, std::vector<Difference>& found) const {
        if (numbers.selected.empty() || numbers.rest.empty())
            return;
        std::sort(numbers.selected.begin(), numbers.selected.end());
        std::sort(numbers.rest.begin(), numbers.rest.end());
        const double n = static_cast<double>(numbers.selected.size()), m = static_cast<double>(numbers.rest.size());
        const double ofSelected = n / static_cast<double>(answer_.selected), ofRest = static_cast<double>(numbers.seenRest) / static_cast<double>(answer_.rest);
        Difference best;
        for (size_t i = 0; i <= kManyValues; ++i) {
            const double bound = numbers.rest[std::min(numbers.rest.size() - 1, i * numbers.rest.size() / kManyValues)];
            const auto above = [&](const std::vector<double>& values, double total) { return static_cast<double>(values.end() - std::upper_bound(values.begin(), values.end(), bound)) / total; };
            const double selected = above(numbers.selected, n) * ofSelected, rest = above(numbers.rest, m) * ofRest;
            if (selected - rest > best.selectionShare - best.restShare || best.key.empty())
                best = {key, AttributeValue::ofDouble(bound).display(), true, selected, rest, {}};
        }
        found.push_back(std::move(best));
    }

    QueryContext& context_;
    const DifferencesQuestion& question_;
    DifferencesAnswer answer_;
    std::map<std::string, std::unique_ptr<Labels>> labels_;
    std::map<std::string, Numbers> numbers_;
};

}  // namespace

Result<DifferencesAnswer> answerDifferences(QueryContext& context, const DifferencesQuestion& question) {
    NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, Signal::kSpan));
    Comparison comparison(context, question);
    NJ_RETURN_IF_ERROR(scanSegments(context, Signal::kSpan, question.range, filter,
                                    [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) { return comparison.add(view, rows, matching); }));
    return comparison.take();
}

}  // namespace nj::query

// Errors by kind over time, new ones first.
#include <algorithm>
#include <unordered_map>

#include "query/capsule/error_rows.h"
#include "query/capsule/questions.h"

namespace nj::query {
namespace {

constexpr size_t kMaxKinds = 5000;
constexpr uint64_t kFewErrors = 5;   // fewer are not called new: rare kinds are absent from most baselines

class Groups {
public:
    Groups(QueryContext& context, const Columns& columns) : context_(context), columns_(columns) {}

    void add(Signal signal, const ErrorRow& error, const store::SegmentView& view, bool baseline) {
        ErrorGroup& group = slot(signal, error);
        if (baseline) {
            ++group.baselineCount;
            return;
        }
        if (group.perColumn.empty())
            group.perColumn.assign(columns_.count, 0);
        ++group.perColumn[columns_.at(std::max(error.time, columns_.from))];
        group.first = group.count == 0 ? error.time : std::min(group.first, error.time);
        group.last = std::max(group.last, error.time);
        ++group.count;
        if (group.exampleSeq < 0)
            if (const auto seq = view.seqOf(error.row); seq.ok())
                group.exampleSeq = *seq;
    }

    std::vector<ErrorGroup> take(bool hasBaseline, size_t limit) {
        std::erase_if(groups_, [](const ErrorGroup& group) { return group.count == 0; });
        const auto rank = [&](const ErrorGroup& group) {
            const bool fresh = hasBaseline && group.baselineCount == 0 && group.count >= kFewErrors;
            // Among new ones a client's own errors (4xx) stand behind the system's.
            return fresh ? (group.kind.starts_with("HTTP 4") ? 1 : 0) : 2;
        };
        std::stable_sort(groups_.begin(), groups_.end(), [&](const ErrorGroup& a, const ErrorGroup& b) {
            const int x = rank(a), y = rank(b);
            return x != y ? x < y : a.count > b.count;
        });
        groups_.resize(std::min(groups_.size(), limit));
        return std::move(groups_);
    }

private:
    ErrorGroup& slot(Signal signal, const ErrorRow& error) {
        key_ = error.kind;
        key_ += '\0';
        if (!error.byKindOnly)
            key_ += error.text;
        key_ += '\0';
        key_ += std::to_string(error.service);
        key_ += signal == Signal::kSpan ? 's' : 'l';
        if (groups_.size() >= kMaxKinds && !known_.contains(key_))
            key_ = signal == Signal::kSpan ? "s" : "l";
        const auto [it, fresh] = known_.try_emplace(key_, groups_.size());
        if (fresh) {
            ErrorGroup& group = groups_.emplace_back();
            const bool rest = key_.size() == 1;
            group.kind = rest ? "others" : error.kind;
            group.text = rest ? std::string() : error.text;
            group.service = rest ? std::string() : std::string(context_.snapshot().text(error.service));
            group.signal = signal;
        }
        return groups_[it->second];
    }

    QueryContext& context_;
    Columns columns_;
    std::string key_;
    std::unordered_map<std::string, size_t> known_;
    std::vector<ErrorGroup> groups_;
};

}  // namespace

Result<ErrorsAnswer> answerErrors(QueryContext& context, const ErrorsQuestion& question) {
    const Columns columns = Columns::of(question.range, question.columns);
    ErrorsAnswer answer;
    answer.from = columns.from;
    answer.width = columns.width;
    Groups groups(context, columns);
    ErrorRows errors(context);
    for (const Signal signal : {Signal::kSpan, Signal::kLog}) {
        NJ_ASSIGN(FilterEvaluator filter, FilterEvaluator::create(context, question.filter, signal));
        for (const bool baseline : {false, true}) {
            if (baseline && !question.baseline)
                continue;
            const TimeRange range = baseline ? *question.baseline : question.range;
            NJ_RETURN_IF_ERROR(scanSegments(context, signal, range, filter, [&](const store::SegmentView& view, RowSpan rows, const RowSet* matching) -> Status {
                if (!baseline)
                    answer.total += matching ? matching->count() : rows.size();
                const auto visit = [&](const ErrorRow& error) {
                    groups.add(signal, error, view, baseline);
                    answer.errors += baseline ? 0 : 1;
                };
                return signal == Signal::kSpan ? errors.ofSpans(view, rows, matching, visit) : errors.ofLogs(view, rows, matching, visit);
            }));
        }
    }
    answer.groups = groups.take(question.baseline.has_value(), question.maxGroups);
    return answer;
}

}  // namespace nj::query

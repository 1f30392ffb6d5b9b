// info(v, selector): adds the labels of info series such as target_info that share job and instance.
#include <algorithm>
#include <fmt/format.h>
#include <map>
#include <re2/re2.h>

#include "promql/engine/evaluation.h"

namespace nj::promql {

namespace {

const std::vector<std::string> kIdentifying = {"instance", "job"};

class InfoJoin {
public:
    InfoJoin(Evaluator& evaluator, const CallExpr& node, const Steps& steps)
        : evaluator_(evaluator), evaluation_(evaluator.evaluation()), steps_(steps), base_(baseColumns(node)) {
        if (node.args.size() > 1) {
            for (const Matcher& matcher : as<SelectorExpr>(*node.args[1]).matchers) {
                auto compiled = CompiledMatcher::compile(matcher);
                if (!compiled.ok())
                    throw EvaluationFailure{compiled.error()};
                (matcher.name == kMetricName ? nameMatchers_ : dataMatchers_).push_back(std::move(compiled).value());
            }
            nameGiven_ = !nameMatchers_.empty();
        }
        if (!nameGiven_)
            nameMatchers_.push_back(CompiledMatcher::compile({Matcher::Type::kEqual, std::string(kMetricName), "target_info"}).value());
        ignoreUnnamed_ = node.args.size() < 2 || nameGiven_;
        locate(node);
    }

    std::vector<Column> run() {
        fetchInfos();
        std::map<std::string, Column> results;
        for (Column& column : base_.columns) {
            evaluation_.checkStopped();
            if (isInfoItself(*column.labels)) {
                append(results, *column.labels, column, 0, steps_.count);
                continue;
            }
            enrich(results, column);
        }
        std::vector<Column> columns;
        for (auto& [key, column] : results)
            columns.push_back(std::move(column));
        return columns;
    }

private:
    ColumnSet baseColumns(const CallExpr& node) {
        const ColumnStreamPtr stream = evaluator_.vector(*node.args[0], steps_);
        return evaluator_.collect(*stream);
    }

    // Info series are looked up at the time and offset of the first selector in the first argument.
    void locate(const CallExpr& node) {
        const SelectorExpr* selector = firstSelector(*node.args[0]);
        if (selector == nullptr)
            return;
        lookup_.at = selector->at;
        offset_ = evaluator_.offset(selector->offset);
    }

    static const SelectorExpr* firstSelector(const Expr& expr) {
        switch (expr.kind) {
        case ExprKind::kSelector: return &as<SelectorExpr>(expr);
        case ExprKind::kMatrix: return as<MatrixExpr>(expr).selector.get();
        case ExprKind::kSubquery: return firstSelector(*as<SubqueryExpr>(expr).expr);
        case ExprKind::kParen: return firstSelector(*as<ParenExpr>(expr).expr);
        case ExprKind::kUnary: return firstSelector(*as<UnaryExpr>(expr).expr);
        case ExprKind::kAggregate: return firstSelector(*as<AggregateExpr>(expr).expr);
        case ExprKind::kBinary: {
            const SelectorExpr* left = firstSelector(*as<BinaryExpr>(expr).left);
            return left != nullptr ? left : firstSelector(*as<BinaryExpr>(expr).right);
        }
        case ExprKind::kCall:
            for (const ExprPtr& arg : as<CallExpr>(expr).args)
                if (const SelectorExpr* found = firstSelector(*arg))
                    return found;
            return nullptr;
        default: return nullptr;
        }
    }

    bool isInfoItself(const Labels& labels) const {
        return ignoreUnnamed_ && std::all_of(nameMatchers_.begin(), nameMatchers_.end(),
                                             [&](const CompiledMatcher& matcher) { return matcher.matches(metricName(labels)); });
    }

    void fetchInfos() {
        for (const std::string& label : kIdentifying) {
            std::vector<std::string> values;
            for (const Column& column : base_.columns) {
                const std::string value(labelValue(*column.labels, label));
                if (!isInfoItself(*column.labels) && !value.empty() && std::find(values.begin(), values.end(), value) == values.end())
                    values.push_back(value);
            }
            if (values.empty())
                continue;
            anyIdentified_ = true;
            std::string pattern;
            for (const std::string& value : values)
                pattern += (pattern.empty() ? "" : "|") + re2::RE2::QuoteMeta(value);
            if (pattern.size() <= kMaxRegexLength)   // else all are read and sorted out below
                lookup_.matchers.push_back({Matcher::Type::kRegex, label, pattern});
        }
        if (!anyIdentified_)
            return;
        for (const auto* matchers : {&nameMatchers_, &dataMatchers_})
            for (const CompiledMatcher& matcher : *matchers)
                lookup_.matchers.push_back(matcher.matcher());
        lookup_.offset = std::make_unique<DurationExpr>();
        lookup_.offset->seconds = static_cast<double>(offset_) / static_cast<double>(kSecond);
        const ColumnStreamPtr stream = selectInstant(evaluator_, lookup_, steps_, true);
        ColumnSet set = evaluator_.collect(*stream);
        for (Column& column : set.columns) {
            const std::string signature = labelsKey(onlyLabels(*column.labels, kIdentifying));
            infos_[signature][std::string(metricName(*column.labels))].push_back(std::move(column));
        }
    }

    void enrich(std::map<std::string, Column>& results, const Column& column) {
        const auto found = infos_.find(labelsKey(onlyLabels(*column.labels, kIdentifying)));
        const bool mayStayAlone = std::all_of(dataMatchers_.begin(), dataMatchers_.end(),
                                              [](const CompiledMatcher& matcher) { return matcher.matches(std::string_view()); });
        for (size_t i = 0; i < steps_.count; ++i) {
            if (!column.has(i))
                continue;
            std::vector<const Column*> infos;
            if (found != infos_.end())
                for (const auto& [name, candidates] : found->second)
                    if (const Column* newest = newestAt(candidates, i))
                        infos.push_back(newest);
            if (infos.empty() && !mayStayAlone)
                continue;
            append(results, enriched(*column.labels, infos), column, i, i + 1);
        }
    }

    // Of several info series the one with the newest sample counts.
    static const Column* newestAt(const std::vector<Column>& candidates, size_t i) {
        const Column* newest = nullptr;
        for (const Column& candidate : candidates) {
            if (!candidate.hasFloat(i))
                continue;
            if (newest != nullptr && newest->values[i] == candidate.values[i])
                failEvaluation(fmt::format("found duplicate series for info metric: existing {} @ {}, new {} @ {}",
                                           labelsText(*newest->labels), static_cast<int64_t>(newest->values[i] * 1000),
                                           labelsText(*candidate.labels), static_cast<int64_t>(candidate.values[i] * 1000)));
            if (newest == nullptr || newest->values[i] < candidate.values[i])
                newest = &candidate;
        }
        return newest;
    }

    Labels enriched(const Labels& base, const std::vector<const Column*>& infos) const {
        Labels added;
        for (const Column* info : infos) {
            for (const Label& label : *info->labels) {
                if (label.name == kMetricName || (!dataMatchers_.empty() && !isWanted(label.name)))
                    continue;
                const std::string_view present = labelValue(added, label.name);
                if (!present.empty() && present != label.value)
                    failEvaluation("conflicting label: " + label.name);
                if (labelValue(base, label.name).empty())
                    setLabel(added, label.name, label.value);
            }
        }
        Labels labels = base;
        for (const Label& label : added)
            setLabel(labels, label.name, label.value);
        return labels;
    }

    bool isWanted(const std::string& name) const {
        return std::any_of(dataMatchers_.begin(), dataMatchers_.end(),
                           [&](const CompiledMatcher& matcher) { return matcher.matcher().name == name; });
    }

    void append(std::map<std::string, Column>& results, const Labels& labels, const Column& from, size_t begin, size_t end) const {
        const auto [at, added] = results.try_emplace(labelsKey(labels));
        Column& column = at->second;
        if (added) {
            column.labels = std::make_shared<const Labels>(labels);
            column.dropName = from.dropName;
            column.reset(steps_.count);
        }
        for (size_t i = begin; i < end; ++i) {
            if (!from.has(i))
                continue;
            if (column.has(i))
                failEvaluation("vector cannot contain metrics with the same labelset");
            column.copyStep(i, from, i);
        }
    }

    Evaluator evaluator_;
    Evaluation& evaluation_;
    Steps steps_;
    ColumnSet base_;
    std::vector<CompiledMatcher> nameMatchers_, dataMatchers_;
    bool nameGiven_ = false;
    bool ignoreUnnamed_ = true;
    bool anyIdentified_ = false;
    SelectorExpr lookup_;
    DurationNs offset_ = 0;
    std::map<std::string, std::map<std::string, std::vector<Column>>> infos_;   // by identifying labels, then by name
};

}  // namespace

ColumnStreamPtr infoFunction(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    return std::make_unique<StoredColumns>(InfoJoin(evaluator, node, steps).run());
}

}  // namespace nj::promql

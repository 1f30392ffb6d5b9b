// label_replace, label_join, sort and its like, absent.
#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <re2/re2.h>

#include "promql/engine/evaluation.h"
#include "promql/engine/natural_order.h"

namespace nj::promql {

namespace {

// $1, ${1}, $name, ${name} and $$ of Go's regexp templates.
std::string expandTemplate(const std::string& text, const re2::RE2& regex, const std::vector<re2::StringPiece>& groups) {
    std::string out;
    const auto& names = regex.NamedCapturingGroups();
    for (size_t at = 0; at < text.size();) {
        if (text[at] != '$') {
            out += text[at++];
            continue;
        }
        if (at + 1 < text.size() && text[at + 1] == '$') {
            out += '$';
            at += 2;
            continue;
        }
        const bool braces = at + 1 < text.size() && text[at + 1] == '{';
        size_t begin = at + 1 + (braces ? 1 : 0);
        size_t end = begin;
        while (end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) != 0 || text[end] == '_'))
            ++end;
        if (end == begin || (braces && (end >= text.size() || text[end] != '}'))) {
            out += '$';   // malformed: taken as it is
            ++at;
            continue;
        }
        const std::string name = text.substr(begin, end - begin);
        at = end + (braces ? 1 : 0);
        size_t group = groups.size();
        if (std::all_of(name.begin(), name.end(), [](char c) { return c >= '0' && c <= '9'; }) && name.size() < 6)
            group = static_cast<size_t>(std::stoul(name));
        else if (const auto found = names.find(name); found != names.end())
            group = static_cast<size_t>(found->second);
        if (group < groups.size())
            out.append(groups[group].data(), groups[group].size());
    }
    return out;
}

void checkLabelName(const std::string& name, const char* which, const char* function) {
    if (!isValidLabelName(name))
        failEvaluation(fmt::format("invalid {} label name in {}(): {}", which, function, name));
}

// Gives a series a changed label. A new __name__ is one that stays.
void relabel(Column& column, const std::string& label, const std::string& value) {
    Labels labels = *column.labels;
    setLabel(labels, label, value);
    column.labels = std::make_shared<const Labels>(std::move(labels));
    if (label == kMetricName)
        column.dropName = false;
}

}  // namespace

ColumnStreamPtr labelReplace(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    const std::string target = Evaluator::string(*node.args[1]);
    const std::string replacement = Evaluator::string(*node.args[2]);
    const std::string source = Evaluator::string(*node.args[3]);
    const std::string pattern = Evaluator::string(*node.args[4]);
    const auto regex = compileRegex(pattern);
    if (!regex.ok())
        failEvaluation(fmt::format("invalid regular expression in label_replace(): {}", pattern));
    checkLabelName(target, "destination", "label_replace");
    const ColumnStreamPtr stream = evaluator.vector(*node.args[0], steps);
    ColumnSet set = evaluator.collect(*stream);
    const re2::RE2& compiled = **regex;
    std::vector<re2::StringPiece> groups(static_cast<size_t>(compiled.NumberOfCapturingGroups()) + 1);
    for (Column& column : set.columns) {
        const std::string value(labelValue(*column.labels, source));
        if (compiled.Match(value, 0, value.size(), re2::RE2::UNANCHORED, groups.data(), static_cast<int>(groups.size())))
            relabel(column, target, expandTemplate(replacement, compiled, groups));
    }
    mergeSameLabels(set.columns);
    return std::make_unique<StoredColumns>(std::move(set.columns));
}

ColumnStreamPtr labelJoin(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    const std::string target = Evaluator::string(*node.args[1]);
    const std::string separator = Evaluator::string(*node.args[2]);
    std::vector<std::string> sources;
    for (size_t i = 3; i < node.args.size(); ++i) {
        sources.push_back(Evaluator::string(*node.args[i]));
        checkLabelName(sources.back(), "source", "label_join");
    }
    checkLabelName(target, "destination", "label_join");
    const ColumnStreamPtr stream = evaluator.vector(*node.args[0], steps);
    ColumnSet set = evaluator.collect(*stream);
    for (Column& column : set.columns) {
        std::string joined;
        for (size_t i = 0; i < sources.size(); ++i) {
            joined += i > 0 ? separator : "";
            joined += labelValue(*column.labels, sources[i]);
        }
        relabel(column, target, joined);
    }
    mergeSameLabels(set.columns);
    return std::make_unique<StoredColumns>(std::move(set.columns));
}

ColumnStreamPtr sorted(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    const FunctionId id = node.function->id;
    const bool byValue = id == FunctionId::kSort || id == FunctionId::kSortDesc;
    const bool descending = id == FunctionId::kSortDesc || id == FunctionId::kSortByLabelDesc;
    const ColumnStreamPtr stream = evaluator.vector(*node.args[0], steps);
    ColumnSet set = evaluator.collect(*stream);
    if (byValue)
        for (Column& column : set.columns)
            column.histograms.clear();
    if (steps.count > 1)
        return std::make_unique<StoredColumns>(std::move(set.columns));   // results of range queries are ordered by labels
    if (byValue) {
        std::erase_if(set.columns, [](const Column& column) { return column.empty(); });
        std::stable_sort(set.columns.begin(), set.columns.end(), [descending](const Column& a, const Column& b) {
            const double left = a.values[0];
            const double right = b.values[0];
            if (std::isnan(left) || std::isnan(right))   // NaN comes last either way
                return !std::isnan(left) && std::isnan(right);
            return descending ? left > right : left < right;
        });
        return std::make_unique<StoredColumns>(std::move(set.columns));
    }
    std::vector<std::string> labels;
    for (size_t i = 1; i < node.args.size(); ++i)
        labels.push_back(Evaluator::string(*node.args[i]));
    std::stable_sort(set.columns.begin(), set.columns.end(), [&](const Column& a, const Column& b) {
        for (const std::string& label : labels) {
            const std::string_view left = labelValue(*a.labels, label);
            const std::string_view right = labelValue(*b.labels, label);
            if (left != right)
                return naturallyLess(left, right) != descending;
        }
        return descending ? *b.labels < *a.labels : *a.labels < *b.labels;
    });
    return std::make_unique<StoredColumns>(std::move(set.columns));
}

namespace {

// What the selector says for certain of the series that are missing.
Labels absentLabels(const Expr& arg) {
    const Expr& inner = withoutParens(arg);
    const SelectorExpr* selector = nullptr;
    if (inner.kind == ExprKind::kSelector)
        selector = &as<SelectorExpr>(inner);
    else if (inner.kind == ExprKind::kMatrix)
        selector = as<MatrixExpr>(inner).selector.get();
    Labels labels;
    if (selector == nullptr)
        return labels;
    std::vector<std::string> seen;
    for (const Matcher& matcher : selector->matchers) {
        if (matcher.name == kMetricName)
            continue;
        const bool first = std::find(seen.begin(), seen.end(), matcher.name) == seen.end();
        if (matcher.type == Matcher::Type::kEqual && first) {
            setLabel(labels, matcher.name, matcher.value);
            seen.push_back(matcher.name);
        } else {
            setLabel(labels, matcher.name, "");
        }
    }
    return labels;
}

}  // namespace

ColumnStreamPtr absent(Evaluator& evaluator, const CallExpr& node, const Steps& steps) {
    std::vector<Column> columns(1);
    columns[0].labels = std::make_shared<const Labels>(absentLabels(*node.args[0]));
    columns[0].values.assign(steps.count, 1);
    const auto mark = [&](ColumnStream& stream) {
        Column column;
        while (stream.next(column))
            for (size_t i = 0; i < steps.count; ++i)
                if (column.has(i))
                    columns[0].values[i] = kNoValue;
    };
    if (node.function->id == FunctionId::kAbsent)
        mark(*evaluator.vector(*node.args[0], steps));
    else
        mark(*presentOverTime(evaluator, node, steps));
    return std::make_unique<StoredColumns>(std::move(columns));
}

}  // namespace nj::promql

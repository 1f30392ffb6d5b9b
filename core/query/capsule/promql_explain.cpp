// An expression taken apart: every node evaluated by itself, and in words what each did with the series that went in.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "promql/capsule/capsule_querier.h"
#include "promql/engine.h"
#include "promql/engine/signatures.h"
#include "promql/syntax/function_table.h"
#include "promql/syntax/parser.h"
#include "promql/syntax/printer.h"
#include "promql/text/quote.h"
#include "query/capsule/promql_questions.h"

namespace nj::query {
namespace {

using namespace promql;
using promql::ValueType;   // not the one of attributes

constexpr size_t kMostNodes = 40, kMostExamples = 2, kMostLabelsText = 160;
constexpr int kSteps = 240;
constexpr auto kMostTime = std::chrono::seconds(20);

std::string cut(std::string text, size_t most) {
    if (text.size() <= most)
        return text;
    while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U)   // not within a character
        --most;
    return text.substr(0, most) + "…";
}

std::string countOf(size_t n, std::string_view what = "series") { return fmt::format("{} {}", n, what); }

std::string listOf(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names)
        text += (text.empty() ? "" : ", ") + name;
    return text;
}

// A node's series by their labels; what it needs of its operands.
struct Evaluated {
    bool known = false;
    std::vector<LabelsPtr> series;
};

class Explainer {
public:
    Explainer(QueryContext& context, CapsuleQuerier& querier, const PromqlQuestion& question, PromqlExplanation& out) : context_(context), querier_(querier), out_(out) {
        out_.step = question.step > 0 && question.range.length() / question.step <= kSteps ? question.step : roundStep(question.range.length(), kSteps);
        start_ = question.range.from / out_.step * out_.step;
        end_ = question.range.to;
        until_ = std::chrono::steady_clock::now() + kMostTime;
    }

    Status explain(const Expr& outer, int depth, Evaluated* gives = nullptr) {
        const Expr& expr = withoutParens(outer);
        if (expr.kind == ExprKind::kNumber || expr.kind == ExprKind::kString)
            return {};
        if (out_.nodes.size() >= kMostNodes) {
            out_.cut = true;
            return {};
        }
        const size_t at = out_.nodes.size();
        PromqlNode& begun = out_.nodes.emplace_back();
        begun.depth = depth;
        begun.text = cut(printExpression(expr), kMostNodeText);
        begun.kind = kindOf(expr);
        begun.type = valueTypeName(expr.type);
        // What is inside a range is told by the range itself.
        std::vector<const Expr*> parts = operandsOf(expr);
        std::vector<Evaluated> operands(parts.size());
        for (size_t i = 0; i < parts.size(); ++i)
            NJ_RETURN_IF_ERROR(explain(*parts[i], depth + 1, &operands[i]));
        NJ_RETURN_IF_ERROR(context_.checkStop());
        if (std::chrono::steady_clock::now() > until_) {
            out_.cut = true;
            return {};
        }
        Evaluated own;
        NJ_RETURN_IF_ERROR(evaluate(expr, out_.nodes[at], own));
        if (own.known)
            NJ_RETURN_IF_ERROR(say(expr, operands, own, out_.nodes[at]));
        if (gives)
            *gives = std::move(own);
        return {};
    }

private:
    static std::string kindOf(const Expr& expr) {
        switch (expr.kind) {
        case ExprKind::kSelector: return "selector";
        case ExprKind::kMatrix: return "range";
        case ExprKind::kSubquery: return "subquery";
        case ExprKind::kCall: return std::string(as<CallExpr>(expr).function->name) + "()";
        case ExprKind::kAggregate: return std::string(aggregateName(as<AggregateExpr>(expr).op));
        case ExprKind::kUnary: return as<UnaryExpr>(expr).negative ? "minus" : "plus";
        case ExprKind::kBinary: return std::string(binaryOpText(as<BinaryExpr>(expr).op));
        default: return {};
        }
    }

    static std::vector<const Expr*> operandsOf(const Expr& expr) {
        std::vector<const Expr*> parts;
        switch (expr.kind) {
        case ExprKind::kSubquery: return {as<SubqueryExpr>(expr).expr.get()};
        case ExprKind::kUnary: return {as<UnaryExpr>(expr).expr.get()};
        case ExprKind::kBinary: return {as<BinaryExpr>(expr).left.get(), as<BinaryExpr>(expr).right.get()};
        case ExprKind::kAggregate: return {as<AggregateExpr>(expr).expr.get()};
        case ExprKind::kCall:
            for (const ExprPtr& arg : as<CallExpr>(expr).args)
                parts.push_back(arg.get());
            return parts;
        default: return parts;
        }
    }

    // A range as the series that have a sample in it.
    Status evaluate(const Expr& expr, PromqlNode& node, Evaluated& own) {
        std::string text = printExpression(expr);
        if (expr.type == ValueType::kMatrix)
            text = "last_over_time(" + text + ")";
        const auto began = std::chrono::steady_clock::now();
        auto result = Engine(prometheusOptions()).range(querier_, text, start_, end_, out_.step, context_.stop());
        node.took = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - began).count();
        NJ_RETURN_IF_ERROR(context_.checkStop());
        node.evaluated = true;
        if (!result.ok()) {
            node.error = result.error().message;
            return {};
        }
        const auto* matrix = std::get_if<Matrix>(&result->value);
        if (!matrix)
            return {};
        own.known = true;
        for (const MatrixSeries& series : *matrix) {
            own.series.push_back(series.labels);
            node.points += series.floats.size() + series.histograms.size();
        }
        node.series = matrix->size();
        return {};
    }

    Status say(const Expr& expr, const std::vector<Evaluated>& operands, const Evaluated& own, PromqlNode& node) {
        switch (expr.kind) {
        case ExprKind::kSelector: return saySelector(as<SelectorExpr>(expr), own, node);
        case ExprKind::kMatrix: return saySelector(*as<MatrixExpr>(expr).selector, own, node);
        case ExprKind::kAggregate: sayAggregate(as<AggregateExpr>(expr), operands[0], own, node); return {};
        case ExprKind::kBinary: sayBinary(as<BinaryExpr>(expr), operands, own, node); return {};
        case ExprKind::kCall: sayCall(as<CallExpr>(expr), operands, own, node); return {};
        default: return {};
        }
    }

    // How many series there are, and where there are none, which matcher says so.
    Status saySelector(const SelectorExpr& selector, const Evaluated& own, PromqlNode& node) {
        NJ_ASSIGN(const auto matching, querier_.matching(selector.matchers));
        std::set<std::string_view> names;
        for (const CapsuleQuerier::NamedSeries* one : matching)
            names.insert(metricName(*one->labels));
        if (!matching.empty()) {
            node.words.push_back(names.size() == 1 ? fmt::format("{} of {}", countOf(matching.size()), *names.begin()) : fmt::format("{} of {} metrics", countOf(matching.size()), names.size()));
            if (own.series.size() < matching.size())
                node.words.push_back(fmt::format("{} of them without a sample in this range", matching.size() - own.series.size()));
            return {};
        }
        node.words.emplace_back("no series matches");
        for (size_t i = 0; i < selector.matchers.size(); ++i) {
            std::vector<Matcher> others = selector.matchers;
            others.erase(others.begin() + static_cast<std::ptrdiff_t>(i));
            const Matcher& left = selector.matchers[i];
            if (left.name == kMetricName || others.empty())
                continue;
            NJ_ASSIGN(const auto without, querier_.matching(others));
            if (!without.empty())
                node.words.push_back(fmt::format("without {}{}{} there are {}{}", left.name, matcherOperator(left.type), cut(quoteText(left.value), 80), without.size(), valuesOf(without, left.name)));
        }
        NJ_ASSIGN(const auto named, querier_.matching({{Matcher::Type::kEqual, std::string(kMetricName), selector.name}}));
        if (!selector.name.empty() && named.empty())
            node.words.push_back("there is no metric of this name");
        return {};
    }

    static std::string valuesOf(const std::vector<const CapsuleQuerier::NamedSeries*>& series, const std::string& label) {
        std::set<std::string_view> values;
        for (const CapsuleQuerier::NamedSeries* one : series)
            values.insert(labelValue(*one->labels, label));
        if (values == std::set<std::string_view>{""})
            return fmt::format(": none has a label {}", label);
        std::string text;
        size_t shown = 0;
        for (const std::string_view value : values)
            if (shown++ < 3)
                text += (text.empty() ? "" : ", ") + cut(quoteText(value), 40);
        return fmt::format(", with {} {}{}", label, text, values.size() > 3 ? ", …" : "");
    }

    static void sayAggregate(const AggregateExpr& node, const Evaluated& in, const Evaluated& own, PromqlNode& out) {
        if (!in.known)
            return;
        const std::string groups = node.grouping.empty() && !node.without ? std::string("into one") : fmt::format("{} {}", node.without ? "without" : "by", listOf(node.grouping));
        const bool picks = node.op == AggregateOp::kTopk || node.op == AggregateOp::kBottomk || node.op == AggregateOp::kLimitk || node.op == AggregateOp::kLimitRatio;
        out.words.push_back(picks ? fmt::format("{} of {} picked at some step", own.series.size(), countOf(in.series.size()))
                                  : fmt::format("{} {}: {}", countOf(in.series.size()), groups, countOf(own.series.size(), own.series.size() == 1 ? "group" : "groups")));
        if (in.series.empty())
            return;
        std::vector<std::string> absent;
        for (const std::string& key : node.grouping)
            if (std::all_of(in.series.begin(), in.series.end(), [&](const LabelsPtr& labels) { return labelValue(*labels, key).empty(); }))
                absent.push_back(key);
        if (!absent.empty())
            out.words.push_back("no series has the label " + listOf(absent));
    }

    void sayBinary(const BinaryExpr& node, const std::vector<Evaluated>& operands, const Evaluated& own, PromqlNode& out) {
        const Expr &left = withoutParens(*node.left), &right = withoutParens(*node.right);
        const bool vectors = left.type == ValueType::kVector && right.type == ValueType::kVector;
        if (vectors && operands[0].known && operands[1].known) {
            sayPartners(node, operands[0].series, operands[1].series, out);
        }
        if (isComparison(node.op) && !node.returnBool && left.type != right.type) {
            const Evaluated& in = left.type == ValueType::kVector ? operands[0] : operands[1];
            if (in.known)
                out.words.push_back(fmt::format("{} of {} ever pass", own.series.size(), countOf(in.series.size())));
        }
    }

    // Who finds nobody on the other side, and in which labels the two sides differ.
    void sayPartners(const BinaryExpr& node, const std::vector<LabelsPtr>& left, const std::vector<LabelsPtr>& right, PromqlNode& out) {
        const auto signatures = [&](const std::vector<LabelsPtr>& side) {
            std::set<std::string> keys;
            for (const LabelsPtr& labels : side)
                keys.insert(labelsKey(matchedLabels(node.matching, *labels)));
            return keys;
        };
        const std::set<std::string> leftKeys = signatures(left), rightKeys = signatures(right);
        const auto alone = [&](const std::vector<LabelsPtr>& side, const std::set<std::string>& others) {
            std::vector<const Labels*> found;
            for (const LabelsPtr& labels : side)
                if (!others.contains(labelsKey(matchedLabels(node.matching, *labels))))
                    found.push_back(labels.get());
            return found;
        };
        const auto report = [&](const std::vector<const Labels*>& found, size_t all, std::string_view here, std::string_view there) {
            if (found.empty())
                return;
            std::string text = fmt::format("{} of {} on the {} found no partner on the {}", found.size(), countOf(all), here, there);
            for (size_t i = 0; i < std::min(found.size(), kMostExamples); ++i)
                text += (i == 0 ? ": " : ", ") + cut(labelsText(matchedLabels(node.matching, *found[i])), kMostLabelsText);
            out.words.push_back(text + (found.size() > kMostExamples ? ", …" : ""));
        };
        if (node.op == BinaryOp::kOr)
            return;
        const auto leftAlone = alone(left, rightKeys);
        report(leftAlone, left.size(), "left", "right");
        const bool oneSided = node.op == BinaryOp::kAnd || node.op == BinaryOp::kUnless;
        const auto rightAlone = alone(right, leftKeys);
        if (!oneSided)
            report(rightAlone, right.size(), "right", "left");
        if (leftAlone.empty() && rightAlone.empty())
            return;
        const auto names = [&](const std::vector<LabelsPtr>& side) {
            std::set<std::string> keys;
            for (const LabelsPtr& labels : side)
                for (const Label& label : matchedLabels(node.matching, *labels))
                    keys.insert(label.name);
            return keys;
        };
        const std::set<std::string> leftNames = names(left), rightNames = names(right);
        std::vector<std::string> onlyLeft, onlyRight;
        std::set_difference(leftNames.begin(), leftNames.end(), rightNames.begin(), rightNames.end(), std::back_inserter(onlyLeft));
        std::set_difference(rightNames.begin(), rightNames.end(), leftNames.begin(), leftNames.end(), std::back_inserter(onlyRight));
        if (!left.empty() && !right.empty() && !onlyLeft.empty())
            out.words.push_back(fmt::format("only the left has {}: on (…) or ignoring (…) would leave it out of the comparison", listOf(onlyLeft)));
        if (!left.empty() && !right.empty() && !onlyRight.empty())
            out.words.push_back(fmt::format("only the right has {}: on (…) or ignoring (…) would leave it out of the comparison", listOf(onlyRight)));
    }

    static bool needsTwo(FunctionId id) {
        using enum FunctionId;
        return id == kRate || id == kIrate || id == kIncrease || id == kDelta || id == kIdelta || id == kDeriv || id == kPredictLinear || id == kDoubleExponentialSmoothing;
    }

    void sayCall(const CallExpr& node, const std::vector<Evaluated>& operands, const Evaluated& own, PromqlNode& out) {
        using enum FunctionId;
        const FunctionId id = node.function->id;
        for (size_t i = 0; i < node.args.size(); ++i) {
            const Evaluated& in = operands[i];
            if (!in.known || node.args[i]->type == ValueType::kScalar)
                continue;
            if (id == kHistogramQuantile || id == kHistogramFraction) {
                const bool buckets = std::any_of(in.series.begin(), in.series.end(), [](const LabelsPtr& labels) { return !labelValue(*labels, kBucketLabel).empty(); });
                out.words.push_back(fmt::format("{} into {}", countOf(in.series.size(), buckets ? "buckets" : "histograms"), countOf(own.series.size())));
                if (!in.series.empty() && own.series.empty())
                    out.words.push_back("no series has the label le: keep it when grouping");
            } else if (own.series.size() < in.series.size() && needsTwo(id)) {
                out.words.push_back(fmt::format("{} of {} lost: they never have two samples within the range in brackets", in.series.size() - own.series.size(), countOf(in.series.size())));
            } else if (own.series.size() != in.series.size()) {
                out.words.push_back(fmt::format("{} into {}", countOf(in.series.size()), countOf(own.series.size())));
            }
        }
    }

    QueryContext& context_;
    CapsuleQuerier& querier_;
    PromqlExplanation& out_;
    TimeNs start_ = 0, end_ = 0;
    std::chrono::steady_clock::time_point until_;
};

}  // namespace

Result<PromqlExplanation> answerPromqlExplain(QueryContext& context, const PromqlQuestion& question) {
    NJ_ASSIGN(CapsuleQuerier* const querier, context.promql());
    auto expr = parseExpression(question.expression);
    if (!expr.ok())
        return expr.error();
    PromqlExplanation out;
    NJ_RETURN_IF_ERROR(Explainer(context, *querier, question, out).explain(**expr, 0));
    return out;
}

}  // namespace nj::query

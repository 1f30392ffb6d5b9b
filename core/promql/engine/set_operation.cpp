// and, or, unless: which samples stay depends on whether the other side has one of the same signature at that step.
#include "promql/engine/evaluation.h"
#include "promql/engine/signatures.h"

namespace nj::promql {

namespace {

void clearStep(Column& column, size_t i) {
    column.values[i] = kNoValue;
    if (!column.histograms.empty())
        column.histograms[i].reset();
}

// Steps at which any of the columns has a value.
std::vector<unsigned char> presence(const std::vector<Column>& columns, const std::vector<uint32_t>& members, size_t steps) {
    std::vector<unsigned char> present(steps, 0);
    for (const uint32_t member : members)
        for (size_t i = 0; i < steps; ++i)
            if (columns[member].has(i))
                present[i] = 1;
    return present;
}

void keepWhere(std::vector<Column>& columns, const std::vector<uint32_t>& members, const std::vector<unsigned char>& present, bool wanted) {
    for (const uint32_t member : members)
        for (size_t i = 0; i < present.size(); ++i)
            if ((present[i] != 0) != wanted)
                clearStep(columns[member], i);
}

}  // namespace

ColumnStreamPtr setOperation(Evaluator& evaluator, const BinaryExpr& node, const Steps& steps) {
    const ColumnStreamPtr leftStream = evaluator.vector(*node.left, steps);
    ColumnSet left = evaluator.collect(*leftStream);
    const ColumnStreamPtr rightStream = evaluator.vector(*node.right, steps);
    ColumnSet right = evaluator.collect(*rightStream);
    for (const SignatureGroup& group : groupBySignature(node.matching, left.columns, right.columns)) {
        evaluator.evaluation().checkStopped();
        if (node.op == BinaryOp::kOr)
            keepWhere(right.columns, group.right, presence(left.columns, group.left, steps.count), false);
        else
            keepWhere(left.columns, group.left, presence(right.columns, group.right, steps.count), node.op == BinaryOp::kAnd);
    }
    if (node.op != BinaryOp::kOr)
        return std::make_unique<StoredColumns>(std::move(left.columns));
    // Both sides may hold the same series, each at steps of its own.
    for (Column& column : right.columns)
        if (!column.empty())
            left.columns.push_back(std::move(column));
    std::erase_if(left.columns, [](const Column& column) { return column.empty(); });
    mergeSameLabels(left.columns);
    return std::make_unique<StoredColumns>(std::move(left.columns));
}

}  // namespace nj::promql

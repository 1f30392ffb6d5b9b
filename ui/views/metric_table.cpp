#include "views/metric_table.h"

#include <cmath>

#include "theme/number_format.h"
#include "views/metric_spec.h"
#include "widgets/fact_table.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kValueWidth = 120;

}  // namespace

FactTable* metricTable(const dashboard::Frame& frame, const std::string& unit, const Theme& theme, QWidget* parent) {
    const auto [unitText, factor] = shownMetricUnit(unit);
    std::vector<FactColumn> columns;
    std::vector<std::vector<FactCell>> rows(frame.rows());
    for (const dashboard::Field& field : frame.fields) {
        if (field.kind == dashboard::FieldKind::kTime)
            continue;
        const bool number = field.kind == dashboard::FieldKind::kNumber;
        columns.push_back({oneLine(field.name, 400), number ? kValueWidth : 0, number});
        for (size_t row = 0; row < rows.size(); ++row) {
            FactCell cell;
            if (number) {
                cell.text = std::isnan(field.numbers[row]) ? QStringLiteral("NaN") : formatValue(field.numbers[row] * factor, unitText);
                cell.order = field.numbers[row];
                cell.strong = true;
            } else {
                cell.text = oneLine(field.texts[row], 400);
            }
            rows[row].push_back(std::move(cell));
        }
    }
    auto* table = new FactTable(columns, theme, parent);
    table->setObjectName(QStringLiteral("metricTable"));
    table->setRows(std::move(rows));
    return table;
}

CopyTable metricCopyTable(const dashboard::Frame& frame) {
    CopyTable table;
    for (const dashboard::Field& field : frame.fields) {
        table.columns << oneLine(field.name, 400);
        table.numeric << (field.kind == dashboard::FieldKind::kNumber);
    }
    for (size_t row = 0; row < frame.rows(); ++row) {
        QStringList cells;
        for (const dashboard::Field& field : frame.fields)
            cells << (field.kind == dashboard::FieldKind::kTime   ? QString::fromStdString(formatRfc3339(field.times[row], 3))
                      : field.kind == dashboard::FieldKind::kText ? QString::fromStdString(field.texts[row])
                      : std::isfinite(field.numbers[row])         ? QString::number(field.numbers[row], 'g', 12)
                                                                  : QString());
        table.rows << cells;
    }
    return table;
}

}  // namespace nj::ui

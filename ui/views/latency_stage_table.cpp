#include "views/latency_stage_table.h"

#include <QPainter>
#include <algorithm>
#include <cmath>
#include <numeric>

#include "theme/number_format.h"
#include "widgets/tabular_text.h"

namespace nj::ui {
namespace {

constexpr int kHeader = 22, kStageRow = 20;
constexpr double kName = 84, kSwatch = 12, kLeastCell = 58;

double total(const QVector<double>& seconds) {
    double sum = 0;
    for (const double value : seconds)
        sum += std::isfinite(value) ? value : 0;
    return sum;
}

QString cell(double seconds) { return std::isfinite(seconds) ? formatNumber(seconds) : QStringLiteral("–"); }

}  // namespace

LatencyStageTable::LatencyStageTable(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFixedHeight(kHeader + 2 * kStageRow + 2);
    setAccessibleName(tr("Mean seconds per stage"));
}

void LatencyStageTable::setStages(const QStringList& stages, const QVector<QColor>& colors) {
    stages_ = stages;
    colors_ = colors;
    update();
}

void LatencyStageTable::setRows(const QVector<StageTableRow>& rows) {
    rows_ = rows;
    QStringList said;
    for (const StageTableRow& row : rows_) {
        QStringList parts;
        for (qsizetype s = 0; s < std::min(stages_.size(), row.seconds.size()); ++s)
            parts << stages_[s] + QLatin1Char(' ') + cell(row.seconds[s]);
        said << row.name + QStringLiteral(": ") + parts.join(QStringLiteral(", "));
    }
    setAccessibleDescription(said.join(QStringLiteral("; ")));
    update();
}

QVector<qsizetype> LatencyStageTable::shown(double room) const {
    QVector<qsizetype> order(stages_.size());
    std::iota(order.begin(), order.end(), 0);
    const auto fit = static_cast<qsizetype>(std::max(1.0, room / kLeastCell - 1));
    if (order.size() <= fit || rows_.isEmpty())
        return order;
    const QVector<double>& weight = rows_.back().seconds;
    std::stable_sort(order.begin(), order.end(), [&](qsizetype a, qsizetype b) { return weight.value(a, 0) > weight.value(b, 0); });
    order.resize(fit);
    std::sort(order.begin(), order.end());
    return order;
}

void LatencyStageTable::paintHeader(QPainter& painter, const QVector<qsizetype>& order, double nameWidth, double width) const {
    const QFontMetricsF metrics(theme_.table);
    painter.setPen(theme_.muted);
    drawTabular(painter, QRectF(0, 0, nameWidth, kHeader), Qt::AlignLeft | Qt::AlignVCenter, tr("seconds"));
    double right = nameWidth;
    for (const qsizetype s : order) {
        right += width;
        const QString name = metrics.elidedText(stages_[s], Qt::ElideRight, width - kSwatch - 6);
        const double left = right - metrics.horizontalAdvance(name);
        painter.fillRect(QRectF(left - kSwatch, kHeader / 2.0 - 4, 8, 8), colors_.value(s));
        painter.drawText(QPointF(left, kHeader / 2.0 + (metrics.ascent() - metrics.descent()) / 2), name);
    }
    drawTabular(painter, QRectF(right, 0, width, kHeader), Qt::AlignRight | Qt::AlignVCenter, tr("total"));
    painter.fillRect(QRectF(0, kHeader - 1, this->width(), 1), theme_.line);
}

void LatencyStageTable::paintEvent(QPaintEvent*) {
    QPainter painter(this);
    painter.setFont(theme_.table);
    const double nameWidth = std::min(kName, width() * 0.22);
    const QVector<qsizetype> order = shown(width() - nameWidth);
    const double cellWidth = (width() - nameWidth) / static_cast<double>(order.size() + 1);
    paintHeader(painter, order, nameWidth, cellWidth);
    double top = kHeader;
    for (const StageTableRow& row : rows_) {
        painter.setPen(row.muted ? theme_.muted : theme_.text);
        drawTabular(painter, QRectF(0, top, nameWidth, kStageRow), Qt::AlignLeft | Qt::AlignVCenter,
                    QFontMetricsF(theme_.table).elidedText(row.name, Qt::ElideRight, nameWidth));
        double left = nameWidth;
        for (const qsizetype s : order) {
            drawTabular(painter, QRectF(left, top, cellWidth, kStageRow), Qt::AlignRight | Qt::AlignVCenter, cell(row.seconds.value(s, std::nan(""))));
            left += cellWidth;
        }
        const double sum = total(row.seconds);
        drawTabular(painter, QRectF(left, top, cellWidth, kStageRow), Qt::AlignRight | Qt::AlignVCenter, cell(sum > 0 ? sum : std::nan("")));
        top += kStageRow;
    }
}

}  // namespace nj::ui

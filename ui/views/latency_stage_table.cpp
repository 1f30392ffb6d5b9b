#include "views/latency_stage_table.h"

#include <QPainter>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/tabular_text.h"

namespace nj::ui {
namespace {

constexpr int kHeader = 22, kRow = 20, kMostStages = 8;
constexpr double kName = 84, kSwatch = 12;

double total(const QVector<double>& seconds) {
    double sum = 0;
    for (const double value : seconds)
        sum += std::isfinite(value) ? value : 0;
    return sum;
}

QString cell(double seconds) { return std::isfinite(seconds) ? formatNumber(seconds) : QStringLiteral("–"); }

}  // namespace

LatencyStageTable::LatencyStageTable(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setFixedHeight(kHeader + 2 * kRow + 2);
    setAccessibleName(tr("Mean seconds per stage"));
}

void LatencyStageTable::setStages(const QStringList& stages, const QVector<QColor>& colors) {
    stages_ = stages.mid(0, kMostStages);
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

void LatencyStageTable::paintHeader(QPainter& painter, double nameWidth, double width) const {
    const QFontMetricsF metrics(theme_.table);
    painter.setPen(theme_.muted);
    drawTabular(painter, QRectF(0, 0, nameWidth, kHeader), Qt::AlignLeft | Qt::AlignVCenter, tr("seconds"));
    double right = nameWidth;
    for (qsizetype s = 0; s < stages_.size(); ++s) {
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
    const double cellWidth = (width() - nameWidth) / static_cast<double>(stages_.size() + 1);
    paintHeader(painter, nameWidth, cellWidth);
    double top = kHeader;
    for (const StageTableRow& row : rows_) {
        painter.setPen(row.muted ? theme_.muted : theme_.text);
        drawTabular(painter, QRectF(0, top, nameWidth, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                    QFontMetricsF(theme_.table).elidedText(row.name, Qt::ElideRight, nameWidth));
        double left = nameWidth;
        for (qsizetype s = 0; s < stages_.size(); ++s, left += cellWidth)
            drawTabular(painter, QRectF(left, top, cellWidth, kRow), Qt::AlignRight | Qt::AlignVCenter, cell(row.seconds.value(s, std::nan(""))));
        const double sum = total(row.seconds);
        drawTabular(painter, QRectF(left, top, cellWidth, kRow), Qt::AlignRight | Qt::AlignVCenter, cell(sum > 0 ? sum : std::nan("")));
        top += kRow;
    }
}

}  // namespace nj::ui

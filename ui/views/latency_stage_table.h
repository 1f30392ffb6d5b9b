// Mean seconds per stage as a small table of two rows: at the cursor, and over the whole range. Painted; UI thread only.
#pragma once

#include <QColor>
#include <QStringList>
#include <QVector>
#include <QWidget>

#include "theme/theme.h"

namespace nj::ui {

struct StageTableRow {
    QString name;
    QVector<double> seconds;    // per stage; NaN = no request
    bool muted = false;
};

class LatencyStageTable : public QWidget {
    Q_OBJECT
public:
    explicit LatencyStageTable(const Theme& theme, QWidget* parent = nullptr);
    void setStages(const QStringList& stages, const QVector<QColor>& colors);
    void setRows(const QVector<StageTableRow>& rows);
    [[nodiscard]] const QVector<StageTableRow>& rows() const { return rows_; }

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    // The stages that fit, in request order; where not all do, the longest ones of the last row. The total counts all.
    [[nodiscard]] QVector<qsizetype> shown(double room) const;
    void paintHeader(QPainter& painter, const QVector<qsizetype>& order, double nameWidth, double width) const;
    const Theme& theme_;
    QStringList stages_;
    QVector<QColor> colors_;
    QVector<StageTableRow> rows_;
};

}  // namespace nj::ui

// A chart's legend as a small table that sorts: swatch and name, value at the cursor, last, min, max, p95, × baseline, n.
// A click isolates a series, Ctrl+click (or Space) toggles it; a second click on the isolated one shows all again. UI thread only.
#pragma once

#include <QAbstractTableModel>
#include <QSet>
#include <QTableView>

#include "theme/theme.h"

namespace nj::ui {

struct LegendRow {
    QString name;
    QColor color;
    Qt::PenStyle dash = Qt::SolidLine;
    double atCursor = 0, last = 0, min = 0, max = 0, p95 = 0;   // NaN = none
    double baseline = 0;                                         // of the quantile shown; NaN = none
    double value = 0;                                            // the same quantile now, for × baseline
    quint64 n = 0;
    bool atLeast = false;                                        // values are lower bounds: "≥ 29.9 s"
};

class LegendModel final : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kName, kAtCursor, kLast, kMin, kP95, kMax, kRatio, kCount, kColumns };
    explicit LegendModel(const Theme& theme, QObject* parent = nullptr);
    void setRows(const QVector<LegendRow>& rows, const QString& unit, const QString& nameTitle, const QString& countTitle);
    void setAtCursor(const QString& clock, const QVector<double>& values);
    void setHidden(const QSet<int>& hidden);
    [[nodiscard]] const QVector<LegendRow>& rows() const { return rows_; }
    // Series of a table row in the present order.
    [[nodiscard]] int seriesOf(int row) const { return order_[row]; }
    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;
    void sort(int column, Qt::SortOrder order) override;

private:
    [[nodiscard]] double number(const LegendRow& row, int column) const;
    [[nodiscard]] QString text(const LegendRow& row, int column) const;
    void applySort();
    const Theme& theme_;
    QVector<LegendRow> rows_;
    QVector<int> order_;
    QSet<int> hidden_;
    QString unit_, nameTitle_, countTitle_, clock_;
    int sortColumn_ = kRatio;
    Qt::SortOrder sortOrder_ = Qt::DescendingOrder;
};

class LegendTable : public QTableView {
    Q_OBJECT
public:
    explicit LegendTable(const Theme& theme, QWidget* parent = nullptr);
    void setRows(const QVector<LegendRow>& rows, const QString& unit, const QString& nameTitle, const QString& countTitle);
    void setAtCursor(const QString& clock, const QVector<double>& values) { model_->setAtCursor(clock, values); }
    [[nodiscard]] const QSet<int>& hidden() const { return hidden_; }
    // Without the columns about the cursor, the baseline and the count.
    void setBrief(bool brief);
    void showAll();
    [[nodiscard]] LegendModel& legendModel() { return *model_; }
    // As tall as its rows, up to `most` of them.
    void setMostRows(int most);
    [[nodiscard]] QSize sizeHint() const override;
    [[nodiscard]] QSize minimumSizeHint() const override;

Q_SIGNALS:
    void hiddenChanged();

protected:
    void mouseReleaseEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void isolate(int series);
    void toggle(int series);
    void setHidden(const QSet<int>& hidden);
    void fitColumns();
    const Theme& theme_;
    LegendModel* model_;
    QSet<int> hidden_;
    int mostRows_ = 5;
    bool brief_ = false;
};

}  // namespace nj::ui

// A table of facts: marks, muted detail beside the words, small bars and sparklines inside cells, tabular figures. Sorts by click,
// opens a row by click or Enter. UI thread.
#pragma once

#include <QTableWidget>
#include <vector>

#include "theme/theme.h"

namespace nj::ui {

struct FactColumn {
    QString title;
    int width = 0;                 // 0 = what is left
    bool right = false;
    int giveWay = 0;               // hidden where it is narrow, the largest first; 0 = never
};

struct FactCell {
    QString text, detail;          // detail is muted, after the text
    QString mark, role;            // "▲" and "error"
    QColor dot;                    // a square before the text, where valid
    double share = -1;             // a bar left of the text, 0..1
    std::vector<float> spark;
    bool muted = false, strong = false;
    double order = 0;              // for sorting; texts sort by text when all orders are 0
};

class FactTable : public QTableWidget {
    Q_OBJECT
public:
    FactTable(const std::vector<FactColumn>& columns, const Theme& theme, QWidget* parent = nullptr);
    void setRows(std::vector<std::vector<FactCell>> rows);
    [[nodiscard]] const FactCell& cellAt(int row, int column) const;
    // Index of a shown row in what was set (sorting moves rows).
    [[nodiscard]] int sourceRow(int row) const { return order_.at(static_cast<size_t>(row)); }

Q_SIGNALS:
    void rowOpened(int sourceRow);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void sortBy(int column);
    void fill();
    const Theme& theme_;
    std::vector<FactColumn> columns_;
    std::vector<std::vector<FactCell>> rows_;
    std::vector<int> order_;
    int sorted_ = -1;
    bool descending_ = true;
};

}  // namespace nj::ui

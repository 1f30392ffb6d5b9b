// Rows of panels on the 24 columns of a dashboard. A row has a title that folds it; panels lie where their author put them, moved up over
// what is empty and down where another lies already, as Grafana does. Owns nothing but what it is given. UI thread only.
#pragma once

#include <QWidget>
#include <vector>

#include "dashboard/dashboard.h"
#include "theme/theme.h"

class QToolButton;

namespace nj::ui {

class DashboardGrid : public QWidget {
    Q_OBJECT
public:
    explicit DashboardGrid(const Theme& theme, QWidget* parent = nullptr);
    struct Cell {
        QWidget* widget = nullptr;
        dashboard::GridPlace place;
    };
    struct Row {
        QString title;                 // "": no header
        bool folded = false;
        std::vector<Cell> cells;
    };
    // Takes the widgets, deletes those before.
    void setRows(std::vector<Row> rows);
    [[nodiscard]] const std::vector<Row>& rows() const { return rows_; }
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override { return {800, heightForWidth(std::max(width(), 400))}; }

Q_SIGNALS:
    // A row was folded or unfolded: others panels may be seen.
    void foldChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    int arrange(int width, bool apply) const;
    void relayout();
    const Theme& theme_;
    std::vector<Row> rows_;
    std::vector<QToolButton*> headers_;   // by row; nullptr where it has none
};

}  // namespace nj::ui

// Charts above each other on one time axis: a name left, the chart, and the values at the cursor in a fixed column right, so that no
// card covers data. UI thread.
#pragma once

#include <QWidget>
#include <vector>

#include "state/workspace.h"
#include "theme/theme.h"
#include "views/overview_strips.h"

class QVBoxLayout;

namespace nj::ui {

class TimeChart;

// Widths of what stands beside the charts. Under 200 the values have no room for a baseline.
struct StripColumns {
    int names = 138, values = 250;
};

class StripStack : public QWidget {
    Q_OBJECT
public:
    StripStack(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr, StripColumns columns = {});
    // Left of the plot, beside the names: the value axis.
    static constexpr int kAxisWidth = 42;
    void setStrips(const QVector<Strip>& strips);
    [[nodiscard]] const QVector<Strip>& strips() const { return strips_; }
    [[nodiscard]] TimeChart* chart(int index) const { return charts_.at(static_cast<size_t>(index)); }

Q_SIGNALS:
    void flagClicked(qint64 seq);
    // A click on a strip: the instant and which strip.
    void pointClicked(nj::TimeNs time, int strip);

private:
    class Names;
    class Values;
    void rebuild();
    Workspace& workspace_;
    const Theme& theme_;
    const StripColumns columns_;
    QVector<Strip> strips_;
    std::vector<TimeChart*> charts_;
    std::vector<QWidget*> names_, values_;
    QWidget* heading_;
    QVBoxLayout* column_;
};

}  // namespace nj::ui

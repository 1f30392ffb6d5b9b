// The volume of log records over time by severity, with a brush that narrows the table below. UI thread only.
#pragma once

#include "views/view.h"
#include "widgets/chart_data.h"
#include "widgets/panel.h"

namespace nj::ui {

class TimeChart;

// Stacked bars per minute: errors at the bottom, then warnings, info, the rest. Plain function.
TimeChartData logVolumeChart(const query::LogVolumeAnswer& answer, const Theme& theme, const QVector<ChartFlag>& flags);
// “deadline”: 2,418 of 301,902 records. `filter` as typed, "" = all.
QString logVolumeTitle(const query::LogVolumeAnswer& answer, const QString& filter);

class LogsVolumePanel : public Panel {
    Q_OBJECT
public:
    explicit LogsVolumePanel(const ViewContext& context, QWidget* parent = nullptr);
    void refresh();
    void setFlags(const QVector<ChartFlag>& flags);
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] TimeChart& chart() { return *chart_; }
    [[nodiscard]] const query::LogVolumeAnswer& answer() const { return answer_; }
    // Matches in a severity class: 0 error and fatal, 1 warning, 2 info, 3 the rest.
    [[nodiscard]] quint64 countOf(int severityClass) const;

Q_SIGNALS:
    void settledChanged();
    void answered();
    void brushChanged(std::optional<nj::TimeRange> brush);
    void instantClicked(nj::TimeNs time);

private:
    void show();
    ViewContext context_;
    TimeChart* chart_;
    query::LogVolumeAnswer answer_;
    QVector<ChartFlag> flags_;
    bool asking_ = false, failed_ = false;
};

}  // namespace nj::ui

// The line above everything: whose capsule, back and forward, the time box, the baseline, the filter, the commands. UI thread.
#pragma once

#include <QPushButton>
#include <QWidget>

#include "bridge/query_runner.h"
#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/filter_bar.h"
#include "widgets/time_box.h"

namespace nj::ui {

class PlainLabel;

class TopBar : public QWidget {
    Q_OBJECT
public:
    TopBar(Workspace& workspace, QueryRunner& queries, const Theme& theme, QWidget* parent = nullptr);
    void setCapsuleName(const QString& name, const QString& path);
    [[nodiscard]] TimeBox* timeBox() { return timeBox_; }
    [[nodiscard]] FilterBar* filterBar() { return filterBar_; }
    [[nodiscard]] QString baselineText() const { return baseline_->text(); }
    [[nodiscard]] QPushButton* liveButton() { return live_; }
    // Whether the range slides with the clock.
    void setLive(bool running);

Q_SIGNALS:
    void commandsClicked();
    void liveClicked();
    // The baseline should follow the range again.
    void followBaselineClicked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void showBaseline();
    void showHistory();
    void openBaselineMenu();

    Workspace& workspace_;
    const Theme& theme_;
    PlainLabel* name_;
    QPushButton *back_, *forward_, *baseline_, *live_;
    TimeBox* timeBox_;
    FilterBar* filterBar_;
};

}  // namespace nj::ui

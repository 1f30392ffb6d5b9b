// One line that leads through a capsule step by step and ticks each step when the person has done it, by any way there is. UI thread.
#pragma once

#include <QPushButton>
#include <QWidget>
#include <functional>
#include <vector>

#include "theme/theme.h"

namespace nj::ui {

class PlainLabel;
class Workbench;

struct TourStep {
    QString text;                                   // what to do and where: "Latency: click the spike of vllm-a"
    QString viewId;                                 // where "Show me" leads
    std::function<bool(const Workbench&)> done;     // seen from what the window shows and has selected
};

class TourBar : public QWidget {
    Q_OBJECT
public:
    // Hidden until it has steps.
    TourBar(Workbench& bench, const Theme& theme);
    // `end` is said when the last step is ticked.
    void start(std::vector<TourStep> steps, const QString& end);
    // Steps count in order: looks whether the current one is done.
    void check();
    [[nodiscard]] size_t doneSteps() const { return done_; }
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    void showStep();

    Workbench& bench_;
    const Theme& theme_;
    PlainLabel *marks_, *text_;
    QPushButton *go_, *close_;
    std::vector<TourStep> steps_;
    QString end_;
    size_t done_ = 0;
};

}  // namespace nj::ui

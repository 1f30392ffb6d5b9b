// Live: the range slides with the clock and rows that arrived are asked for, at most every 250 ms and no oftener than a pixel's worth of the
// range. It pauses while a mouse button is held, and ends where the person chooses a range. UI thread; a child of the workbench.
#pragma once

#include <QElapsedTimer>
#include <QObject>
#include <QTimer>

#include "base/time.h"

namespace nj::ui {

class Workbench;

class LiveClock : public QObject {
    Q_OBJECT
public:
    explicit LiveClock(Workbench& bench);
    [[nodiscard]] bool running() const { return running_; }
    // Shows the last `length` up to now; as long as the range is now where 0.
    void start(DurationNs length = 0);
    void stop();
    void toggle() { running_ ? stop() : start(); }

Q_SIGNALS:
    void changed(bool running);

private:
    void tick();
    Workbench& bench_;
    QTimer timer_;
    DurationNs length_ = 0;
    bool running_ = false, sliding_ = false;
};

}  // namespace nj::ui

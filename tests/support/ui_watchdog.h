// How long the UI thread was busy without going back to its event loop, in processor time of that thread: other load of the machine does
// not count, a widget that measures a megabyte does. For tests.
#pragma once

#include <QTimer>
#include <algorithm>
#include <ctime>

namespace nj::test {

class UiWatchdog {
public:
    UiWatchdog() {
        timer_.setInterval(2);
        timer_.setTimerType(Qt::PreciseTimer);
        QObject::connect(&timer_, &QTimer::timeout, &timer_, [this] { tick(); });
        last_ = now();
        timer_.start();
    }
    // Longest stretch since the last call, ms.
    double takeLongest() {
        tick();
        return std::exchange(longest_, 0.0);
    }
    // Forgets what was before: building a window is no stall of it.
    void restart() {
        last_ = now();
        longest_ = 0;
    }

private:
    static double now() {
        timespec t{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
        return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
    }
    void tick() {
        const double time = now();
        longest_ = std::max(longest_, time - last_);
        last_ = time;
    }
    QTimer timer_;
    double last_ = 0, longest_ = 0;
};

}  // namespace nj::test

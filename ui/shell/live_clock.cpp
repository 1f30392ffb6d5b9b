#include "shell/live_clock.h"

#include <QGuiApplication>
#include <algorithm>

#include "shell/workbench.h"

namespace nj::ui {
namespace {

constexpr int kShortestMs = 250, kLongestMs = 5000, kPixels = 800;
constexpr DurationNs kLength = 15 * kMinute, kShortest = 30 * kSecond, kLongest = kDay;

}  // namespace

LiveClock::LiveClock(Workbench& bench) : QObject(&bench), bench_(bench) {
    timer_.setSingleShot(true);
    connect(&timer_, &QTimer::timeout, this, &LiveClock::tick);
    connect(&bench.workspace(), &Workspace::rangeChanged, this, [this] {
        if (!sliding_)
            stop();   // the person looks at something
    });
}

void LiveClock::start(DurationNs length) {
    const DurationNs shown = bench_.workspace().range().length();
    length_ = length > 0 ? length : std::clamp(shown > 0 ? shown : kLength, kShortest, kLongest);
    if (!std::exchange(running_, true))
        Q_EMIT changed(true);
    tick();
}

void LiveClock::stop() {
    timer_.stop();
    if (std::exchange(running_, false))
        Q_EMIT changed(false);
}

void LiveClock::tick() {
    timer_.start(std::clamp(static_cast<int>(length_ / kMillisecond / kPixels), kShortestMs, kLongestMs));
    // What is under the pointer stays there while it is held; and a question is answered before the next one is asked.
    if (QGuiApplication::mouseButtons() != Qt::NoButton || (bench_.opened() && !bench_.queries().idle()))
        return;
    const TimeNs now = nowNs();
    sliding_ = true;
    bench_.workspace().openRange({now - length_, now});
    sliding_ = false;
    bench_.refresh();
}

}  // namespace nj::ui

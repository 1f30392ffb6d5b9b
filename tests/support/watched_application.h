// A QApplication that watches its own thread: how much processor time the longest single event took. Processor time, not the
// clock's, so that a busy machine does not make the test fail.
#pragma once

#include <QApplication>
#include <QEvent>
#include <ctime>

namespace nj::test {

class WatchedApplication : public QApplication {
public:
    using QApplication::QApplication;

    bool notify(QObject* receiver, QEvent* event) override {
        if (depth_ > 0)
            return QApplication::notify(receiver, event);
        ++depth_;
        const double before = threadMs();
        const QByteArray who = receiver->metaObject()->className();
        const int type = event->type();
        const bool done = QApplication::notify(receiver, event);
        const double took = threadMs() - before;
        --depth_;
        if (took > longestMs_) {
            longestMs_ = took;
            longestEvent_ = who + " event " + QByteArray::number(type) + ": " + QByteArray::number(took, 'f', 0) + " ms";
        }
        return done;
    }
    void forget() {
        longestMs_ = 0;
        longestEvent_.clear();
    }
    [[nodiscard]] double longestMs() const { return longestMs_; }
    [[nodiscard]] QByteArray longestEvent() const { return longestEvent_; }

private:
    static double threadMs() {
        timespec now{};
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
        return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
    }
    int depth_ = 0;
    double longestMs_ = 0;
    QByteArray longestEvent_;
};

}  // namespace nj::test

#include "commands/interrupt.h"

#include <atomic>
#include <chrono>
#include <csignal>

namespace nj::app {
namespace {

std::atomic<int> gSignals{0};

void onSignal(int number) {
    if (gSignals.fetch_add(1) > 0) {
        std::signal(number, SIG_DFL);
        std::raise(number);
    }
}

}  // namespace

Interrupt::Interrupt() {
    gSignals = 0;
    std::signal(SIGINT, onSignal);
    std::signal(SIGTERM, onSignal);
    watcher_ = std::jthread([this](std::stop_token over) {
        while (!over.stop_requested()) {
            if (gSignals > 0)
                source_.request_stop();
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
    });
}

Interrupt::~Interrupt() {
    std::signal(SIGINT, SIG_DFL);
    std::signal(SIGTERM, SIG_DFL);
}

}  // namespace nj::app

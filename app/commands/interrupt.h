// Ctrl+C as a stop token: the first SIGINT or SIGTERM asks the running work to stop, the second ends the program.
// One at a time per process, main thread.
#pragma once

#include <stop_token>
#include <thread>

namespace nj::app {

class Interrupt {
public:
    Interrupt();
    ~Interrupt();
    Interrupt(const Interrupt&) = delete;
    Interrupt& operator=(const Interrupt&) = delete;
    [[nodiscard]] std::stop_token token() const { return source_.get_token(); }

private:
    std::stop_source source_;
    std::jthread watcher_;   // handlers may do almost nothing: this thread does it for them
};

}  // namespace nj::app

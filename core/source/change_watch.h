// Waits until something in the watched folders changes, standard input has something, or it is stopped. inotify where there is one. One thread.
#pragma once

#include <map>
#include <stop_token>
#include <string>
#include <vector>

#include "base/time.h"

namespace nj::source {

class ChangeWatch {
public:
    ChangeWatch();
    ~ChangeWatch();
    ChangeWatch(const ChangeWatch&) = delete;
    ChangeWatch& operator=(const ChangeWatch&) = delete;

    // Instead of those before.
    void watch(const std::vector<std::string>& folders);
    // False where a change may go unnoticed: look again and again instead.
    [[nodiscard]] bool works() const { return works_; }
    // True where a file came, went or got another name.
    bool wait(DurationNs longest, bool standardInput, const std::stop_token& stop);

private:
    int notify_ = -1, wake_ = -1;
    bool works_ = false;
    std::map<std::string, int> watched_;
};

}  // namespace nj::source

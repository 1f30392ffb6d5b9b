#include "source/change_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

namespace nj::source {

ChangeWatch::ChangeWatch() : notify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)), wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {}

ChangeWatch::~ChangeWatch() {
    for (const int descriptor : {notify_, wake_})
        if (descriptor >= 0)
            ::close(descriptor);
}

void ChangeWatch::watch(const std::vector<std::string>& folders) {
    works_ = notify_ >= 0;
    if (notify_ < 0)
        return;
    std::erase_if(watched_, [&](const auto& known) {
        if (std::find(folders.begin(), folders.end(), known.first) != folders.end())
            return false;
        ::inotify_rm_watch(notify_, known.second);
        return true;
    });
    for (const std::string& folder : folders) {
        // Asked for again even if it is known: a folder of that name may be another one by now.
        const int id = ::inotify_add_watch(notify_, folder.c_str(), IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE | IN_CLOSE_WRITE);
        if (id >= 0)
            watched_[folder] = id;
        works_ = works_ && id >= 0;
    }
}

bool ChangeWatch::wait(DurationNs longest, bool standardInput, const std::stop_token& stop) {
    const std::stop_callback wakeUp(stop, [this] {
        const uint64_t one = 1;
        (void)!::write(wake_, &one, sizeof one);
    });
    pollfd polled[] = {{notify_, POLLIN, 0}, {wake_, POLLIN, 0}, {standardInput ? STDIN_FILENO : -1, POLLIN, 0}};   // negative ones are passed over
    ::poll(polled, std::size(polled), static_cast<int>(longest / kMillisecond));
    uint64_t woken = 0;
    (void)!::read(wake_, &woken, sizeof woken);
    bool names = false;
    alignas(inotify_event) char events[4096];
    for (ssize_t n = 0; notify_ >= 0 && (n = ::read(notify_, events, sizeof events)) > 0;)
        for (ssize_t at = 0; at + static_cast<ssize_t>(sizeof(inotify_event)) <= n;) {
            inotify_event event;
            std::memcpy(&event, events + at, sizeof event);
            names = names || (event.mask & ~static_cast<uint32_t>(IN_MODIFY | IN_CLOSE_WRITE)) != 0;   // also where some were lost
            at += static_cast<ssize_t>(sizeof event + event.len);
        }
    return names;
}

}  // namespace nj::source

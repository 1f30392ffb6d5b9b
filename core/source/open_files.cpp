#include "source/open_files.h"

#include <sys/resource.h>

#include <algorithm>

namespace nj::source {
namespace {

constexpr rlim_t kOthers = 1024;   // what the process needs beside connections

}  // namespace

void allowOpenFiles(size_t more) {
    rlimit limit{};
    const rlim_t wanted = more + kOthers;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= wanted)
        return;
    limit.rlim_cur = limit.rlim_max == RLIM_INFINITY ? wanted : std::min(wanted, limit.rlim_max);
    (void)setrlimit(RLIMIT_NOFILE, &limit);   // fewer connections are not an error
}

}  // namespace nj::source

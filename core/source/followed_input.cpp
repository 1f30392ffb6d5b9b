#include "source/followed_input.h"

#include <poll.h>
#include <unistd.h>

#include <vector>

namespace nj::source {
namespace {

constexpr size_t kPiece = 64U << 10, kAtOnce = 1U << 20;
constexpr std::chrono::milliseconds kQuiet(300);
constexpr std::chrono::seconds kLongestWait(2);

bool isReady() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    return ::poll(&input, 1, 0) > 0;
}

}  // namespace

Result<uint64_t> FollowedInput::read(const FollowedFile::Commit& commit) {
    Status committed;
    const format::BatchConsumer out = [&](Batch&& batch) {
        placeUntimed(batch);
        committed = commit(std::move(batch), {});
        return committed.ok();
    };
    std::vector<char> piece(kPiece);
    uint64_t bytes = 0;
    while (!ended_ && bytes < kAtOnce && committed.ok() && isReady()) {
        const ssize_t n = ::read(STDIN_FILENO, piece.data(), piece.size());
        if (n > 0) {
            lines_.add({piece.data(), static_cast<size_t>(n)}, out);
            bytes += static_cast<uint64_t>(n);
        } else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
            ended_ = true;
        } else {
            break;
        }
    }
    NJ_RETURN_IF_ERROR(committed);
    const auto now = Clock::now();
    if (bytes > 0) {
        grown_ = now;
        if (!unsettled_)
            firstUnsettled_ = now;
        unsettled_ = true;
    }
    if (ended_) {
        NJ_RETURN_IF_ERROR(finish(commit));
    } else if (unsettled_ && (now - grown_ >= kQuiet || now - firstUnsettled_ >= kLongestWait)) {
        unsettled_ = false;
        lines_.settle(out);
        NJ_RETURN_IF_ERROR(committed);
    }
    return bytes;
}

Status FollowedInput::finish(const FollowedFile::Commit& commit) {
    Status committed;
    unsettled_ = false;
    lines_.finish([&](Batch&& batch) {
        placeUntimed(batch);
        committed = commit(std::move(batch), {});
        return committed.ok();
    });
    return committed;
}

}  // namespace nj::source

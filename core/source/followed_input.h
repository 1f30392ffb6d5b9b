// Standard input that is followed: read as it comes, never waited for. Used by one thread.
#pragma once

#include <chrono>

#include "source/followed_file.h"

namespace nj::source {

class FollowedInput {
public:
    explicit FollowedInput(std::string_view format) : lines_("standard input", format) {}
    // Takes what is there; bytes read.
    Result<uint64_t> read(const FollowedFile::Commit& commit);
    // Hands out all that came.
    Status finish(const FollowedFile::Commit& commit);
    [[nodiscard]] bool ended() const { return ended_; }
    [[nodiscard]] bool unsettled() const { return unsettled_; }
    [[nodiscard]] const std::string& problem() const { return lines_.problem(); }

private:
    using Clock = std::chrono::steady_clock;
    FollowedLines lines_;
    bool ended_ = false, unsettled_ = false;
    Clock::time_point grown_, firstUnsettled_;
};

}  // namespace nj::source

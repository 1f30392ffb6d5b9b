// The pushed and popped NVTX ranges of a report, per thread, and which of them encloses what. Filled once, nested, then asked. One thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace nj::dbfile {

class NvtxRanges {
public:
    // Beyond 2 million ranges nothing is nested any more.
    void add(int64_t thread, int64_t start, int64_t end, int64_t rowid);
    void nest();

    // Row id of the range around the range `rowid`; nothing for an outermost one.
    [[nodiscard]] std::optional<int64_t> around(int64_t thread, int64_t start, int64_t end, int64_t rowid) const;
    // Row id of the innermost range that the thread was in all that time.
    [[nodiscard]] std::optional<int64_t> innermost(int64_t thread, int64_t start, int64_t end) const;

private:
    struct Range {
        int64_t thread, start, end, rowid;
        int32_t parent = -1;
    };
    [[nodiscard]] static bool before(const Range& a, const Range& b);
    std::vector<Range> ranges_;
};

}  // namespace nj::dbfile

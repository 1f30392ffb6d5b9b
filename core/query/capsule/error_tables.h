// What errors are counted by while their groups form: values met at rows, and the requests a group failed. A capsule may hold hundreds of
// thousands of errors in thousands of groups, so both are flat. Used by one question.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/ids.h"

namespace nj::query {

// Rows by (group, key, label).
class LabelCounts {
public:
    struct Entry {
        uint32_t group = 0;
        uint16_t key = 0, label = 0;
        uint32_t rows = 0;   // 0: a free slot
    };
    LabelCounts() : slots_(1U << 10) {}
    void add(uint32_t group, uint16_t key, uint16_t label);
    // Calls visit(entry) for every one, in no particular order.
    template <typename Visit>
    void forEach(Visit&& visit) const {
        for (const Entry& entry : slots_)
            if (entry.rows > 0)
                visit(entry);
    }

private:
    [[nodiscard]] Entry& slot(std::vector<Entry>& slots, uint32_t group, uint16_t key, uint16_t label) const;
    void grow();

    std::vector<Entry> slots_;   // open addressing; size is a power of two
    size_t used_ = 0;
};

// Distinct trace ids with the last attempt seen of each; at most `limit`, further ones are left out.
class RequestSet {
public:
    struct Request {
        TraceId trace;
        uint8_t lastAttempt = 0;
        bool kept = false;
    };
    explicit RequestSet(size_t limit) : limit_(limit) {}
    void add(const TraceId& trace, uint8_t attempt);
    // Ascending by trace; to be called before it is read.
    void settle();
    [[nodiscard]] const std::vector<Request>& all() const { return settled_; }
    [[nodiscard]] const Request* find(const TraceId& trace) const;
    // True where it is here and is now marked as kept.
    bool keep(const TraceId& trace);

private:
    size_t limit_;
    std::vector<Request> settled_, fresh_;
};

}  // namespace nj::query

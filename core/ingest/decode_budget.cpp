#include "ingest/decode_budget.h"

#include <fmt/format.h>

namespace nj::ingest {

Status FileBudget::fail(ErrorCode code, std::string message) {
    if (!failure_)
        failure_ = makeError(code, std::move(message));
    return *failure_;
}

Status FileBudget::chargeRead(uint64_t bytes) {
    if (failure_)
        return *failure_;
    if (stop_.stop_requested())
        return fail(ErrorCode::kCancelled, "cancelled");
    read_ += bytes;
    total_.addRead(bytes);
    return {};
}

Status FileBudget::chargeDecoded(uint64_t bytes) {
    if (failure_)
        return *failure_;
    if (stop_.stop_requested())
        return fail(ErrorCode::kCancelled, "cancelled");
    decoded_ += bytes;
    const DecodeLimits& limits = total_.limits();
    if (!total_.addDecoded(bytes))
        return fail(ErrorCode::kLimit, fmt::format("decompression stopped: the import's total of {} MiB decoded is reached", limits.decodedBytes >> 20));
    if (decoded_ > limits.ratioFloor && decoded_ / limits.ratio > read_)
        return fail(ErrorCode::kLimit, fmt::format("decompression stopped: more than {}:1, {} bytes became over {} MiB (a decompression bomb?)", limits.ratio, read_, decoded_ >> 20));
    return {};
}

Status FileBudget::chargeEntry() {
    if (failure_)
        return *failure_;
    if (stop_.stop_requested())
        return fail(ErrorCode::kCancelled, "cancelled");
    if (!total_.addEntry())
        return fail(ErrorCode::kLimit, fmt::format("stopped after {} files and archive entries; split the bundle or raise the limit", total_.limits().entries));
    return {};
}

}  // namespace nj::ingest

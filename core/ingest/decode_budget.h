// Counts what an import decodes against its limits: one DecodeBudget for the import (any thread), one FileBudget for each file
// on disk (its decode thread only). The first bound reached is final: every later charge of that file gives the same error.
#pragma once

#include <atomic>
#include <optional>
#include <stop_token>
#include <string>

#include "base/result.h"
#include "ingest/limits.h"

namespace nj::ingest {

class DecodeBudget {
public:
    explicit DecodeBudget(const DecodeLimits& limits) : limits_(limits) {}
    [[nodiscard]] const DecodeLimits& limits() const { return limits_; }
    // False once the bound is passed.
    bool addDecoded(uint64_t bytes) { return (decoded_ += bytes) <= limits_.decodedBytes; }
    bool addEntry() { return ++entries_ <= limits_.entries; }
    void addRead(uint64_t bytes) { read_ += bytes; }
    [[nodiscard]] uint64_t read() const { return read_; }

private:
    const DecodeLimits limits_;
    std::atomic<uint64_t> decoded_ = 0;
    std::atomic<uint64_t> entries_ = 0;
    std::atomic<uint64_t> read_ = 0;
};

class FileBudget {
public:
    FileBudget(DecodeBudget& total, std::stop_token stop) : total_(total), stop_(std::move(stop)) {}
    // Bytes read from disk or pipe. Error: cancelled.
    Status chargeRead(uint64_t bytes);
    // Bytes a decompressor gave.
    Status chargeDecoded(uint64_t bytes);
    Status chargeEntry();
    // The bound that ended this file, or cancelled.
    [[nodiscard]] const std::optional<Error>& failure() const { return failure_; }
    [[nodiscard]] const DecodeLimits& limits() const { return total_.limits(); }

private:
    Status fail(ErrorCode code, std::string message);

    DecodeBudget& total_;
    const std::stop_token stop_;
    std::optional<Error> failure_;
    uint64_t read_ = 0;
    uint64_t decoded_ = 0;
};

}  // namespace nj::ingest

// Numbers of a segment's columns, as capsules store them: never reuse one. FORMAT.md, "Segments".
#pragma once

#include <cstdint>

#include "base/time.h"

namespace nj::store {

enum class Column : uint16_t {
    kStart = 1,            // hot
    kStartLow = 2,
    kDurationBin = 3,      // hot
    kDurationRest = 4,
    kService = 5,          // hot
    kResource = 6,         // hot
    kName = 7,             // hot
    kKind = 8,             // hot
    kStatus = 9,           // hot
    kSeverity = 10,        // hot
    kTraceIds = 11,
    kTraceFilter = 12,
    kSpanIds = 13,
    kParents = 14,
    kScope = 15,
    kFlags = 16,
    kDroppedAttributes = 17,
    kDroppedEvents = 18,
    kDroppedLinks = 19,
    kStatusMessage = 20,
    kTraceState = 21,
    kOriginal = 22,
    kBody = 23,
    kBodyOffset = 24,
    kBodyRest = 25,
    kBodyType = 26,
    kSeverityText = 27,
    kEventName = 28,
    kObserved = 29,
    kLines = 30,
    kTimeFlags = 31,
    kParts = 32,
    kOwner = 33,
    kOrder = 34,
    kTokenFilters = 35,
    kSpanFilter = 36,
    kResidual = 37,
    kValue = 38,
    kSeries = 39,
    kFirstAttribute = 256,   // + index among the attributes that have a column
};

inline constexpr int kColumnBits = 12;             // rowid of a blob = segment << 12 | column
inline constexpr size_t kMaxAttributeColumns = 256;
inline constexpr size_t kMaxCodedValues = 16'384;
inline constexpr size_t kTokenBlockRows = 1024;

inline constexpr uint64_t kSignBit = uint64_t{1} << 63;
// Signed values as unsigned ones of the same order.
inline uint64_t ordered(int64_t value) { return static_cast<uint64_t>(value) ^ kSignBit; }
inline int64_t unordered(uint64_t value) { return static_cast<int64_t>(value ^ kSignBit); }
inline uint64_t zigzag(int64_t value) { return (static_cast<uint64_t>(value) << 1) ^ static_cast<uint64_t>(value >> 63); }
inline int64_t unzigzag(uint64_t value) { return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1); }
// a - b and a + b modulo 2^64: hostile times must not overflow.
inline int64_t wrapMinus(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) - static_cast<uint64_t>(b)); }
inline int64_t wrapPlus(int64_t a, int64_t b) { return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b)); }

}  // namespace nj::store

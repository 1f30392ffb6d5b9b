#include "store/sample_chunk.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>

#include "store/bit_io.h"
#include "store/byte_io.h"
#include "store/damaged.h"
#include "store/segment_columns.h"

namespace nj::store {
namespace {

enum class Values : uint8_t { kXor = 0, kDelta = 1, kDeltaOfDelta = 2 };
enum class Starts : uint8_t { kNone = 0, kSame = 1, kPrevious = 2, kListed = 3 };
constexpr std::array<int64_t, 4> kUnits = {1, kMicrosecond, kMillisecond, kSecond};
constexpr std::array<double, 5> kScales = {1, 10, 100, 1000, 10000};
// Prefix 0, 10, 110, … then so many bits of a zigzag number.
constexpr std::array<int, 6> kWidths = {0, 4, 8, 14, 24, 64};
constexpr double kExact = 9007199254740992.0;   // 2^53

void putNumber(BitWriter& out, int64_t number) {
    const uint64_t value = zigzag(number);
    for (size_t bucket = 0; bucket < kWidths.size(); ++bucket) {
        const bool last = bucket + 1 == kWidths.size();
        if (last || (kWidths[bucket] == 0 ? value == 0 : (value >> kWidths[bucket]) == 0)) {
            out.bits((uint64_t{1} << bucket) - 1, static_cast<int>(bucket));
            if (!last)
                out.bits(0, 1);
            out.bits(value, kWidths[bucket]);
            return;
        }
    }
}

int64_t getNumber(BitReader& in) {
    if (in.near()) {
        const uint64_t word = in.peek();
        const int ones = std::min(std::countl_one(word), static_cast<int>(kWidths.size()) - 1);
        const int prefix = ones + 1, width = kWidths[static_cast<size_t>(ones)];
        if (width == 0) {
            in.skip(prefix);
            return 0;
        }
        if (prefix + width <= BitReader::kPeeked) {
            in.skip(prefix + width);
            return unzigzag(word << prefix >> (64 - width));
        }
    }
    size_t bucket = 0;
    while (bucket + 1 < kWidths.size() && in.bits(1) == 1)
        ++bucket;
    return unzigzag(in.bits(kWidths[bucket]));
}

// Integers that times a power of ten give the values, bit for bit; nothing where some value has none.
std::optional<std::pair<uint8_t, std::vector<int64_t>>> scaled(std::span<const SamplePoint> points) {
    std::vector<int64_t> out(points.size());
    for (uint8_t exponent = 0; exponent < kScales.size(); ++exponent) {
        bool all = true;
        for (size_t i = 0; i < points.size() && all; ++i) {
            if ((points[i].flags & kSampleInteger) != 0) {
                all = exponent == 0;
                out[i] = static_cast<int64_t>(points[i].valueBits);
                continue;
            }
            const double value = std::bit_cast<double>(points[i].valueBits);
            const double up = std::round(value * kScales[exponent]);
            all = std::abs(up) < kExact && std::bit_cast<uint64_t>(up / kScales[exponent]) == points[i].valueBits;
            out[i] = all ? static_cast<int64_t>(up) : 0;
        }
        if (all)
            return std::pair(exponent, std::move(out));
    }
    return std::nullopt;
}

std::string deltas(const std::vector<int64_t>& numbers, bool twice) {
    BitWriter out;
    int64_t last = 0, lastDelta = 0;
    for (const int64_t number : numbers) {
        const int64_t delta = wrapMinus(number, last);
        putNumber(out, twice ? wrapMinus(delta, lastDelta) : delta);
        last = number;
        lastDelta = delta;
    }
    return out.take();
}

// Into numbers[0..count), times `unit`. False: the bytes end before.
bool undelta(std::string_view bytes, std::span<int64_t> numbers, bool twice, int64_t unit = 1) {
    BitReader in(bytes);
    const auto scaledUp = [unit](int64_t number) { return static_cast<int64_t>(static_cast<uint64_t>(number) * static_cast<uint64_t>(unit)); };
    int64_t last = 0, lastDelta = 0;
    for (size_t i = 0; i < numbers.size();) {
        // Samples at equal distances are zero bits.
        if (twice && i > 1 && in.near()) {
            const auto zeros = static_cast<size_t>(std::min(std::countl_zero(in.peek()), BitReader::kPeeked));
            const size_t end = std::min(numbers.size(), i + zeros);
            in.skip(static_cast<int>(end - i));
            for (; i < end; ++i)
                numbers[i] = scaledUp(last = wrapPlus(last, lastDelta));
            if (i == numbers.size())
                break;
        }
        const int64_t delta = twice ? wrapPlus(getNumber(in), lastDelta) : getNumber(in);
        last = wrapPlus(last, delta);
        lastDelta = delta;
        numbers[i++] = scaledUp(last);
    }
    return !in.failed();
}

// Gorilla: equal = 0; else 1, and the changed bits with the window before (0) or a new one (1, 6 bits leading, 6 bits length - 1).
std::string xorValues(std::span<const SamplePoint> points) {
    BitWriter out;
    uint64_t last = 0;
    int leading = 0, length = 64;
    for (const SamplePoint& point : points) {
        const uint64_t change = point.valueBits ^ last;
        last = point.valueBits;
        if (change == 0) {
            out.bits(0, 1);
            continue;
        }
        const int lead = std::countl_zero(change), trail = std::countr_zero(change);
        const bool fits = lead >= leading && 64 - trail <= leading + length;
        if (fits && length - (64 - trail - lead) < 13) {
            out.bits(2, 2);
        } else {
            leading = lead;
            length = 64 - trail - lead;
            out.bits(3, 2);
            out.bits(static_cast<uint64_t>(leading), 6);
            out.bits(static_cast<uint64_t>(length - 1), 6);
        }
        out.bits(change >> (64 - leading - length), length);
    }
    return out.take();
}

bool unxorValues(std::string_view bytes, std::span<uint64_t> values) {
    BitReader in(bytes);
    uint64_t last = 0;
    int leading = 0, length = 64;
    for (uint64_t& value : values) {
        if (in.bits(1) == 1) {
            if (in.bits(1) == 1) {
                const uint64_t window = in.bits(12);
                leading = static_cast<int>(window >> 6);
                length = static_cast<int>(window & 63) + 1;
                if (leading + length > 64)
                    return false;
            }
            last ^= in.bits(length) << (64 - leading - length);
        }
        value = last;
    }
    return !in.failed();
}

void putStarts(ByteWriter& out, std::span<const SamplePoint> points) {
    const auto all = [&](auto test) {
        for (size_t i = 0; i < points.size(); ++i)
            if (!test(i))
                return false;
        return true;
    };
    if (all([&](size_t i) { return points[i].start == 0; })) {
        out.fixed(Starts::kNone);
    } else if (all([&](size_t i) { return points[i].start == points[0].start; })) {
        out.fixed(Starts::kSame);
        out.zigzag(points[0].start);
    } else if (all([&](size_t i) { return i == 0 || points[i].start == points[i - 1].time; })) {
        out.fixed(Starts::kPrevious);
        out.zigzag(points[0].start);
    } else {
        out.fixed(Starts::kListed);
        for (const SamplePoint& point : points)
            out.zigzag(wrapMinus(point.time, point.start));
    }
}

bool getStarts(ByteReader& in, std::vector<SamplePoint>& points) {
    const auto mode = in.fixed<uint8_t>();
    if (mode > static_cast<uint8_t>(Starts::kListed))
        return false;
    const bool one = mode == static_cast<uint8_t>(Starts::kSame) || mode == static_cast<uint8_t>(Starts::kPrevious);
    const int64_t first = one ? in.zigzag() : 0;
    for (size_t i = 0; i < points.size(); ++i) {
        if (mode == static_cast<uint8_t>(Starts::kListed))
            points[i].start = wrapMinus(points[i].time, in.zigzag());
        else
            points[i].start = mode == static_cast<uint8_t>(Starts::kPrevious) && i > 0 ? points[i - 1].time : first;
    }
    return !in.failed();
}

void putFlags(ByteWriter& out, std::span<const SamplePoint> points) {
    const bool same = std::all_of(points.begin(), points.end(), [&](const SamplePoint& p) { return p.flags == points[0].flags; });
    out.fixed(static_cast<uint8_t>(same ? 0 : 1));
    for (size_t i = 0; i < (same ? 1 : points.size()); ++i)
        out.varint(points[i].flags);
}

}  // namespace

double SamplePoint::value() const {
    return (flags & kSampleInteger) != 0 ? static_cast<double>(static_cast<int64_t>(valueBits)) : std::bit_cast<double>(valueBits);
}

double arrayValue(const SamplePoint& point) {
    return (point.flags & kSampleNoRecordedValue) != 0 ? std::bit_cast<double>(kStaleNanBits) : point.value();
}

std::string encodeSampleChunk(std::span<const SamplePoint> points) {
    ByteWriter out;
    out.varint(points.size());
    uint8_t unit = 3;
    while (unit > 0 && !std::all_of(points.begin(), points.end(), [&](const SamplePoint& p) { return p.time % kUnits[unit] == 0; }))
        --unit;
    out.fixed(unit);
    std::vector<int64_t> times(points.size());
    for (size_t i = 0; i < points.size(); ++i)
        times[i] = points[i].time / kUnits[unit];
    const std::string packedTimes = deltas(times, true);
    putFlags(out, points);
    Values mode = Values::kXor;
    uint8_t exponent = 0;
    std::string values = xorValues(points);
    if (const auto numbers = scaled(points)) {
        for (const bool twice : {false, true}) {
            std::string packed = deltas(numbers->second, twice);
            if (packed.size() < values.size()) {
                values = std::move(packed);
                mode = twice ? Values::kDeltaOfDelta : Values::kDelta;
                exponent = numbers->first;
            }
        }
    }
    out.fixed(mode);
    out.fixed(exponent);
    putStarts(out, points);
    out.text(packedTimes);
    out.text(values);
    return out.take();
}

namespace {

// A chunk's parts, checked against each other but not decoded.
struct Parts {
    size_t count = 0;
    int64_t unit = 1;
    uint32_t flags = 0;                 // of all samples, or
    std::vector<uint32_t> eachFlags;    // of each
    Values mode = Values::kXor;
    double scale = 1;
    ByteReader starts{std::string_view()};
    std::string_view times, values;
    [[nodiscard]] uint32_t flagsOf(size_t i) const { return eachFlags.empty() ? flags : eachFlags[i]; }
};

// Reads past the starts, whose meaning depends on the times that follow them.
bool skipStarts(ByteReader& in, size_t count) {
    const auto mode = in.fixed<uint8_t>();
    if (mode > static_cast<uint8_t>(Starts::kListed))
        return false;
    const size_t numbers = mode == static_cast<uint8_t>(Starts::kNone) ? 0 : mode == static_cast<uint8_t>(Starts::kListed) ? count : 1;
    for (size_t i = 0; i < numbers; ++i)
        in.zigzag();
    return !in.failed();
}

std::optional<Parts> partsOf(std::string_view bytes) {
    ByteReader in(bytes);
    const uint64_t count = in.varint();
    const auto unit = in.fixed<uint8_t>();
    if (in.failed() || count == 0 || count > kChunkSamples || unit >= kUnits.size())
        return std::nullopt;
    Parts parts;
    parts.count = count;
    parts.unit = kUnits[unit];
    if (in.fixed<uint8_t>() == 0) {
        parts.flags = static_cast<uint32_t>(in.varint());
    } else {
        parts.eachFlags.resize(count);
        for (uint32_t& flags : parts.eachFlags)
            flags = static_cast<uint32_t>(in.varint());
    }
    const auto mode = in.fixed<uint8_t>();
    const auto exponent = in.fixed<uint8_t>();
    parts.starts = in;
    if (!skipStarts(in, count))
        return std::nullopt;
    parts.times = in.text();
    parts.values = in.text();
    if (in.failed() || in.left() != 0 || mode > static_cast<uint8_t>(Values::kDeltaOfDelta) || exponent >= kScales.size())
        return std::nullopt;
    parts.mode = static_cast<Values>(mode);
    parts.scale = kScales[exponent];
    return parts;
}

// Bits of doubles, or of integers where flags say so.
bool valueBits(const Parts& parts, std::span<uint64_t> out) {
    if (parts.mode == Values::kXor)
        return unxorValues(parts.values, out);
    std::array<int64_t, kChunkSamples> room;
    const std::span<int64_t> numbers(room.data(), parts.count);
    if (!undelta(parts.values, numbers, parts.mode == Values::kDeltaOfDelta))
        return false;
    for (size_t i = 0; i < numbers.size(); ++i)
        out[i] = (parts.flagsOf(i) & kSampleInteger) != 0 ? static_cast<uint64_t>(numbers[i]) : std::bit_cast<uint64_t>(static_cast<double>(numbers[i]) / parts.scale);
    return true;
}

}  // namespace

Result<std::vector<SamplePoint>> decodeSampleChunk(std::string_view bytes) {
    auto parts = partsOf(bytes);
    if (!parts)
        return damaged("a chunk of samples cannot be read");
    std::vector<int64_t> times(parts->count);
    std::vector<uint64_t> values(parts->count);
    if (!undelta(parts->times, times, true, parts->unit) || !valueBits(*parts, values))
        return damaged("a chunk of samples cannot be read");
    std::vector<SamplePoint> points(parts->count);
    for (size_t i = 0; i < points.size(); ++i)
        points[i] = {0, times[i], values[i], parts->flagsOf(i)};
    getStarts(parts->starts, points);
    return points;
}

Status decodeSampleArrays(std::string_view bytes, SampleArrays& out) {
    const auto parts = partsOf(bytes);
    if (!parts)
        return damaged("a chunk of samples cannot be read");
    const size_t before = out.times.size();
    out.times.resize(before + parts->count);
    out.values.resize(before + parts->count);
    const std::span<double> values(out.values.data() + before, parts->count);
    const auto doubles = [&]() {
        // Scaled numbers that all samples have as doubles need no way through bits.
        if (parts->mode == Values::kXor || !parts->eachFlags.empty() || parts->flags != 0) {
            std::array<uint64_t, kChunkSamples> bits;
            if (!valueBits(*parts, std::span(bits.data(), parts->count)))
                return false;
            for (size_t i = 0; i < values.size(); ++i)
                values[i] = arrayValue({0, 0, bits[i], parts->flagsOf(i)});
            return true;
        }
        std::array<int64_t, kChunkSamples> numbers;
        if (!undelta(parts->values, std::span(numbers.data(), parts->count), parts->mode == Values::kDeltaOfDelta))
            return false;
        for (size_t i = 0; i < values.size(); ++i)
            values[i] = static_cast<double>(numbers[i]) / parts->scale;
        return true;
    };
    if (undelta(parts->times, std::span(out.times.data() + before, parts->count), true, parts->unit) && doubles())
        return {};
    out.times.resize(before);
    out.values.resize(before);
    return damaged("a chunk of samples cannot be read");
}

}  // namespace nj::store

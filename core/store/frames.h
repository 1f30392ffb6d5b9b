// Frames: a column cut into pieces that are compressed each on its own, so that one row costs one frame. FORMAT.md, "Frames".
//
// Fixed frames hold integers in the least whole bytes their frame needs, byte plane after byte plane; text frames hold strings.
// Encoders belong to one thread (they reuse a zstd context). Decoders take untrusted bytes and are bounds-checked.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nj::store {

inline constexpr size_t kFixedFrameEntries = 8192;
inline constexpr size_t kTextFrameEntries = 1024;
inline constexpr size_t kTextFrameBytes = 256U << 10;
inline constexpr size_t kMaxTextBytes = 8U << 20;
inline constexpr size_t kMaxBlobBytes = 64U << 20;

// Level-1 zstd with one context. One thread at a time.
class Compressor {
public:
    Compressor();
    ~Compressor();
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    // Appends the compressed bytes, or the bytes themselves where that is no shorter; returns true when compressed.
    bool append(std::string& out, std::string_view bytes);

private:
    struct State;
    std::unique_ptr<State> state_;
};

// Exactly `size` bytes out of a zstd frame, or an Error.
Status decompress(std::string_view packed, size_t size, std::string& out);

// Where a frame's bytes come from: a blob in memory or one that is read in pieces.
class ByteSource {
public:
    virtual ~ByteSource() = default;
    [[nodiscard]] virtual size_t size() const = 0;
    // Exactly `length` bytes; an Error outside the source.
    virtual Result<std::string> read(size_t offset, size_t length) const = 0;
};

class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string_view bytes) : bytes_(bytes) {}
    [[nodiscard]] size_t size() const override { return bytes_.size(); }
    Result<std::string> read(size_t offset, size_t length) const override;

private:
    std::string_view bytes_;
};

// ---- fixed frames
std::string encodeFixedFrames(Compressor& compressor, std::span<const uint64_t> values);
// Exactly `count` values, or an Error.
Result<std::vector<uint64_t>> decodeFixedFrames(std::string_view bytes, size_t count);

// ---- text frames
class TextFrameWriter {
public:
    explicit TextFrameWriter(Compressor& compressor) : compressor_(compressor) {}
    // Texts over kMaxTextBytes are cut by the caller.
    void add(std::string_view text);
    std::string finish();
    // Called when a frame closes, with its first entry and how many it has.
    std::function<void(size_t first, size_t count)> onFrame;

private:
    void close();
    Compressor& compressor_;
    std::string lengths_, bytes_, payload_, directory_;   // bytes_ begins with room for the lengths
    size_t entries_ = 0;
    size_t frameFirst_ = 0;
    uint32_t frames_ = 0;
};

class TextFrameReader {
public:
    // Reads the directory. `entries`: what the column must hold.
    static Result<TextFrameReader> open(const ByteSource& source, size_t entries);
    [[nodiscard]] size_t frameCount() const { return frames_.size(); }
    [[nodiscard]] size_t frameOf(size_t entry) const;
    [[nodiscard]] size_t firstEntry(size_t frame) const { return frames_[frame].first; }
    [[nodiscard]] size_t endEntry(size_t frame) const { return frame + 1 < frames_.size() ? frames_[frame + 1].first : entries_; }
    // The texts of a frame: views into `buffer`.
    Status readFrame(const ByteSource& source, size_t frame, std::string& buffer, std::vector<std::string_view>& texts) const;
    Result<std::string> readText(const ByteSource& source, size_t entry) const;

private:
    struct Frame {
        uint32_t first, offset, rawSize, packedSize;
    };
    std::vector<Frame> frames_;
    size_t entries_ = 0;
    size_t payload_ = 0;
};

}  // namespace nj::store

#include "store/frames.h"

#include <zstd.h>

#include <algorithm>
#include <cstring>

#include "store/byte_io.h"
#include "store/damaged.h"

namespace nj::store {
namespace {

constexpr uint8_t kRaw = 0;
constexpr uint8_t kZstd = 1;
constexpr size_t kLengthsRoom = kTextFrameEntries * 5;   // of varints under 2^35
constexpr size_t kMaxFrameRaw = kMaxTextBytes + kTextFrameBytes + 64;

struct DecompressorState {
    ZSTD_DCtx* context = ZSTD_createDCtx();
    ~DecompressorState() { ZSTD_freeDCtx(context); }
};

int byteWidth(uint64_t value) {
    int width = 0;
    while (value != 0) {
        ++width;
        value >>= 8;
    }
    return width;
}

// One frame's header: width, packing, least value, stored size.
void encodeFixedFrame(Compressor& compressor, std::span<const uint64_t> values, std::string& planes, ByteWriter& out) {
    const auto [low, high] = std::minmax_element(values.begin(), values.end());
    const uint64_t base = *low;
    const int width = byteWidth(*high - base);
    planes.resize(values.size() * static_cast<size_t>(width));
    for (int plane = 0; plane < width; ++plane) {
        char* to = planes.data() + static_cast<size_t>(plane) * values.size();
        for (size_t i = 0; i < values.size(); ++i)
            to[i] = static_cast<char>((values[i] - base) >> (8 * plane));
    }
    std::string packed;
    const bool compressed = width > 0 && compressor.append(packed, planes);
    out.fixed(static_cast<uint8_t>(width));
    out.fixed(compressed ? kZstd : kRaw);
    out.fixed(base);
    out.fixed(static_cast<uint32_t>(width > 0 ? packed.size() : 0));
    out.raw(packed);
}

}  // namespace

struct Compressor::State {
    ZSTD_CCtx* context = ZSTD_createCCtx();
    std::unique_ptr<char[]> packed;
    size_t room = 0;
    ~State() { ZSTD_freeCCtx(context); }
};

Compressor::Compressor() : state_(std::make_unique<State>()) {
    ZSTD_CCtx_setParameter(state_->context, ZSTD_c_compressionLevel, 1);
    // 8 KiB, so that it stays in the first-level cache: on texts a seventh faster than the 32 KiB of the level, and no larger.
    ZSTD_CCtx_setParameter(state_->context, ZSTD_c_hashLog, 11);
}
Compressor::~Compressor() = default;

bool Compressor::append(std::string& out, std::string_view bytes) {
    // Into memory that nobody clears first, which a string's resize() would.
    const size_t bound = ZSTD_compressBound(bytes.size());
    if (bound > state_->room) {
        state_->packed = std::make_unique_for_overwrite<char[]>(bound);
        state_->room = bound;
    }
    const size_t size = ZSTD_compress2(state_->context, state_->packed.get(), bound, bytes.data(), bytes.size());
    if (ZSTD_isError(size) != 0 || size >= bytes.size()) {
        out.append(bytes);
        return false;
    }
    out.append(state_->packed.get(), size);
    return true;
}

Status decompress(std::string_view packed, size_t size, std::string& out) {
    thread_local DecompressorState state;
    out.resize(size);
    const size_t done = ZSTD_decompressDCtx(state.context, out.data(), size, packed.data(), packed.size());
    if (ZSTD_isError(done) != 0 || done != size)
        return damaged("a compressed frame does not unpack to its size");
    return {};
}

Result<std::string> MemorySource::read(size_t offset, size_t length) const {
    if (offset > bytes_.size() || length > bytes_.size() - offset)
        return damaged("a column is shorter than its directory says");
    return std::string(bytes_.substr(offset, length));
}

std::string encodeFixedFrames(Compressor& compressor, std::span<const uint64_t> values) {
    ByteWriter out;
    std::string planes;
    for (size_t first = 0; first < values.size(); first += kFixedFrameEntries)
        encodeFixedFrame(compressor, values.subspan(first, std::min(kFixedFrameEntries, values.size() - first)), planes, out);
    return out.take();
}

Result<std::vector<uint64_t>> decodeFixedFrames(std::string_view bytes, size_t count) {
    ByteReader in(bytes);
    std::vector<uint64_t> values(count);
    std::string unpacked;
    for (size_t first = 0; first < count; first += kFixedFrameEntries) {
        const size_t n = std::min(kFixedFrameEntries, count - first);
        const auto width = in.fixed<uint8_t>();
        const auto packing = in.fixed<uint8_t>();
        const auto base = in.fixed<uint64_t>();
        std::string_view planes = in.raw(in.fixed<uint32_t>());
        if (in.failed() || width > 8 || packing > kZstd)
            return damaged("a frame of numbers is cut short");
        if (packing == kZstd) {
            NJ_RETURN_IF_ERROR(decompress(planes, n * width, unpacked));
            planes = unpacked;
        }
        if (planes.size() != n * width)
            return damaged("a frame of numbers has the wrong size");
        uint64_t* to = values.data() + first;
        std::fill_n(to, n, base);
        for (size_t plane = 0; plane < width; ++plane) {
            const auto* from = reinterpret_cast<const unsigned char*>(planes.data()) + plane * n;
            size_t i = 0;
            for (; i + 16 <= n; i += 16)   // so many at once that the compiler uses vectors
                for (size_t k = 0; k < 16; ++k)
                    to[i + k] += static_cast<uint64_t>(from[i + k]) << (8 * plane);
            for (; i < n; ++i)
                to[i] += static_cast<uint64_t>(from[i]) << (8 * plane);
        }
    }
    return values;
}

void TextFrameWriter::add(std::string_view text) {
    if (entries_ > frameFirst_ && (entries_ - frameFirst_ >= kTextFrameEntries || bytes_.size() - kLengthsRoom + lengths_.size() + text.size() + 5 > kTextFrameBytes))
        close();
    if (bytes_.empty())
        bytes_.resize(kLengthsRoom);
    uint64_t length = text.size();
    for (; length >= 0x80; length >>= 7)
        lengths_ += static_cast<char>(length | 0x80);
    lengths_ += static_cast<char>(length);
    bytes_.append(text);
    ++entries_;
}

void TextFrameWriter::close() {
    // The lengths stand in front of the texts: in the room kept for them, so that the texts need not move.
    const size_t from = kLengthsRoom - lengths_.size();
    bytes_.replace(from, lengths_.size(), lengths_);
    const std::string_view raw = std::string_view(bytes_).substr(from);
    ByteWriter entry;
    entry.fixed(static_cast<uint32_t>(frameFirst_));
    entry.fixed(static_cast<uint32_t>(payload_.size()));
    entry.fixed(static_cast<uint32_t>(raw.size()));
    compressor_.append(payload_, raw);
    directory_ += entry.bytes();
    if (onFrame)
        onFrame(frameFirst_, entries_ - frameFirst_);
    ++frames_;
    frameFirst_ = entries_;
    lengths_.clear();
    bytes_.resize(kLengthsRoom);
}

std::string TextFrameWriter::finish() {
    if (entries_ > frameFirst_)
        close();
    ByteWriter out;
    out.fixed(frames_);
    out.fixed(static_cast<uint32_t>(payload_.size()));
    out.raw(directory_);
    out.raw(payload_);
    return out.take();
}

Result<TextFrameReader> TextFrameReader::open(const ByteSource& source, size_t entries) {
    TextFrameReader reader;
    reader.entries_ = entries;
    NJ_ASSIGN(const std::string head, source.read(0, 8));
    ByteReader in(head);
    const auto frames = in.fixed<uint32_t>();
    const auto payloadSize = in.fixed<uint32_t>();
    if (frames > entries || (frames == 0 && entries > 0))
        return damaged("a text column has an impossible number of frames");
    NJ_ASSIGN(const std::string directory, source.read(8, size_t{frames} * 12));
    reader.payload_ = 8 + size_t{frames} * 12;
    if (source.size() != reader.payload_ + payloadSize)
        return damaged("a text column has the wrong size");
    ByteReader rows(directory);
    reader.frames_.resize(frames);
    for (auto& frame : reader.frames_) {
        frame.first = rows.fixed<uint32_t>();
        frame.offset = rows.fixed<uint32_t>();
        frame.rawSize = rows.fixed<uint32_t>();
    }
    for (size_t i = 0; i < frames; ++i) {
        auto& frame = reader.frames_[i];
        const uint32_t end = i + 1 < frames ? reader.frames_[i + 1].offset : payloadSize;
        const bool firstRight = i == 0 ? frame.first == 0 && frame.offset == 0 : frame.first > reader.frames_[i - 1].first;
        if (!firstRight || frame.first >= entries || end < frame.offset || end > payloadSize || frame.rawSize > kMaxFrameRaw)
            return damaged("a text column's directory contradicts itself");
        frame.packedSize = end - frame.offset;
        if (frame.packedSize > frame.rawSize)
            return damaged("a text frame is larger packed than unpacked");
    }
    return reader;
}

size_t TextFrameReader::frameOf(size_t entry) const {
    const auto it = std::upper_bound(frames_.begin(), frames_.end(), entry, [](size_t e, const Frame& f) { return e < f.first; });
    return static_cast<size_t>(it - frames_.begin()) - 1;
}

Status TextFrameReader::readFrame(const ByteSource& source, size_t frame, std::string& buffer, std::vector<std::string_view>& texts) const {
    const Frame& f = frames_[frame];
    NJ_ASSIGN(std::string packed, source.read(payload_ + f.offset, f.packedSize));
    if (f.packedSize == f.rawSize)
        buffer = std::move(packed);
    else
        NJ_RETURN_IF_ERROR(decompress(packed, f.rawSize, buffer));
    const size_t count = endEntry(frame) - f.first;
    ByteReader in(buffer);
    std::vector<uint64_t> lengths(count);
    for (auto& length : lengths)
        length = in.varint();
    texts.clear();
    texts.reserve(count);
    for (const uint64_t length : lengths)
        texts.push_back(in.raw(length));
    if (in.failed() || in.left() != 0)
        return damaged("the texts of a frame do not fill it");
    return {};
}

Result<std::string> TextFrameReader::readText(const ByteSource& source, size_t entry) const {
    if (entry >= entries_)
        return damaged("a text outside its column was asked for");
    std::string buffer;
    std::vector<std::string_view> texts;
    const size_t frame = frameOf(entry);
    NJ_RETURN_IF_ERROR(readFrame(source, frame, buffer, texts));
    return std::string(texts[entry - frames_[frame].first]);
}

}  // namespace nj::store

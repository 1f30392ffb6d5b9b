// OTLP protobuf files: the collector's file exporter (length-framed, each message perhaps compressed with zstd by itself, also
// holding JSON), varint-delimited messages, or one bare request.
#include <zstd.h>

#include <algorithm>

#include "format/format.h"
#include "format/json_stream.h"
#include "format/otlp_frames.h"
#include "format/otlp_json_decoder.h"
#include "format/otlp_protobuf_decoder.h"

namespace nj::format {
namespace {

constexpr size_t kPiece = 1U << 20;
constexpr size_t kNeededToTell = 32;

class OtlpProtobufFileReader : public FormatReader {
public:
    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        out_ = &out;
        while (!chunk.empty() && !stopped_) {
            const std::string_view piece = chunk.substr(0, std::min(kPiece, wanted()));
            chunk.remove_prefix(piece.size());
            // Only a message that two chunks share is copied.
            const bool shared = !buffer_.empty();
            if (shared)
                buffer_.append(piece);
            input_ = shared ? std::string_view(buffer_) : piece;
            frames(false);
            if (shared)
                buffer_.erase(0, at_);
            else
                buffer_.assign(piece.substr(at_));
            base_ += at_;
            at_ = 0;
        }
        return status();
    }

    Status finish(const BatchConsumer& out) override {
        out_ = &out;
        input_ = buffer_;
        frames(true);
        if (!stopped_ && at_ < input_.size())
            cutEnd();
        stopped_ = stopped_ || !builder_.flush(out);
        return status();
    }

private:
    Status status() const { return stopped_ ? Status(makeError(ErrorCode::kCancelled, "reading was stopped")) : Status(); }

    // How many bytes would complete the message that buffer_ begins with; all there are where nothing begins or tells.
    [[nodiscard]] size_t wanted() const {
        if (buffer_.empty() || framing_ == OtlpFraming::kNone)
            return SIZE_MAX;
        const OtlpFrameHeader header = otlpFrameHeader(framing_, buffer_);
        const size_t whole = header.size + header.length;
        if (header.state == OtlpFrameHeader::State::kNeedsMore)
            return kNeededToTell;
        return header.state == OtlpFrameHeader::State::kGood && whole > buffer_.size() ? whole - buffer_.size() : SIZE_MAX;
    }

    // Reads all whole messages of input_ from at_ on.
    void frames(bool end) {
        if (framing_ == OtlpFraming::kNone) {
            if (input_.size() < kNeededToTell && !end)
                return;
            framing_ = otlpFramingOf(input_, end);
            if (framing_ == OtlpFraming::kNone)
                framing_ = OtlpFraming::kLengthFramed;
        }
        while (at_ < input_.size() && !stopped_) {
            const std::string_view rest = input_.substr(at_);
            const OtlpFrameHeader header = otlpFrameHeader(framing_, rest);
            if (header.state == OtlpFrameHeader::State::kNeedsMore)
                return;
            if (header.state == OtlpFrameHeader::State::kDamaged) {
                damaged();
                continue;
            }
            if (header.length > rest.size() - header.size)
                return;
            lost_ = false;
            message(rest.substr(header.size, header.length), base_ + at_ + header.size);
            at_ += header.size + header.length;
        }
    }

    // One byte on, until something looks like a message again.
    void damaged() {
        if (!lost_) {
            builder_.position = {base_ + at_, 0};
            builder_.health(HealthSeverity::kRejected, "damaged OTLP frame", input_.substr(at_, 64));
        }
        lost_ = true;
        ++at_;
    }

    // The file ends inside a message: what is whole in it is kept.
    void cutEnd() {
        const std::string_view rest = input_.substr(at_);
        const OtlpFrameHeader header = otlpFrameHeader(framing_, rest);
        builder_.position = {base_ + at_, 0};
        builder_.health(HealthSeverity::kLost, "file ends inside an OTLP message");
        if (header.state == OtlpFrameHeader::State::kGood)
            message(rest.substr(header.size), base_ + at_ + header.size);
        at_ = input_.size();
    }

    void message(std::string_view bytes, uint64_t offset) {
        if (framing_ == OtlpFraming::kBare) {
            stopped_ = !protobuf_.resourceItems(bytes, OtlpSignal::kUnknown, offset);
        } else if (isZstdFrame(bytes)) {
            builder_.position = {offset, 0};
            if (decompress(bytes))
                plainMessage(plain_, offset);
        } else {
            plainMessage(bytes, offset);
        }
        if (!stopped_ && builder_.full())
            stopped_ = !builder_.flush(*out_);
    }

    void plainMessage(std::string_view bytes, uint64_t offset) {
        if (!bytes.starts_with('{')) {
            stopped_ = !protobuf_.request(bytes, OtlpSignal::kUnknown, offset);
            return;
        }
        json_.assign(bytes);
        json_.append(JsonStream::kPadding, ' ');
        stopped_ = jsonDecoder_.document(std::string_view(json_).substr(0, bytes.size()), {offset, 0}) == OtlpJsonDecoder::Outcome::kStopped;
    }

    // Into plain_, bounded; also the good start of a damaged frame.
    bool decompress(std::string_view bytes) {
        plain_.clear();
        const std::unique_ptr<ZSTD_DCtx, size_t (*)(ZSTD_DCtx*)> context(ZSTD_createDCtx(), ZSTD_freeDCtx);
        ZSTD_inBuffer in{bytes.data(), bytes.size(), 0};
        size_t left = 1;
        while (left != 0 && in.pos < in.size) {
            if (plain_.size() >= kMaxOtlpMessage) {
                builder_.health(HealthSeverity::kRejected, "OTLP message over the size limit");
                return false;
            }
            const size_t before = plain_.size();
            plain_.resize(before + ZSTD_DStreamOutSize());
            ZSTD_outBuffer piece{plain_.data() + before, plain_.size() - before, 0};
            left = ZSTD_decompressStream(context.get(), &piece, &in);
            plain_.resize(before + piece.pos);
            if (ZSTD_isError(left) != 0)
                break;
        }
        if (left != 0)
            builder_.health(HealthSeverity::kLost, "damaged compression of an OTLP message");
        return true;
    }

    OtlpBuilder builder_;
    const BatchConsumer* out_ = nullptr;   // of the feed() or finish() running
    OtlpProtobufDecoder protobuf_{builder_, [this](Batch&& batch) { return (*out_)(std::move(batch)); }};
    OtlpJsonDecoder jsonDecoder_{builder_, [this](Batch&& batch) { return (*out_)(std::move(batch)); }};
    OtlpFraming framing_ = OtlpFraming::kNone;
    std::string buffer_;      // the start of a message whose rest has not come
    std::string_view input_;  // what is read: buffer_, or a chunk where it lies
    size_t at_ = 0;           // in input_
    uint64_t base_ = 0;       // stream offset of input_[0]
    bool lost_ = false;       // searching for the next message
    bool stopped_ = false;
    std::string plain_;
    std::string json_;
};

Confidence sniff(const Sample& sample) {
    if (sample.bytes.empty() || isZstdFrame(sample.bytes))
        return 0;
    const OtlpFraming framing = otlpFramingOf(sample.bytes.substr(0, kNeededToTell), sample.complete && sample.bytes.size() <= kNeededToTell);
    return framing != OtlpFraming::kNone && looksLikeOtlp(framing, sample.bytes) ? 90 : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions&) { return std::make_unique<OtlpProtobufFileReader>(); }

}  // namespace

extern const Format kOtlpProtobuf;
const Format kOtlpProtobuf{"otlp_protobuf", "OTLP protobuf", sniff, open};

}  // namespace nj::format

// OTLP JSON files: the collector's file exporter, SDKs, Tempo, Jaeger v3 and Grafana downloads; one object, lines, concatenated,
// pretty-printed or in an array.
#include <algorithm>

#include "format/format.h"
#include "format/json_stream.h"
#include "format/otlp_json_decoder.h"

namespace nj::format {
namespace {

class OtlpJsonFileReader : public FormatReader {
public:
    Status feed(std::string_view chunk, const BatchConsumer& out) override { return run(out, [&](auto& value, auto& reject) { return stream_.feed(chunk, value, reject); }); }
    Status pause(const BatchConsumer& out) override { return stopped_ || !builder_.flush(out) ? Status(cancelled()) : Status(); }
    Status finish(const BatchConsumer& out) override {
        NJ_RETURN_IF_ERROR(run(out, [&](auto& value, auto& reject) { return stream_.finish(value, reject); }));
        return stopped_ || builder_.flush(out) ? Status() : cancelled();
    }

private:
    static Error cancelled() { return makeError(ErrorCode::kCancelled, "reading was stopped"); }

    template <typename Step>
    Status run(const BatchConsumer& out, Step&& step) {
        out_ = &out;
        const JsonStream::OnValue value = [&](const JsonStream::Value& v) { return document(v, out); };
        const JsonStream::OnReject reject = [&](HealthRecord&& record) { builder_.addHealth(std::move(record)); };
        stopped_ = stopped_ || !step(value, reject);
        return stopped_ ? Status(cancelled()) : Status();
    }

    JsonStream::Verdict document(const JsonStream::Value& v, const BatchConsumer& out) {
        switch (decoder_.document(v.bytes, {v.offset, v.line})) {
        case OtlpJsonDecoder::Outcome::kStopped: return JsonStream::Verdict::kStop;
        case OtlpJsonDecoder::Outcome::kMalformed: return JsonStream::Verdict::kMalformed;
        case OtlpJsonDecoder::Outcome::kRead:
        case OtlpJsonDecoder::Outcome::kNotOtlp: break;
        }
        return !builder_.full() || builder_.flush(out) ? JsonStream::Verdict::kTaken : JsonStream::Verdict::kStop;
    }

    OtlpBuilder builder_;
    const BatchConsumer* out_ = nullptr;   // of the feed() or finish() running
    OtlpJsonDecoder decoder_{builder_, [this](Batch&& batch) { return (*out_)(std::move(batch)); }};
    JsonStream stream_;
    bool stopped_ = false;
};

// "name…suffix" as a key: in quotes, a colon behind.
bool hasKey(std::string_view text, std::string_view name, std::string_view suffix) {
    const std::string quoted = std::string("\"").append(name).append(suffix).append("\"");
    for (size_t at = text.find(quoted); at != std::string_view::npos; at = text.find(quoted, at + 1)) {
        const size_t next = text.find_first_not_of(" \t\r\n", at + quoted.size());
        if (next == std::string_view::npos || text[next] == ':')
            return true;
    }
    return false;
}

Confidence sniff(const Sample& sample) {
    const size_t first = sample.bytes.find_first_of("{[");
    const std::string_view start = sample.bytes.substr(0, std::min<size_t>(sample.bytes.size(), 32U << 10));
    if (first == std::string_view::npos || first > 16)
        return 0;
    for (const std::string_view signal : {"Spans", "Logs", "Metrics", "_spans", "_logs", "_metrics"}) {
        if (hasKey(start, "resource", signal))
            return 95;
        // Tempo's and Grafana's "batches", or one ResourceSpans by itself.
        if (hasKey(start, "scope", signal) || hasKey(start, "instrumentationLibrary", signal) || hasKey(start, "instrumentation_library", signal))
            return 90;
    }
    return hasKey(start, "batches", "") && hasKey(start, "resource", "") ? 60 : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions&) { return std::make_unique<OtlpJsonFileReader>(); }

}  // namespace

extern const Format kOtlpJson;
const Format kOtlpJson{"otlp_json", "OTLP JSON", sniff, open};

}  // namespace nj::format

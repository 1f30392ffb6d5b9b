// Jaeger's JSON: API answers and UI downloads ({"data":[trace…]}), bare traces and arrays of them, Elasticsearch documents
// (spans with their process inside, also in a search result), and the storage model's own JSON (vStr, RFC 3339 times).
#include <algorithm>
#include <unordered_map>

#include "base/utf8.h"
#include "format/format.h"
#include "format/jaeger_span.h"
#include "format/json_stream.h"

namespace nj::format {
namespace {

constexpr size_t kExampleBytes = 256;
constexpr int kMaxWrappers = 4;
constexpr size_t kMaxProcesses = 1U << 16;

class JaegerJsonReader : public FormatReader {
public:
    Status feed(std::string_view chunk, const BatchConsumer& out) override { return run(out, [&](auto& value, auto& reject) { return stream_.feed(chunk, value, reject); }); }
    Status finish(const BatchConsumer& out) override {
        NJ_RETURN_IF_ERROR(run(out, [&](auto& value, auto& reject) { return stream_.finish(value, reject); }));
        stopped_ = stopped_ || !builder_.flush(out);
        return status();
    }

private:
    Status status() const { return stopped_ ? Status(makeError(ErrorCode::kCancelled, "reading was stopped")) : Status(); }

    template <typename Step>
    Status run(const BatchConsumer& out, Step&& step) {
        out_ = &out;
        const JsonStream::OnValue value = [&](const JsonStream::Value& v) { return document(v); };
        const JsonStream::OnReject reject = [&](HealthRecord&& record) { builder_.addHealth(std::move(record)); };
        stopped_ = stopped_ || !step(value, reject);
        return status();
    }

    JsonStream::Verdict document(const JsonStream::Value& v) {
        start_ = {v.offset, v.line};
        builder_.position = start_;
        if (parse(v.bytes) == simdjson::UTF8_ERROR) {
            builder_.health(HealthSeverity::kRepaired, "text that is no UTF-8", v.bytes);
            std::string repaired = repairUtf8(v.bytes);
            const size_t size = repaired.size();
            repaired.append(JsonStream::kPadding, ' ');
            parse(std::string_view(repaired).substr(0, size));
        }
        if (stopped_)
            return JsonStream::Verdict::kStop;
        return span_.broken() ? JsonStream::Verdict::kMalformed : JsonStream::Verdict::kTaken;
    }

    simdjson::error_code parse(std::string_view json) {
        begin_ = json.data();
        span_.reset();
        found_ = false;
        simdjson::ondemand::document document;
        JsonObject object;
        simdjson::error_code error = parser_.iterate(json.data(), json.size(), json.size() + JsonStream::kPadding).get(document);
        if (error == simdjson::UTF8_ERROR)
            return error;
        if (error == simdjson::SUCCESS)
            error = document.get_object().get(object);
        if (error == simdjson::SUCCESS)
            any(object, 0);
        span_.check(error == simdjson::SUCCESS);
        builder_.position = start_;
        if (span_.broken())
            builder_.health(HealthSeverity::kRejected, "malformed JSON", json.substr(0, kExampleBytes));
        else if (!found_ && !stopped_)
            builder_.health(HealthSeverity::kRejected, "JSON object without Jaeger data", json.substr(0, kExampleBytes));
        return simdjson::SUCCESS;
    }

    // A trace, a span, or something around them.
    void any(JsonObject& object, int depth) {
        bool trace = false;
        bool span = false;
        span_.check(forEachMember(object, [&](std::string_view key, JsonValue& value) {
            if (!going())
                return;
            trace = trace || key == "spans";
            span = span || key == "spanID" || key == "spanId" || key == "operationName";
            if ((key == "data" || key == "hits" || key == "_source" || key == "result") && depth < kMaxWrappers)
                wrapped(value, depth + 1);
        }));
        if (!going() || (!trace && !span) || object.reset().error() != simdjson::SUCCESS)
            return;
        found_ = true;
        if (trace)
            traceObject(object);
        else
            spanObject(object);
    }

    void wrapped(JsonValue& value, int depth) {
        JsonObject object;
        if (jsonToken(value).starts_with('[')) {
            span_.check(forEachElement(value, [&](JsonValue& element) {
                found_ = true;
                if (going())
                    wrapped(element, depth + 1);
            }));
        } else if (depth <= 2 * kMaxWrappers && value.get_object().get(object) == simdjson::SUCCESS) {
            any(object, depth);
        }
    }

    void traceObject(JsonObject& object) {
        processes_.clear();
        span_.setProcess({});
        span_.check(forEachMember(object, [&](std::string_view key, JsonValue& value) {
            if (!going())
                return;
            if (key == "process")
                span_.setProcess(span_.process(value));
            else if (key == "processes")
                span_.check(forEachMember(value, [&](std::string_view id, JsonValue& process) {
                    if (processes_.size() < kMaxProcesses && going())
                        processes_[std::string(id)] = span_.process(process);
                }));
        }));
        if (!going() || object.reset().error() != simdjson::SUCCESS)
            return;
        span_.check(forEachMember(object, [&](std::string_view key, JsonValue& value) {
            if (!going() || key != "spans")
                return;
            span_.check(forEachElement(value, [&](JsonValue& element) {
                JsonObject spanIn;
                if (!going())
                    return;
                const std::string_view token = jsonToken(element);
                builder_.position.offset = start_.offset + static_cast<uint64_t>(token.data() - begin_);
                if (element.get_object().get(spanIn) == simdjson::SUCCESS)
                    spanObject(spanIn);
                else
                    builder_.health(HealthSeverity::kRejected, "Jaeger span that is no object", token);
            }));
        }));
    }

    void spanObject(JsonObject& object) {
        builder_.addInputBytes(512);
        span_.read(object, processes_);
        stopped_ = stopped_ || (builder_.full() && !builder_.flush(*out_));
    }

    [[nodiscard]] bool going() const { return !span_.broken() && !stopped_; }

    OtlpBuilder builder_;
    JaegerSpanReader span_{builder_};
    JsonStream stream_;
    simdjson::ondemand::parser parser_;
    JaegerProcesses processes_;
    const BatchConsumer* out_ = nullptr;   // of the feed() or finish() running
    const char* begin_ = nullptr;
    OtlpBuilder::Position start_;
    bool stopped_ = false;
    bool found_ = false;
};

Confidence sniff(const Sample& sample) {
    const size_t first = sample.bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || (sample.bytes[first] != '{' && sample.bytes[first] != '['))
        return 0;
    const std::string_view start = sample.bytes.substr(first, 32U << 10);
    const auto has = [&](std::string_view word) { return start.find(word) != std::string_view::npos; };
    if (!has("\"operationName\""))
        return has("\"data\"") && has("\"traceID\"") && has("\"spans\"") ? 80 : 0;
    return has("\"traceID\"") || has("\"processID\"") ? 95 : has("\"traceId\"") || has("\"traceIdLow\"") ? 90 : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions&) { return std::make_unique<JaegerJsonReader>(); }

}  // namespace

extern const Format kJaegerJson;
const Format kJaegerJson{"jaeger_json", "Jaeger JSON", sniff, open};

}  // namespace nj::format

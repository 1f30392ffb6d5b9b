// Saved answers of the Prometheus HTTP API (also Mimir, Thanos, VictoriaMetrics): query_range, query, series, query_exemplars.
#include <algorithm>
#include <charconv>
#include <utility>

#include "base/utf8.h"
#include "format/format.h"
#include "format/json_stream.h"
#include "format/prometheus_builder.h"
#include "format/simdjson_value.h"

namespace nj::format {
namespace {

constexpr size_t kExampleBytes = 256;
constexpr size_t kMaxHead = 16U << 10;   // of an answer before its result

// Name for series of expressions, which have none: the file's.
std::string nameOfFile(std::string_view path) {
    const size_t slash = path.find_last_of("/\\");
    std::string_view file = slash == std::string_view::npos ? path : path.substr(slash + 1);
    file = file.substr(0, file.find('.'));
    std::string name;
    for (const char c : file)
        name += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == ':' ? c : '_';
    return name.empty() ? "expression" : name;
}

// Reads [t,"v"] pairs from the text of an array, which is far faster than asking simdjson for each.
class PairReader {
public:
    explicit PairReader(std::string_view text) : at_(text.data()), end_(text.data() + text.size()) { expect('['); }

    // The next pair; false at the end and where the text is none, then failed().
    bool next(std::string_view& time, std::string_view& value) {
        blanks();
        if (failed_ || at_ == end_ || *at_ == ']')
            return false;
        if (!first_)
            expect(',');
        first_ = false;
        expect('[');
        time = token();
        expect(',');
        value = token();
        expect(']');
        return !failed_;
    }
    [[nodiscard]] bool failed() const { return failed_; }

private:
    void blanks() {
        while (at_ != end_ && static_cast<unsigned char>(*at_) <= ' ')
            ++at_;
    }
    void expect(char c) {
        blanks();
        if (at_ == end_ || *at_ != c)
            failed_ = true;
        else
            ++at_;
    }
    std::string_view token() {
        blanks();
        const bool quoted = at_ != end_ && *at_ == '"';
        if (quoted)
            ++at_;
        const char* start = at_;
        while (at_ != end_ && *at_ != '"' && *at_ != ',' && *at_ != ']' && *at_ != '[' && *at_ != '{' && static_cast<unsigned char>(*at_) > ' ')
            ++at_;
        const std::string_view out(start, static_cast<size_t>(at_ - start));
        if (quoted && (at_ == end_ || *at_++ != '"'))
            failed_ = true;
        return out;
    }

    const char* at_;
    const char* end_;
    bool first_ = true;
    bool failed_ = false;
};

// Unix seconds with up to nine decimals.
std::optional<TimeNs> timeOfSeconds(std::string_view text) {
    if (text.find('.') == std::string_view::npos) {
        int64_t seconds = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
        TimeNs time = 0;
        if (error == std::errc{} && end == text.data() + text.size() && !__builtin_mul_overflow(seconds, kSecond, &time))
            return time;
    }
    return parsePrometheusTime(text, false);
}

// Where the list of series starts in an answer, when the text holds nothing but what precedes it.
size_t resultOf(std::string_view text) {
    constexpr std::string_view kKey = "\"result\"";
    const size_t key = text.find(kKey);
    if (key == std::string_view::npos)
        return key;
    const std::string_view head = text.substr(0, key);
    if (std::count(head.begin(), head.end(), '{') != 2 || head.find('}') != std::string_view::npos ||
        (head.find("\"matrix\"") == std::string_view::npos && head.find("\"vector\"") == std::string_view::npos))
        return std::string_view::npos;
    size_t at = text.find_first_not_of(" \t\r\n", key + kKey.size());
    if (at == std::string_view::npos || text[at] != ':')
        return std::string_view::npos;
    at = text.find_first_not_of(" \t\r\n", at + 1);
    return at != std::string_view::npos && text[at] == '[' ? at : std::string_view::npos;
}

class PrometheusApiReader : public FormatReader {
public:
    explicit PrometheusApiReader(const ReaderOptions& options) : nameless_(nameOfFile(options.path)) {}

    Status feed(std::string_view chunk, const BatchConsumer& out) override {
        if (opened_)
            return pass(chunk, out);
        head_.append(chunk);
        return open(false, out);
    }
    Status finish(const BatchConsumer& out) override {
        if (!opened_)
            NJ_RETURN_IF_ERROR(open(true, out));
        NJ_RETURN_IF_ERROR(run(out, [&](auto& value, auto& reject) { return stream_.finish(value, reject); }));
        if (inResult_ && !closed_)
            health(HealthSeverity::kLost, "Prometheus answer is cut off");
        stopped_ = stopped_ || !builder_.flush(out);
        return status();
    }
    [[nodiscard]] std::string assumptions() const override {
        return namelessUsed_ ? "series without a name (results of expressions) were named " + nameless_ : std::string();
    }

private:
    struct Owner {
        std::string name;
        AttributeList labels;
        uint32_t index = kNoIndex;   // kNoIndex: not in this batch yet
    };

    Status status() const { return stopped_ ? Status(makeError(ErrorCode::kCancelled, "reading was stopped")) : Status(); }

    Status pass(std::string_view chunk, const BatchConsumer& out) {
        return run(out, [&](auto& value, auto& reject) { return stream_.feed(chunk, value, reject); });
    }

    // An answer may be far larger than a value should be: when the file starts with one, what precedes its result is read by
    // itself and the series in it are the values. Blanks in the place of the head keep offsets and lines right.
    Status open(bool end, const BatchConsumer& out) {
        const size_t result = resultOf(std::string_view(head_).substr(0, kMaxHead));
        if (result == std::string_view::npos && head_.size() < kMaxHead && !end)
            return {};
        opened_ = true;
        std::string start = std::exchange(head_, {});
        if (result == std::string_view::npos)
            return pass(start, out);
        inResult_ = true;
        out_ = &out;
        std::string head = start.substr(0, result) + "[]}}";
        const size_t size = head.size();
        head.append(JsonStream::kPadding, ' ');
        builder_.rows().position = {0, 1};
        parse(std::string_view(head).substr(0, size));
        std::replace_if(start.begin(), start.begin() + static_cast<std::ptrdiff_t>(result), [](char c) { return c != '\n'; }, ' ');
        return pass(start, out);
    }

    // Text between the series of an answer: its end, and warnings behind it.
    void reject(HealthRecord&& record) {
        const std::string_view text = record.example;
        const bool end = inResult_ && record.reason == "text that is no JSON object" && (closed_ || text.starts_with('}')) && text.find('{') == std::string_view::npos;
        closed_ = closed_ || end;
        if (end && text.find("\"warnings\"") != std::string_view::npos)
            record = {HealthSeverity::kInfo, "Prometheus answered with a warning", std::move(record.example), record.offset, record.line, 1};
        else if (end)
            return;
        builder_.rows().addHealth(std::move(record));
    }

    template <typename Step>
    Status run(const BatchConsumer& out, Step&& step) {
        out_ = &out;
        const JsonStream::OnValue value = [&](const JsonStream::Value& v) { return document(v); };
        const JsonStream::OnReject reject = [&](HealthRecord&& record) { this->reject(std::move(record)); };
        stopped_ = stopped_ || !step(value, reject);
        return status();
    }

    JsonStream::Verdict document(const JsonStream::Value& v) {
        builder_.rows().position = {v.offset, v.line};
        if (parse(v.bytes) == simdjson::UTF8_ERROR) {
            health(HealthSeverity::kRepaired, "text that is no UTF-8", v.bytes);
            std::string repaired = repairUtf8(v.bytes);
            const size_t size = repaired.size();
            repaired.append(JsonStream::kPadding, ' ');
            parse(std::string_view(repaired).substr(0, size));
        }
        if (stopped_)
            return JsonStream::Verdict::kStop;
        return broken_ ? JsonStream::Verdict::kMalformed : JsonStream::Verdict::kTaken;
    }

    simdjson::error_code parse(std::string_view json) {
        broken_ = found_ = false;
        simdjson::ondemand::document document;
        JsonObject object;
        simdjson::error_code error = parser_.iterate(json.data(), json.size(), json.size() + JsonStream::kPadding).get(document);
        if (error == simdjson::UTF8_ERROR)
            return error;
        if (error == simdjson::SUCCESS)
            error = document.get_object().get(object);
        if (error == simdjson::SUCCESS)
            response(object);
        broken_ = broken_ || error != simdjson::SUCCESS;
        if (broken_)
            health(HealthSeverity::kRejected, "malformed JSON", json);
        else if (!found_ && !stopped_)
            health(HealthSeverity::kRejected, "JSON object that is no answer of Prometheus", json);
        return simdjson::SUCCESS;
    }

    void response(JsonObject& object) {
        Owner owner;
        check(forEachMember(object, [&](std::string_view key, JsonValue& value) {
            if (!going())
                return;
            if (key == "status" && text(value) == "error")
                found_ = true;
            else if (key == "error")
                health(HealthSeverity::kRejected, "Prometheus answered with an error", text(value));
            else if ((key == "warnings" || key == "infos") && jsonToken(value) == "[")
                check(forEachElement(value, [&](JsonValue& warning) { health(HealthSeverity::kInfo, "Prometheus answered with a warning", text(warning)); }));
            else if (key == "data")
                data(value);
            else if (inResult_ && element(owner, key, value))
                found_ = true;
        }));
        stopped_ = stopped_ || !builder_.flushWhenFull(*out_);
    }

    void data(JsonValue& value) {
        if (jsonToken(value).starts_with('[')) {   // series, query_exemplars
            found_ = true;
            check(forEachElement(value, [&](JsonValue& element) {
                if (going())
                    seriesOrExemplars(element);
            }));
            return;
        }
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (!going())
                return;
            if (key == "resultType") {
                found_ = true;
                type_ = text(member);
            } else if (key == "result" && (type_ == "scalar" || type_ == "string")) {
                scalar(member);
            } else if (key == "result") {
                found_ = true;
                check(forEachElement(member, [&](JsonValue& element) {
                    if (going())
                        result(element);
                }));
            }
        }));
    }

    // An element of a vector or matrix.
    void result(JsonValue& value) {
        Owner owner;
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (going())
                element(owner, key, member);
        }));
        stopped_ = stopped_ || !builder_.flushWhenFull(*out_);
    }

    // A member of such an element; false when it is none.
    bool element(Owner& owner, std::string_view key, JsonValue& member) {
        if (key == "metric")
            owner = labels(member);
        else if (key == "values" || key == "histograms" || key == "value" || key == "histogram")
            points(owner, key, member);
        else
            return false;
        return true;
    }

    uint32_t indexOf(Owner& owner) {
        if (owner.index == kNoIndex) {
            namelessUsed_ = namelessUsed_ || owner.name.empty();
            owner.index = builder_.intern(owner.name.empty() ? nameless_ : owner.name, owner.labels);
        }
        return owner.index;
    }

    void flushWhenFull(Owner& owner) {
        if (!builder_.full())
            return;
        stopped_ = stopped_ || !builder_.flush(*out_);
        owner.index = kNoIndex;
    }

    void points(Owner& owner, std::string_view key, JsonValue& value) {
        if (key == "histograms") {
            check(forEachElement(value, [&](JsonValue& pair) {
                if (going())
                    histogram(owner, pair);
            }));
            return;
        }
        if (key == "histogram") {
            histogram(owner, value);
            return;
        }
        JsonArray array;
        std::string_view raw;
        if (value.get_array().get(array) != simdjson::SUCCESS || array.raw_json().get(raw) != simdjson::SUCCESS) {
            health(HealthSeverity::kRejected, "Prometheus values that are no list", jsonToken(value));
            return;
        }
        const std::string one = key == "value" ? "[" + std::string(raw) + "]" : std::string();
        PairReader pairs(key == "value" ? std::string_view(one) : raw);
        std::string_view time;
        std::string_view number;
        while (going() && pairs.next(time, number))
            sample(owner, time, number);
        if (pairs.failed())
            health(HealthSeverity::kRejected, "Prometheus values that are no pairs of time and value", raw);
    }

    void sample(Owner& owner, std::string_view time, std::string_view number) {
        const auto at = timeOfSeconds(time);
        const auto value = parsePrometheusNumber(number);
        if (!at || !value) {
            health(HealthSeverity::kRejected, at ? "Prometheus sample with a value that is no number" : "Prometheus sample with a time that is none", at ? number : time);
            return;
        }
        builder_.addSample(indexOf(owner), *at, *value);
        flushWhenFull(owner);
    }

    // [t, {count, sum, buckets}]
    void histogram(Owner& owner, JsonValue& pair) {
        std::optional<TimeNs> time;
        double count = 0;
        double sum = 0;
        std::vector<NativeBucket> buckets;
        bool complete = false;
        check(forEachElement(pair, [&](JsonValue& element) {
            if (!jsonToken(element).starts_with('{')) {
                time = timeOfSeconds(text(element));
                return;
            }
            complete = true;
            check(forEachMember(element, [&](std::string_view key, JsonValue& member) {
                if (key == "count")
                    count = number(member, complete);
                else if (key == "sum")
                    sum = number(member, complete);
                else if (key == "buckets")
                    check(forEachElement(member, [&](JsonValue& bucket) { buckets.push_back(bucketOf(bucket, complete)); }));
            }));
        }));
        if (!going())
            return;
        if (!time || !complete) {
            health(HealthSeverity::kRejected, "Prometheus histogram that can't be read");
            return;
        }
        builder_.addNative(indexOf(owner), *time, count, sum, buckets);
        flushWhenFull(owner);
    }

    NativeBucket bucketOf(JsonValue& value, bool& complete) {
        double parts[4] = {};
        size_t n = 0;
        check(forEachElement(value, [&](JsonValue& part) {
            if (n < 4)
                parts[n] = number(part, complete);
            ++n;
        }));
        complete = complete && n == 4;
        return {parts[1], parts[2], parts[3]};
    }

    void scalar(JsonValue& value) {
        found_ = true;
        Owner owner;
        if (type_ == "scalar")
            points(owner, "value", value);
    }

    void seriesOrExemplars(JsonValue& value) {
        JsonObject object;
        if (value.get_object().get(object) != simdjson::SUCCESS)
            return;   // label names and values: nothing to keep
        Owner owner;
        bool exemplars = false;
        check(forEachMember(object, [&](std::string_view key, JsonValue& member) {
            if (key == "seriesLabels") {
                exemplars = true;
                owner = labels(member);
            } else if (key == "exemplars" && exemplars) {
                check(forEachElement(member, [&](JsonValue& element) {
                    if (going())
                        exemplar(owner, element);
                }));
            } else if (!exemplars && jsonToken(member).starts_with('"')) {
                addLabel(owner, key, member);
            }
        }));
        sortLabels(owner);
        if (going() && !owner.name.empty())
            indexOf(owner);
        stopped_ = stopped_ || !builder_.flushWhenFull(*out_);
    }

    void exemplar(Owner& owner, JsonValue& value) {
        Owner own;
        std::optional<TimeNs> time;
        bool good = true;
        double at = 0;
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) {
            if (key == "labels")
                own = labels(member);
            else if (key == "value")
                at = number(member, good);
            else if (key == "timestamp")
                time = timeOfSeconds(text(member));
        }));
        if (time && good)
            builder_.addExemplar(indexOf(owner), *time, at, std::move(own.labels));
        else
            health(HealthSeverity::kRejected, "exemplar that can't be read");
        flushWhenFull(owner);
    }

    Owner labels(JsonValue& value) {
        Owner owner;
        check(forEachMember(value, [&](std::string_view key, JsonValue& member) { addLabel(owner, key, member); }));
        sortLabels(owner);
        return owner;
    }

    void addLabel(Owner& owner, std::string_view key, JsonValue& value) {
        std::string name = key.find('\\') == std::string_view::npos ? std::string(key) : unescapedJson(key);
        const std::string_view label = text(value);
        if (name == "__name__")
            owner.name = label;
        else if (owner.labels.size() < kMaxRowAttributes)
            owner.labels.push_back({std::move(name), AttributeValue::ofString(label)});
        texts_.clear();
    }

    static void sortLabels(Owner& owner) {
        std::stable_sort(owner.labels.begin(), owner.labels.end(), [](const KeyValue& a, const KeyValue& b) { return a.key < b.key; });
    }

    std::string_view text(JsonValue& value) {
        const std::string_view token = jsonToken(value);
        return token.starts_with('{') || token.starts_with('[') ? std::string_view() : jsonText(token, texts_);
    }

    double number(JsonValue& value, bool& good) {
        const auto parsed = parsePrometheusNumber(text(value));
        good = good && parsed.has_value();
        return parsed.value_or(0);
    }

    void health(HealthSeverity severity, std::string_view reason, std::string_view example = {}) { builder_.rows().health(severity, reason, example.substr(0, kExampleBytes)); }
    void check(bool good) { broken_ = broken_ || !good; }
    [[nodiscard]] bool going() const { return !broken_ && !stopped_; }

    PrometheusBuilder builder_;
    JsonStream stream_;
    std::string head_;           // the file's start until opened_
    bool opened_ = false;
    bool inResult_ = false;      // the file is one answer, whose series are the stream's values
    bool closed_ = false;        // its end was seen
    simdjson::ondemand::parser parser_;
    TextStore texts_;
    const BatchConsumer* out_ = nullptr;   // of the feed() or finish() running
    std::string type_;
    const std::string nameless_;
    bool namelessUsed_ = false;
    bool broken_ = false;
    bool stopped_ = false;
    bool found_ = false;
};

Confidence sniff(const Sample& sample) {
    const size_t first = sample.bytes.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
    if (first == std::string_view::npos || sample.bytes[first] != '{')
        return 0;
    const std::string_view start = sample.bytes.substr(first, 4096);
    const auto has = [&](std::string_view word) { return start.find(word) != std::string_view::npos; };
    if (!has("\"data\""))
        return 0;
    if (has("\"resultType\"") && has("\"result\""))
        return 95;
    return has("\"status\"") && (has("\"__name__\"") || has("\"seriesLabels\"")) ? 90 : 0;
}

std::unique_ptr<FormatReader> open(const ReaderOptions& options) { return std::make_unique<PrometheusApiReader>(options); }

}  // namespace

extern const Format kPrometheusApiJson;
const Format kPrometheusApiJson{"prometheus_api_json", "Prometheus API answer", sniff, open};

}  // namespace nj::format

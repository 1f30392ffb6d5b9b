#include "promql/json/result_json.h"

#include <fmt/format.h>

#include "base/json_writer.h"
#include "promql/text/number_text.h"

namespace nj::promql {

namespace {

// Seconds with as many of three decimals as are needed: 1435781451.781.
std::string timeText(TimeNs time) {
    const int64_t ms = time / kMillisecond;
    const int64_t fraction = (ms < 0 ? -ms : ms) % 1000;
    std::string text = fmt::format("{}{}", ms < 0 ? "-" : "", (ms < 0 ? -ms : ms) / 1000);
    if (fraction != 0) {
        text += fmt::format(".{:03}", fraction);
        text.erase(text.find_last_not_of('0') + 1);
    }
    return text;
}

// The series of a matrix have their points at the same steps: their texts are made once.
class StepTexts {
public:
    const std::string& at(size_t point, TimeNs time) {
        if (point >= kMost)
            return text_ = timeText(time);
        if (point >= known_.size())
            known_.resize(point + 1);
        auto& [knownTime, text] = known_[point];
        if (text.empty() || knownTime != time) {
            knownTime = time;
            text = timeText(time);
        }
        return text;
    }

private:
    static constexpr size_t kMost = 20'000;
    std::vector<std::pair<TimeNs, std::string>> known_;
    std::string text_;
};

void appendFloat(std::string& out, std::string_view time, double value) {
    out += '[';
    out += time;
    out += ",\"";
    appendApiNumber(out, value);
    out += "\"]";
}

void writeFloat(JsonWriter& json, TimeNs time, double value) {
    std::string text;
    appendFloat(text, timeText(time), value);
    json.raw(text);
}

void writeBucket(JsonWriter& json, const Bucket& bucket) {
    const int rule = bucket.lowerInclusive ? (bucket.upperInclusive ? 3 : 1) : (bucket.upperInclusive ? 0 : 2);
    json.beginArray()
        .integer(rule)
        .string(apiNumber(bucket.lower))
        .string(apiNumber(bucket.upper))
        .string(apiNumber(bucket.count))
        .endArray();
}

void writeHistogram(JsonWriter& json, TimeNs time, const FloatHistogram& histogram) {
    json.beginArray().raw(timeText(time)).beginObject();
    json.key("count").string(apiNumber(histogram.count));
    json.key("sum").string(apiNumber(histogram.sum));
    bool any = false;
    for (const Bucket& bucket : allBuckets(histogram)) {
        if (bucket.count == 0)
            continue;
        if (!any)
            json.key("buckets").beginArray();
        any = true;
        writeBucket(json, bucket);
    }
    if (any)
        json.endArray();
    json.endObject().endArray();
}

void writeLabels(JsonWriter& json, const Labels& labels) {
    json.beginObject();
    for (const Label& label : labels) json.key(label.name).string(label.value);
    json.endObject();
}

void writeVector(JsonWriter& json, const Vector& vector) {
    json.beginArray();
    for (const VectorSample& sample : vector) {
        json.beginObject().key("metric");
        writeLabels(json, *sample.labels);
        if (sample.histogram) {
            json.key("histogram");
            writeHistogram(json, sample.time, *sample.histogram);
        } else {
            json.key("value");
            writeFloat(json, sample.time, sample.value);
        }
        json.endObject();
    }
    json.endArray();
}

void writeMatrix(JsonWriter& json, std::string& out, const Matrix& matrix) {
    StepTexts times;
    json.beginArray();
    for (const MatrixSeries& series : matrix) {
        json.beginObject().key("metric");
        writeLabels(json, *series.labels);
        if (!series.floats.empty()) {
            json.key("values").beginArray();
            for (size_t i = 0; i < series.floats.size(); ++i) {
                if (i > 0)
                    out += ',';
                appendFloat(out, times.at(i, series.floats[i].time), series.floats[i].value);
            }
            json.endArray();
        }
        if (!series.histograms.empty()) {
            json.key("histograms").beginArray();
            for (const NativePoint& point : series.histograms) writeHistogram(json, point.time, *point.histogram);
            json.endArray();
        }
        json.endObject();
    }
    json.endArray();
}

void writeTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    if (texts.empty())
        return;
    json.key(key).beginArray();
    for (const std::string& text : texts) json.string(text);
    json.endArray();
}

// About as many bytes as the result takes: a text of hundreds of megabytes must not grow by doubling.
size_t sizeOf(const QueryResult& result) {
    constexpr size_t kPerPoint = 34;
    size_t points = 0;
    if (const auto* matrix = std::get_if<Matrix>(&result.value))
        for (const MatrixSeries& series : *matrix) points += series.floats.size();
    return points * kPerPoint;
}

std::string_view errorType(ErrorCode code) {
    switch (code) {
        case ErrorCode::kInvalidArgument: return "bad_data";
        case ErrorCode::kCancelled: return "canceled";
        case ErrorCode::kInternal: return "internal";
        case ErrorCode::kNotFound: return "not_found";
        default: return "execution";
    }
}

}  // namespace

void appendResultJson(std::string& out, const QueryResult& result) {
    out.reserve(out.size() + sizeOf(result));
    JsonWriter json(out);
    json.beginObject().key("resultType");
    if (const auto* scalar = std::get_if<ScalarValue>(&result.value)) {
        json.string("scalar").key("result");
        writeFloat(json, scalar->time, scalar->value);
    } else if (const auto* text = std::get_if<StringValue>(&result.value)) {
        json.string("string").key("result").beginArray().raw(timeText(text->time)).string(text->value).endArray();
    } else if (const auto* vector = std::get_if<Vector>(&result.value)) {
        json.string("vector").key("result");
        writeVector(json, *vector);
    } else {
        json.string("matrix").key("result");
        writeMatrix(json, out, std::get<Matrix>(result.value));
    }
    json.endObject();
}

std::string resultJson(const QueryResult& result) {
    std::string out;
    appendResultJson(out, result);
    return out;
}

std::string responseJson(const QueryResult& result, std::string_view query) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("status").string("success").key("data").raw("");
    appendResultJson(out, result);
    writeTexts(json, "warnings", result.annotations.warnings(query));
    writeTexts(json, "infos", result.annotations.infos(query));
    json.endObject();
    return out;
}

std::string errorJson(const Error& error) {
    std::string out;
    JsonWriter(out)
        .beginObject()
        .key("status")
        .string("error")
        .key("errorType")
        .string(errorType(error.code))
        .key("error")
        .string(error.message)
        .endObject();
    return out;
}

}  // namespace nj::promql

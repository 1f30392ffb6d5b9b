// Inner part of OtlpJsonDecoder: walks one simdjson document. Internal to otlp_json_*.cpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "format/otlp_json_decoder.h"
#include "format/otlp_json_flat.h"
#include "format/simdjson_value.h"

namespace nj::format {

class OtlpJsonDecoder::Reader {
public:
    Reader(OtlpBuilder& builder, BatchConsumer out) : builder_(builder), out_(std::move(out)) {}
    Outcome document(std::string_view json, OtlpBuilder::Position position);

private:
    // An attribute value without copies: text is good until the next row.
    struct Plain {
        ValueType type = ValueType::kEmpty;
        std::string_view text;
        int64_t integer = 0;
        double number = 0;
        [[nodiscard]] AttributeValue owned() const { return {type, std::string(text), integer, number}; }
    };
    enum class Signal : uint8_t { kNone, kTraces, kMetrics, kLogs };
    struct PointView;

    // UTF8_ERROR (and nothing done) or SUCCESS.
    simdjson::error_code parse(std::string_view json, Outcome& outcome);
    void top(JsonObject& object, int depth);
    void resourceItems(JsonValue& value);
    void resourceObject(JsonObject& object);
    void scopeItems(JsonValue& value);
    void items(JsonValue& list, Signal signal);
    void span(JsonValue& value);
    void spanEvent(JsonValue& value);
    void spanLink(JsonValue& value);
    void log(JsonValue& value);
    void metric(JsonValue& value);
    void dataPoints(JsonValue& data, MetricKind kind);
    void dataPoint(JsonValue& value, MetricKind kind);
    void pointMember(std::string_view key, JsonValue& value, MetricKind kind, PointView& point);
    void buckets(JsonValue& value, int32_t& offset, std::vector<uint64_t>& counts);
    void quantiles(JsonValue& value, HistogramPoint& point);
    void exemplars(JsonValue& value, std::vector<Exemplar>& out);

    void rowAttributes(AttributeColumns& columns, uint32_t row, JsonValue& value);
    void rowAttribute(AttributeColumns& columns, uint32_t row, std::string_view key, const Plain& plain);
    AttributeList attributeList(JsonValue& value);
    // Calls f(key, plain) for each entry of an attribute list, or of a plain object as some programs write them.
    template <typename F>
    void forEachAttribute(JsonValue& value, F&& f);
    // What stands in an AnyValue, or a bare JSON value in its place.
    Plain plain(JsonValue& value);
    Plain plainMember(std::string_view key, JsonValue& value);
    Plain plainScalar(std::string_view token);
    void appendValue(std::string& out, JsonValue& value, int depth);
    void appendMember(std::string& out, std::string_view key, JsonValue& value, int depth);
    void appendList(std::string& out, JsonValue& value, int depth);
    void appendMap(std::string& out, JsonValue& value, int depth);
    void appendPlainJson(std::string& out, JsonValue& value, int depth);
    [[nodiscard]] bool tooDeep(std::string& out, int depth);

    std::string_view text(JsonValue& value);
    uint64_t unsignedNumber(JsonValue& value);
    int64_t signedNumber(JsonValue& value);
    double real(JsonValue& value);
    TimeNs time(JsonValue& value);
    uint32_t count(JsonValue& value);
    template <typename AnyId>
    AnyId id(JsonValue& value);
    // The number of an enum given as number or name; names are what follows the prefix.
    uint32_t enumNumber(JsonValue& value, std::string_view prefix, std::initializer_list<std::string_view> names);
    uint8_t severity(JsonValue& value);
    std::string_view camel(std::string_view key);
    bool isNull(JsonValue& value);
    void startRow(JsonValue& value);
    void notANumber(std::string_view token);
    // A false result of forEach…: the document is malformed from here on.
    void check(bool good) { broken_ = broken_ || !good; }
    [[nodiscard]] bool going() const { return !broken_ && !stopped_; }
    void flushWhenFull() { stopped_ = stopped_ || (out_ && builder_.full() && !builder_.flush(out_)); }

    OtlpBuilder& builder_;
    const BatchConsumer out_;
    simdjson::ondemand::parser parser_;
    const char* begin_ = nullptr;   // of the document
    const char* end_ = nullptr;
    OtlpBuilder::Position start_;
    bool broken_ = false;
    bool stopped_ = false;
    bool found_ = false;          // something of OTLP was there
    size_t rowAttributes_ = 0;
    TextStore texts_;             // of this row
    std::string camel_;
    std::vector<FlatAttribute> flat_;
};

}  // namespace nj::format

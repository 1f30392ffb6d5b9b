// Appends JSON to a string, without a document in memory. One thread at a time; the string belongs to the caller.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nj {

// "text" with quotes; invalid UTF-8 is repaired, control characters escaped.
void appendJsonString(std::string& out, std::string_view text);
// A finite number in its shortest form; NaN and infinities as the strings "NaN", "Infinity", "-Infinity" (proto3 JSON).
void appendJsonNumber(std::string& out, double value);

class JsonWriter {
public:
    explicit JsonWriter(std::string& out) : out_(out) {}
    JsonWriter& beginObject() { return open('{'); }
    JsonWriter& endObject() { return close('}'); }
    JsonWriter& beginArray() { return open('['); }
    JsonWriter& endArray() { return close(']'); }
    JsonWriter& key(std::string_view name);
    JsonWriter& string(std::string_view text);
    JsonWriter& integer(int64_t value);
    JsonWriter& unsignedInteger(uint64_t value);
    JsonWriter& number(double value);
    JsonWriter& boolean(bool value);
    JsonWriter& null();
    // Text that already is JSON.
    JsonWriter& raw(std::string_view json);

private:
    JsonWriter& open(char c);
    JsonWriter& close(char c);
    void separate();

    std::string& out_;
    bool needComma_ = false;
};

}  // namespace nj

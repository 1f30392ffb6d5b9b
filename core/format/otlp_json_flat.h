// Fast path for attribute lists of OTLP JSON as the collector writes them: without blanks, key before value, plain values.
// Pure; anything else is left to the general reader.
#pragma once

#include <string_view>
#include <vector>

#include "format/simdjson_value.h"
#include "model/attribute.h"

namespace nj::format {

struct FlatAttribute {
    std::string_view key;    // of the JSON, or of the store where it had escapes
    std::string_view text;   // kString
    ValueType type = ValueType::kEmpty;
    int64_t integer = 0;
    double number = 0;
};

// The list that starts at json's first byte ("[…"). False when it is not of that shape: `out` is meaningless then.
bool readFlatAttributes(std::string_view json, std::vector<FlatAttribute>& out, TextStore& store);

}  // namespace nj::format

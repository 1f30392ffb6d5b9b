// JSON of strangers, in bounds, and lenient access to its members: what has another type than expected counts as absent. Pure functions.
// A room that includes this links nlohmann_json.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nj {

using Json = nlohmann::json;

struct JsonBounds {
    size_t maxBytes = size_t{16} << 20;
    int maxDepth = 64;
};
// The error says line and column.
Result<Json> parseBounded(std::string_view text, std::string_view what, JsonBounds bounds = {});

inline constexpr size_t kMaxText = 20'000;   // of one title, description, …; longer ones are cut
const Json& at(const Json& object, const char* key);                    // null when absent
std::string asText(const Json& value, size_t maxBytes = kMaxText);      // texts and numbers; else ""
std::string textAt(const Json& object, const char* key, size_t maxBytes = kMaxText);
std::optional<double> numberAt(const Json& object, const char* key);    // also of texts such as "100"
bool boolAt(const Json& object, const char* key, bool otherwise = false);
int intAt(const Json& object, const char* key, int otherwise, int least, int most);
std::vector<std::string> textsAt(const Json& object, const char* key, size_t most = 1'000);   // also a single text

}  // namespace nj

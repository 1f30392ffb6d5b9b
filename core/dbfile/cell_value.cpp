#include "dbfile/cell_value.h"

#include <charconv>
#include <cmath>

#include "base/hash.h"
#include "base/utf8.h"
#include "format/timestamp_parser.h"

namespace nj::dbfile {
namespace {

using Type = sqlite::Statement::Type;

constexpr int kMaxJsonDepth = 32;

int64_t factorOf(TimeUnit unit) {
    switch (unit) {
    case TimeUnit::kMicroseconds: return kMicrosecond;
    case TimeUnit::kMilliseconds: return kMillisecond;
    case TimeUnit::kSeconds: return kSecond;
    default: return 1;
    }
}

std::optional<int64_t> scaled(int64_t value, int64_t factor) {
    int64_t out = 0;
    return __builtin_mul_overflow(value, factor, &out) ? std::nullopt : std::optional(out);
}

std::optional<int64_t> scaled(double value, int64_t factor) {
    // Whole seconds apart from their fraction: a double holds seconds to 100 ns only as a product.
    const double whole = std::floor(value);
    if (!(std::abs(value) * static_cast<double>(factor) < 9.2e18))
        return std::nullopt;
    return static_cast<int64_t>(whole) * factor + static_cast<int64_t>(std::llround((value - whole) * static_cast<double>(factor)));
}

std::optional<double> numberOf(std::string_view text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() && !text.empty() ? std::optional(value) : std::nullopt;
}

std::optional<int64_t> amount(const sqlite::TableScan& row, int column, int64_t factor) {
    switch (row.type(column)) {
    case Type::kInteger: return scaled(row.integer(column), factor);
    case Type::kFloat: return scaled(row.number(column), factor);
    case Type::kText: {
        const std::string_view text = row.text(column);
        int64_t whole = 0;
        const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), whole);
        if (error == std::errc{} && end == text.data() + text.size() && !text.empty())
            return scaled(whole, factor);
        const auto number = numberOf(text);
        return number ? scaled(*number, factor) : std::nullopt;
    }
    default: return std::nullopt;
    }
}

std::string idDigits(std::string_view text) {
    const size_t dash = text.find('-');
    if (dash != std::string_view::npos && dash <= 3)   // "tr-…", "req-…"
        text.remove_prefix(dash + 1);
    if (text.starts_with("0x"))
        text.remove_prefix(2);
    std::string digits;
    for (const char c : text)
        if (c != '-')
            digits += c;
    return digits;
}

}  // namespace

std::optional<TimeNs> timeOfText(std::string_view text, ReadContext& context) {
    format::ParsedTime parsed;
    if (format::parseTimestamp(text, parsed) == 0)
        return std::nullopt;
    if (parsed.kind == format::ParsedTime::Kind::kInstant)
        return parsed.value;
    if (parsed.kind != format::ParsedTime::Kind::kCivil || !parsed.hasYear)
        return std::nullopt;
    if (!parsed.hasZone)
        context.zoneAssumed();
    return parsed.value - (parsed.hasZone ? parsed.zoneMinutes : context.zoneMinutes()) * kMinute;
}

std::optional<TimeNs> timeCell(const sqlite::TableScan& row, int column, TimeUnit unit, ReadContext& context) {
    if (unit != TimeUnit::kText)
        return amount(row, column, factorOf(unit));
    format::ParsedTime parsed;
    switch (row.type(column)) {
    case Type::kText: return timeOfText(row.text(column), context);
    case Type::kInteger: return format::instantFromInteger(row.integer(column), parsed) ? std::optional(parsed.value) : std::nullopt;
    case Type::kFloat: return format::instantFromNumber(row.number(column), parsed) ? std::optional(parsed.value) : std::nullopt;
    default: return std::nullopt;
    }
}

std::optional<DurationNs> durationCell(const sqlite::TableScan& row, int column, TimeUnit unit) { return amount(row, column, factorOf(unit)); }

std::optional<double> numberCell(const sqlite::TableScan& row, int column) {
    switch (row.type(column)) {
    case Type::kInteger: return static_cast<double>(row.integer(column));
    case Type::kFloat: return row.number(column);
    case Type::kText: return numberOf(row.text(column));
    default: return std::nullopt;
    }
}

std::string textCell(const sqlite::TableScan& row, int column) {
    const AttributeValue value = valueCell(row, column);
    return value.display();
}

AttributeValue valueCell(const sqlite::TableScan& row, int column) {
    switch (row.type(column)) {
    case Type::kInteger: return AttributeValue::ofInt(row.integer(column));
    case Type::kFloat: return AttributeValue::ofDouble(row.number(column));
    case Type::kText: return AttributeValue::ofString(isValidUtf8(row.text(column)) ? std::string(row.text(column)) : repairUtf8(row.text(column)));
    case Type::kBlob: return AttributeValue::ofBytes(row.blob(column));
    case Type::kNull: break;
    }
    return {};
}

TraceId derivedTraceId(std::string_view text) { return *TraceId::fromBytes({reinterpret_cast<const char*>(hash128(text).data()), 16}); }

SpanId derivedSpanId(std::string_view text) {
    const Hash128 hash = hash128(text);
    return *SpanId::fromBytes({reinterpret_cast<const char*>(hash.data()), 8});
}

TraceId traceIdOf(std::string_view text) {
    if (text.empty())
        return {};
    if (const std::string digits = idDigits(text); digits.size() == 32 || digits.size() == 16)
        if (const auto id = TraceId::fromHex(digits))
            return *id;
    return derivedTraceId(text);
}

SpanId spanIdOf(std::string_view text) {
    if (text.empty())
        return {};
    if (const std::string digits = idDigits(text); digits.size() == 16)
        if (const auto id = SpanId::fromHex(digits))
            return *id;
    return derivedSpanId(text);
}

std::optional<Json> parseJson(std::string_view text) {
    if (text.empty())
        return std::nullopt;
    Json value = Json::parse(text, [](int depth, Json::parse_event_t, Json&) { return depth <= kMaxJsonDepth; }, false);
    return value.is_discarded() ? std::nullopt : std::optional(std::move(value));
}

AttributeValue jsonValue(const Json& value) {
    switch (value.type()) {
    case Json::value_t::string: return AttributeValue::ofString(value.get_ref<const std::string&>());
    case Json::value_t::boolean: return AttributeValue::ofBool(value.get<bool>());
    case Json::value_t::number_integer: return AttributeValue::ofInt(value.get<int64_t>());
    case Json::value_t::number_unsigned:
        return value.get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX) ? AttributeValue::ofInt(value.get<int64_t>()) : AttributeValue::ofDouble(value.get<double>());
    case Json::value_t::number_float: return AttributeValue::ofDouble(value.get<double>());
    case Json::value_t::array:
    case Json::value_t::object: return AttributeValue::ofJson(value.dump(-1, ' ', false, Json::error_handler_t::replace));
    default: return {};
    }
}

void addFlattened(AttributeColumns& columns, uint32_t row, const std::string& prefix, const Json& value) {
    size_t left = format::kMaxRowAttributes;
    const auto walk = [&](const auto& self, const std::string& key, const Json& at, int depth) -> void {
        const bool list = at.is_array() && !at.empty() && at.front().is_object();
        if (depth < format::kMaxValueDepth && ((at.is_object() && !at.empty()) || list)) {
            size_t index = 0;
            if (list)
                for (const Json& element : at)
                    self(self, key + '.' + std::to_string(index++), element, depth + 1);
            else
                for (const auto& [name, element] : at.items())
                    self(self, key.empty() ? name : key + '.' + name, element, depth + 1);
            return;
        }
        if (left == 0 || key.empty() || at.is_null())
            return;
        --left;
        columns.add(row, key, jsonValue(at));
    };
    walk(walk, prefix, value, 0);
}

}  // namespace nj::dbfile

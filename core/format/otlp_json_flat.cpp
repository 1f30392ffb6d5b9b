#include "format/otlp_json_flat.h"

#include <charconv>
#include <cstring>

namespace nj::format {
namespace {

class FlatReader {
public:
    FlatReader(std::string_view json, TextStore& store) : at_(json.data()), end_(json.data() + json.size()), store_(store) {}

    template <size_t N>
    bool literal(const char (&text)[N]) {
        if (static_cast<size_t>(end_ - at_) < N - 1 || std::memcmp(at_, text, N - 1) != 0)
            return false;
        at_ += N - 1;
        return true;
    }

    // What stands up to the closing quote, which is passed.
    bool text(std::string_view& out) {
        const char* const start = at_;
        bool escaped = false;
        while (at_ != end_ && *at_ != '"') {
            escaped = escaped || *at_ == '\\';
            at_ += *at_ == '\\' && end_ - at_ > 1 ? 2 : 1;
        }
        if (at_ == end_)
            return false;
        out = {start, static_cast<size_t>(at_++ - start)};
        if (escaped)
            out = store_.emplace_back(unescapedJson(out));
        return true;
    }

    template <typename T>
    bool number(T& out) {
        const auto [end, error] = std::from_chars(at_, end_, out);
        if (error != std::errc{})
            return false;
        at_ = end;
        return true;
    }

    // The member of an AnyValue and its closing bracket.
    bool value(FlatAttribute& a) {
        if (literal("stringValue\":\"")) {
            a.type = ValueType::kString;
            return text(a.text) && literal("}");
        }
        if (literal("intValue\":\"")) {
            a.type = ValueType::kInt;
            return number(a.integer) && literal("\"}");
        }
        if (literal("intValue\":")) {
            a.type = ValueType::kInt;
            return number(a.integer) && literal("}");
        }
        if (literal("doubleValue\":")) {
            a.type = ValueType::kDouble;
            return number(a.number) && literal("}");
        }
        if (literal("boolValue\":")) {
            a.type = ValueType::kBool;
            a.integer = literal("true") ? 1 : 0;
            return (a.integer == 1 || literal("false")) && literal("}");
        }
        return false;
    }

private:
    const char* at_;
    const char* const end_;
    TextStore& store_;
};

}  // namespace

bool readFlatAttributes(std::string_view json, std::vector<FlatAttribute>& out, TextStore& store) {
    out.clear();
    FlatReader reader(json, store);
    if (reader.literal("[]"))
        return true;
    if (!reader.literal("["))
        return false;
    do {
        FlatAttribute& a = out.emplace_back();
        if (!reader.literal("{\"key\":\"") || !reader.text(a.key) || !reader.literal(",\"value\":{\"") || !reader.value(a) || !reader.literal("}"))
            return false;
    } while (reader.literal(","));
    return reader.literal("]");
}

}  // namespace nj::format

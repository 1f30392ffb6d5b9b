#include "base/bounded_json.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/utf8.h"

namespace nj {
namespace {

// Builds the document; stops where it is no JSON or too deep, and knows where that was.
class BoundedDom : public nlohmann::detail::json_sax_dom_parser<Json> {
    using Base = nlohmann::detail::json_sax_dom_parser<Json>;

public:
    BoundedDom(Json& into, int maxDepth) : Base(into, false), maxDepth_(maxDepth) {}
    bool start_object(std::size_t size) { return enter() && Base::start_object(size); }
    bool end_object() { return leave() && Base::end_object(); }
    bool start_array(std::size_t size) { return enter() && Base::start_array(size); }
    bool end_array() { return leave() && Base::end_array(); }
    template <class Exception>
    bool parse_error(std::size_t position, const std::string&, const Exception&) {
        position_ = position;
        return false;
    }
    [[nodiscard]] bool tooDeep() const { return depth_ > maxDepth_; }
    [[nodiscard]] std::size_t position() const { return position_; }

private:
    bool enter() { return ++depth_ <= maxDepth_; }
    bool leave() { return --depth_ >= 0; }
    int maxDepth_;
    int depth_ = 0;
    std::size_t position_ = 0;
};

std::optional<double> numberOf(const std::string& text) {
    double value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

}  // namespace

Result<Json> parseBounded(std::string_view text, std::string_view what, JsonBounds bounds) {
    if (text.size() > bounds.maxBytes)
        return makeError(ErrorCode::kLimit, std::string(what) + " is larger than " + std::to_string(bounds.maxBytes >> 20) + " MiB");
    Json root;
    BoundedDom dom(root, bounds.maxDepth);
    if (Json::sax_parse(text.begin(), text.end(), &dom))
        return root;
    if (dom.tooDeep())
        return makeError(ErrorCode::kLimit, std::string(what) + " nests deeper than " + std::to_string(bounds.maxDepth) + " levels");
    const std::string_view before = text.substr(0, std::min(text.size(), dom.position() == 0 ? 0 : dom.position() - 1));
    const size_t newline = before.rfind('\n');
    const size_t column = before.size() - (newline == std::string_view::npos ? 0 : newline + 1) + 1;
    return makeError(ErrorCode::kMalformed, std::string(what) + " is no JSON at line " + std::to_string(std::count(before.begin(), before.end(), '\n') + 1) +
                                                ", column " + std::to_string(column));
}

const Json& at(const Json& object, const char* key) {
    static const Json none;
    if (!object.is_object())
        return none;
    const auto it = object.find(key);
    return it == object.end() ? none : *it;
}

std::string asText(const Json& value, size_t maxBytes) {
    if (value.is_string())
        return std::string(utf8Prefix(value.get_ref<const std::string&>(), maxBytes));
    if (value.is_number())
        return value.dump();
    return {};
}

std::string textAt(const Json& object, const char* key, size_t maxBytes) { return asText(at(object, key), maxBytes); }

std::optional<double> numberAt(const Json& object, const char* key) {
    const Json& value = at(object, key);
    std::optional<double> number;
    if (value.is_number())
        number = value.get<double>();
    else if (value.is_string() && !value.get_ref<const std::string&>().empty())
        number = numberOf(value.get_ref<const std::string&>());
    return number && std::isfinite(*number) ? number : std::nullopt;
}

bool boolAt(const Json& object, const char* key, bool otherwise) {
    const Json& value = at(object, key);
    return value.is_boolean() ? value.get<bool>() : otherwise;
}

int intAt(const Json& object, const char* key, int otherwise, int least, int most) {
    const auto number = numberAt(object, key);
    return number ? static_cast<int>(std::clamp(std::trunc(*number), static_cast<double>(least), static_cast<double>(most))) : otherwise;
}

std::vector<std::string> textsAt(const Json& object, const char* key, size_t most) {
    std::vector<std::string> out;
    const Json& value = at(object, key);
    if (value.is_string())
        out.push_back(asText(value));
    if (value.is_array())
        for (const Json& each : value) {
            if (out.size() == most)
                break;
            if (each.is_string() || each.is_number())
                out.push_back(asText(each));
        }
    return out;
}

}  // namespace nj

#include "dashboard/json/dashboard_json.h"

#include <cmath>
#include <set>
#include <type_traits>
#include <utility>

#include "base/json_writer.h"
#include "base/bounded_json.h"
#include "dashboard/json/dashboard_members.h"
#include "dashboard/json/enum_names.h"

namespace nj::dashboard {
namespace {

constexpr const char* kVersionMember = "nightjar_dashboard";
constexpr size_t kMostEntries = 20'000;    // of one list
constexpr size_t kMostMembers = 500'000;   // of a document

// Writes what differs from the defaults of its part.
class Writer {
public:
    explicit Writer(JsonWriter& json) : json_(json) {}

    template <typename T>
    void part(const T& value) {
        json_.beginObject();
        members(value);
        json_.endObject();
    }
    template <typename T>
    void members(const T& part) {
        [[maybe_unused]] static const T defaults{};
        describe([&](const char* name, auto member) {
            if (part.*member == defaults.*member)
                return;
            json_.key(name);
            value(part.*member);
        }, std::type_identity<T>{});
    }

private:
    template <typename T>
    void value(const T& member) {
        if constexpr (std::is_same_v<T, std::string>)
            json_.string(member);
        else if constexpr (std::is_same_v<T, bool>)
            json_.boolean(member);
        else if constexpr (std::is_same_v<T, int>)
            json_.integer(member);
        else if constexpr (std::is_same_v<T, double>)
            json_.number(member);
        else if constexpr (std::is_enum_v<T>)
            json_.string(enumName(member));
        else if constexpr (requires { member.has_value(); })
            value(*member);   // none is the default
        else if constexpr (requires { member.begin(); }) {
            json_.beginArray();
            for (const auto& each : member)
                value(each);
            json_.endArray();
        } else {
            part(member);
        }
    }

    JsonWriter& json_;
};

// Reads members into a part; the first mistake stays.
class Reader {
public:
    explicit Reader(const Json& json) : json_(&json) {}

    template <typename T>
    void part(T& value) {
        if (!json_->is_object())
            return fail("it must be an object");
        std::set<std::string_view> known;
        if (path_.empty())
            known.insert(kVersionMember);
        describe([&](const char* name, auto member) {
            known.insert(name);
            read(name, value.*member);
        }, std::type_identity<T>{});
        for (const auto& [key, each] : json_->items())
            if (error_.empty() && !known.contains(key))
                return fail("'" + key.substr(0, 100) + "' is not known here");
    }
    [[nodiscard]] const std::string& error() const { return error_; }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    void fail(std::string what) {
        if (error_.empty())
            error_ = std::move(what);
    }
    template <typename T>
    void read(const char* name, T& member) {
        if (!error_.empty())
            return;
        const auto found = json_->find(name);
        if (found == json_->end())
            return;
        if (++members_ > kMostMembers)
            return fail("the document has too many members");
        const Json* const outer = std::exchange(json_, &*found);
        const size_t length = path_.size();
        path_ += (path_.empty() ? "" : ".") + std::string(name);
        value(member);
        if (error_.empty())
            path_.resize(length);
        json_ = outer;
    }
    template <typename T>
    void value(T& member) {
        if constexpr (std::is_same_v<T, std::string>) {
            if (!json_->is_string())
                return fail("it must be a text");
            member = json_->get<std::string>();
        } else if constexpr (std::is_same_v<T, bool>) {
            if (!json_->is_boolean())
                return fail("it must be true or false");
            member = json_->get<bool>();
        } else if constexpr (std::is_same_v<T, int>) {
            const double number = json_->is_number() ? json_->get<double>() : NAN;
            if (!(std::abs(number) <= 1e6) || number != std::trunc(number))
                return fail("it must be a whole number, at most a million");
            member = static_cast<int>(number);
        } else if constexpr (std::is_same_v<T, double>) {
            if (!json_->is_number())
                return fail("it must be a number");
            member = json_->get<double>();
        } else if constexpr (std::is_enum_v<T>) {
            const auto named = json_->is_string() ? enumNamed<T>(json_->get_ref<const std::string&>()) : std::nullopt;
            if (!named)
                return fail(json_->is_string() ? "'" + asText(*json_, 100) + "' is not known" : "it must be a text");
            member = *named;
        } else if constexpr (requires { member.has_value(); }) {
            value(member.emplace());
        } else if constexpr (requires { member.emplace_back(); }) {
            list(member);
        } else {
            part(member);
        }
    }
    template <typename T>
    void list(std::vector<T>& member) {
        if (!json_->is_array())
            return fail("it must be a list");
        if (json_->size() > kMostEntries)
            return fail("it has more than " + std::to_string(kMostEntries) + " entries");
        const Json* const outer = json_;
        const size_t length = path_.size();
        for (size_t i = 0; i < outer->size() && error_.empty(); ++i) {
            json_ = &(*outer)[i];
            path_ += "[" + std::to_string(i) + "]";
            value(member.emplace_back());
            if (error_.empty())
                path_.resize(length);
        }
        json_ = outer;
    }

    const Json* json_;
    std::string path_, error_;
    size_t members_ = 0;
};

// Only places that can be drawn.
Status checkPlaces(const Dashboard& dashboard) {
    for (size_t r = 0; r < dashboard.rows.size(); ++r)
        for (size_t p = 0; p < dashboard.rows[r].panels.size(); ++p) {
            const GridPlace& place = dashboard.rows[r].panels[p].place;
            if (place.x < 0 || place.y < 0 || place.width < 1 || place.height < 1 || place.x + place.width > kGridColumns || place.height > 200 || place.y > 100'000)
                return makeError(ErrorCode::kMalformed, "rows[" + std::to_string(r) + "].panels[" + std::to_string(p) + "].place: it lies outside the " + std::to_string(kGridColumns) + " columns");
        }
    return {};
}

}  // namespace

std::string dashboardToJson(const Dashboard& dashboard) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key(kVersionMember).integer(kDashboardJsonVersion);
    Writer(json).members(dashboard);
    json.endObject();
    return out;
}

bool isDashboardJson(std::string_view json) {
    const size_t begin = json.find_first_not_of(" \t\r\n");
    const size_t name = begin == std::string_view::npos || json[begin] != '{' ? std::string_view::npos : json.find_first_not_of(" \t\r\n", begin + 1);
    return name != std::string_view::npos && json.substr(name).starts_with("\"nightjar_dashboard\"");
}

Result<Dashboard> dashboardFromJson(std::string_view text) {
    NJ_ASSIGN(const Json json, parseBounded(text, "the dashboard"));
    const auto version = numberAt(json, kVersionMember);
    if (!version)
        return makeError(ErrorCode::kMalformed, "the dashboard has no 'nightjar_dashboard', which says its version");
    if (*version > kDashboardJsonVersion)
        return makeError(ErrorCode::kNewerVersion, "the dashboard was written by a newer Nightjar");
    Dashboard dashboard;
    Reader reader(json);
    reader.part(dashboard);
    if (!reader.error().empty())
        return makeError(ErrorCode::kMalformed, (reader.path().empty() ? "the dashboard" : reader.path()) + ": " + reader.error());
    NJ_RETURN_IF_ERROR(checkPlaces(dashboard));
    return dashboard;
}

}  // namespace nj::dashboard

#include "source/loki_page.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

namespace nj::source {
namespace {

using Json = nlohmann::json;

TimeNs timeOf(const Json& entry) {
    TimeNs time = 0;
    if (entry.is_array() && !entry.empty() && entry[0].is_string()) {
        const std::string& text = entry[0].get_ref<const std::string&>();
        std::from_chars(text.data(), text.data() + text.size(), time);
    }
    return time;
}

}  // namespace

Result<LokiPage> readLokiPage(std::string body, TimeRange range, uint64_t limit, bool backward) {
    const auto wrong = [] { return makeError(ErrorCode::kMalformed, "the server answers, but not as Loki does: is its path prefix missing?"); };
    Json json = Json::parse(body, nullptr, false);
    if (!json.is_object() || !json.contains("data") || !json["data"].is_object())
        return wrong();
    Json& data = json["data"];
    if (!data.contains("resultType") || !data["resultType"].is_string() || !data.contains("result") || !data["result"].is_array())
        return wrong();
    if (data["resultType"] != "streams")
        return makeError(ErrorCode::kInvalidArgument, "the query counts lines instead of giving them: take what stands in its innermost brackets");
    LokiPage page;
    page.whole = range;
    TimeNs oldest = range.to, newest = range.from;
    for (const Json& stream : data["result"]) {
        if (!stream.is_object() || !stream.contains("values") || !stream["values"].is_array())
            return wrong();
        for (const Json& entry : stream["values"]) {
            ++page.entries;
            oldest = std::min(oldest, timeOf(entry));
            newest = std::max(newest, timeOf(entry));
        }
    }
    page.cut = page.entries >= limit;
    page.crowded = page.cut && oldest == newest;
    if (page.cut && backward)
        page.whole.from = page.crowded ? oldest : oldest + 1;
    else if (page.cut)
        page.whole.to = page.crowded ? newest + 1 : newest;
    if (!page.cut || page.crowded) {
        page.body = std::move(body);
        return page;
    }
    const TimeNs edge = backward ? oldest : newest;
    for (Json& stream : data["result"]) {
        Json kept = Json::array();
        for (Json& entry : stream["values"])
            if (timeOf(entry) != edge)
                kept.push_back(std::move(entry));
            else
                --page.entries;
        stream["values"] = std::move(kept);
    }
    page.body = json.dump(-1, ' ', false, Json::error_handler_t::replace);
    return page;
}

}  // namespace nj::source

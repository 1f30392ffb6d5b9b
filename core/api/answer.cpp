#include "api/answer.h"

#include "base/json_writer.h"

namespace nj::api {
namespace {

void writeTexts(JsonWriter& json, std::string_view key, const std::vector<std::string>& texts) {
    if (texts.empty())
        return;
    json.key(key).beginArray();
    for (const std::string& text : texts) json.string(text);
    json.endArray();
}

Answer failed(unsigned status, std::string_view type, std::string_view message) {
    Answer answer{status, {}};
    JsonWriter(answer.body)
        .beginObject()
        .key("status")
        .string("error")
        .key("errorType")
        .string(type)
        .key("error")
        .string(message)
        .endObject();
    return answer;
}

}  // namespace

Answer success(const std::function<void(std::string&)>& write, const std::vector<std::string>& warnings,
               const std::vector<std::string>& infos) {
    Answer answer;
    JsonWriter json(answer.body);
    json.beginObject().key("status").string("success").key("data").raw("");
    write(answer.body);
    writeTexts(json, "warnings", warnings);
    writeTexts(json, "infos", infos);
    json.endObject();
    return answer;
}

Answer success(std::string_view data, const std::vector<std::string>& warnings, const std::vector<std::string>& infos) {
    return success([data](std::string& body) { body += data; }, warnings, infos);
}

Answer failure(const Error& error) {
    switch (error.code) {
        case ErrorCode::kInvalidArgument: return failed(400, "bad_data", error.message);
        case ErrorCode::kNotFound: return failed(404, "not_found", error.message);
        case ErrorCode::kCancelled: return failed(503, "canceled", error.message);
        case ErrorCode::kBusy: return failed(503, "unavailable", error.message);
        case ErrorCode::kLimit:
        case ErrorCode::kUnsupported: return failed(422, "execution", error.message);
        default: return failed(500, "internal", error.message);
    }
}

Answer timedOut() { return failed(503, "timeout", "query timed out in query execution"); }

}  // namespace nj::api

#include "state/masking.h"

#include <algorithm>
#include <array>

namespace nj::ui {

namespace {

bool starts(std::string_view text, std::string_view with) { return text.substr(0, with.size()) == with; }
bool ends(std::string_view text, std::string_view with) { return text.size() >= with.size() && text.substr(text.size() - with.size()) == with; }
bool has(std::string_view text, std::string_view part) { return text.find(part) != std::string_view::npos; }

// Begins of keys whose values are contents, whatever follows.
constexpr std::array<std::string_view, 17> kBegins = {
    "gen_ai.prompt",           "gen_ai.completion",         "gen_ai.input.messages",    "gen_ai.output.messages",     "gen_ai.system_instructions",
    "gen_ai.tool.call.arguments", "gen_ai.tool.call.result", "gen_ai.tool.message",     "gen_ai.content.",            "llm.prompts",
    "llm.completions",         "llm.input_messages",        "llm.output_messages",      "input.value",                "output.value",
    "traceloop.entity.input",  "traceloop.entity.output"};

}  // namespace

bool isMessageContent(std::string_view key) {
    // Counts about contents are no contents: gen_ai.prompt.tokens, gen_ai.completion_tokens.
    if (ends(key, "tokens") || ends(key, ".count") || ends(key, ".id") || ends(key, ".role") || ends(key, ".finish_reason") || ends(key, "mime_type"))
        return false;
    if (std::any_of(kBegins.begin(), kBegins.end(), [&](std::string_view begin) { return starts(key, begin); }))
        return true;
    if ((starts(key, "gen_ai.") || starts(key, "llm.") || starts(key, "ai.")) && (ends(key, "messages") || ends(key, "_messages") || ends(key, ".content") || ends(key, ".prompt")))
        return true;
    if (has(key, "document.content") || has(key, "message.content") || has(key, "message_content"))
        return true;
    return starts(key, "ai.prompt") || starts(key, "ai.response.text") || key == "gen_ai.request.prompt" || key == "gen_ai.response.text";
}

bool isMessageEvent(std::string_view eventName) {
    return starts(eventName, "gen_ai.") && (ends(eventName, ".message") || ends(eventName, ".choice") || eventName == "gen_ai.choice" || has(eventName, "operation.details"));
}

QString maskText() { return QStringLiteral("••••"); }

}  // namespace nj::ui

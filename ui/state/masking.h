// Which attributes hold what people wrote to a model or got from it. They are masked in the inspector, in lists, in copies and in
// pictures until asked for (Workspace::contentsShown). Pure; any thread.
#pragma once

#include <string_view>

#include <QString>

namespace nj::ui {

// gen_ai.*.messages, gen_ai.prompt*, gen_ai.completion*, gen_ai.system_instructions, llm.*_messages*, input.value, output.value,
// retrieval documents' contents, tool call arguments and results.
bool isMessageContent(std::string_view key);
// True for log records whose body is such content (gen_ai.user.message, gen_ai.choice …).
bool isMessageEvent(std::string_view eventName);
// What stands in place of it.
QString maskText();

}  // namespace nj::ui

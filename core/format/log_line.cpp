#include "format/log_line.h"

#include "format/log_text.h"

namespace nj::format {

void LogLine::clear() {
    time = ParsedTime();
    observed = ParsedTime();
    severity = 0;
    severityText = body = logger = service = host = eventName = {};
    bodyToEnd = true;
    bodyType = ValueType::kString;
    traceId = TraceId();
    spanId = SpanId();
    flags = 0;
    droppedFields = 0;
    kernel = false;
    fields.clear();
    resource.clear();
    ownedUsed_ = 0;
}

void LogLine::addNumberOrString(std::string_view key, std::string_view value) {
    if (value.empty() || value == "-")
        return;
    int64_t number = 0;
    if (text::parseInt(value, number))
        addInt(key, number);
    else
        addString(key, value);
}

std::string& LogLine::ownBuffer() {
    if (ownedUsed_ == owned_.size())
        owned_.emplace_back();
    std::string& buffer = owned_[ownedUsed_++];
    // One giant record must not keep its memory for ever.
    if (buffer.capacity() > (1U << 20))
        std::string().swap(buffer);
    buffer.clear();
    return buffer;
}

std::string_view LogLine::own(std::string_view text) {
    std::string& buffer = ownBuffer();
    buffer.assign(text);
    return buffer;
}

}  // namespace nj::format

// The log of the command "llm": each response as a span of its conversation's trace.
#include <unordered_map>

#include "dbfile/cell_value.h"

namespace nj::dbfile {
namespace {

void response(ReadContext& context, sqlite::TableScan& row) {
    const std::string id = textCell(row, 0), model = textCell(row, 1), conversation = textCell(row, 5);
    const auto start = timeCell(row, 7, TimeUnit::kText, context);
    if (id.empty() || !start)
        return context.reject(start ? "response without an id" : "response without a time", id);
    format::OtlpBuilder& rows = context.rows();
    AttributeColumns& columns = rows.spanAttributes();
    const uint32_t at = rows.spanRow();
    columns.addString(at, "gen_ai.operation.name", "chat");
    columns.addString(at, "gen_ai.request.model", model);
    columns.addString(at, "gen_ai.response.id", id);
    for (const auto& [column, key] : {std::pair{2, "input.value"}, {3, "gen_ai.system_instructions"}, {4, "output.value"}, {5, "gen_ai.conversation.id"}})
        if (row.has(column))
            columns.addString(at, key, textCell(row, column));
    for (const auto& [column, key] : {std::pair{8, "gen_ai.usage.input_tokens"}, {9, "gen_ai.usage.output_tokens"}})
        if (row.has(column))
            columns.addInt(at, key, row.integer(column));
    const std::string name = "chat " + model;
    format::SpanFields span;
    span.traceId = derivedTraceId("llm " + (conversation.empty() ? id : conversation));
    span.spanId = derivedSpanId("llm " + id);
    span.start = *start;
    if (__builtin_add_overflow(*start, durationCell(row, 6, TimeUnit::kMilliseconds).value_or(0), &span.end))
        span.end = *start;
    span.name = name;
    span.kind = SpanKind::kClient;
    rows.commitSpan(span);
}

bool knows(const sqlite::UntrustedDatabase& db) { return hasColumns(db, "responses", {"id", "model", "prompt", "response", "datetime_utc"}); }

Status read(ReadContext& context) {
    Resource resource;
    resource.attributes = {{"service.name", AttributeValue::ofString("llm")}};
    context.rows().setResource(std::move(resource));
    NJ_RETURN_IF_ERROR(context.eachRow("responses", {"id", "model", "prompt", "system", "response", "conversation_id", "duration_ms", "datetime_utc", "input_tokens", "output_tokens"},
                                       [&](auto& row) { response(context, row); }));
    return context.flush();
}

}  // namespace

extern const ToolReader kLlmLog;
const ToolReader kLlmLog{"llm_log", "llm's log", knows, read};

}  // namespace nj::dbfile

// Cells of a table as telemetry: times in any unit, ids in any spelling, JSON texts as attributes. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "base/ids.h"
#include "dbfile/tool_reader.h"
#include "model/table_mapping.h"

namespace nj::dbfile {

using Json = nlohmann::ordered_json;

// Nothing for NULL, text that is no time, and what an int64 of nanoseconds does not hold.
std::optional<TimeNs> timeCell(const sqlite::TableScan& row, int column, TimeUnit unit, ReadContext& context);
std::optional<TimeNs> timeOfText(std::string_view text, ReadContext& context);
std::optional<DurationNs> durationCell(const sqlite::TableScan& row, int column, TimeUnit unit);
// Numbers, also in text. Nothing for NULL and other text.
std::optional<double> numberCell(const sqlite::TableScan& row, int column);
// Valid UTF-8; numbers as they print.
std::string textCell(const sqlite::TableScan& row, int column);
// By SQLite's type: integers, numbers, texts, blobs as bytes; NULL is empty.
AttributeValue valueCell(const sqlite::TableScan& row, int column);

// Hex, also as a UUID, also after a prefix like "tr-"; raw bytes of the right length in a blob. Any other text that is not empty stands for an
// id of its own: the same text always for the same.
TraceId traceIdOf(std::string_view text);
SpanId spanIdOf(std::string_view text);
// An id that a piece of text stands for.
TraceId derivedTraceId(std::string_view text);
SpanId derivedSpanId(std::string_view text);

// Nothing where it is none; what is nested too deep is left out.
std::optional<Json> parseJson(std::string_view text);
AttributeValue jsonValue(const Json& value);
// {"llm": {"model_name": "m", "messages": [{"role": "user"}], "tags": ["a"]}} → llm.model_name, llm.messages.0.role, llm.tags = ["a"].
void addFlattened(AttributeColumns& columns, uint32_t row, const std::string& prefix, const Json& value);

}  // namespace nj::dbfile

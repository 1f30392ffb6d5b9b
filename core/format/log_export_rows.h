// The records inside log stores' exports, as log rows: the few that are no plain objects (Loki's streams, CloudWatch Insights' lists of
// fields) and what a store adds around a program's own line. One thread.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <simdjson.h>

#include "format/log_batch.h"
#include "format/log_json.h"
#include "format/log_line_parser.h"

namespace nj::format {

enum class ExportRecord : uint8_t {
    kObject,       // fields by name
    kMessage,      // the same, and `message` is a line of some program
    kLokiStream,   // {"stream":{labels},"values":[["ns","line",{metadata}]]}
    kFieldList,    // [{"field":"@message","value":"…"}]
};

class ExportRecords {
public:
    explicit ExportRecords(LogBatch& rows) : rows_(rows) {}
    // `original` is the record's JSON. `between` is asked after each row of a record that holds many; false stops.
    bool add(ExportRecord kind, simdjson::dom::element record, std::string_view original, uint64_t line, const std::function<bool()>& between = {});
    // A row of a table (CSV): cells under the names of its header, in the same order; the columns marked `apart` are no fields (the time's).
    void addCells(std::span<const std::string> names, std::span<const std::string_view> cells, const std::vector<bool>& apart, const ParsedTime& time,
                  std::string_view original, uint64_t line);

private:
    void addObject(std::string_view original, uint64_t line, bool messageIsLine);
    bool addLokiStream(simdjson::dom::element stream, uint64_t line, const std::function<bool()>& between);
    void addLabels(simdjson::dom::element labels, LogLine& out);
    void addFieldList(simdjson::dom::element fields, std::string_view original, uint64_t line);
    // A cell that holds an object: its texts and numbers as fields of their own. False where it holds none.
    bool addObjectCell(std::string_view cell);
    // The message is a program's own line: its level, ids and attributes are taken where the record has none.
    void readMessage(LogLine& record);

    LogBatch& rows_;
    simdjson::dom::parser objects_;
    JsonLogParser json_;
    LogLineParser lines_;
    LogLine record_, inner_;
};

}  // namespace nj::format

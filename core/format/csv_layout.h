// What the first records of a delimiter-separated file say about it: delimiter, header, where the time stands, and whether its rows are log
// records or the samples of series. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "format/csv_splitter.h"
#include "format/timestamp_parser.h"

namespace nj::format {

struct CsvLayout {
    char delimiter = ',';
    std::vector<std::string> names;
    // The column with the time; with a date of its own (Date;Time, Month;Day;Time) that one first.
    std::vector<size_t> time;
    bool namesKnown = false;     // the header speaks of times, levels or messages under names programs use
    bool series = false;         // a time and numbers at even distances, or Grafana's panel of series
    std::vector<size_t> labels;  // of series: columns that say whose numbers the row holds (PodName)
};

// Nothing: no table with a header and times.
std::optional<CsvLayout> findCsvLayout(std::string_view head);
// The columns and times of a header that stands further down (Grafana writes several tables into one file).
std::optional<CsvLayout> layoutOfHeader(std::span<const std::string_view> header, const CsvLayout& before);
// "sep=;" and Grafana's "#type#", "#unit#" rows are no records.
bool isCsvDirective(const CsvRecord& record);
// "#name#Time" → "Time".
std::string csvColumnName(std::string_view cell);

// The time of a record by its layout; also Kibana's "Jan 2, 2024 @ 15:04:05.123". False where the cells are no time.
bool parseCsvTime(const CsvLayout& layout, std::span<const std::string_view> cells, ParsedTime& out);
// "71", "1.5e3", "12.5 ms", "97%": number and unit; false for anything else.
bool parseCsvNumber(std::string_view cell, double& number, std::string_view& unit);

}  // namespace nj::format

#include "format/csv_layout.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "format/log_field_names.h"
#include "format/log_shapes.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

constexpr size_t kMaxRows = 200;      // looked at
constexpr size_t kMaxName = 300;      // of a column: Grafana writes a series' labels there

struct Row {
    std::vector<std::string> cells;
};

std::string lower(std::string_view s) {
    std::string out(s);
    for (char& c : out)
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c;
    return out;
}

bool parseTimeCell(std::string_view cell, ParsedTime& out) {
    // Kibana: "Jan 2, 2024 @ 15:04:05.123"
    if (const size_t at = cell.find(" @ "); at != std::string_view::npos && at < 16) {
        std::string plain;
        for (const char c : cell)
            if (c != ',' && c != '@')
                plain += c == ' ' && plain.ends_with(' ') ? '\0' : c;
        std::erase(plain, '\0');
        return parseTimeValue(plain, out);
    }
    return parseTimeValue(cell, out);
}

std::vector<std::string_view> viewsOf(const Row& row) { return {row.cells.begin(), row.cells.end()}; }

// Share of the rows whose time stands where `columns` says, as civil time or instant (or time of day, where asked for).
bool hasTimes(const std::vector<Row>& rows, const std::vector<size_t>& columns, bool ofDay) {
    CsvLayout layout;
    layout.time = columns;
    size_t good = 0;
    for (const Row& row : rows) {
        ParsedTime time;
        const auto cells = viewsOf(row);
        good += parseCsvTime(layout, cells, time) && (ofDay || time.kind != ParsedTime::Kind::kTimeOfDay) ? 1 : 0;
    }
    return !rows.empty() && good * 10 >= rows.size() * 9;
}

int timeRank(std::string_view name) {
    const FieldName* known = findFieldName(name);
    return known != nullptr && known->role == FieldRole::kTime ? known->rank : 100;
}

std::vector<size_t> findTime(const std::vector<std::string>& names, const std::vector<Row>& rows) {
    size_t best = names.size();
    for (size_t i = 0; i < names.size(); ++i)
        if (hasTimes(rows, {i}, false) && (best == names.size() || timeRank(names[i]) < timeRank(names[best])))
            best = i;
    if (best < names.size())
        return {best};
    for (size_t i = 0; i < names.size(); ++i) {
        const std::string name = lower(names[i]);
        if (name.find("time") == std::string::npos)
            continue;
        for (size_t date = 0; date < names.size(); ++date)
            if (date != i && lower(names[date]).find("date") != std::string::npos && hasTimes(rows, {date, i}, false))
                return {date, i};
        if (i >= 2 && hasTimes(rows, {i - 2, i - 1, i}, false))   // Month,Day,Time
            return {i - 2, i - 1, i};
        if (hasTimes(rows, {i}, true))
            return {i};
    }
    return {};
}

bool looksLikeHeader(const std::vector<std::string>& names) {
    if (names.size() < 2)
        return false;
    std::set<std::string> seen;
    size_t named = 0;
    for (const std::string& name : names) {
        ParsedTime time;
        double number = 0;
        if (name.size() > kMaxName || parseTimeCell(name, time) || text::parseDouble(name, number))
            return false;
        // Tables that are no tables (prose with commas) repeat words or have none.
        if (!name.empty() && !seen.insert(name).second)
            return false;
        named += name.empty() ? 0 : 1;
    }
    return named * 4 >= names.size() * 3;
}

// Most gaps between times are alike; rows of several hosts or pods may share a time.
bool evenlySpaced(const CsvLayout& layout, const std::vector<Row>& rows) {
    std::map<TimeNs, size_t> gaps;
    TimeNs last = 0;
    size_t times = 0;
    for (const Row& row : rows) {
        ParsedTime time;
        const auto cells = viewsOf(row);
        if (!parseCsvTime(layout, cells, time) || (times > 0 && !layout.labels.empty() && time.value == last))
            continue;
        if (times++ > 0)
            ++gaps[(time.value - last + kSecond / 2) / kSecond];
        last = time.value;
    }
    for (const auto& [gap, n] : gaps)
        if (gap > 0 && n * 10 >= (times - 1) * 6)
            return times >= 3;
    return false;
}

bool isTimeName(const std::string& name) {
    const FieldName* known = findFieldName(name);
    return known != nullptr && known->role == FieldRole::kTime;
}

// A text that names whose numbers a row holds, under a name for such things or the same in all rows.
bool isLabel(const FieldName* known, size_t column, const std::vector<Row>& rows) {
    if (known != nullptr && (known->role == FieldRole::kService || known->role == FieldRole::kHost || known->role == FieldRole::kResource || known->attribute.starts_with("k8s.")))
        return true;
    if (known != nullptr && known->role != FieldRole::kAttribute && known->role != FieldRole::kLogger)
        return false;
    std::set<std::string_view> values;
    for (const Row& row : rows)
        values.insert(column < row.cells.size() ? std::string_view(row.cells[column]) : std::string_view());
    return values.size() == 1 && rows.size() >= 3 && values.begin()->size() < 64;
}

// Sets the labels and says whether the table holds series.
bool holdsSeries(CsvLayout& layout, const std::vector<Row>& rows) {
    size_t numeric = 0;
    bool value = false;   // a column that says so itself
    for (size_t i = 0; i < layout.names.size(); ++i) {
        if (std::find(layout.time.begin(), layout.time.end(), i) != layout.time.end() || isTimeName(layout.names[i]))
            continue;
        const FieldName* known = findFieldName(layout.names[i]);
        size_t filled = 0, numbers = 0;
        for (const Row& row : rows) {
            const std::string_view cell = i < row.cells.size() ? std::string_view(row.cells[i]) : std::string_view();
            double number = 0;
            std::string_view unit;
            if (cell.empty() || cell == "null" || cell == "undefined" || cell == "NaN")
                continue;
            ++filled;
            numbers += parseCsvNumber(cell, number, unit) ? 1 : 0;
        }
        const bool number = numbers * 20 >= filled * 19 && (known == nullptr || known->role == FieldRole::kAttribute || known->role == FieldRole::kService || known->role == FieldRole::kLogger);
        value |= number && lower(layout.names[i]) == "value";
        if (number)
            ++numeric;
        else if (isLabel(known, i, rows))
            layout.labels.push_back(i);
        else
            return false;
    }
    return numeric > 0 && (layout.names[layout.time.front()] == "Time" || value || evenlySpaced(layout, rows));
}

std::optional<CsvLayout> layoutWith(char delimiter, std::string_view head) {
    CsvSplitter splitter(delimiter);
    std::vector<Row> rows;
    CsvLayout layout;
    layout.delimiter = delimiter;
    size_t odd = 0;
    const auto take = [&](const CsvRecord& record) {
        if (record.blank())
            return layout.names.empty() || rows.empty();   // another table may follow
        if (isCsvDirective(record))
            return true;
        if (layout.names.empty()) {
            for (const std::string_view cell : record.cells)
                layout.names.push_back(csvColumnName(cell));
            return looksLikeHeader(layout.names);
        }
        odd += record.cells.size() != layout.names.size() ? 1 : 0;
        rows.push_back({{record.cells.begin(), record.cells.end()}});
        return rows.size() < kMaxRows;
    };
    const auto ignore = [](std::string_view, uint64_t) {};
    if (splitter.feed(head, take, ignore) && rows.size() < 2)
        splitter.finish(take, ignore);   // a short table whose last line has no end
    if (rows.empty() || !looksLikeHeader(layout.names) || odd * 5 > rows.size())
        return std::nullopt;
    layout.time = findTime(layout.names, rows);
    if (layout.time.empty())
        return std::nullopt;
    for (const std::string& name : layout.names)
        if (const FieldName* known = findFieldName(name))
            layout.namesKnown |= known->role != FieldRole::kAttribute && known->role != FieldRole::kResource;
    layout.series = holdsSeries(layout, rows);
    if (!layout.series)
        layout.labels.clear();
    return layout;
}

}  // namespace

std::string csvColumnName(std::string_view cell) {
    if (cell.starts_with("#name#"))
        cell.remove_prefix(6);
    return std::string(cell);
}

bool isCsvDirective(const CsvRecord& record) {
    const std::string_view first = record.cells.empty() ? std::string_view() : record.cells[0];
    return record.original.starts_with("sep=") || first.starts_with("#type#") || first.starts_with("#unit#") || first.starts_with("#labels#") || first.starts_with("#kind#");
}

bool parseCsvTime(const CsvLayout& layout, std::span<const std::string_view> cells, ParsedTime& out) {
    const auto cell = [&](size_t i) { return layout.time[i] < cells.size() ? cells[layout.time[i]] : std::string_view(); };
    if (layout.time.empty() || cell(0).empty())
        return false;
    if (layout.time.size() == 1)
        return parseTimeCell(cell(0), out);
    std::string joined(cell(0));
    for (size_t i = 1; i < layout.time.size(); ++i)
        joined.append(" ").append(cell(i));
    return parseTimeCell(joined, out);
}

bool parseCsvNumber(std::string_view cell, double& number, std::string_view& unit) {
    size_t end = 0;
    while (end < cell.size() && (text::isDigit(cell[end]) || cell[end] == '.' || cell[end] == '-' || cell[end] == '+' ||
                                 ((cell[end] | 0x20) == 'e' && end > 0 && end + 1 < cell.size() && (text::isDigit(cell[end + 1]) || cell[end + 1] == '-' || cell[end + 1] == '+'))))
        ++end;
    unit = text::trim(cell.substr(end));
    const bool short_ = unit.size() <= 12 && std::none_of(unit.begin(), unit.end(), [](char c) { return text::isDigit(c) || text::isBlank(c); });
    return end > 0 && short_ && text::parseDouble(cell.substr(0, end), number);
}

std::optional<CsvLayout> layoutOfHeader(std::span<const std::string_view> header, const CsvLayout& before) {
    CsvLayout layout = before;
    layout.names.clear();
    for (const std::string_view cell : header)
        layout.names.push_back(csvColumnName(cell));
    if (!looksLikeHeader(layout.names))
        return std::nullopt;
    const auto at = std::find(layout.names.begin(), layout.names.end(), before.names[before.time.front()]);
    layout.time = {at == layout.names.end() ? size_t{0} : static_cast<size_t>(at - layout.names.begin())};
    layout.labels.clear();
    return layout;
}

std::optional<CsvLayout> findCsvLayout(std::string_view head) {
    const size_t line = head.find_first_of("\r\n");
    const std::string_view first = head.substr(0, line);
    if (first.starts_with("sep=") && first.size() == 5)
        return layoutWith(first[4], head);
    std::optional<CsvLayout> best;
    for (const char delimiter : {',', ';', '\t', '|'}) {
        if (first.find(delimiter) == std::string_view::npos)
            continue;
        auto layout = layoutWith(delimiter, head);
        if (layout && (!best || layout->names.size() > best->names.size()))
            best = std::move(layout);
    }
    return best;
}

}  // namespace nj::format

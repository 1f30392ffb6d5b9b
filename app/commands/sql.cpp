// nightjar sql CAPSULE QUERY: one query over the capsule's tables, streamed as a table, CSV, JSON or JSON lines.
#include <algorithm>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "commands/command.h"
#include "commands/interrupt.h"
#include "store/sql_session.h"

namespace nj::app {
namespace {

using Row = std::vector<sqlite::SqlValue>;
using Type = sqlite::Statement::Type;

struct Options {
    std::string capsule, query, format = "table";
};

// Rows looked at to choose the column widths of a table; what follows streams.
constexpr size_t kMeasuredRows = 200;
constexpr size_t kWidestCell = 80;

std::string cellText(const sqlite::SqlValue& value) {
    switch (value.type) {
    case Type::kInteger: return std::to_string(value.integer);
    case Type::kFloat: return fmt::format("{}", value.number);
    case Type::kText: return value.text;
    case Type::kBlob: {
        std::string hex = "x'";
        for (const char c : value.text)
            fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned char>(c));
        return hex + "'";
    }
    case Type::kNull: break;
    }
    return {};
}

// RFC 4180. A cell that a spreadsheet would run as a formula keeps its text: a leading ' marks it.
std::string csvCell(const sqlite::SqlValue& value) {
    std::string text = cellText(value);
    if (value.type == Type::kText && !text.empty() && std::string_view("=+-@\t\r").find(text[0]) != std::string_view::npos)
        text.insert(0, 1, '\'');
    if (text.find_first_of(",\"\r\n") == std::string::npos)
        return text;
    std::string quoted = "\"";
    for (const char c : text)
        quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
    return quoted + "\"";
}

void writeJson(JsonWriter& json, const std::vector<std::string>& columns, const Row& row) {
    json.beginObject();
    for (size_t i = 0; i < columns.size(); ++i) {
        json.key(columns[i]);
        switch (row[i].type) {
        case Type::kInteger: json.integer(row[i].integer); break;
        case Type::kFloat: json.number(row[i].number); break;
        case Type::kNull: json.null(); break;
        default: json.string(cellText(row[i]));
        }
    }
    json.endObject();
}

class Printer {
public:
    explicit Printer(std::string format) : format_(std::move(format)) {}
    void columns(const std::vector<std::string>& names) {
        columns_ = names;
        if (format_ == "csv") {
            std::string line;
            for (const auto& name : names)
                line += (line.empty() ? "" : ",") + csvCell({Type::kText, 0, 0, name});
            print(line + "\r\n");
        }
    }
    bool row(const Row& row) {
        ++rows_;
        if (format_ == "table") {
            if (held_.size() < kMeasuredRows) {
                held_.push_back(row);
                return true;
            }
            return flush() && print(tableLine(row));
        }
        std::string line;
        if (format_ == "csv") {
            for (size_t i = 0; i < row.size(); ++i)
                line += (i ? "," : "") + csvCell(row[i]);
            return print(line + "\r\n");
        }
        JsonWriter json(line);
        writeJson(json, columns_, row);
        if (format_ == "json")
            return print((rows_ == 1 ? "[\n" : ",\n") + line);
        return print(line + "\n");
    }
    void end() {
        if (format_ == "table")
            flush();
        if (format_ == "json")
            print(rows_ == 0 ? "[]\n" : "\n]\n");
    }

private:
    bool flush() {
        if (headed_)
            return true;
        headed_ = true;
        widths_.assign(columns_.size(), 0);
        for (size_t i = 0; i < columns_.size(); ++i) {
            widths_[i] = columns_[i].size();
            for (const Row& row : held_)
                widths_[i] = std::min(kWidestCell, std::max(widths_[i], printable(cellText(row[i])).size()));
        }
        std::string head;
        std::string rule;
        for (size_t i = 0; i < columns_.size(); ++i) {
            head += fmt::format("{:<{}}  ", printable(columns_[i]), widths_[i]);
            rule += std::string(widths_[i], '-') + "  ";
        }
        bool open = print(head + "\n" + rule + "\n");
        for (const Row& row : held_)
            open = open && print(tableLine(row));
        held_.clear();
        return open;
    }
    std::string tableLine(const Row& row) const {
        std::string line;
        for (size_t i = 0; i < row.size(); ++i) {
            const std::string text = printable(cellText(row[i]));
            const bool number = row[i].type == Type::kInteger || row[i].type == Type::kFloat;
            line += number ? fmt::format("{:>{}}  ", text, widths_[i]) : fmt::format("{:<{}}  ", text, widths_[i]);
        }
        while (!line.empty() && line.back() == ' ')
            line.pop_back();
        return line + "\n";
    }

    std::string format_;
    std::vector<std::string> columns_;
    std::vector<Row> held_;
    std::vector<size_t> widths_;
    uint64_t rows_ = 0;
    bool headed_ = false;
};

Status run(const Options& options) {
    NJ_ASSIGN(const auto reader, store::CapsuleReader::open(options.capsule));
    const Interrupt interrupt;
    Printer printer(options.format);
    store::SqlReceiver receiver;
    receiver.onColumns = [&](const std::vector<std::string>& names) { printer.columns(names); };
    receiver.onRow = [&](const Row& row) { return printer.row(row); };
    NJ_RETURN_IF_ERROR(store::streamSql(*reader, options.query, receiver, interrupt.token()));
    printer.end();
    return {};
}

}  // namespace

void addSqlCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "sql", "One SQL query over spans, logs, series, samples …");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("QUERY", options->query, "SELECT …; tables: spans, logs, span_events, span_links, series, samples, histograms, exemplars, evaluations, resources, entities, documents, imports").required();
    command.option("--format", options->format, "table, csv, json or jsonl").oneOf({"table", "csv", "json", "jsonl"});
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

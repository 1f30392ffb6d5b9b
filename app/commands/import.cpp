// nightjar import -o CAPSULE PATH…: reads files, directories, archives or stdin ('-') into a capsule.
#include <charconv>
#include <fstream>
#include <sstream>

#include <fmt/format.h>

#include "commands/command.h"
#include "commands/import_printer.h"
#include "commands/interrupt.h"
#include "dbfile/database_reader.h"
#include "import_job.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, format, zone, suggest;
    std::vector<std::string> mappings;
    std::vector<std::string> paths;
    bool json = false;
};

// "+02:00", "-07:00", "UTC" → minutes.
Result<int32_t> parseZone(const std::string& text) {
    if (text == "UTC" || text == "Z")
        return 0;
    int hours = 0;
    int minutes = 0;
    if (text.size() == 6 && (text[0] == '+' || text[0] == '-') && text[3] == ':' &&
        std::from_chars(text.data() + 1, text.data() + 3, hours).ptr == text.data() + 3 && std::from_chars(text.data() + 4, text.data() + 6, minutes).ptr == text.data() + 6 &&
        hours <= 14 && minutes < 60)
        return (text[0] == '-' ? -1 : 1) * (hours * 60 + minutes);
    return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a zone: use UTC, +02:00 or -07:00", text));
}

Status addMappings(const std::string& path, std::vector<TableMapping>& to) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (!in || !(text << in.rdbuf()))
        return makeError(ErrorCode::kIo, path + " can't be read");
    const auto mappings = mappingsFromJson(text.str());
    if (!mappings.ok())
        return makeError(mappings.error().code, path + ": " + mappings.error().message);
    to.insert(to.end(), mappings->begin(), mappings->end());
    return {};
}

// Prints how the tables of the file could be read, as JSON that --mapping takes.
Status suggest(const std::string& path) {
    const Interrupt interrupt;
    const auto file = dbfile::MappableFile::open(path, [&] { return interrupt.token().stop_requested(); });
    if (!file.ok())
        return makeError(file.error().code, path + ": " + file.error().message);
    if (!file->tool().empty())
        return makeError(ErrorCode::kInvalidArgument, fmt::format("{} is a file of {}: it needs no mapping", path, file->tool()));
    std::vector<TableMapping> mappings;
    for (const MappableTable& table : file->tables())
        if (problemsOf(table.guess, table).empty())
            mappings.push_back(table.guess);
    if (mappings.empty())
        return makeError(ErrorCode::kNotFound, fmt::format("{}: no table looks like spans, logs or samples; write the mapping by hand (man nightjar)", path));
    print(mappingsToJson(mappings));
    return {};
}

Status run(const Options& options) {
    if (!options.suggest.empty())
        return suggest(options.suggest);
    if (options.capsule.empty() || options.paths.empty())
        return makeError(ErrorCode::kInvalidArgument, options.capsule.empty() ? "-o CAPSULE is missing: the capsule to create or add to" : "no PATH is given");
    ImportJob job;
    for (const std::string& path : options.mappings)
        NJ_RETURN_IF_ERROR(addMappings(path, job.options.mappings));
    job.capsule = options.capsule;
    job.paths = options.paths;
    job.options.format = options.format;
    if (!options.zone.empty()) {
        NJ_ASSIGN(job.options.zoneOffsetMinutes, parseZone(options.zone));
    }
    const Interrupt interrupt;
    ImportPrinter printer(options.json);
    job.progress = std::ref(printer);
    NJ_ASSIGN(const ingest::ImportReport report, runImport(job, interrupt.token()));
    print(options.json ? importReportJson(report, options.capsule) : importReportText(report));
    for (const auto& member : report.members)
        if (!member.problem.empty() && member.rows == 0 && report.members.size() == 1)
            return makeError(ErrorCode::kMalformed, member.problem);
    return {};
}

}  // namespace

void addImportCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "import", "Read files, directories, archives or stdin into a capsule");
    command.option("-o,--output", options->capsule, "capsule to create or add to");
    command.option("PATH", options->paths, "files, directories, archives; '-' is stdin");
    command.option("--format", options->format, "take every file as this format instead of looking at its content");
    command.option("--zone", options->zone, "zone of times that name none: UTC, +02:00");
    command.option("--mapping", options->mappings, "FILE.json: how tables of SQLite files of no known tool are read").oneEach();
    command.option("--suggest-mapping", options->suggest, "print a mapping of this SQLite file as JSON, and import nothing");
    command.flag("--json", options->json, "the report as JSON, no progress");
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

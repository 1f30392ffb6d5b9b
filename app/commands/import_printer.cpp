#include "commands/import_printer.h"

#include <cstdio>
#include <unistd.h>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "commands/command.h"

namespace nj::app {

ImportPrinter::ImportPrinter(bool quiet) : quiet_(quiet), terminal_(isatty(STDERR_FILENO) == 1) {}

void ImportPrinter::operator()(const ingest::ImportProgress& progress) {
    const TimeNs now = nowNs();
    if (quiet_ || (!progress.finished && !terminal_ && now - last_ < kSecond))
        return;
    last_ = now;
    const std::string share = progress.bytesTotal > 0 ? fmt::format("{:>3.0f} %  ", 100.0 * static_cast<double>(progress.bytesRead) / static_cast<double>(progress.bytesTotal)) : "";
    fmt::print(stderr, "{}{}{} rows, {:.0f} k/s, {:.1f} MB/s  {}{}", terminal_ ? "\r\x1b[K" : "", share, progress.rows, progress.rowsPerSecond / 1e3, progress.bytesPerSecond / 1e6,
               progress.finished ? "" : printable(progress.member).substr(0, 60), progress.finished || !terminal_ ? "\n" : "");
}

std::string importReportText(const ingest::ImportReport& report) {
    std::string out;
    for (const auto& member : report.members) {
        out += fmt::format("{:<20} {:>10} rows  {}", member.format.empty() ? "unreadable" : member.format, member.rows, printable(member.path));
        if (member.rejected > 0)
            out += fmt::format("  ({} rejected)", member.rejected);
        if (!member.kept)
            out += fmt::format("  (same content as import {}: not added again)", member.sameAs.value_or(0));
        out += '\n';
        if (!member.problem.empty())
            out += fmt::format("  ! {}\n", printable(member.problem));
        if (!member.note.empty())
            out += fmt::format("  {}\n", printable(member.note));
    }
    out += fmt::format("{} spans, {} logs, {} samples, {} documents; {} rejected, {} duplicates; {:.1f} MB in {}\n", report.spans, report.logs, report.samples, report.documents,
                       report.rejected, report.duplicates, static_cast<double>(report.bytesRead) / 1e6, formatDuration(report.took));
    return out;
}

std::string importReportJson(const ingest::ImportReport& report, const std::string& capsule) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("capsule").string(capsule).key("spans").unsignedInteger(report.spans).key("logs").unsignedInteger(report.logs);
    json.key("samples").unsignedInteger(report.samples).key("documents").unsignedInteger(report.documents).key("rejected").unsignedInteger(report.rejected);
    json.key("duplicates").unsignedInteger(report.duplicates).key("bytes").unsignedInteger(report.bytesRead).key("seconds").number(static_cast<double>(report.took) / 1e9);
    json.key("members").beginArray();
    for (const auto& member : report.members) {
        json.beginObject().key("path").string(member.path).key("format").string(member.format).key("rows").unsignedInteger(member.rows);
        json.key("bytes").unsignedInteger(member.bytes).key("rejected").unsignedInteger(member.rejected).key("kept").boolean(member.kept);
        json.key("note").string(member.note).key("problem").string(member.problem).endObject();
    }
    json.endArray().endObject();
    out += '\n';
    return out;
}

}  // namespace nj::app

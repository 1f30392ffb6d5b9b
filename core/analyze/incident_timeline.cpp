#include "analyze/incident_timeline.h"

#include <algorithm>

namespace nj::analyze {
namespace {

std::optional<TimeNs> firstOf(const std::vector<Note>& notes, NoteKind kind) {
    std::optional<TimeNs> first;
    for (const Note& note : notes)
        if (!note.deleted && note.kind == kind && note.time != 0 && (!first || note.time < *first))
            first = note.time;
    return first;
}

std::string instant(TimeNs time) { return time == 0 ? "–" : formatRfc3339(time, 0); }

std::string taken(const char* what, const std::optional<DurationNs>& duration, const std::optional<TimeNs>& mark, const char* missing) {
    std::string line = std::string("- ") + what + ": ";
    if (duration)
        return line + formatDuration(*duration) + " (" + instant(*mark) + ")\n";
    return line + "unknown: " + (mark ? "the start is not known" : missing) + "\n";
}

}  // namespace

IncidentTimes incidentTimes(const std::vector<Note>& notes, TimeNs start) {
    IncidentTimes times;
    times.start = start;
    times.detected = firstOf(notes, NoteKind::kDetected);
    times.mitigated = firstOf(notes, NoteKind::kMitigated);
    times.resolved = firstOf(notes, NoteKind::kResolved);
    return times;
}

std::string markdownText(std::string_view text) {
    std::string out;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte < 0x20 || byte == 0x7f) {
            if (!out.empty() && out.back() != ' ')
                out += ' ';
            continue;
        }
        if (std::string_view("\\`*_{}[]()<>#|!~&$").find(c) != std::string_view::npos)
            out += '\\';
        out += c;
    }
    return out;
}

std::string timelineMarkdown(const std::string& title, const std::vector<TimelineEntry>& entries, const IncidentTimes& times) {
    std::string out = "## " + markdownText(title) + "\n\n";
    out += "- Start: " + (times.start == 0 ? std::string("unknown") : instant(times.start)) + "\n";
    out += taken("Time to detect", times.toDetect(), times.detected, "no note marks the detection");
    out += taken("Time to mitigate", times.toMitigate(), times.mitigated, "no note marks the mitigation");
    out += taken("Time to resolve", times.toResolve(), times.resolved, "no note marks the resolution");
    out += "\n| Time (UTC) | Kind | What | Where | Who |\n|---|---|---|---|---|\n";
    for (const TimelineEntry& entry : entries) {
        const std::string when = instant(entry.time) + (entry.end > entry.time ? " … " + instant(entry.end) : "");
        out += "| " + when + " | " + markdownText(entry.kind) + " | " + markdownText(entry.text) + " | " + markdownText(entry.entity) + " | " + markdownText(entry.author) + " |\n";
    }
    return out;
}

}  // namespace nj::analyze

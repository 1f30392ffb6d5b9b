// The story of an incident as a list: events and notes by time, how long detection and mitigation took, and the list as Markdown for
// a review document. Pure functions, any thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "model/annotation.h"

namespace nj::analyze {

// Moments that notes mark; of several notes of a kind the first counts.
struct IncidentTimes {
    TimeNs start = 0;                              // when the trouble began; 0 = not known
    std::optional<TimeNs> detected, mitigated, resolved;
    // From the start; nothing where one of the two is not known. A mark before the start counts as no time at all.
    [[nodiscard]] std::optional<DurationNs> toDetect() const { return since(detected); }
    [[nodiscard]] std::optional<DurationNs> toMitigate() const { return since(mitigated); }
    [[nodiscard]] std::optional<DurationNs> toResolve() const { return since(resolved); }

private:
    [[nodiscard]] std::optional<DurationNs> since(const std::optional<TimeNs>& mark) const {
        return start == 0 || !mark ? std::optional<DurationNs>() : std::optional<DurationNs>(*mark < start ? 0 : *mark - start);
    }
};
IncidentTimes incidentTimes(const std::vector<Note>& notes, TimeNs start);

struct TimelineEntry {
    TimeNs time = 0, end = 0;                      // end 0 = an instant
    std::string kind, text, entity, author;        // author "" = from the data
};

// A table with times in UTC and one line on each of detection, mitigation and resolution; what is not marked is said to be unknown.
// Text from telemetry is escaped: it cannot become markup.
std::string timelineMarkdown(const std::string& title, const std::vector<TimelineEntry>& entries, const IncidentTimes& times);
// Markdown and HTML characters of a text made harmless, line ends as spaces.
std::string markdownText(std::string_view text);

}  // namespace nj::analyze

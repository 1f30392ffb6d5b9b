// What people add to an incident: notes, saved views, objectives, corrections of clocks, dashboards and rules. Plain values, any thread.
// Each carries a random id that never changes and the time it was last changed: where two files hold the same id, the one changed
// last counts. Removing sets `deleted`, so that a merge does not bring the old text back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/time.h"
#include "model/batch.h"

namespace nj {

struct AnnotationHead {
    std::string id;                // 32 hex digits; a correction's names what it corrects, see correctionId
    std::string author;
    TimeNs created = 0, modified = 0;
    bool deleted = false;
    bool operator==(const AnnotationHead&) const = default;
};

enum class NoteKind : uint8_t { kFact, kHypothesis, kAction, kDetected, kMitigated, kResolved };
inline constexpr std::array<NoteKind, 6> kNoteKinds = {NoteKind::kFact, NoteKind::kHypothesis, NoteKind::kAction, NoteKind::kDetected, NoteKind::kMitigated, NoteKind::kResolved};

struct Note : AnnotationHead {
    NoteKind kind = NoteKind::kFact;
    TimeNs time = 0;
    TimeNs end = 0;                // of a range, exclusive; 0 = an instant
    std::string text;
    std::string entity;            // "vllm-a", "GPU 3"; "" = none
    Signal signal = Signal::kSpan; // of the row
    int64_t seq = -1;              // row the note is about; -1 = none
    bool operator==(const Note&) const = default;
};

// The state of a window as a link without its capsule: "nightjar://open?view=latency&from=…".
struct SavedView : AnnotationHead {
    std::string name, state;
    bool operator==(const SavedView&) const = default;
};

// "99 % of the requests that match the filter have their first token within 2.5 s, over 30 days."
enum class ObjectiveKind : uint8_t { kSpanDuration, kSpanAttribute, kLogAttribute, kHistogram, kErrors };
struct Objective : AnnotationHead {
    std::string name;
    ObjectiveKind kind = ObjectiveKind::kSpanDuration;
    std::string key;               // attribute key or histogram family; "" for durations and errors
    std::string unit;              // of the threshold: "s" for durations, else the measure's own
    std::string filter;            // search text; "" = everything
    double threshold = 0;          // good is at or below it; not used by kErrors
    double target = 0.99;          // share that is good, 0 … 1
    DurationNs window = 30 * kDay; // over which the target holds
    bool operator==(const Objective&) const = default;
};

// Rows of one import, or of every import whose rows name that host alone, lie `shift` ns later than they were read.
struct TimeCorrection : AnnotationHead {
    int64_t import = 0;            // 0 = by host
    std::string host;
    DurationNs shift = 0;
    std::string zone;              // what was chosen, "UTC+02:00"; "" = a skew
    std::string reason;
    bool operator==(const TimeCorrection&) const = default;
};

// A dashboard or a file of rules, kept as its text.
enum class DefinitionKind : uint8_t { kDashboard, kRules };
struct Definition : AnnotationHead {
    DefinitionKind kind = DefinitionKind::kDashboard;
    std::string name;              // "vLLM"; of rules the file's
    std::string source;            // what it was read from: "grafana.json"; "" = made here
    std::string document;          // a dashboard's JSON (dashboard/json), a rule file's YAML as it was
    bool operator==(const Definition&) const = default;
};
inline constexpr size_t kMaxDefinitionBytes = size_t{8} << 20;

using Annotation = std::variant<Note, SavedView, Objective, TimeCorrection, Definition>;

struct Annotations {
    std::vector<Note> notes;
    std::vector<SavedView> views;
    std::vector<Objective> objectives;
    std::vector<TimeCorrection> corrections;
    std::vector<Definition> definitions;
};

// "fact", "hypothesis", …: as stored, printed and typed.
std::string_view noteKindName(NoteKind kind);
NoteKind noteKindFromName(std::string_view name);       // kFact for an unknown one
std::string_view objectiveKindName(ObjectiveKind kind);
ObjectiveKind objectiveKindFromName(std::string_view name);
std::string_view definitionKindName(DefinitionKind kind);      // "dashboard", "rules"

// 32 random hex digits.
std::string newAnnotationId();
// One correction per import or host: "import-3", "host-gpu-node-07".
std::string correctionId(int64_t import, std::string_view host);

const AnnotationHead& headOf(const Annotation& annotation);
AnnotationHead& headOf(Annotation& annotation);
// Puts it where its id is, or appends; an older one than what is there is left out.
void mergeInto(Annotations& all, const Annotation& annotation);
void mergeInto(Annotations& all, const Annotations& others);

}  // namespace nj

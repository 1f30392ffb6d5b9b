#include "model/annotation.h"

#include <algorithm>
#include <random>

namespace nj {
namespace {

constexpr std::string_view kNoteNames[] = {"fact", "hypothesis", "action", "detected", "mitigated", "resolved"};
constexpr std::string_view kObjectiveNames[] = {"span_duration", "span_attribute", "log_attribute", "histogram", "errors"};

template <typename T>
void put(std::vector<T>& list, const T& value) {
    const auto known = std::find_if(list.begin(), list.end(), [&](const T& one) { return one.id == value.id; });
    if (known == list.end())
        list.push_back(value);
    else if (known->modified <= value.modified)
        *known = value;
}

std::vector<Note>& listOf(Annotations& all, const Note&) { return all.notes; }
std::vector<SavedView>& listOf(Annotations& all, const SavedView&) { return all.views; }
std::vector<Objective>& listOf(Annotations& all, const Objective&) { return all.objectives; }
std::vector<TimeCorrection>& listOf(Annotations& all, const TimeCorrection&) { return all.corrections; }
std::vector<Definition>& listOf(Annotations& all, const Definition&) { return all.definitions; }

}  // namespace

std::string_view noteKindName(NoteKind kind) { return kNoteNames[static_cast<size_t>(kind) % std::size(kNoteNames)]; }

NoteKind noteKindFromName(std::string_view name) {
    for (const NoteKind kind : kNoteKinds)
        if (noteKindName(kind) == name)
            return kind;
    return NoteKind::kFact;
}

std::string_view objectiveKindName(ObjectiveKind kind) { return kObjectiveNames[static_cast<size_t>(kind) % std::size(kObjectiveNames)]; }

ObjectiveKind objectiveKindFromName(std::string_view name) {
    const auto* found = std::find(std::begin(kObjectiveNames), std::end(kObjectiveNames), name);
    return found == std::end(kObjectiveNames) ? ObjectiveKind::kSpanDuration : static_cast<ObjectiveKind>(found - std::begin(kObjectiveNames));
}

std::string_view definitionKindName(DefinitionKind kind) { return kind == DefinitionKind::kRules ? "rules" : "dashboard"; }

std::string newAnnotationId() {
    static constexpr char kDigits[] = "0123456789abcdef";
    std::random_device random;
    std::string id;
    while (id.size() < 32)
        for (unsigned bits = random(), i = 0; i < 8; ++i, bits >>= 4)
            id += kDigits[bits & 15U];
    return id;
}

std::string correctionId(int64_t import, std::string_view host) {
    return import > 0 ? "import-" + std::to_string(import) : "host-" + std::string(host);
}

const AnnotationHead& headOf(const Annotation& annotation) {
    return std::visit([](const auto& a) -> const AnnotationHead& { return a; }, annotation);
}
AnnotationHead& headOf(Annotation& annotation) {
    return std::visit([](auto& a) -> AnnotationHead& { return a; }, annotation);
}

void mergeInto(Annotations& all, const Annotation& annotation) {
    std::visit([&](const auto& a) { put(listOf(all, a), a); }, annotation);
}

void mergeInto(Annotations& all, const Annotations& others) {
    const auto each = [&](const auto& list) {
        for (const auto& one : list)
            put(listOf(all, one), one);
    };
    each(others.notes);
    each(others.views);
    each(others.objectives);
    each(others.corrections);
    each(others.definitions);
}

}  // namespace nj

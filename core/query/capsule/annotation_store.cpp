// AnnotationStore over a capsule and its sidecar.
#include "query/annotations.h"
#include "store/annotation_file.h"

namespace nj::query {
namespace {

class CapsuleAnnotations final : public AnnotationStore {
public:
    explicit CapsuleAnnotations(std::unique_ptr<store::AnnotationFile> file) : file_(std::move(file)) {}
    Result<Annotations> load() override { return file_->load(); }
    Status put(const Annotation& annotation) override { return file_->put(annotation); }
    Status merge(const std::string& sidecar) override { return file_->merge(sidecar); }
    [[nodiscard]] bool inSidecar() const override { return file_->inSidecar(); }
    [[nodiscard]] std::string file() const override { return file_->file(); }

private:
    std::unique_ptr<store::AnnotationFile> file_;
};

Measure::Kind measureKind(ObjectiveKind kind) {
    switch (kind) {
    case ObjectiveKind::kSpanAttribute: return Measure::Kind::kSpanAttribute;
    case ObjectiveKind::kLogAttribute: return Measure::Kind::kLogAttribute;
    case ObjectiveKind::kHistogram: return Measure::Kind::kHistogram;
    case ObjectiveKind::kSpanDuration:
    case ObjectiveKind::kErrors: break;
    }
    return Measure::Kind::kSpanDuration;
}

}  // namespace

Result<std::unique_ptr<AnnotationStore>> openAnnotations(const std::string& capsule) {
    NJ_ASSIGN(auto file, store::AnnotationFile::open(capsule));
    return std::unique_ptr<AnnotationStore>(std::make_unique<CapsuleAnnotations>(std::move(file)));
}

std::optional<Measure> measureOf(const Objective& objective) {
    if (objective.kind == ObjectiveKind::kErrors)
        return {};
    Measure measure;
    measure.kind = measureKind(objective.kind);
    measure.key = objective.key;
    measure.title = objective.name;
    measure.unit = measure.kind == Measure::Kind::kSpanDuration ? "ns" : objective.unit;
    measure.scale = measure.kind == Measure::Kind::kSpanDuration ? 1e-9 : 1;
    return measure;
}

void setMeasure(Objective& objective, const Measure& measure) {
    switch (measure.kind) {
    case Measure::Kind::kSpanDuration: objective.kind = ObjectiveKind::kSpanDuration; break;
    case Measure::Kind::kSpanAttribute: objective.kind = ObjectiveKind::kSpanAttribute; break;
    case Measure::Kind::kLogAttribute: objective.kind = ObjectiveKind::kLogAttribute; break;
    case Measure::Kind::kHistogram: objective.kind = ObjectiveKind::kHistogram; break;
    }
    const bool duration = measure.kind == Measure::Kind::kSpanDuration;
    objective.key = duration ? std::string() : measure.key;
    objective.unit = duration ? "s" : measure.unit;
    if (objective.name.empty())
        objective.name = measure.title.empty() ? measure.key : measure.title;
}

bool concerns(const Objective& objective, const Measure& measure) {
    const auto own = measureOf(objective);
    return !objective.deleted && own && *own == measure;
}

}  // namespace nj::query

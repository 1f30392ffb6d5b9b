// What a window may do with notes, saved views, objectives and clock corrections of a capsule. The window sees this interface; the
// app brings the one that writes (openAnnotations). Calls block on the disk: one thread at a time, never the UI thread.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "model/annotation.h"
#include "query/backend.h"

namespace nj::query {

class AnnotationStore {
public:
    virtual ~AnnotationStore() = default;
    // Everything, deleted ones too.
    virtual Result<Annotations> load() = 0;
    // Adds or replaces by id, durable when it returns. Removing is a put with `deleted`.
    virtual Status put(const Annotation& annotation) = 0;
    // Takes over a sidecar file that somebody else wrote about this capsule.
    virtual Status merge(const std::string& sidecar) = 0;
    // True where the capsule cannot be written and `file` is a sidecar.
    [[nodiscard]] virtual bool inSidecar() const = 0;
    [[nodiscard]] virtual std::string file() const = 0;
};

// core/query/capsule. Opens the file on the calling thread.
Result<std::unique_ptr<AnnotationStore>> openAnnotations(const std::string& capsule);

// The measure an objective is about; nothing for one about errors. Its title is the objective's name.
std::optional<Measure> measureOf(const Objective& objective);
// The other way round: kind, key and unit of that measure; its name where it has none.
void setMeasure(Objective& objective, const Measure& measure);
// Whether the objective's line belongs into a picture of that measure.
bool concerns(const Objective& objective, const Measure& measure);

}  // namespace nj::query

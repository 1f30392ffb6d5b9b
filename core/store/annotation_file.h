// Where notes, saved views, objectives and corrections of one capsule are written: in the capsule, or, where it or its medium cannot
// be written, in a sidecar file that is merged by id as soon as it can. Writes are one short transaction on a connection of their own,
// so they may happen while an import writes the same capsule. Used by one thread at a time; not the UI thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "model/annotation.h"
#include "sqlite/database.h"

namespace nj::store {

// Sidecars that exist for a capsule: beside it ("x.nightjar-notes"), and in the user's data folder by the capsule's id.
std::vector<std::string> sidecarsOf(const std::string& capsule, const std::string& capsuleId);
// What a sidecar of that capsule holds. Error kInvalidArgument where it belongs to another capsule.
Result<Annotations> readSidecar(const std::string& sidecar, const std::string& capsuleId);

class AnnotationFile {
public:
    enum class Place : uint8_t { kAuto, kSidecar };   // kSidecar: as if the capsule could not be written
    // Errors as CapsuleReader::open. A sidecar that was left beside a capsule that can be written is merged into it and removed.
    static Result<std::unique_ptr<AnnotationFile>> open(const std::string& capsule, Place place = Place::kAuto);

    // Everything of the capsule and its sidecars, merged; deleted ones too.
    Result<Annotations> load();
    // Durable when it returns. kBusy after ten seconds behind another writer.
    Status put(const Annotation& annotation);
    // Takes over what another sidecar of this capsule holds.
    Status merge(const std::string& sidecar);
    [[nodiscard]] bool inSidecar() const { return !sidecar_.empty(); }
    // The file that is written.
    [[nodiscard]] const std::string& file() const { return sidecar_.empty() ? capsule_ : sidecar_; }

private:
    AnnotationFile(std::string capsule, std::string capsuleId, std::string sidecar)
        : capsule_(std::move(capsule)), capsuleId_(std::move(capsuleId)), sidecar_(std::move(sidecar)) {}
    Status write(const Annotations& all);
    Status writeCapsule(const Annotations& all);
    Status writeSidecar(const Annotations& all);

    std::string capsule_, capsuleId_, sidecar_;
};

}  // namespace nj::store

#include "store/annotation_file.h"

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "store/annotation_tables.h"
#include "store/schema.h"

namespace nj::store {
namespace {

constexpr int64_t kSidecarId = 0x4e4a4e54;   // "NJNT"
constexpr const char* kBusyTimeout = "PRAGMA busy_timeout=10000";

std::string besideIt(const std::string& capsule) { return capsule + "-notes"; }

std::string inDataFolder(const std::string& capsuleId) {
    const char* data = std::getenv("XDG_DATA_HOME");
    const char* home = std::getenv("HOME");
    const std::string base = data != nullptr && *data != '\0' ? data : home != nullptr && *home != '\0' ? std::string(home) + "/.local/share" : "";
    return base.empty() ? std::string() : base + "/nightjar/notes/" + capsuleId + ".nightjar-notes";
}

std::string folderOf(const std::string& path) {
    const auto folder = std::filesystem::path(path).parent_path().string();
    return folder.empty() ? "." : folder;
}

bool writable(const std::string& capsule) { return ::access(capsule.c_str(), W_OK) == 0 && ::access(folderOf(capsule).c_str(), W_OK) == 0; }

Result<std::string> capsuleIdOf(const std::string& capsule) {
    auto db = sqlite::Database::open(capsule, sqlite::OpenMode::kReadOnly);
    if (!db.ok())
        return explainOpenError(db.error(), capsule);
    auto id = db->queryText("SELECT lower(hex(value)) FROM nj_meta WHERE key = 'capsule_id'");
    // Another's WAL on a read-only medium cannot be looked into: the reader's private copy can, the sidecar then goes by the path.
    if (!id.ok() && (id.error().code == ErrorCode::kIo || id.error().code == ErrorCode::kReadOnly))
        return std::string();
    if (!id.ok())
        return explainOpenError(id.error(), capsule);
    return *id;
}

std::vector<std::string> sidecarStatements() {
    std::vector<std::string> statements = annotationTableStatements();
    statements.emplace_back("CREATE TABLE nj_meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID");
    return statements;
}

Status checkSidecar(sqlite::Database& db, const std::string& path, const std::string& capsuleId) {
    NJ_ASSIGN(const int64_t application, db.queryInteger("PRAGMA application_id"));
    NJ_ASSIGN(const int64_t version, db.queryInteger("PRAGMA user_version"));
    if (application != kSidecarId || version != kFormatVersion)
        return makeError(ErrorCode::kNotACapsule, path + " holds no notes of Nightjar");
    NJ_ASSIGN(auto statement, db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql"));
    std::vector<std::string> found;
    for (;;) {
        NJ_ASSIGN(const bool row, statement.step());
        if (!row)
            break;
        found.emplace_back(statement.text(0));
    }
    if (!schemaFits(std::move(found), sidecarStatements()))
        return makeError(ErrorCode::kMalformed, path + " is damaged: its tables are not those of a file of notes");
    NJ_ASSIGN(const std::string of, db.queryText("SELECT value FROM nj_meta WHERE key = 'capsule_id'"));
    if (of != capsuleId)
        return makeError(ErrorCode::kInvalidArgument, path + " holds the notes of another capsule");
    return {};
}

Status createSidecar(sqlite::Database& db, const std::string& capsuleId) {
    NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(db));
    NJ_RETURN_IF_ERROR(db.execute("PRAGMA application_id=" + std::to_string(kSidecarId)));
    NJ_RETURN_IF_ERROR(db.execute("PRAGMA user_version=" + std::to_string(kFormatVersion)));
    for (const std::string& statement : sidecarStatements())
        NJ_RETURN_IF_ERROR(db.execute(statement));
    NJ_ASSIGN(auto meta, db.prepare("INSERT INTO nj_meta VALUES('capsule_id', ?1)"));
    NJ_RETURN_IF_ERROR(meta.bind(1, capsuleId).run());
    return transaction.commit();
}

}  // namespace

std::vector<std::string> sidecarsOf(const std::string& capsule, const std::string& capsuleId) {
    std::vector<std::string> found;
    std::error_code ignored;
    for (const std::string& path : {besideIt(capsule), inDataFolder(capsuleId)})
        if (!path.empty() && std::filesystem::is_regular_file(path, ignored))
            found.push_back(path);
    return found;
}

Result<Annotations> readSidecar(const std::string& sidecar, const std::string& capsuleId) {
    // Read-write where possible: what a crash left half written is rolled back by looking.
    const bool own = ::access(sidecar.c_str(), W_OK) == 0 && ::access(folderOf(sidecar).c_str(), W_OK) == 0;
    NJ_ASSIGN(auto db, sqlite::Database::open(sidecar, own ? sqlite::OpenMode::kReadWrite : sqlite::OpenMode::kReadOnly));
    NJ_RETURN_IF_ERROR(checkSidecar(db, sidecar, capsuleId));
    return readAnnotations(db);
}

Result<std::unique_ptr<AnnotationFile>> AnnotationFile::open(const std::string& capsule, Place place) {
    std::error_code error;
    if (!std::filesystem::exists(capsule, error))
        return makeError(ErrorCode::kNotFound, capsule + " does not exist");
    NJ_ASSIGN(const std::string id, capsuleIdOf(capsule));
    const bool direct = place == Place::kAuto && writable(capsule);
    std::string sidecar;
    if (!direct)
        sidecar = ::access(folderOf(capsule).c_str(), W_OK) == 0 ? besideIt(capsule) : inDataFolder(id);
    if (!direct && sidecar.empty())
        return makeError(ErrorCode::kReadOnly, capsule + " cannot be written, and there is no folder for a file of notes");
    std::unique_ptr<AnnotationFile> file(new AnnotationFile(capsule, id, sidecar));
    if (direct)
        for (const std::string& left : sidecarsOf(capsule, id))
            if (file->merge(left).ok())   // another's file, or a damaged one, stays where it is
                std::filesystem::remove(left, error);
    return file;
}

Result<Annotations> AnnotationFile::load() {
    Annotations all;
    auto db = sqlite::Database::open(capsule_, sqlite::OpenMode::kReadOnly);
    if (!db.ok())
        return explainOpenError(db.error(), capsule_);
    NJ_RETURN_IF_ERROR(checkSchema(*db, capsule_));
    NJ_ASSIGN(all, readAnnotations(*db));
    for (const std::string& sidecar : sidecarsOf(capsule_, capsuleId_))
        if (const auto more = readSidecar(sidecar, capsuleId_); more.ok())
            mergeInto(all, *more);
    return all;
}

Status AnnotationFile::put(const Annotation& annotation) {
    Annotations one;
    mergeInto(one, annotation);
    return write(one);
}

Status AnnotationFile::merge(const std::string& sidecar) {
    NJ_ASSIGN(const Annotations others, readSidecar(sidecar, capsuleId_));
    return write(others);
}

Status AnnotationFile::write(const Annotations& all) { return sidecar_.empty() ? writeCapsule(all) : writeSidecar(all); }

Status AnnotationFile::writeCapsule(const Annotations& all) {
    auto db = sqlite::Database::open(capsule_, sqlite::OpenMode::kReadWrite);
    if (!db.ok())
        return explainOpenError(db.error(), capsule_);
    NJ_RETURN_IF_ERROR(db->execute(kBusyTimeout));
    NJ_RETURN_IF_ERROR(checkSchema(*db, capsule_));
    // As an import does: a crash leaves a WAL, which a read-only opener copes with, and no rollback journal, which it could not.
    NJ_RETURN_IF_ERROR(db->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL"));
    {
        NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(*db));
        NJ_RETURN_IF_ERROR(putAnnotations(*db, all));
        NJ_RETURN_IF_ERROR(db->execute("UPDATE nj_meta SET value = value + 1 WHERE key IN ('commit_seq', 'metric_seq')"));
        NJ_RETURN_IF_ERROR(transaction.commit());
    }
    // Back to one file where nobody else has it open; else the last one to go does that.
    (void)db->execute("PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE");
    return {};
}

Status AnnotationFile::writeSidecar(const Annotations& all) {
    std::error_code error;
    const bool exists = std::filesystem::exists(sidecar_, error);
    std::filesystem::create_directories(folderOf(sidecar_), error);
    NJ_ASSIGN(auto db, sqlite::Database::open(sidecar_, exists ? sqlite::OpenMode::kReadWrite : sqlite::OpenMode::kCreate));
    NJ_RETURN_IF_ERROR(db.execute(kBusyTimeout));
    if (!exists)
        NJ_RETURN_IF_ERROR(createSidecar(db, capsuleId_));
    NJ_RETURN_IF_ERROR(checkSidecar(db, sidecar_, capsuleId_));
    NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(db));
    NJ_RETURN_IF_ERROR(putAnnotations(db, all));
    return transaction.commit();
}

}  // namespace nj::store

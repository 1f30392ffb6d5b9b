#include "store/schema.h"

#include <sys/stat.h>

#include <algorithm>

#include "store/annotation_tables.h"

namespace nj::store {
namespace {

Error damagedFile(const std::string& path, const std::string& what) {
    return makeError(ErrorCode::kMalformed, path + " is damaged (" + what + "). Nightjar has not changed it. Use a copy or import the sources again.");
}

Error notACapsule(const std::string& path) {
    return makeError(ErrorCode::kNotACapsule, path + " is not a Nightjar capsule. To read it as telemetry, import it into a capsule.");
}

// A file shorter than its header says lost its tail. With a WAL beside it the pages may be there.
Status checkLength(sqlite::Database& db, const std::string& path) {
    struct stat file {}, wal {};
    if (::stat((path + "-wal").c_str(), &wal) == 0 && wal.st_size > 0)
        return {};
    NJ_ASSIGN(const int64_t pages, db.queryInteger("PRAGMA page_count"));
    NJ_ASSIGN(const int64_t size, db.queryInteger("PRAGMA page_size"));
    if (::stat(path.c_str(), &file) == 0 && file.st_size < pages * size)
        return damagedFile(path, "it ends before its last page");
    return {};
}

}  // namespace

const std::vector<std::string>& schemaStatements() {
    static const std::vector<std::string> kStatements = [] {
        std::vector<std::string> statements = {
            "CREATE TABLE nj_meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID",
            "CREATE TABLE nj_import(id INTEGER PRIMARY KEY, path TEXT, format TEXT, assumed_zone TEXT, note TEXT, content_hash BLOB, state TEXT, "
            "started_at INTEGER, finished_at INTEGER, size INTEGER, bytes INTEGER, spans INTEGER, logs INTEGER, samples INTEGER, series INTEGER, "
            "documents INTEGER, rejected INTEGER, duplicates INTEGER, time_from INTEGER, time_to INTEGER)",
            "CREATE TABLE nj_health(id INTEGER PRIMARY KEY, import INTEGER, severity INTEGER, reason TEXT, example TEXT, offset INTEGER, line INTEGER, "
            "count INTEGER)",
            "CREATE TABLE nj_dictionary(id INTEGER PRIMARY KEY, text BLOB)",
            "CREATE TABLE nj_resource(id INTEGER PRIMARY KEY, content BLOB)",
            "CREATE TABLE nj_scope(id INTEGER PRIMARY KEY, content BLOB)",
            "CREATE TABLE nj_segment(id INTEGER PRIMARY KEY, signal INTEGER, import INTEGER, rows INTEGER, seq_base INTEGER, time_from INTEGER, "
            "time_to INTEGER, retired INTEGER, info BLOB)",
            "CREATE TABLE nj_column(id INTEGER PRIMARY KEY, data BLOB)",
            "CREATE TABLE nj_series(id INTEGER PRIMARY KEY, identity BLOB, content BLOB)",
            "CREATE TABLE nj_series_range(series INTEGER, import INTEGER, samples INTEGER, histograms INTEGER, time_from INTEGER, time_to INTEGER, "
            "PRIMARY KEY(series, import)) WITHOUT ROWID",
            "CREATE TABLE nj_chunk(id INTEGER PRIMARY KEY, series INTEGER, import INTEGER, kind INTEGER, time_from INTEGER, time_to INTEGER, count INTEGER, "
            "min REAL, max REAL, first INTEGER, last INTEGER, data BLOB)",
            "CREATE INDEX nj_chunk_series ON nj_chunk(series, kind, time_from)",
            "CREATE TABLE nj_evaluation(id INTEGER PRIMARY KEY, import INTEGER, origin INTEGER, origin_seq INTEGER, time INTEGER, name TEXT, "
            "has_score INTEGER, score INTEGER, label TEXT, explanation TEXT, response_id TEXT, trace_id BLOB, span_id BLOB)",
            "CREATE UNIQUE INDEX nj_evaluation_origin ON nj_evaluation(origin, origin_seq, name)",
            "CREATE TABLE nj_event(id INTEGER PRIMARY KEY, import INTEGER, time INTEGER, time_end INTEGER, kind TEXT, title TEXT, entity TEXT, "
            "severity INTEGER, log_seq INTEGER)",
            "CREATE TABLE nj_document(id INTEGER PRIMARY KEY, import INTEGER, path TEXT, media_type TEXT, size INTEGER, text_size INTEGER, text BLOB)",
            "CREATE TABLE nj_entity(kind INTEGER, key TEXT, name TEXT, PRIMARY KEY(kind, key)) WITHOUT ROWID",
            "CREATE TABLE nj_entity_edge(from_kind INTEGER, from_key TEXT, relation TEXT, to_kind INTEGER, to_key TEXT, evidence TEXT, "
            "PRIMARY KEY(from_kind, from_key, relation, to_kind, to_key)) WITHOUT ROWID",
            "CREATE TABLE nj_unresolved(kind INTEGER, text TEXT, reason TEXT, count INTEGER, PRIMARY KEY(kind, text)) WITHOUT ROWID",
            "CREATE TABLE nj_setting(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID",
            "CREATE TABLE nj_journal(id INTEGER PRIMARY KEY, import INTEGER, data BLOB)",
            "CREATE TABLE nj_request(hash BLOB PRIMARY KEY, time INTEGER) WITHOUT ROWID",
        };
        const auto& annotations = annotationTableStatements();
        statements.insert(statements.end(), annotations.begin(), annotations.end());
        return statements;
    }();
    return kStatements;
}

Status createSchema(sqlite::Database& db) {
    NJ_RETURN_IF_ERROR(db.execute("PRAGMA page_size=" + std::to_string(kPageSize) + "; PRAGMA journal_mode=WAL"));
    NJ_ASSIGN(auto transaction, sqlite::Transaction::begin(db));
    NJ_RETURN_IF_ERROR(db.execute("PRAGMA application_id=" + std::to_string(kApplicationId)));
    NJ_RETURN_IF_ERROR(db.execute("PRAGMA user_version=" + std::to_string(kFormatVersion)));
    for (const std::string& statement : schemaStatements())
        NJ_RETURN_IF_ERROR(db.execute(statement));
    NJ_RETURN_IF_ERROR(db.execute("INSERT INTO nj_meta VALUES('capsule_id', randomblob(16)), ('commit_seq', 1), ('metric_seq', 0)"));
    return transaction.commit();
}

Status checkSchema(sqlite::Database& db, const std::string& path) {
    const auto application = db.queryInteger("PRAGMA application_id");
    if (!application.ok())
        return explainOpenError(application.error(), path);
    if (*application != kApplicationId)
        return notACapsule(path);
    NJ_ASSIGN(const int64_t version, db.queryInteger("PRAGMA user_version"));
    if (version > kFormatVersion)
        return makeError(ErrorCode::kNewerVersion, path + " was written by a newer Nightjar (format " + std::to_string(version) + ", this one reads up to " +
                                                       std::to_string(kFormatVersion) + "). Update Nightjar to open it.");
    if (version < kFormatVersion)
        return {};
    if (auto length = checkLength(db, path); !length.ok())
        return explainOpenError(length.error(), path);
    auto statement = db.prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY sql");
    if (!statement.ok())
        return explainOpenError(statement.error(), path);
    std::vector<std::string> found;
    for (;;) {
        const auto row = statement->step();
        if (!row.ok())
            return explainOpenError(row.error(), path);
        if (!*row)
            break;
        found.emplace_back(statement->text(0));
    }
    if (!schemaFits(std::move(found), schemaStatements()))
        return damagedFile(path, "its tables are not those of a capsule of format " + std::to_string(version));
    return {};
}

Status migrate(sqlite::Database& db, const std::string& path) {
    NJ_ASSIGN(const int64_t version, db.queryInteger("PRAGMA user_version"));
    if (version == kFormatVersion)
        return {};
    // Steps from format n to n + 1 are listed here once there is a format 2.
    return makeError(ErrorCode::kUnsupported, path + " has format " + std::to_string(version) + ", which no released Nightjar wrote.");
}

Error explainOpenError(const Error& error, const std::string& path) {
    switch (error.code) {
    case ErrorCode::kNotACapsule: return notACapsule(path);
    case ErrorCode::kMalformed: return error.message.rfind(path, 0) == 0 ? error : damagedFile(path, error.message);
    case ErrorCode::kIo: return makeError(ErrorCode::kIo, path + " cannot be read: " + error.message);
    case ErrorCode::kBusy: return makeError(ErrorCode::kBusy, path + " is in use by another program: " + error.message);
    default: return makeError(error.code, path + ": " + error.message);
    }
}

}  // namespace nj::store

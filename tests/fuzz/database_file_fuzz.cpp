// A SQLite file of a stranger: good ones of the tools and of a mapped table are made once, the first byte chooses one and the rest says where
// and how its bytes are damaged; reading it must give rows or errors, never a crash or a hang.
#include <sqlite3.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <string>
#include <vector>

#include "dbfile/database_reader.h"
#include "fuzz_entry.h"

namespace {

using namespace nj;

constexpr std::array kSchemas = {
    "CREATE TABLE resources (id INTEGER PRIMARY KEY, attributes TEXT, schema_url TEXT); CREATE TABLE instrumentation_scopes (id INTEGER PRIMARY KEY, name TEXT, version TEXT, attributes TEXT);"
    "CREATE TABLE spans (trace_id TEXT, span_id TEXT, parent_span_id TEXT, name TEXT, kind INTEGER, start_time_unix_nano INTEGER, end_time_unix_nano INTEGER, attributes TEXT, events TEXT, links TEXT,"
    " status_code INTEGER, status_message TEXT, resource_id INTEGER, scope_id INTEGER, PRIMARY KEY (trace_id, span_id));"
    "CREATE TABLE metrics (id INTEGER PRIMARY KEY, name TEXT, type TEXT, resource_id INTEGER, scope_id INTEGER); CREATE TABLE metric_data_points (id INTEGER PRIMARY KEY, metric_id INTEGER, attributes TEXT,"
    " time_unix_nano INTEGER, value_double REAL, value_int INTEGER, exemplars TEXT); CREATE TABLE log_records (time_unix_nano INTEGER, body TEXT, attributes TEXT, resource_id INTEGER);"
    "INSERT INTO resources VALUES (1,'[{\"key\":\"service.name\",\"value\":{\"stringValue\":\"a\"}}]',''); INSERT INTO instrumentation_scopes VALUES (1,'s','1','[]');"
    "INSERT INTO spans VALUES ('0af7651916cd43dd8448eb211c80319c','b7ad6b7169203331','','n',2,1773745092000000000,1773745092250000000,'[{\"key\":\"k\",\"value\":{\"arrayValue\":{\"values\":[{\"intValue\":\"1\"}]}}}]',"
    "'[{\"name\":\"e\",\"timeUnixNano\":\"1\"}]','[]',2,'m',1,1); INSERT INTO metrics VALUES (1,'m','sum',1,1);"
    "INSERT INTO metric_data_points VALUES (1,1,'[]',1773745092000000000,1.5,NULL,'[{\"asDouble\":1,\"timeUnixNano\":\"5\"}]'); INSERT INTO log_records VALUES (1773745092000000000,'{\"stringValue\":\"x\"}','[]',1);",
    "CREATE TABLE projects (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE traces (id INTEGER PRIMARY KEY, trace_id TEXT, project_rowid INTEGER);"
    "CREATE TABLE spans (id INTEGER PRIMARY KEY, trace_rowid INTEGER, span_id TEXT, parent_id TEXT, name TEXT, span_kind TEXT, start_time TIMESTAMP, end_time TIMESTAMP, attributes JSON, events JSON, status_code TEXT);"
    "CREATE TABLE span_annotations (id INTEGER PRIMARY KEY, span_rowid INTEGER, name TEXT, score FLOAT, created_at TIMESTAMP); INSERT INTO projects VALUES (1,'p');"
    "INSERT INTO traces VALUES (1,'0af7651916cd43dd8448eb211c80319c',1); INSERT INTO spans VALUES (1,1,'b7ad6b7169203331',NULL,'n','LLM','2026-03-17 10:58:12.000000','2026-03-17 10:58:13',"
    "'{\"llm\":{\"model_name\":\"m\",\"input_messages\":[{\"message\":{\"role\":\"user\"}}]},\"metadata\":{\"a\":1}}','[{\"name\":\"e\",\"timestamp\":\"2026-03-17T10:58:12\",\"attributes\":{\"a\":[1]}}]','OK');"
    "INSERT INTO span_annotations VALUES (1,1,'good',0.5,'2026-03-17 10:58:12');",
    "CREATE TABLE experiments (experiment_id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE runs (run_uuid TEXT PRIMARY KEY, name TEXT, status TEXT, start_time BIGINT, end_time BIGINT, experiment_id INTEGER);"
    "CREATE TABLE metrics (key TEXT, value FLOAT, timestamp BIGINT, run_uuid TEXT, is_nan BOOLEAN); CREATE TABLE params (key TEXT, value TEXT, run_uuid TEXT);"
    "CREATE TABLE trace_info (request_id TEXT PRIMARY KEY, experiment_id INTEGER, timestamp_ms BIGINT, execution_time_ms BIGINT, status TEXT);"
    "CREATE TABLE spans (trace_id TEXT, experiment_id INTEGER, span_id TEXT, name TEXT, type TEXT, status TEXT, start_time_unix_nano BIGINT, end_time_unix_nano BIGINT, content TEXT);"
    "CREATE TABLE assessments (trace_id TEXT, name TEXT, assessment_type TEXT, value TEXT); INSERT INTO experiments VALUES (1,'e'); INSERT INTO runs VALUES ('r','n','FINISHED',1773745092000,1773745093000,1);"
    "INSERT INTO metrics VALUES ('loss',0.5,1773745092000,'r',0),('loss',0.4,1773745093000,'r',1); INSERT INTO params VALUES ('lr','1','r'); INSERT INTO trace_info VALUES ('tr-1',1,1773745092000,5,'OK');"
    "INSERT INTO spans VALUES ('tr-0af7651916cd43dd8448eb211c80319c',1,'b7ad6b7169203331','n','LLM','OK',1773745092000000000,1773745092250000000,'{\"attributes\":{\"mlflow.spanInputs\":\"{\\\"q\\\":1}\"},\"events\":[{\"name\":\"e\",\"time_unix_nano\":1}],\"status\":{\"message\":\"m\"}}');"
    "INSERT INTO assessments VALUES ('tr-1','a','feedback','0.5');",
    "CREATE TABLE StringIds (id INTEGER PRIMARY KEY, value TEXT); CREATE TABLE CUPTI_ACTIVITY_KIND_KERNEL (start INTEGER, end INTEGER, deviceId INTEGER, streamId INTEGER, correlationId INTEGER, globalPid INTEGER, shortName INTEGER);"
    "CREATE TABLE CUPTI_ACTIVITY_KIND_RUNTIME (start INTEGER, end INTEGER, globalTid INTEGER, correlationId INTEGER, nameId INTEGER, returnValue INTEGER);"
    "CREATE TABLE NVTX_EVENTS (start INTEGER, end INTEGER, eventType INTEGER, text TEXT, globalTid INTEGER); CREATE TABLE TARGET_INFO_SESSION_START_TIME (utcEpochNs INTEGER);"
    "INSERT INTO TARGET_INFO_SESSION_START_TIME VALUES (1773745092000000000); INSERT INTO StringIds VALUES (1,'k'),(2,'launch'); INSERT INTO CUPTI_ACTIVITY_KIND_KERNEL VALUES (5,6,0,7,1,281474976710656,1);"
    "INSERT INTO CUPTI_ACTIVITY_KIND_RUNTIME VALUES (1,2,281474976710657,1,2,0); INSERT INTO NVTX_EVENTS VALUES (0,9,59,'r',281474976710657);",
    "CREATE TABLE app (id INTEGER PRIMARY KEY, ts INTEGER, level TEXT, message TEXT, value REAL, user TEXT); WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x+1 FROM c WHERE x<300)"
    " INSERT INTO app SELECT x, 1773745092000+x, 'INFO', 'message '||x, x*0.5, 'u'||(x%7) FROM c; CREATE VIEW v AS SELECT * FROM app; CREATE TABLE flat (k TEXT PRIMARY KEY, v) WITHOUT ROWID; INSERT INTO flat VALUES ('a',1);"};

constexpr const char* kMapping = R"([{"table":"app","signal":"logs","fields":{"time":{"column":"ts","unit":"ms"},"body":"message","severity":"level"},"attributes":["user","value"]},
 {"table":"app","signal":"samples","fields":{"time":{"column":"ts","unit":"ms"},"value":"value"},"attributes":["user"]},
 {"table":"app","signal":"spans","fields":{"start":{"column":"ts","unit":"ms"},"duration":{"column":"value","unit":"ms"},"name":"message"}},
 {"table":"flat","signal":"logs","fields":{"time":"v","body":"k"}}])";

std::string make(const char* sql) {
    sqlite3* db = nullptr;
    std::string bytes;
    // Small pages: more of the structure within reach of a few changed bytes.
    if (sqlite3_open(":memory:", &db) != SQLITE_OK || sqlite3_exec(db, (std::string("PRAGMA page_size=1024;") + sql).c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
        std::abort();
    sqlite3_int64 size = 0;
    unsigned char* image = sqlite3_serialize(db, "main", &size, 0);
    bytes.assign(reinterpret_cast<const char*>(image), static_cast<size_t>(size));
    sqlite3_free(image);
    sqlite3_close(db);
    return bytes;
}

const std::string& good(size_t which) {
    static const std::vector<std::string> kFiles = [] {
        std::vector<std::string> files;
        for (const char* sql : kSchemas)
            files.push_back(make(sql));
        return files;
    }();
    return kFiles[which % kFiles.size()];
}

// Each four bytes change one byte: three of place, one of value; a place in the upper half of what three bytes can say cuts the file instead.
std::string damaged(const uint8_t* data, size_t size) {
    std::string bytes = good(data[0]);
    for (size_t i = 1; i + 4 <= size && i < 257 && !bytes.empty(); i += 4) {
        const size_t place = data[i] | size_t{data[i + 1]} << 8 | size_t{data[i + 2]} << 16;
        if (place >= (size_t{1} << 23))
            bytes.resize(place % bytes.size());
        else
            bytes[place % bytes.size()] = static_cast<char>(data[i + 3]);
    }
    return bytes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (size == 0)
        return 0;
    // An input that is a database itself is taken as it is.
    const std::string_view whole(reinterpret_cast<const char*>(data), size);
    const std::string bytes = dbfile::looksLikeDatabase(whole) ? std::string(whole) : damaged(data, size);
    static const int fd = ::memfd_create("database", MFD_CLOEXEC);
    if (fd < 0 || ::ftruncate(fd, 0) != 0 || ::pwrite(fd, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
        std::abort();
    static const std::vector<TableMapping> kMappings = *mappingsFromJson(kMapping);
    dbfile::DatabaseOptions options;
    options.mappings = kMappings;
    static_cast<void>(dbfile::readDatabase(fd, options, [](Batch&&) { return true; }));
    static_cast<void>(mappingsFromJson(whole));
    return 0;
}

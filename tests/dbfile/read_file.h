// Reads a database file as an import does, into text; and the schemas of the tools as they make them. For tests of the readers.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <QTemporaryDir>

#include "dbfile/database_reader.h"
#include "format/batch_text.h"
#include "sqlite_file.h"

namespace nj::test {

struct FileReading : Reading {
    dbfile::DatabaseReport report;
    std::string error;
    [[nodiscard]] bool has(std::string_view line) const { return text.find(line) != std::string::npos; }
};

inline FileReading readFile(const QString& path, dbfile::DatabaseOptions options = {}) {
    FileReading reading;
    const int fd = ::open(path.toUtf8().constData(), O_RDONLY | O_CLOEXEC);
    auto report = dbfile::readDatabase(fd, options, [&](Batch&& batch) {
        reading.text += batchText(batch);
        reading.batches.push_back(std::move(batch));
        return true;
    });
    ::close(fd);
    reading.ok = report.ok();
    if (report.ok())
        reading.report = *report;
    else
        reading.error = report.error().message;
    reading.assumptions = reading.report.note;
    return reading;
}

// As sqlite-otel's database/db.go makes them.
inline const char* sqliteOtelSchema() {
    return "CREATE TABLE IF NOT EXISTS resources (id INTEGER PRIMARY KEY AUTOINCREMENT, attributes TEXT NOT NULL DEFAULT '{}', schema_url TEXT NOT NULL DEFAULT '');"
           "CREATE TABLE IF NOT EXISTS instrumentation_scopes (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL DEFAULT '', version TEXT NOT NULL DEFAULT '', attributes TEXT NOT NULL DEFAULT '{}',"
           " schema_url TEXT NOT NULL DEFAULT '');"
           "CREATE TABLE IF NOT EXISTS spans (trace_id TEXT NOT NULL, span_id TEXT NOT NULL, trace_state TEXT, parent_span_id TEXT, name TEXT, kind INTEGER, start_time_unix_nano INTEGER,"
           " end_time_unix_nano INTEGER, attributes TEXT, events TEXT, links TEXT, status_code INTEGER, status_message TEXT, resource_id INTEGER, scope_id INTEGER, PRIMARY KEY (trace_id, span_id),"
           " FOREIGN KEY (resource_id) REFERENCES resources (id), FOREIGN KEY (scope_id) REFERENCES instrumentation_scopes (id));"
           "CREATE TABLE IF NOT EXISTS metrics (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL, description TEXT, unit TEXT, type TEXT NOT NULL, resource_id INTEGER NOT NULL, scope_id INTEGER NOT NULL,"
           " FOREIGN KEY (resource_id) REFERENCES resources (id), FOREIGN KEY (scope_id) REFERENCES instrumentation_scopes (id));"
           "CREATE TABLE IF NOT EXISTS metric_data_points (id INTEGER PRIMARY KEY AUTOINCREMENT, metric_id INTEGER NOT NULL, attributes TEXT, start_time_unix_nano INTEGER, time_unix_nano INTEGER,"
           " value_double REAL, value_int INTEGER, exemplars TEXT, flags INTEGER, FOREIGN KEY (metric_id) REFERENCES metrics (id));"
           "CREATE TABLE IF NOT EXISTS log_records (id INTEGER PRIMARY KEY AUTOINCREMENT, time_unix_nano INTEGER, observed_time_unix_nano INTEGER, severity_number INTEGER, severity_text TEXT, body TEXT,"
           " attributes TEXT, trace_id TEXT, span_id TEXT, flags INTEGER, resource_id INTEGER, scope_id INTEGER, FOREIGN KEY (resource_id) REFERENCES resources (id),"
           " FOREIGN KEY (scope_id) REFERENCES instrumentation_scopes (id));"
           "CREATE INDEX IF NOT EXISTS idx_spans_trace_id ON spans(trace_id); CREATE UNIQUE INDEX IF NOT EXISTS idx_resources_unique ON resources(attributes, schema_url);"
           "CREATE UNIQUE INDEX IF NOT EXISTS idx_metrics_unique ON metrics(name, type, resource_id, scope_id);";
}

// As Phoenix' models make them, without the tables of data sets, experiments and users.
inline const char* phoenixSchema() {
    return "CREATE TABLE projects (id INTEGER NOT NULL, name VARCHAR NOT NULL, description VARCHAR, gradient_start_color VARCHAR DEFAULT '#5bdbff' NOT NULL, gradient_end_color VARCHAR NOT NULL,"
           " created_at TIMESTAMP DEFAULT (CURRENT_TIMESTAMP) NOT NULL, updated_at TIMESTAMP DEFAULT (CURRENT_TIMESTAMP) NOT NULL, CONSTRAINT pk_projects PRIMARY KEY (id), CONSTRAINT uq_projects_name UNIQUE (name));"
           "CREATE TABLE traces (id INTEGER NOT NULL, project_rowid INTEGER NOT NULL, trace_id VARCHAR NOT NULL, project_session_rowid INTEGER, start_time TIMESTAMP NOT NULL, end_time TIMESTAMP NOT NULL,"
           " CONSTRAINT pk_traces PRIMARY KEY (id), CONSTRAINT fk_traces_project_rowid_projects FOREIGN KEY(project_rowid) REFERENCES projects (id) ON DELETE CASCADE, CONSTRAINT uq_traces_trace_id UNIQUE (trace_id));"
           "CREATE TABLE spans (id INTEGER NOT NULL, trace_rowid INTEGER NOT NULL, span_id VARCHAR NOT NULL, parent_id VARCHAR, name VARCHAR NOT NULL, span_kind VARCHAR NOT NULL, start_time TIMESTAMP NOT NULL,"
           " end_time TIMESTAMP NOT NULL, attributes JSON NOT NULL, events JSON NOT NULL, status_code VARCHAR DEFAULT 'UNSET' NOT NULL, status_message VARCHAR NOT NULL, cumulative_error_count INTEGER NOT NULL,"
           " cumulative_llm_token_count_prompt INTEGER NOT NULL, cumulative_llm_token_count_completion INTEGER NOT NULL, llm_token_count_prompt INTEGER, llm_token_count_completion INTEGER,"
           " CONSTRAINT pk_spans PRIMARY KEY (id), CONSTRAINT \"ck_spans_`valid_status`\" CHECK (status_code IN ('OK', 'ERROR', 'UNSET')),"
           " CONSTRAINT fk_spans_trace_rowid_traces FOREIGN KEY(trace_rowid) REFERENCES traces (id) ON DELETE CASCADE, CONSTRAINT uq_spans_span_id UNIQUE (span_id));"
           "CREATE TABLE span_annotations (id INTEGER NOT NULL, span_rowid INTEGER NOT NULL, name VARCHAR NOT NULL, label VARCHAR, score FLOAT, explanation VARCHAR, metadata JSON NOT NULL, annotator_kind VARCHAR NOT NULL,"
           " created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, CONSTRAINT pk_span_annotations PRIMARY KEY (id));"
           "CREATE TABLE trace_annotations (id INTEGER NOT NULL, trace_rowid INTEGER NOT NULL, name VARCHAR NOT NULL, label VARCHAR, score FLOAT, explanation VARCHAR, metadata JSON NOT NULL, annotator_kind VARCHAR NOT NULL,"
           " created_at TIMESTAMP NOT NULL, updated_at TIMESTAMP NOT NULL, CONSTRAINT pk_trace_annotations PRIMARY KEY (id));"
           "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL);";
}

// As MLflow's migrations leave them; `traces` only where the version has them, `spans` from 3.x on.
inline std::string mlflowSchema(bool spans) {
    return std::string("CREATE TABLE experiments (experiment_id INTEGER NOT NULL, name VARCHAR(256) NOT NULL, artifact_location VARCHAR(256), lifecycle_stage VARCHAR(32), creation_time BIGINT, last_update_time BIGINT,"
                       " CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), UNIQUE (name));"
                       "CREATE TABLE runs (run_uuid VARCHAR(32) NOT NULL, name VARCHAR(250), source_type VARCHAR(20), source_name VARCHAR(500), entry_point_name VARCHAR(50), user_id VARCHAR(256), status VARCHAR(9),"
                       " start_time BIGINT, end_time BIGINT, source_version VARCHAR(50), lifecycle_stage VARCHAR(20), artifact_uri VARCHAR(200), experiment_id INTEGER, deleted_time BIGINT,"
                       " CONSTRAINT run_pk PRIMARY KEY (run_uuid), FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id));"
                       "CREATE TABLE metrics (key VARCHAR(250) NOT NULL, value FLOAT NOT NULL, timestamp BIGINT NOT NULL, run_uuid VARCHAR(32) NOT NULL, step BIGINT DEFAULT '0' NOT NULL, is_nan BOOLEAN DEFAULT '0' NOT NULL,"
                       " CONSTRAINT metric_pk PRIMARY KEY (key, timestamp, step, run_uuid, value, is_nan), FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), CHECK (is_nan IN (0, 1)));"
                       "CREATE TABLE params (key VARCHAR(250) NOT NULL, value VARCHAR(8000) NOT NULL, run_uuid VARCHAR(32) NOT NULL, CONSTRAINT param_pk PRIMARY KEY (key, run_uuid));"
                       "CREATE TABLE tags (key VARCHAR(250) NOT NULL, value VARCHAR(8000), run_uuid VARCHAR(32) NOT NULL, CONSTRAINT tag_pk PRIMARY KEY (key, run_uuid));"
                       "CREATE TABLE trace_info (request_id VARCHAR(50) NOT NULL, experiment_id INTEGER NOT NULL, timestamp_ms BIGINT NOT NULL, execution_time_ms BIGINT, status VARCHAR(50) NOT NULL,"
                       " CONSTRAINT trace_info_pk PRIMARY KEY (request_id));"
                       "CREATE TABLE trace_tags (key VARCHAR(250) NOT NULL, value VARCHAR(8000), request_id VARCHAR(50) NOT NULL, CONSTRAINT trace_tag_pk PRIMARY KEY (key, request_id));"
                       "CREATE TABLE trace_request_metadata (key VARCHAR(250) NOT NULL, value VARCHAR(8000), request_id VARCHAR(50) NOT NULL, CONSTRAINT trace_request_metadata_pk PRIMARY KEY (key, request_id));") +
           (spans ? "ALTER TABLE trace_info ADD COLUMN client_request_id VARCHAR(50); ALTER TABLE trace_info ADD COLUMN request_preview VARCHAR(1000); ALTER TABLE trace_info ADD COLUMN response_preview VARCHAR(1000);"
                    "CREATE TABLE spans (trace_id VARCHAR(50) NOT NULL, experiment_id INTEGER NOT NULL, span_id VARCHAR(50) NOT NULL, parent_span_id VARCHAR(50), name TEXT, type VARCHAR(500), status VARCHAR(50) NOT NULL,"
                    " start_time_unix_nano BIGINT NOT NULL, end_time_unix_nano BIGINT, duration_ns BIGINT GENERATED ALWAYS AS (end_time_unix_nano - start_time_unix_nano) STORED, content TEXT NOT NULL,"
                    " CONSTRAINT spans_pk PRIMARY KEY (trace_id, span_id));"
                    "CREATE TABLE assessments (assessment_id VARCHAR(50) NOT NULL, trace_id VARCHAR(50) NOT NULL, name VARCHAR(250) NOT NULL, assessment_type VARCHAR(20) NOT NULL, value TEXT NOT NULL, error TEXT,"
                    " created_timestamp BIGINT NOT NULL, last_updated_timestamp BIGINT NOT NULL, source_type VARCHAR(50) NOT NULL, source_id VARCHAR(250), run_id VARCHAR(32), span_id VARCHAR(50), rationale TEXT,"
                    " overrides VARCHAR(50), valid BOOLEAN NOT NULL, assessment_metadata TEXT, CONSTRAINT assessments_pk PRIMARY KEY (assessment_id));"
                  : "");
}

}  // namespace nj::test

// Looks for SQLite files of no known tool among what is to be imported, and what is known of how to read them. Free functions, any thread.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "dbfile/database_reader.h"

namespace nj::app {

// Mappings by schemaKey(), as the person chose them before.
using SavedMappings = std::map<std::string, TableMapping>;

struct UnknownDatabase {
    std::string path;
    std::shared_ptr<dbfile::MappableFile> file;   // used by one thread at a time
    std::shared_ptr<std::stop_source> stop;       // ends what it is doing
};

struct DatabaseSurvey {
    std::vector<TableMapping> mappings;     // saved ones that fit the files
    std::vector<UnknownDatabase> unknown;   // which none fits
};

// Files named themselves, whatever they are called, and those in folders that are called like databases. What can't be opened is left to the
// import, which says why.
DatabaseSurvey surveyDatabases(const std::vector<std::string>& paths, const SavedMappings& saved, const std::stop_token& stop);

// A capsule by its first bytes, or by its name where those are damaged.
bool isCapsule(const std::string& path);

}  // namespace nj::app

#include "window/database_survey.h"

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>

#include "ingest/path_list.h"

namespace nj::app {
namespace {

constexpr size_t kHeader = 100, kMaxAsked = 20;

std::string firstBytes(const std::string& path) {
    std::error_code error;
    if (!std::filesystem::is_regular_file(path, error))
        return {};
    std::array<char, kHeader> header{};
    std::ifstream in(path, std::ios::binary);
    in.read(header.data(), header.size());
    return {header.data(), static_cast<size_t>(in.gcount())};
}

bool namedLikeDatabase(const std::string& path) {
    for (const char* ending : {".db", ".sqlite", ".sqlite3", ".db3"})
        if (path.ends_with(ending))
            return true;
    return false;
}

void look(const std::string& path, const SavedMappings& saved, const std::stop_token& stop, DatabaseSurvey& survey) {
    const std::string header = firstBytes(path);
    if (!dbfile::looksLikeDatabase(header) || dbfile::looksLikeCapsule(header) || survey.unknown.size() >= kMaxAsked)
        return;
    auto ending = std::make_shared<std::stop_source>();
    auto file = dbfile::MappableFile::open(path, [ending, stop] { return ending->stop_requested() || stop.stop_requested(); });
    if (!file.ok() || !file->tool().empty() || file->tables().empty())
        return;
    bool known = false;
    for (const MappableTable& table : file->tables()) {
        const auto at = saved.find(schemaKey(table));
        if (at == saved.end() || !problemsOf(at->second, table).empty())
            continue;
        known = true;
        if (std::find(survey.mappings.begin(), survey.mappings.end(), at->second) == survey.mappings.end())
            survey.mappings.push_back(at->second);
    }
    if (!known)
        survey.unknown.push_back({path, std::make_shared<dbfile::MappableFile>(std::move(*file)), ending});
}

}  // namespace

bool isCapsule(const std::string& path) {
    const std::string header = firstBytes(path);
    return dbfile::looksLikeCapsule(header) || (dbfile::looksLikeDatabase(header) && path.ends_with(".nightjar"));
}

DatabaseSurvey surveyDatabases(const std::vector<std::string>& paths, const SavedMappings& saved, const std::stop_token& stop) {
    DatabaseSurvey survey;
    for (const std::string& path : paths) {
        std::error_code error;
        if (path == "-" || stop.stop_requested())
            continue;
        if (!std::filesystem::is_directory(path, error)) {
            look(path, saved, stop, survey);
            continue;
        }
        for (const ingest::FileEntry& entry : ingest::listFiles({path}, {}, stop).files)
            if (namedLikeDatabase(entry.path) && !stop.stop_requested())
                look(entry.path, saved, stop, survey);
    }
    return survey;
}

}  // namespace nj::app

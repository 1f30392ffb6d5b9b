// Builds archives and compressed streams in memory by libarchive, for tests of what reads them.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace nj::test {

using ArchiveEntries = std::vector<std::pair<std::string, std::string>>;   // name, bytes

namespace detail {
inline la_ssize_t appendBytes(archive*, void* out, const void* bytes, size_t size) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return static_cast<la_ssize_t>(size);
}
}  // namespace detail

// format: ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_RAW (one entry); filter: ARCHIVE_FILTER_NONE, _GZIP …
inline std::string buildArchive(int format, int filter, const ArchiveEntries& entries) {
    std::string out;
    archive* a = archive_write_new();
    archive_write_set_bytes_in_last_block(a, 1);
    archive_write_set_format(a, format);
    archive_write_add_filter(a, filter);
    archive_write_open(a, &out, nullptr, &detail::appendBytes, nullptr);
    archive_entry* entry = archive_entry_new();
    for (const auto& [name, bytes] : entries) {
        archive_entry_clear(entry);
        archive_entry_set_pathname(entry, name.c_str());
        archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
        archive_entry_set_filetype(entry, AE_IFREG);
        archive_entry_set_perm(entry, 0644);
        archive_entry_set_mtime(entry, 1'773'745'092, 0);
        archive_write_header(a, entry);
        archive_write_data(a, bytes.data(), bytes.size());
    }
    archive_entry_free(entry);
    archive_write_close(a);
    archive_write_free(a);
    return out;
}

inline std::string tar(const ArchiveEntries& entries) { return buildArchive(ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_NONE, entries); }
inline std::string zip(const ArchiveEntries& entries) { return buildArchive(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, entries); }
inline std::string compressed(int filter, const std::string& bytes) { return buildArchive(ARCHIVE_FORMAT_RAW, filter, {{"data", bytes}}); }
inline std::string gzip(const std::string& bytes) { return compressed(ARCHIVE_FILTER_GZIP, bytes); }
inline std::string zstd(const std::string& bytes) { return compressed(ARCHIVE_FILTER_ZSTD, bytes); }

inline std::string repeated(const std::string& bytes, size_t times) {
    std::string out;
    out.reserve(bytes.size() * times);
    for (size_t i = 0; i < times; ++i)
        out += bytes;
    return out;
}

inline void writeFile(const std::string& path, const std::string& bytes) {
    std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace nj::test

// A file system for SQLite that holds one file: an open descriptor, read-only and taken as unchanging. A database opened through it can
// reach no other file, whatever its header or a statement asks for: no journal, no write-ahead log, no attached file, no temporary file.
// Registering is done once, on any thread; a connection belongs to one thread.
#pragma once

#include <cstdint>
#include <string>

#include "base/result.h"

struct sqlite3;

namespace nj::sqlite {

// The name to give to sqlite3_open_v2 as its VFS.
Result<const char*> descriptorVfs();
// The file name that stands for the descriptor, which stays the caller's and must outlive the connection.
std::string descriptorName(int fd);
// Bytes read from the descriptor by a connection opened through this file system.
uint64_t bytesRead(sqlite3* db);

}  // namespace nj::sqlite

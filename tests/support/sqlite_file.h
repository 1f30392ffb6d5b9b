// Makes SQLite files for tests with SQLite itself, as other programs do. The linked target needs PkgConfig::SQLITE.
#pragma once

#include <sqlite3.h>

#include "qt_test.h"
#include <string>

namespace nj::test {

class SqliteFile {
public:
    explicit SqliteFile(const QString& path) { opened_ = sqlite3_open(path.toUtf8().constData(), &db_) == SQLITE_OK; }
    ~SqliteFile() { close(); }
    SqliteFile(const SqliteFile&) = delete;
    SqliteFile& operator=(const SqliteFile&) = delete;
    void close() {
        sqlite3_close(db_);
        db_ = nullptr;
    }
    // Ends the test's step with what SQLite says when it does not go through.
    bool run(const std::string& sql) {
        char* message = nullptr;
        if (opened_ && sqlite3_exec(db_, sql.c_str(), nullptr, nullptr, &message) == SQLITE_OK)
            return true;
        qWarning("%s: %s", sql.substr(0, 200).c_str(), message != nullptr ? message : "not opened");
        sqlite3_free(message);
        return false;
    }
    // 'text' as SQL.
    static std::string quoted(const std::string& text) {
        std::string out = "'";
        for (const char c : text)
            out += c == '\'' ? std::string("''") : std::string(1, c);
        return out + "'";
    }

private:
    sqlite3* db_ = nullptr;
    bool opened_ = false;
};

}  // namespace nj::test

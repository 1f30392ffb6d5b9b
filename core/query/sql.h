// A person's SQL: read-only, streamed row by row, never held as a whole. A backend that answers it implements SqlBackend beside Backend;
// the terms of backend.h hold for it too.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/result.h"

namespace nj::query {

struct SqlCell {
    enum class Type : uint8_t { kNull, kInteger, kNumber, kText, kBlob };
    Type type = Type::kNull;
    int64_t integer = 0;
    double number = 0;                             // of an integer too
    std::string text;                              // kText; the bytes of kBlob
};

// Called on the query's thread, in this order; a false from onRow ends the query without an error.
struct SqlReceiver {
    std::function<void(const std::vector<std::string>& columns)> onColumns;
    std::function<bool(std::vector<SqlCell>&& row)> onRow;
    // Byte of the text that the error is about, before the error is returned. Not called where SQLite names none.
    std::function<void(int byteOffset)> onErrorAt;
};

struct SqlColumn {
    std::string name, type;                        // declared affinity, "" = none
    bool hidden = false;                           // an attribute key: not in SELECT *
};

struct SqlTable {
    std::string name;
    std::vector<SqlColumn> columns;
};

class Backend;

class SqlBackend {
public:
    virtual ~SqlBackend() = default;
    // One statement; the receiver is called on this thread until it is done. Errors: kInvalidArgument with what is wrong, kReadOnly for
    // what is not a SELECT, kCancelled.
    virtual Status sql(const std::string& text, const SqlReceiver& receiver, std::stop_token stop) = 0;
    virtual Result<std::vector<SqlTable>> sqlTables(std::stop_token stop) = 0;
};
// The backend's own; kUnsupported when it answers no SQL.
Result<SqlBackend*> sqlOf(Backend& backend);

}  // namespace nj::query

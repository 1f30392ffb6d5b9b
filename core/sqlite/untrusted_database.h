// A database that somebody else wrote, opened to read its tables and nothing else: through a descriptor (see descriptor_vfs.h), with every
// limit set, views, triggers and virtual tables out of reach, and each step under a deadline. One thread; it owns no file.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "sqlite/database.h"

namespace nj::sqlite {

inline constexpr std::string_view kDatabaseMagic{"SQLite format 3\0", 16};

struct TableColumn {
    std::string name;
    std::string type;   // as declared, may be empty
    bool operator==(const TableColumn&) const = default;
};

struct TableShape {
    std::string name;
    std::vector<TableColumn> columns;
    // The column as it is spelt there; "" = none. Names are compared without regard to ASCII case, as SQLite does.
    [[nodiscard]] std::string_view column(std::string_view wanted) const;
    [[nodiscard]] bool has(std::string_view wanted) const { return !column(wanted).empty(); }
};

class UntrustedDatabase {
public:
    struct Limits {
        std::chrono::milliseconds step{20'000};    // of one step of a statement
        std::chrono::milliseconds check{10'000};   // of looking for damage; 0 = it is not looked for
        int valueBytes = 64 << 20;                 // of one row
    };
    // `stop` is asked while SQLite works; true ends it with kCancelled. The descriptor must outlive the database.
    // Errors: kNotFound (no SQLite database), kMalformed (its header or schema is damaged).
    static Result<UntrustedDatabase> open(int fd, std::function<bool()> stop, const Limits& limits);
    static Result<UntrustedDatabase> open(int fd, std::function<bool()> stop) { return open(fd, std::move(stop), Limits()); }

    // Ordinary tables only, in the order in which they were made.
    [[nodiscard]] const std::vector<TableShape>& tables() const { return tables_; }
    [[nodiscard]] const TableShape* table(std::string_view name) const;
    [[nodiscard]] bool has(std::string_view name) const { return table(name) != nullptr; }
    // What was found damaged, as SQLite says it; "" = nothing.
    [[nodiscard]] const std::string& damage() const { return damage_; }
    // False where the time for looking was over before the end.
    [[nodiscard]] bool checkedWhole() const { return checkedWhole_; }
    [[nodiscard]] uint64_t bytesRead() const;
    // What `stop` says now.
    [[nodiscard]] bool stopped() const;

    // One SELECT over tables(). Error: anything else.
    Result<Statement> prepare(std::string_view sql);
    // Call before each step: starts its deadline.
    void startStep();

private:
    struct Watch {
        std::function<bool()> stop;
        std::chrono::milliseconds step;
        std::chrono::steady_clock::time_point end = std::chrono::steady_clock::time_point::max();
        [[nodiscard]] bool over() const { return (stop && stop()) || std::chrono::steady_clock::now() > end; }
    };
    explicit UntrustedDatabase(Database db) : db_(std::move(db)) {}
    Status readSchema();
    Status readColumns(TableShape& shape);
    Status lookForDamage(const Limits& limits);
    void lock();

    Database db_;
    std::unique_ptr<Watch> watch_;   // at a place of its own: SQLite keeps its address
    std::vector<TableShape> tables_;
    std::string damage_;
    bool checkedWhole_ = true;
};

// "name" as SQL, quoted.
std::string quotedName(std::string_view name);

}  // namespace nj::sqlite

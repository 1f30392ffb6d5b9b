#include "store/annotation_tables.h"

#include <algorithm>

namespace nj::store {
namespace {

constexpr size_t kMaxText = 64U << 10;
constexpr size_t kMaxId = 1024;
constexpr size_t kMaxRows = 100'000;
constexpr int kHeadColumns = 5;   // id, author, created, modified, deleted

std::string cut(std::string_view text) {
    size_t size = std::min(text.size(), kMaxText);
    while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
        --size;
    return std::string(text.substr(0, size));
}

std::string textAt(const sqlite::Statement& row, int column) { return cut(row.text(kHeadColumns + column)); }
int64_t integerAt(const sqlite::Statement& row, int column) { return row.integer(kHeadColumns + column); }

// Per table: its name, its columns after the head, and how they are read and bound (parameters follow the head's).
struct NoteTable {
    using Row = Note;
    static constexpr const char* kName = "nj_note";
    static constexpr const char* kColumns = "kind TEXT, time INTEGER, time_end INTEGER, text TEXT, entity TEXT, signal INTEGER, seq INTEGER";
    static constexpr int kCount = 7;
    static std::vector<Row>& list(Annotations& all) { return all.notes; }
    static void read(const sqlite::Statement& s, Row& note) {
        note.kind = noteKindFromName(textAt(s, 0));
        note.time = integerAt(s, 1);
        note.end = integerAt(s, 2);
        note.text = textAt(s, 3);
        note.entity = textAt(s, 4);
        note.signal = static_cast<Signal>(std::clamp<int64_t>(integerAt(s, 5), 1, 6));
        note.seq = integerAt(s, 6);
    }
    static void bind(sqlite::Statement& s, const Row& note) {
        s.bind(6, noteKindName(note.kind)).bind(7, note.time).bind(8, note.end).bind(9, cut(note.text)).bind(10, cut(note.entity));
        s.bind(11, static_cast<int>(note.signal)).bind(12, note.seq);
    }
};

struct ViewTable {
    using Row = SavedView;
    static constexpr const char* kName = "nj_view";
    static constexpr const char* kColumns = "name TEXT, state TEXT";
    static constexpr int kCount = 2;
    static std::vector<Row>& list(Annotations& all) { return all.views; }
    static void read(const sqlite::Statement& s, Row& view) {
        view.name = textAt(s, 0);
        view.state = textAt(s, 1);
    }
    static void bind(sqlite::Statement& s, const Row& view) { s.bind(6, cut(view.name)).bind(7, cut(view.state)); }
};

struct ObjectiveTable {
    using Row = Objective;
    static constexpr const char* kName = "nj_objective";
    static constexpr const char* kColumns = "name TEXT, kind TEXT, key TEXT, unit TEXT, filter TEXT, threshold REAL, target REAL, window INTEGER";
    static constexpr int kCount = 8;
    static std::vector<Row>& list(Annotations& all) { return all.objectives; }
    static void read(const sqlite::Statement& s, Row& objective) {
        objective.name = textAt(s, 0);
        objective.kind = objectiveKindFromName(textAt(s, 1));
        objective.key = textAt(s, 2);
        objective.unit = textAt(s, 3);
        objective.filter = textAt(s, 4);
        objective.threshold = s.number(kHeadColumns + 5);
        objective.target = s.number(kHeadColumns + 6);
        objective.window = integerAt(s, 7);
    }
    static void bind(sqlite::Statement& s, const Row& objective) {
        s.bind(6, cut(objective.name)).bind(7, objectiveKindName(objective.kind)).bind(8, cut(objective.key)).bind(9, cut(objective.unit));
        s.bind(10, cut(objective.filter)).bind(11, objective.threshold).bind(12, objective.target).bind(13, objective.window);
    }
};

struct CorrectionTable {
    using Row = TimeCorrection;
    static constexpr const char* kName = "nj_correction";
    static constexpr const char* kColumns = "import INTEGER, host TEXT, shift INTEGER, zone TEXT, reason TEXT";
    static constexpr int kCount = 5;
    static std::vector<Row>& list(Annotations& all) { return all.corrections; }
    static void read(const sqlite::Statement& s, Row& correction) {
        correction.import = integerAt(s, 0);
        correction.host = textAt(s, 1);
        correction.shift = integerAt(s, 2);
        correction.zone = textAt(s, 3);
        correction.reason = textAt(s, 4);
    }
    static void bind(sqlite::Statement& s, const Row& correction) {
        s.bind(6, correction.import).bind(7, cut(correction.host)).bind(8, correction.shift).bind(9, cut(correction.zone)).bind(10, cut(correction.reason));
    }
};

struct DefinitionTable {
    using Row = Definition;
    static constexpr const char* kName = "nj_definition";
    static constexpr const char* kColumns = "kind TEXT, name TEXT, source TEXT, document TEXT";
    static constexpr int kCount = 4;
    static std::vector<Row>& list(Annotations& all) { return all.definitions; }
    static void read(const sqlite::Statement& s, Row& definition) {
        definition.kind = textAt(s, 0) == definitionKindName(DefinitionKind::kRules) ? DefinitionKind::kRules : DefinitionKind::kDashboard;
        definition.name = textAt(s, 1);
        definition.source = textAt(s, 2);
        if (const std::string_view document = s.text(kHeadColumns + 3); document.size() <= kMaxDefinitionBytes)
            definition.document = document;
    }
    static void bind(sqlite::Statement& s, const Row& definition) {
        s.bind(6, definitionKindName(definition.kind)).bind(7, cut(definition.name)).bind(8, cut(definition.source)).bind(9, definition.document);
    }
};

template <typename Table>
std::string createStatement(const char* create = "CREATE TABLE ") {
    return std::string(create) + Table::kName + "(id TEXT PRIMARY KEY, author TEXT, created INTEGER, modified INTEGER, deleted INTEGER, " + Table::kColumns +
           ") WITHOUT ROWID";
}

Result<bool> hasTable(sqlite::Database& db, std::string_view name) {
    NJ_ASSIGN(auto statement, db.prepare("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?1"));
    statement.bind(1, name);
    return statement.step();
}

template <typename Table>
Status readTable(sqlite::Database& db, Annotations& all) {
    NJ_ASSIGN(auto statement, db.prepare(std::string("SELECT * FROM ") + Table::kName + " ORDER BY created, id LIMIT " + std::to_string(kMaxRows)));
    for (;;) {
        NJ_ASSIGN(const bool there, statement.step());
        if (!there)
            return {};
        typename Table::Row row;
        row.id = cut(statement.text(0));
        row.author = cut(statement.text(1));
        row.created = statement.integer(2);
        row.modified = statement.integer(3);
        row.deleted = statement.integer(4) != 0;
        Table::read(statement, row);
        Table::list(all).push_back(std::move(row));
    }
}

template <typename Table>
Status putRow(sqlite::Database& db, const typename Table::Row& row) {
    if (row.id.empty() || row.id.size() > kMaxId)
        return makeError(ErrorCode::kInvalidArgument, "a note, view, objective or correction needs an id");
    std::string values = "?1";
    for (int i = 2; i <= kHeadColumns + Table::kCount; ++i)
        values += ", ?" + std::to_string(i);
    NJ_ASSIGN(auto statement, db.prepare(std::string("INSERT OR REPLACE INTO ") + Table::kName + " SELECT " + values + " WHERE NOT EXISTS (SELECT 1 FROM " + Table::kName +
                                         " WHERE id = ?1 AND modified > ?4)"));
    statement.bind(1, row.id).bind(2, cut(row.author)).bind(3, row.created).bind(4, row.modified).bind(5, row.deleted ? 1 : 0);
    Table::bind(statement, row);
    return statement.run();
}

Status put(sqlite::Database& db, const Note& row) { return putRow<NoteTable>(db, row); }
Status put(sqlite::Database& db, const SavedView& row) { return putRow<ViewTable>(db, row); }
Status put(sqlite::Database& db, const Objective& row) { return putRow<ObjectiveTable>(db, row); }
Status put(sqlite::Database& db, const TimeCorrection& row) { return putRow<CorrectionTable>(db, row); }
Status put(sqlite::Database& db, const Definition& row) {
    if (row.document.size() > kMaxDefinitionBytes)
        return makeError(ErrorCode::kInvalidArgument, "a dashboard or rule file of more than 8 MiB is not kept");
    NJ_RETURN_IF_ERROR(db.execute(createStatement<DefinitionTable>("CREATE TABLE IF NOT EXISTS ").c_str()));   // older files have none
    return putRow<DefinitionTable>(db, row);
}

template <typename Row>
Status putAll(sqlite::Database& db, const std::vector<Row>& rows) {
    for (const Row& row : rows)
        NJ_RETURN_IF_ERROR(put(db, row));
    return {};
}

}  // namespace

const std::vector<std::string>& annotationTableStatements() {
    static const std::vector<std::string> kStatements = {createStatement<NoteTable>(), createStatement<ViewTable>(), createStatement<ObjectiveTable>(),
                                                         createStatement<CorrectionTable>(), createStatement<DefinitionTable>()};
    return kStatements;
}

bool schemaFits(std::vector<std::string> found, std::vector<std::string> expected) {
    // Came within format 1: a file without it gets it with its first row.
    const std::string later = createStatement<DefinitionTable>();
    std::erase(found, later);
    std::erase(expected, later);
    std::sort(found.begin(), found.end());
    std::sort(expected.begin(), expected.end());
    return found == expected;
}

Result<Annotations> readAnnotations(sqlite::Database& db) {
    Annotations all;
    NJ_RETURN_IF_ERROR(readTable<NoteTable>(db, all));
    NJ_RETURN_IF_ERROR(readTable<ViewTable>(db, all));
    NJ_RETURN_IF_ERROR(readTable<ObjectiveTable>(db, all));
    NJ_RETURN_IF_ERROR(readTable<CorrectionTable>(db, all));
    NJ_ASSIGN(const bool definitions, hasTable(db, DefinitionTable::kName));
    if (definitions)
        NJ_RETURN_IF_ERROR(readTable<DefinitionTable>(db, all));
    return all;
}

Result<Annotations> readCorrections(sqlite::Database& db) {
    Annotations all;
    NJ_RETURN_IF_ERROR(readTable<CorrectionTable>(db, all));
    return all;
}

Status putAnnotations(sqlite::Database& db, const Annotations& all) {
    NJ_RETURN_IF_ERROR(putAll(db, all.notes));
    NJ_RETURN_IF_ERROR(putAll(db, all.views));
    NJ_RETURN_IF_ERROR(putAll(db, all.objectives));
    NJ_RETURN_IF_ERROR(putAll(db, all.corrections));
    return putAll(db, all.definitions);
}

}  // namespace nj::store

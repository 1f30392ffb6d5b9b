// Entities and settings of StoreWriter.
#include "store/store_writer.h"

#include "model/entity_mapping.h"

namespace nj::store {

Status StoreWriter::putEdge(const EntityEdge& edge, bool byHand) {
    NJ_ASSIGN(auto statement, db_.prepare(byHand ? "INSERT OR REPLACE INTO nj_entity_edge VALUES(?1, ?2, ?3, ?4, ?5, ?6)" :
                                                  "INSERT OR IGNORE INTO nj_entity_edge VALUES(?1, ?2, ?3, ?4, ?5, ?6)"));
    statement.bind(1, static_cast<int>(edge.fromKind)).bind(2, edge.from).bind(3, edge.relation).bind(4, static_cast<int>(edge.toKind)).bind(5, edge.to);
    return statement.bind(6, byHand ? std::string(kByHand) : edge.evidence).run();
}

Status StoreWriter::putEntities(const EntityGraph& graph) {
    return transact([&]() -> Status {
        // A key that stands for want of a name does not replace one.
        NJ_ASSIGN(auto entity, db_.prepare("INSERT INTO nj_entity VALUES(?1, ?2, ?3) ON CONFLICT(kind, key) DO UPDATE SET name = excluded.name WHERE excluded.name <> '' AND "
                                           "excluded.name <> excluded.key"));
        for (const Entity& e : graph.entities)
            NJ_RETURN_IF_ERROR(entity.bind(1, static_cast<int>(e.kind)).bind(2, e.key).bind(3, e.name).run());
        for (const EntityEdge& edge : graph.edges)
            NJ_RETURN_IF_ERROR(putEdge(edge, false));
        NJ_ASSIGN(auto unresolved, db_.prepare("INSERT INTO nj_unresolved VALUES(?1, ?2, ?3, ?4) ON CONFLICT(kind, text) DO UPDATE SET count = count + excluded.count, "
                                               "reason = excluded.reason"));
        for (const UnresolvedEntity& u : graph.unresolved)
            NJ_RETURN_IF_ERROR(unresolved.bind(1, static_cast<int>(u.kind)).bind(2, u.text).bind(3, u.reason).bind(4, u.count).run());
        return {};
    });
}

// What imports found stays beside the mapping, which hides it from readers until it is taken back.
Status StoreWriter::mapEntity(const EntityEdge& edge) {
    return transact([&]() -> Status {
        NJ_ASSIGN(auto earlier, db_.prepare("DELETE FROM nj_entity_edge WHERE from_kind = ?1 AND from_key = ?2 AND evidence = 'by hand'"));
        NJ_RETURN_IF_ERROR(earlier.bind(1, static_cast<int>(edge.fromKind)).bind(2, edge.from).run());
        return putEdge(edge, true);
    });
}

Status StoreWriter::unmapEntity(EntityKind kind, const std::string& text) {
    return transact([&]() -> Status {
        NJ_ASSIGN(auto count, db_.prepare("SELECT count(*) FROM nj_entity_edge WHERE from_kind = ?1 AND from_key = ?2 AND evidence = 'by hand'"));
        NJ_ASSIGN(const bool row, count.bind(1, static_cast<int>(kind)).bind(2, text).step());
        if (!row || count.integer(0) == 0)
            return makeError(ErrorCode::kNotFound, std::string(entityKindName(kind)) + " '" + text + "' is not mapped by hand");
        NJ_ASSIGN(auto mapped, db_.prepare("DELETE FROM nj_entity_edge WHERE from_kind = ?1 AND from_key = ?2 AND evidence = 'by hand'"));
        return mapped.bind(1, static_cast<int>(kind)).bind(2, text).run();
    });
}

Status StoreWriter::setSetting(const std::string& key, const std::string& value) {
    return transact([&]() -> Status {
        NJ_ASSIGN(auto statement, db_.prepare("INSERT OR REPLACE INTO nj_setting VALUES(?1, ?2)"));
        return statement.bind(1, key).bind(2, value).run();
    });
}

}  // namespace nj::store

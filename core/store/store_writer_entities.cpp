// Entities and settings of StoreWriter.
#include "store/store_writer.h"

namespace nj::store {

Status StoreWriter::putEdge(const EntityEdge& edge, bool byHand) {
    const char* sql = byHand ? "INSERT OR REPLACE INTO nj_entity_edge VALUES(?1, ?2, ?3, ?4, ?5, ?6)" :
                             // What a person mapped stays: the same relation of the same thing is not added to it.
                             "INSERT OR IGNORE INTO nj_entity_edge SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE NOT EXISTS (SELECT 1 FROM nj_entity_edge "
                             "WHERE from_kind = ?1 AND from_key = ?2 AND relation = ?3 AND to_kind = ?4 AND evidence = 'by hand')";
    NJ_ASSIGN(auto statement, db_.prepare(sql));
    statement.bind(1, static_cast<int>(edge.fromKind)).bind(2, edge.from).bind(3, edge.relation).bind(4, static_cast<int>(edge.toKind)).bind(5, edge.to);
    return statement.bind(6, byHand ? std::string("by hand") : edge.evidence).run();
}

Status StoreWriter::putEntities(const EntityGraph& graph) {
    return transact([&]() -> Status {
        NJ_ASSIGN(auto entity, db_.prepare("INSERT INTO nj_entity VALUES(?1, ?2, ?3) ON CONFLICT(kind, key) DO UPDATE SET name = excluded.name WHERE excluded.name <> ''"));
        for (const Entity& e : graph.entities)
            NJ_RETURN_IF_ERROR(entity.bind(1, static_cast<int>(e.kind)).bind(2, e.key).bind(3, e.name).run());
        for (const EntityEdge& edge : graph.edges)
            NJ_RETURN_IF_ERROR(putEdge(edge, false));
        NJ_ASSIGN(auto unresolved, db_.prepare("INSERT INTO nj_unresolved SELECT ?1, ?2, ?3, ?4 WHERE NOT EXISTS (SELECT 1 FROM nj_entity_edge WHERE from_kind = ?1 AND "
                                               "from_key = ?2 AND evidence = 'by hand') ON CONFLICT(kind, text) DO UPDATE SET count = count + excluded.count, reason = excluded.reason"));
        for (const UnresolvedEntity& u : graph.unresolved)
            NJ_RETURN_IF_ERROR(unresolved.bind(1, static_cast<int>(u.kind)).bind(2, u.text).bind(3, u.reason).bind(4, u.count).run());
        return {};
    });
}

Status StoreWriter::mapEntity(const EntityEdge& edge) {
    return transact([&]() -> Status {
        NJ_ASSIGN(auto others, db_.prepare("DELETE FROM nj_entity_edge WHERE from_kind = ?1 AND from_key = ?2 AND relation = ?3 AND to_kind = ?4"));
        NJ_RETURN_IF_ERROR(others.bind(1, static_cast<int>(edge.fromKind)).bind(2, edge.from).bind(3, edge.relation).bind(4, static_cast<int>(edge.toKind)).run());
        NJ_RETURN_IF_ERROR(putEdge(edge, true));
        NJ_ASSIGN(auto resolved, db_.prepare("DELETE FROM nj_unresolved WHERE kind = ?1 AND text = ?2"));
        return resolved.bind(1, static_cast<int>(edge.fromKind)).bind(2, edge.from).run();
    });
}

Status StoreWriter::setSetting(const std::string& key, const std::string& value) {
    return transact([&]() -> Status {
        NJ_ASSIGN(auto statement, db_.prepare("INSERT OR REPLACE INTO nj_setting VALUES(?1, ?2)"));
        return statement.bind(1, key).bind(2, value).run();
    });
}

}  // namespace nj::store

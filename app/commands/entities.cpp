// nightjar entities CAPSULE: services, pods, hosts, GPUs, replicas and models, how they belong together, and the texts nothing was found
// for. --map and --unmap say by hand what a text is; the capsule keeps it over later imports.
#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/json_writer.h"
#include "commands/command.h"
#include "model/entity_mapping.h"
#include "store/capsule_writer.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule;
    std::vector<std::string> map, unmap;
    bool json = false;
};

struct Named {
    EntityKind kind;
    std::string text;
};

// "gpu:0000:d1:00": up to the first colon the kind, then the text.
Result<Named> parseNamed(std::string_view argument) {
    const size_t colon = argument.find(':');
    const auto kind = entityKindOf(argument.substr(0, colon));
    if (colon == std::string_view::npos || colon + 1 == argument.size() || !kind)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no KIND:TEXT; kinds are service, pod, host, gpu, replica, model", argument));
    return Named{*kind, std::string(argument.substr(colon + 1))};
}

// The last "=KIND:" divides, since texts may hold '=' and ':'.
Result<std::pair<Named, Named>> parseMapping(std::string_view argument) {
    for (size_t equals = argument.rfind('='); equals != std::string_view::npos && equals > 0; equals = argument.rfind('=', equals - 1)) {
        const auto to = parseNamed(argument.substr(equals + 1));
        if (!to.ok())
            continue;
        NJ_ASSIGN(Named from, parseNamed(argument.substr(0, equals)));
        return std::pair(std::move(from), *to);
    }
    return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no KIND:TEXT=KIND:KEY", argument));
}

// The key of the entity that a person wrote by key, by another name of it, or by a name that only one has.
Result<std::string> keyOf(const EntityGraph& graph, const Named& wanted) {
    std::vector<std::string> named;
    for (const Entity& entity : graph.entities) {
        if (entity.kind == wanted.kind && entity.key == wanted.text)
            return entity.key;
        if (entity.kind == wanted.kind && entity.name == wanted.text)
            named.push_back(entity.key);
    }
    for (const EntityEdge& edge : graph.edges)
        if (edge.relation == kSameAs && edge.fromKind == wanted.kind && edge.from == wanted.text)
            return edge.to;
    if (named.size() == 1)
        return named.front();
    return makeError(ErrorCode::kInvalidArgument, fmt::format("{} {} is called '{}' in this capsule", named.empty() ? "no" : "more than one", entityKindName(wanted.kind), wanted.text));
}

std::string toJson(const EntityGraph& graph) {
    std::string out;
    JsonWriter json(out);
    json.beginObject().key("entities").beginArray();
    for (const Entity& entity : graph.entities)
        json.beginObject().key("kind").string(entityKindName(entity.kind)).key("key").string(entity.key).key("name").string(entity.name).endObject();
    json.endArray().key("edges").beginArray();
    for (const EntityEdge& edge : graph.edges) {
        json.beginObject().key("from_kind").string(entityKindName(edge.fromKind)).key("from").string(edge.from).key("relation").string(edge.relation);
        json.key("to_kind").string(entityKindName(edge.toKind)).key("to").string(edge.to).key("evidence").string(edge.evidence).endObject();
    }
    json.endArray().key("unresolved").beginArray();
    for (const UnresolvedEntity& text : graph.unresolved) {
        json.beginObject().key("kind").string(entityKindName(text.kind)).key("text").string(text.text).key("reason").string(text.reason);
        json.key("count").unsignedInteger(text.count).endObject();
    }
    json.endArray().endObject();
    out += '\n';
    return out;
}

std::string toText(const EntityGraph& graph) {
    std::string out;
    std::optional<EntityKind> kind;
    for (const Entity& entity : graph.entities) {
        if (entity.kind != kind) {
            out += fmt::format("{}{}\n", out.empty() ? "" : "\n", entityKindName(entity.kind));
            kind = entity.kind;
        }
        out += fmt::format("  {}{}\n", printable(entity.key), entity.name.empty() || entity.name == entity.key ? "" : "  " + printable(entity.name));
        for (const EntityEdge& edge : graph.edges)
            if (edge.fromKind == entity.kind && edge.from == entity.key)
                out += fmt::format("      {} {} {}  ({})\n", edge.relation, entityKindName(edge.toKind), printable(edge.to), printable(edge.evidence));
    }
    std::string others;
    for (const EntityEdge& edge : graph.edges)
        if (edge.relation == kSameAs || edge.evidence == kByHand)
            others += fmt::format("  {}:{} {} {}:{}  ({})\n", entityKindName(edge.fromKind), printable(edge.from), edge.relation, entityKindName(edge.toKind), printable(edge.to), printable(edge.evidence));
    if (!others.empty())
        out += "\nother names\n" + others;
    if (!graph.unresolved.empty())
        out += "\nnot resolved (--map 'KIND:TEXT=KIND:KEY' says what it is)\n";
    for (const UnresolvedEntity& text : graph.unresolved)
        out += fmt::format("  {}:{}  × {}  {}\n", entityKindName(text.kind), printable(text.text), text.count, printable(text.reason));
    return out;
}

Status change(const Options& options, const EntityGraph& graph) {
    std::vector<EntityEdge> edges;
    std::vector<Named> taken;
    for (const std::string& argument : options.map) {
        NJ_ASSIGN(const auto mapping, parseMapping(argument));
        NJ_ASSIGN(const std::string key, keyOf(graph, mapping.second));
        edges.push_back({mapping.first.kind, mapping.first.text, mapping.second.kind, key, mappedRelation(mapping.first.kind, mapping.second.kind), kByHand});
    }
    for (const std::string& argument : options.unmap) {
        NJ_ASSIGN(Named named, parseNamed(argument));
        taken.push_back(std::move(named));
    }
    NJ_ASSIGN(const auto writer, store::CapsuleWriter::open(options.capsule, {false, 0}));
    for (const Named& named : taken)
        NJ_RETURN_IF_ERROR(writer->unmapEntity(named.kind, named.text));
    for (const EntityEdge& edge : edges)
        NJ_RETURN_IF_ERROR(writer->mapEntity(edge));
    return writer->close();
}

Result<EntityGraph> graphOf(const std::string& capsule) {
    NJ_ASSIGN(const auto backend, query::openCapsuleBackend(capsule));
    return backend->entities({});
}

Status run(const Options& options) {
    NJ_ASSIGN(EntityGraph graph, graphOf(options.capsule));
    if (!options.map.empty() || !options.unmap.empty()) {
        NJ_RETURN_IF_ERROR(change(options, graph));
        NJ_ASSIGN(graph, graphOf(options.capsule));
    }
    print(options.json ? toJson(graph) : toText(graph));
    return {};
}

}  // namespace

void addEntitiesCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "entities", "Services, pods, hosts, GPUs, replicas, models, their edges, and the texts nothing was found for");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.flag("--json", options->json, "as JSON");
    command.option("--map", options->map, "KIND:TEXT=KIND:KEY, what a text stands for; kept over later imports").typeName("MAPPING").oneEach();
    command.option("--unmap", options->unmap, "KIND:TEXT, takes such a mapping back").typeName("KIND:TEXT").oneEach();
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

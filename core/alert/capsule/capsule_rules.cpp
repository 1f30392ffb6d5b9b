#include "alert/capsule/capsule_rules.h"

#include <algorithm>
#include <map>

#include "alert/rule_file.h"
#include "store/annotation_file.h"
#include "store/annotation_tables.h"

namespace nj::alert {
namespace {

Result<Annotations> annotationsOf(store::CapsuleReader& reader) {
    NJ_ASSIGN(Annotations all, store::readAnnotations(reader.database()));
    NJ_ASSIGN(const std::string id, reader.database().queryText("SELECT lower(hex(value)) FROM nj_meta WHERE key = 'capsule_id'"));
    for (const std::string& sidecar : store::sidecarsOf(reader.path(), id))
        if (const auto more = store::readSidecar(sidecar, id); more.ok())
            mergeInto(all, *more);
    return all;
}

}  // namespace

Result<std::vector<CapsuleRules>> rulesOf(store::CapsuleReader& reader) {
    std::vector<CapsuleRules> out;
    NJ_ASSIGN(const Annotations all, annotationsOf(reader));
    for (const Definition& saved : all.definitions) {
        if (saved.deleted || saved.kind != DefinitionKind::kRules)
            continue;
        CapsuleRules file{saved.name, saved.id, {}, {}};
        if (auto rules = readRuleFile(saved.document, saved.name); rules.ok())
            file.rules = std::move(*rules);
        else
            file.rules.problems.push_back({saved.name, rules.error().message});
        out.push_back(std::move(file));
    }
    std::sort(out.begin(), out.end(), [](const CapsuleRules& a, const CapsuleRules& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); });

    NJ_ASSIGN(const std::vector<store::DocumentRow> documents, reader.documents());
    std::vector<const store::DocumentRow*> newest;   // of each server: they are kept again whenever they change
    for (const store::DocumentRow& document : documents) {
        if (!document.path.ends_with(kRulesPath) || document.mediaType != "application/json")
            continue;
        const auto known = std::find_if(newest.begin(), newest.end(), [&](const store::DocumentRow* other) { return other->path == document.path; });
        if (known == newest.end())
            newest.push_back(&document);
        else if (document.id > (*known)->id)
            *known = &document;
    }
    for (const store::DocumentRow* document : newest) {
        CapsuleRules server{document->path.substr(0, document->path.size() - kRulesPath.size()), "", {}, {}};
        NJ_ASSIGN(const std::string json, reader.documentText(document->id));
        if (auto answer = readRulesAnswer(json); answer.ok()) {
            server.rules = std::move(answer->rules);
            server.alerts = std::move(answer->alerts);
        } else {
            server.rules.problems.push_back({document->path, answer.error().message});
        }
        out.push_back(std::move(server));
    }
    return out;
}

}  // namespace nj::alert

#include "store/import_hosts.h"

#include "store/store_reader.h"

namespace nj::store {
namespace {

std::string textOf(const AttributeList& attributes, std::string_view key) {
    const AttributeValue* value = findAttribute(attributes, key);
    return value ? value->display() : std::string();
}

}  // namespace

std::string namedHost(const AttributeList& attributes) {
    for (const char* key : {"k8s.node.name", "Hostname", "nodename", "host.name", "node"}) {
        const std::string host = textOf(attributes, key);
        if (!host.empty() && host != textOf(attributes, "k8s.pod.name"))
            return host;
    }
    return {};
}

std::string seriesHost(std::string_view name, const AttributeList& labels) {
    if (std::string host = namedHost(labels); !host.empty())
        return host;
    if (!name.starts_with("node_") && !name.starts_with("DCGM_"))
        return {};
    const std::string instance = textOf(labels, "instance");
    return instance.substr(0, instance.rfind(':'));
}

void ImportHosts::add(ImportId import, std::string_view host) {
    auto& hosts = hosts_[import];
    if (!host.empty() && hosts.size() < 2)
        hosts.emplace(host);
}

std::string ImportHosts::alone(ImportId import) const {
    const auto found = hosts_.find(import);
    return found != hosts_.end() && found->second.size() == 1 ? *found->second.begin() : std::string();
}

std::vector<ImportId> ImportHosts::importsOf(std::string_view host) const {
    std::vector<ImportId> imports;
    for (const auto& [import, hosts] : hosts_)
        if (hosts.size() == 1 && *hosts.begin() == host)
            imports.push_back(import);
    return imports;
}

std::map<ImportId, std::string> ImportHosts::all() const {
    std::map<ImportId, std::string> out;
    for (const auto& [import, hosts] : hosts_)
        if (hosts.size() == 1)
            out.emplace(import, *hosts.begin());
    return out;
}

Result<ImportHosts> hostsOfImports(CapsuleReader& reader) { return static_cast<StoreReader&>(reader).importHosts(); }

}  // namespace nj::store

// Which host the rows of each import name: corrections of a clock by host are applied by it. A value.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/attribute.h"
#include "model/batch_sink.h"

namespace nj::store {

class CapsuleReader;

// The host that a resource or a series' labels name; "" = none. Inside a pod the SDK's host.name is the pod's own name: that is none.
std::string namedHost(const AttributeList& attributes);
// The same of a series, whose `instance` is one where an exporter of hosts or cards says so.
std::string seriesHost(std::string_view name, const AttributeList& labels);

class ImportHosts {
public:
    void add(ImportId import, std::string_view host);
    // The one host the import's rows name; "" where they name none or several.
    [[nodiscard]] std::string alone(ImportId import) const;
    [[nodiscard]] std::vector<ImportId> importsOf(std::string_view host) const;
    // Every import with one host.
    [[nodiscard]] std::map<ImportId, std::string> all() const;

private:
    std::map<ImportId, std::set<std::string, std::less<>>> hosts_;   // two are enough to be several
};

// Reads what each segment and series names, not their rows; rows still in the journal count once they are sealed.
Result<ImportHosts> hostsOfImports(CapsuleReader& reader);

}  // namespace nj::store

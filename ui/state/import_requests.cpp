#include "state/import_requests.h"

#include "state/workspace.h"

namespace nj::ui {

ImportRequests& ImportRequests::of(Workspace& workspace) {
    auto* requests = workspace.findChild<ImportRequests*>({}, Qt::FindDirectChildrenOnly);
    return requests ? *requests : *new ImportRequests(&workspace);
}

}  // namespace nj::ui

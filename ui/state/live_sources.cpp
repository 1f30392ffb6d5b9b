#include "state/live_sources.h"

#include <algorithm>

#include "state/workspace.h"

namespace nj::ui {

LiveSources& LiveSources::of(Workspace& workspace) {
    if (auto* known = workspace.findChild<LiveSources*>(QString(), Qt::FindDirectChildrenOnly))
        return *known;
    return *new LiveSources(&workspace);
}

bool LiveSources::anyActive() const {
    return std::any_of(rows_.begin(), rows_.end(), [](const LiveRow& row) { return row.active(); });
}

bool LiveSources::canPull() const {
    return std::any_of(rows_.begin(), rows_.end(), [](const LiveRow& row) { return row.kind == QLatin1String("prometheus"); });
}

void LiveSources::setRows(QVector<LiveRow> rows, const QString& environment) {
    rows_ = std::move(rows);
    environment_ = environment;
    Q_EMIT changed();
}

int LiveSources::test(const QString& kind, const LiveValues& values) {
    Q_EMIT testRequested(++ticket_, kind, values);
    return ticket_;
}

}  // namespace nj::ui

// Tells dashboards and rule files from telemetry among the files a person brings. Reads the heads of files that are called like one. Free
// function, any thread.
#pragma once

#include <QStringList>

namespace nj::app {

// Those of `paths` that are dashboards or rules, in their order.
QStringList definitionsAmong(const QStringList& paths);

}  // namespace nj::app

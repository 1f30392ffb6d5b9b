// The way out of an empty picture where a wider range may have something: its words, or none where all is shown already. UI thread.
#pragma once

#include <QCoreApplication>
#include <QString>

#include "state/workspace.h"

namespace nj::ui {

inline QString wholeCapsuleAction(const Workspace& workspace) {
    const TimeRange all = workspace.all(), now = workspace.range();
    return now.from <= all.from && now.to >= all.to ? QString() : QCoreApplication::translate("WholeCapsule", "Show the whole capsule");
}

}  // namespace nj::ui

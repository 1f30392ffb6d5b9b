// The few words by which a mark of an event is told from another: "retriever: deploy", "GPU 3 throttles: too hot". The inspector and
// the Timeline's list show the whole title. Pure; any thread.
#pragma once

#include <QString>

#include "query/backend.h"

namespace nj::ui {

// Of what changes or stops a workload, the workload and what happened to it: a title such as "ScalingReplicaSet: Scaled up replica
// set …" is cut before it says whose. Other events, and titles short enough to be read whole, are their title in one line.
QString eventLabel(const query::EventMark& event);

}  // namespace nj::ui

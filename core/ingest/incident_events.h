// Events of the event lane that can be read off log text of any format: kills for memory, GPU errors, crashed containers,
// failing fans, roll-outs. Readers that know their format better add their own; a log row gets one event at most.
#pragma once

#include "model/batch.h"

namespace nj::ingest {

// Adds to batch.events. Looks at rows of severity WARN and above, or without severity, and at their first 512 bytes.
void addIncidentEvents(Batch& batch);

}  // namespace nj::ingest

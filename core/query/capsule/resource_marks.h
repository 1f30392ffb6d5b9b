// What happened to a row beside its figures: throttling (published or inferred), Xid errors, restarts. Query thread.
#pragma once

#include <vector>

#include "query/capsule/resource_index.h"

namespace nj::query {

// Marks of the range by time, at most 400. An Xid that was set before the range and still stands is among them.
Result<std::vector<ResourceMark>> resourceMarks(QueryContext& context, const ResourceIndex& index, const ResourceEntry& entry, TimeRange range, const std::vector<EventMark>& events);

// Events of the capsule that marks are made of; the caller reads them once per question.
Result<std::vector<EventMark>> resourceEvents(QueryContext& context);

}  // namespace nj::query

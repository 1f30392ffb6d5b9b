// What the inspector says about a device whose series is selected: what it is, how it stands against its peers, why its clock is held
// down, what happened to it before, and where that leads. Pure; any thread.
#pragma once

#include "query/resources.h"
#include "widgets/inspector_content.h"

namespace nj::ui {

struct ResourceInspection {
    query::SeriesInfo series;
    query::ResourceSurvey survey;      // of the range, only the device's kind
    query::ResourceGrid marks;         // the device's row over all of the capsule, with marks
    std::optional<TimeNs> cursor;
};

// Nothing when the series measures no device.
std::optional<InspectorContent> inspectResource(const ResourceInspection& inspection, const InspectorOptions& options);

}  // namespace nj::ui

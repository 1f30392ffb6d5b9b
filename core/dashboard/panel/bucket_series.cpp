#include "dashboard/panel/bucket_series.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_map>

#include "dashboard/transform/frame_fields.h"
#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

Field* numbersOf(Frame& frame) {
    const auto found = std::find_if(frame.fields.begin(), frame.fields.end(), [](const Field& field) { return field.kind == FieldKind::kNumber; });
    return found == frame.fields.end() ? nullptr : &*found;
}

// What the bounds below count, by time.
using Below = std::unordered_map<TimeNs, double>;

void subtract(Frame& frame, Below& below) {
    const Field* const time = timeField(frame);
    Field* const numbers = numbersOf(frame);
    for (size_t row = 0; row < numbers->numbers.size(); ++row) {
        double& value = numbers->numbers[row];
        if (std::isnan(value))
            continue;
        double& known = below[time == nullptr ? TimeNs{0} : time->times[row]];
        const double counted = value;
        value = std::max(0.0, counted - known);
        known = std::max(known, counted);
    }
}

}  // namespace

std::optional<double> bucketBound(const Frame& frame) {
    for (const Field& field : frame.fields)
        if (field.kind == FieldKind::kNumber) {
            const auto bound = promql::parseNumber(promql::labelValue(field.labels, promql::kBucketLabel));
            return bound && !std::isnan(*bound) ? bound : std::nullopt;
        }
    return std::nullopt;
}

void countPerBucket(std::vector<Frame>& frames) {
    const auto bound = [](const Frame& frame) { return bucketBound(frame); };
    std::stable_sort(frames.begin(), frames.end(), [&](const Frame& a, const Frame& b) {
        const auto left = bound(a), right = bound(b);
        return left && (!right || *left < *right);
    });
    std::map<std::string, Below> below;
    for (Frame& frame : frames) {
        if (!bound(frame))
            break;
        promql::Labels others = numbersOf(frame)->labels;
        promql::setLabel(others, promql::kBucketLabel, "");
        subtract(frame, below[promql::labelsKey(others)]);
    }
}

}  // namespace nj::dashboard

// The states of an alert over a range. Plain values.
#pragma once

#include <string_view>
#include <vector>

#include "alert/rule.h"
#include "base/time.h"

namespace nj::alert {

enum class AlertState : unsigned char { kInactive, kPending, kFiring };
inline std::string_view alertStateName(AlertState state) { return state == AlertState::kFiring ? "firing" : state == AlertState::kPending ? "pending" : "inactive"; }

// From one evaluation to the one that ended it: half-open.
struct AlertSpan {
    TimeRange range;
    AlertState state = AlertState::kPending;
    bool operator==(const AlertSpan&) const = default;
};

// One alert instance: a label set of the rule's result. Between its spans it was inactive.
struct AlertTrack {
    NamedTexts labels;             // of the series, of the rule's templates, and alertname
    NamedTexts annotations;        // with the value it had when it last was active
    std::vector<AlertSpan> spans;
    double value = 0;              // when it last was active
    bool operator==(const AlertTrack&) const = default;
};

}  // namespace nj::alert

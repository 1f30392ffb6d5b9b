// The text templates of labels and annotations: {{ $labels.instance }}, {{ $value | humanize }}. Pure functions, any thread.
#pragma once

#include <string>
#include <string_view>

#include "alert/rule.h"

namespace nj::alert {

// "" when the template can be one: braces closed, strings ended, blocks balanced, functions known; else what is wrong.
std::string templateProblem(std::string_view text);

// With the labels and the value of an alert put in. What is more than a label or the value through humanize…, printf or toUpper and the
// like stays as it is.
std::string expandTemplate(std::string_view text, const NamedTexts& labels, double value);

}  // namespace nj::alert

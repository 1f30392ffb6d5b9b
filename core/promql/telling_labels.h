// Which labels tell series apart. Pure function, any thread.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "promql/labels.h"

namespace nj::promql {

// As few of the labels in which the series differ as tell them apart just as well as all: a GPU's number says what its UUID, bus and device
// say too. Where metrics differ, their name comes first. Of more than 2,000 series all labels that differ.
std::set<std::string, std::less<>> tellingLabels(const std::vector<const Labels*>& series);

}  // namespace nj::promql

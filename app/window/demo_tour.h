// The five steps that lead through the demo incident; README tells the same. Each is seen to be done, however it was reached.
#pragma once

#include <vector>

#include "shell/tour_bar.h"

namespace nj::app {

std::vector<ui::TourStep> demoTour();
QString demoTourEnd();

}  // namespace nj::app

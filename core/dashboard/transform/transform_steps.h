// The steps that transform.cpp chooses from. Each changes the frames, or leaves them and says why. Pure functions, any thread.
#pragma once

#include <string>
#include <vector>

#include "dashboard/frame.h"
#include "dashboard/transformation.h"

namespace nj::dashboard {

using Frames = std::vector<Frame>;
using Notes = std::vector<std::string>;   // sentences

void organizeFields(Frames& frames, const Transformation& how, Notes& notes);
void filterFields(Frames& frames, const Transformation& how, Notes& notes);
void renameByRegex(Frames& frames, const Transformation& how, Notes& notes);
void groupRows(Frames& frames, const Transformation& how, Notes& notes);
void reduceFrames(Frames& frames, const Transformation& how, Notes& notes);
void calculateField(Frames& frames, const Transformation& how, Notes& notes);
void joinByField(Frames& frames, const Transformation& how, Notes& notes);
void mergeFrames(Frames& frames, const Transformation& how, Notes& notes);
void filterRows(Frames& frames, const Transformation& how, Notes& notes);
void sortRows(Frames& frames, const Transformation& how, Notes& notes);
void labelsToFields(Frames& frames, const Transformation& how, Notes& notes);

// Series as one frame with a column each; a note when they are too many.
void joinSeries(Frames& frames, Notes& notes);
// Left undone, since the frames would have more than kMostFrameCells.
std::string tooManyCells(std::string_view transformation);

}  // namespace nj::dashboard

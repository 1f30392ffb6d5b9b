#include "dashboard/transform.h"

#include <algorithm>

#include "dashboard/transform/frame_fields.h"
#include "dashboard/transform/transform_steps.h"

namespace nj::dashboard {
namespace {

using enum TransformationKind;

struct Step {
    TransformationKind kind;
    void (*apply)(Frames& frames, const Transformation& how, Notes& notes);
};
constexpr Step kSteps[] = {
    {kOrganize, organizeFields},   {kGroupBy, groupRows},         {kFilterFields, filterFields}, {kReduce, reduceFrames},
    {kCalculateField, calculateField}, {kJoinByField, joinByField}, {kFilterByValue, filterRows},  {kMerge, mergeFrames},
    {kLabelsToFields, labelsToFields}, {kSortBy, sortRows},         {kRenameByRegex, renameByRegex},
};

// Frames behind the bound go.
void cut(Frames& frames, Notes& notes) {
    size_t cells = 0, kept = 0;
    while (kept < frames.size() && cells <= kMostFrameCells) {
        cells += frames[kept].rows() * frames[kept].fields.size();
        ++kept;
    }
    if (cells > kMostFrameCells)
        --kept;
    if (kept == frames.size())
        return;
    notes.push_back("Only the first " + std::to_string(kept) + " of " + std::to_string(frames.size()) + " series are transformed: there are too many values.");
    frames.resize(kept);
}

}  // namespace

std::string tooManyCells(std::string_view transformation) {
    return "The transformation '" + std::string(transformation) + "' was left out: its table would have more than " + std::to_string(kMostFrameCells) + " cells.";
}

std::vector<Frame> transformed(std::vector<Frame> frames, const std::vector<Transformation>& transformations, std::vector<std::string>& notes) {
    cut(frames, notes);
    for (const Transformation& transformation : transformations)
        for (const Step& step : kSteps)
            if (step.kind == transformation.kind)
                step.apply(frames, transformation, notes);
    return frames;
}

}  // namespace nj::dashboard

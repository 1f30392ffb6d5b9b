#include "format/format.h"

#include <array>

namespace nj::format {

#define FORMAT(name) extern const Format name;
#include "format/formats.inc"
#undef FORMAT

namespace {

const Format* const kFormats[] = {
#define FORMAT(name) &name,
#include "format/formats.inc"
#undef FORMAT
    nullptr};

}  // namespace

std::span<const Format* const> formats() { return {kFormats, std::size(kFormats) - 1}; }

const Format* findFormat(std::string_view name) {
    for (const Format* format : formats())
        if (format->name == name)
            return format;
    return nullptr;
}

const Format* detectFormat(const Sample& sample) {
    const Format* best = nullptr;
    Confidence bestConfidence = 0;
    for (const Format* format : formats()) {
        const Confidence confidence = format->sniff(sample);
        if (confidence > bestConfidence) {
            best = format;
            bestConfidence = confidence;
        }
    }
    return best;
}

}  // namespace nj::format

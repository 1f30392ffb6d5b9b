#include "query/capsule/error_samples.h"

#include "base/utf8.h"

namespace nj::query {
namespace {

constexpr size_t kMaxText = 600;

}  // namespace

Result<ErrorSample> readErrorSample(QueryContext& context, Signal signal, int64_t segment, uint32_t row) {
    NJ_ASSIGN(const store::SegmentView* view, context.view(segment));
    ErrorSample sample;
    NJ_ASSIGN(sample.seq, view->seqOf(row));
    if (signal == Signal::kLog) {
        NJ_ASSIGN(sample.text, view->text(store::TextColumn::kBody, row));
    } else {
        NJ_ASSIGN(const store::CodeColumn names, view->name());
        NJ_ASSIGN(const std::string message, view->text(store::TextColumn::kStatusMessage, row));
        sample.text = std::string(context.snapshot().text(names.id(row))) + (message.empty() ? "" : "\n" + message);
    }
    if (sample.text.size() > kMaxText)
        sample.text = std::string(utf8Prefix(sample.text, kMaxText)) + "…";
    return sample;
}

}  // namespace nj::query

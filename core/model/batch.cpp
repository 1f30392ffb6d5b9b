#include "model/batch.h"

namespace nj {
namespace {

template <typename T>
uint32_t internLinear(std::vector<T>& entries, const T& entry) {
    for (size_t i = entries.size(); i-- > 0;)
        if (entries[i] == entry)
            return static_cast<uint32_t>(i);
    entries.push_back(entry);
    return static_cast<uint32_t>(entries.size() - 1);
}

size_t attributeBytes(const AttributeColumns& attributes) {
    size_t bytes = 0;
    for (const auto& c : attributes.columns())
        bytes += c.rows.size() * 12 + c.texts.byteSize() + 64;
    return bytes;
}

}  // namespace

uint32_t Batch::internResource(const Resource& resource) { return internLinear(resources, resource); }
uint32_t Batch::internScope(const Scope& scope) { return internLinear(scopes, scope); }

bool Batch::empty() const {
    return rowCount() == 0 && series.empty() && documents.empty() && events.empty() && health.empty();
}

size_t Batch::rowCount() const {
    return spans.size() + spanEvents.size() + spanLinks.size() + logs.size() + samples.size() + histograms.size() + exemplars.size();
}

size_t Batch::byteSize() const {
    size_t bytes = strings.byteSize() + resources.size() * 512 + scopes.size() * 128 + series.size() * 512 + samples.size() * 32;
    bytes += spans.size() * 100 + spanEvents.size() * 24 + spanLinks.size() * 40 + logs.size() * 100;
    bytes += logs.original.byteSize() + logs.body.byteSize();
    bytes += attributeBytes(spans.attributes) + attributeBytes(spanEvents.attributes) + attributeBytes(spanLinks.attributes) + attributeBytes(logs.attributes);
    for (const auto& h : histograms)
        bytes += 160 + (h.bounds.size() + h.buckets.size() + h.values.size() + h.positive.size() + h.negative.size()) * 8;
    bytes += exemplars.size() * 160 + evaluations.size() * 200 + events.size() * 120;
    for (const auto& d : documents)
        bytes += d.text.size() + 128;
    return bytes;
}

}  // namespace nj

#include "store/log_texts.h"

#include <algorithm>

#include "store/byte_io.h"
#include "store/token_filter.h"

namespace nj::store {
namespace {

std::string tokenFilters(std::span<const std::string_view> bodies) {
    thread_local TokenSet tokens;
    ByteWriter directory, filters;
    const size_t blocks = (bodies.size() + kTokenBlockRows - 1) / kTokenBlockRows;
    directory.fixed(static_cast<uint32_t>(blocks));
    for (size_t block = 0; block < blocks; ++block) {
        for (size_t row = block * kTokenBlockRows; row < std::min(bodies.size(), (block + 1) * kTokenBlockRows); ++row)
            tokens.addText(bodies[row]);
        filters.raw(tokens.takeFilter());
        directory.fixed(static_cast<uint32_t>(filters.size()));
    }
    directory.raw(filters.bytes());
    return directory.take();
}

}  // namespace

void logTexts(SegmentBuilder& builder, const std::vector<Part<LogColumns>>& parts) {
    const RowOrder& order = builder.order();
    auto originals = gather<std::string_view>(parts, order, [](const auto& p, size_t r) { return p.columns->original.view(r); });
    for (auto& original : originals)
        original = builder.cut(original, "log record");
    std::vector<std::string_view> bodies(originals.size()), separate(originals.size());
    std::vector<uint64_t> offsets(originals.size()), rests(originals.size()), types(originals.size());
    size_t old = 0;
    for (const auto& part : parts) {
        const LogColumns& logs = *part.columns;
        for (size_t r = part.from; r < part.to; ++r) {
            const size_t row = order.newOf[old++];
            const std::string_view original = originals[row];
            types[row] = static_cast<uint64_t>(logs.bodyType[r]);
            const size_t offset = logs.bodyOffset[r];
            if (logs.bodyOffset[r] == kNoIndex || offset > original.size()) {
                separate[row] = bodies[row] = builder.cut(logs.bodyOffset[r] == kNoIndex ? logs.body.view(r) : logs.bodyText(r), "log body");
                continue;
            }
            bodies[row] = original.substr(offset, logs.bodyLength[r]);
            offsets[row] = offset + 1;
            rests[row] = original.size() - offset - bodies[row].size();
        }
    }
    builder.texts(Column::kOriginal, originals, false);
    builder.texts(Column::kBody, separate, false);
    builder.numbers(Column::kBodyOffset, offsets);
    builder.numbers(Column::kBodyRest, rests);
    builder.numbers(Column::kBodyType, types);
    builder.put(Column::kTokenFilters, tokenFilters(bodies));
}

}  // namespace nj::store

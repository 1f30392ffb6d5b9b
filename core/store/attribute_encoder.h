// The attributes of a segment: one column per (key, type) that at least 1 % of the rows have, at most 256 of them, and one
// residual column for the rest. Used on an encoder thread.
#pragma once

#include <vector>

#include "store/segment_builder.h"

namespace nj::store {

class AttributeEncoder {
public:
    AttributeEncoder(SegmentBuilder& builder, const std::vector<AttributePart>& parts) : builder_(builder), parts_(parts) {}
    void encode();

private:
    struct Piece {
        const AttributeColumns::Column* column;
        size_t first, last;   // entries
        size_t shift;         // row of ingestion = rows[entry] - from + base, as one wrapped difference
    };
    struct Key {
        AttributeInfo info;
        std::vector<Piece> pieces;
    };
    void collect();
    void choose();
    std::string column(const Key& key) const;
    std::string textColumn(const Key& key) const;
    std::string numberColumn(const Key& key) const;
    void residual(size_t firstIndex);

    SegmentBuilder& builder_;
    const std::vector<AttributePart>& parts_;
    std::vector<Key> keys_;
    mutable std::vector<uint8_t> present_;
};

}  // namespace nj::store

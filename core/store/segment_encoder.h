// Rows → the blobs of a segment. One encoder per worker thread; it keeps a zstd context and nothing else.
#pragma once

#include "store/frames.h"
#include "store/segment_rows.h"

namespace nj::store {

class SegmentEncoder {
public:
    // `rows` holds 1 … kSegmentRows rows of its signal.
    EncodedSegment encode(const SegmentRows& rows);

private:
    EncodedSegment spans(const SegmentRows& rows);
    EncodedSegment events(const SegmentRows& rows);
    EncodedSegment links(const SegmentRows& rows);
    EncodedSegment logs(const SegmentRows& rows);
    EncodedSegment exemplars(const SegmentRows& rows);
    Compressor compressor_;
};

}  // namespace nj::store

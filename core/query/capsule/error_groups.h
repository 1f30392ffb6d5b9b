// Error rows gathered into groups: counted over time, with where they are, whose requests they are and which of them tell the same
// failure. Used by one question.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "query/capsule/error_rows.h"
#include "query/capsule/row_labels.h"
#include "query/capsule/trace_index.h"
#include "query/capsule/error_tables.h"
#include "query/failures.h"

namespace nj::query {

class ErrorGroups {
public:
    ErrorGroups(QueryContext& context, const FailuresQuestion& question, const Columns& columns) : context_(context), question_(question), columns_(columns) {}

    // Rows of one segment: add() each, then finishSegment() once.
    void add(Signal signal, const ErrorRow& error, bool baseline);
    Status finishSegment(Signal signal, const store::SegmentView& view);

    // The answer's groups, joined, ordered and cut to question.maxGroups. Call once.
    Result<std::vector<Failure>> take();

private:
    static constexpr size_t kMaxRequests = 200'000;
    struct Place {
        int64_t segment = 0;
        uint32_t row = 0;
        TimeNs time = 0;
        TraceId trace;
        uint8_t attempt = 0;
    };
    // A group and what it is made from.
    struct Draft {
        Failure group;
        std::string code;
        std::vector<LabelCounts::Entry> labels;
        RequestSet requests{kMaxRequests};
        std::vector<Place> places;          // where samples may be: at most kPlaces, evenly over its rows
        uint64_t stride = 1, seen = 0;
    };

    size_t slot(Signal signal, const ErrorRow& error);
    size_t slotByKey(Signal signal, const ErrorRow& error);
    void addLabels(Signal signal, size_t key, const std::vector<uint16_t>& codes);
    void joinSignals();
    void fillWhere(Draft& draft);
    void fillRequests(Draft& draft);
    void rate(Draft& draft) const;
    void keepFirst();
    void relate();
    Status fillSamples(Draft& draft);
    Status findKeptTraces();

    QueryContext& context_;
    const FailuresQuestion& question_;
    Columns columns_;
    std::string key_;
    std::unordered_map<std::string, size_t> known_;
    std::vector<size_t> alike_;                                   // by ErrorRow::alike: draft + 1, 0 = not met yet
    LabelCounts labelCounts_;
    std::vector<Draft> drafts_;
    std::vector<std::pair<uint32_t, size_t>> segmentRows_;        // row, draft
    std::map<std::pair<Signal, size_t>, std::unique_ptr<RowLabels>> labels_;
};

}  // namespace nj::query

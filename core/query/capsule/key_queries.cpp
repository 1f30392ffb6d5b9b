// Completion (keys, values) and the search for a pasted id.
#include <algorithm>
#include <map>

#include "query/capsule/filter_evaluator.h"
#include "query/capsule/questions.h"
#include "query/capsule/row_labels.h"

namespace nj::query {
namespace {

constexpr size_t kMaxFound = 1000;

const char* typeName(ValueType type) {
    switch (type) {
    case ValueType::kString: return "string";
    case ValueType::kBool: return "bool";
    case ValueType::kInt: return "int";
    case ValueType::kDouble: return "double";
    case ValueType::kBytes: return "bytes";
    case ValueType::kJson: return "json";
    case ValueType::kEmpty: break;
    }
    return "empty";
}

Status countValues(QueryContext& context, Signal signal, const std::string& key, std::map<std::string, uint64_t>& counts) {
    RowLabels labels(context, signal, key);
    std::vector<uint64_t> n;
    // Completion needs the frequent ones: a few segments, spread over the capsule, tell them.
    const auto& segments = context.snapshot().segments(signal);
    const size_t step = std::max<size_t>(1, segments.size() / 16);
    for (size_t i = 0; i < segments.size(); i += step) {
        NJ_RETURN_IF_ERROR(context.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context.view(segments[i]->id));
        NJ_ASSIGN(const std::vector<uint16_t> codes, labels.codes(*view));
        n.resize(labels.labels().size(), 0);
        for (const uint16_t code : codes)
            ++n[code];
    }
    for (size_t code = RowLabels::kOverflow + 1; code < n.size(); ++code)
        counts[labels.labels()[code]] += n[code];
    return {};
}

struct IdSearch {
    QueryContext& context;
    std::string text;
    FoundId& found;

    // Attribute columns of a segment, those that look like ids first; stops at the first key that holds the text.
    Status attributes(const store::SegmentView& view, Signal signal) {
        std::vector<int64_t>& seqs = signal == Signal::kSpan ? found.spanSeqs : found.logSeqs;
        for (const store::AttributeInfo& info : view.info().attributes) {
            if (info.type != ValueType::kString || seqs.size() >= kMaxFound)
                continue;
            NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
            const uint32_t code = values.coded ? values.dictionary.find(text) : 0;
            if (values.coded && code == StringTable::kMissing)
                continue;
            for (size_t entry = 0; entry < values.size() && seqs.size() < kMaxFound; ++entry) {
                if (values.coded ? values.codes[entry] != code : values.text(entry) != text)
                    continue;
                NJ_ASSIGN(const int64_t seq, view.seqOf(values.dense ? static_cast<uint32_t>(entry) : values.rows[entry]));
                if (std::find(seqs.begin(), seqs.end(), seq) == seqs.end())
                    seqs.push_back(seq);
                if (found.matchedKey.empty())
                    found.matchedKey = info.key;
            }
        }
        return {};
    }
    // Rows of a filter, up to the limit.
    Status rows(const Filter& filter, Signal signal, const char* key) {
        std::vector<int64_t>& seqs = signal == Signal::kSpan ? found.spanSeqs : found.logSeqs;
        NJ_ASSIGN(FilterEvaluator evaluator, FilterEvaluator::create(context, filter, signal));
        return scanSegments(context, signal, wholeIfEmpty({}), evaluator, [&](const store::SegmentView& view, RowSpan span, const RowSet* matching) -> Status {
            Status status;
            forEachRow(span, matching, [&](uint32_t row) {
                if (!status.ok() || seqs.size() >= kMaxFound)
                    return;
                auto seq = view.seqOf(row);
                if (!seq.ok())
                    status = seq.error();
                else if (std::find(seqs.begin(), seqs.end(), *seq) == seqs.end())
                    seqs.push_back(*seq);
                if (found.matchedKey.empty())
                    found.matchedKey = key;
            });
            return status;
        });
    }
};

Filter leafFilter(FilterNode::Op op, const char* field, const std::string& text) {
    Filter filter;
    filter.root.op = op;
    filter.root.field = field;
    filter.root.text = text;
    return filter;
}

std::string trimmed(const std::string& text) {
    const size_t from = text.find_first_not_of(" \t\r\n\"'");
    const size_t to = text.find_last_not_of(" \t\r\n\"',;");
    return from == std::string::npos ? std::string() : text.substr(from, to - from + 1);
}

// The trace most of the found spans, else logs, belong to.
Status traceOfRows(QueryContext& context, FoundId& found) {
    for (const auto& [signal, seqs] : {std::pair(Signal::kSpan, &found.spanSeqs), std::pair(Signal::kLog, &found.logSeqs)}) {
        for (const int64_t seq : *seqs) {
            NJ_ASSIGN(auto located, context.reader().locate(context.snapshot(), signal, seq));
            NJ_ASSIGN(const store::TraceIdColumn ids, located.first->traceIds());
            if (const uint32_t code = ids.codes.code(located.second); code < ids.table.size() && !ids.table[code].empty()) {
                found.trace = ids.table[code];
                return {};
            }
        }
    }
    return {};
}

}  // namespace

Result<std::vector<KeyInfo>> answerKeys(QueryContext& context) {
    std::map<std::pair<std::string, Signal>, KeyInfo> keys;
    uint64_t spans = 0, logs = 0;
    for (const Signal signal : {Signal::kSpan, Signal::kLog, Signal::kSpanEvent})
        for (const auto& info : context.snapshot().segments(signal)) {
            (signal == Signal::kSpan ? spans : logs) += info->rows;
            for (const store::AttributeInfo& attribute : info->attributes) {
                KeyInfo& key = keys[{attribute.key, signal}];
                key.key = attribute.key;
                key.signal = signal;
                key.rows += attribute.rows;
                key.type = typeName(attribute.type);
            }
        }
    std::map<std::string, const char*> resourceKeys;
    for (uint32_t id = 0; id < context.snapshot().resourceCount(); ++id)
        for (const KeyValue& entry : context.snapshot().resource(id).attributes)
            resourceKeys[entry.key] = typeName(entry.value.type);
    std::vector<KeyInfo> out;
    for (const auto& [key, type] : resourceKeys)
        out.push_back({"resource." + key, std::max(spans, logs), type, spans > 0 ? Signal::kSpan : Signal::kLog});
    for (auto& [id, key] : keys)
        out.push_back(std::move(key));
    std::stable_sort(out.begin(), out.end(), [](const KeyInfo& a, const KeyInfo& b) { return a.rows > b.rows; });
    return out;
}

Result<std::vector<std::pair<std::string, uint64_t>>> answerValues(QueryContext& context, const std::string& key, const std::string& prefix, size_t limit) {
    std::map<std::string, uint64_t> counts;
    for (const Signal signal : {Signal::kSpan, Signal::kLog})
        NJ_RETURN_IF_ERROR(countValues(context, signal, key, counts));
    std::vector<std::pair<std::string, uint64_t>> out;
    for (const auto& [value, n] : counts)
        if (n > 0 && value.starts_with(prefix))
            out.emplace_back(value, n);
    std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.second > b.second; });
    out.resize(std::min(out.size(), limit));
    return out;
}

Result<FoundId> answerFindId(QueryContext& context, const std::string& typed) {
    FoundId found;
    const std::string text = trimmed(typed);
    if (text.empty())
        return found;
    IdSearch search{context, text, found};
    std::string hex = text;
    std::erase(hex, '-');   // a UUID may be a trace id
    if (hex.size() == 32 && TraceId::fromHex(hex)) {
        const Filter filter = leafFilter(FilterNode::Op::kEquals, "trace", hex);
        NJ_RETURN_IF_ERROR(search.rows(filter, Signal::kSpan, "trace_id"));
        NJ_RETURN_IF_ERROR(search.rows(filter, Signal::kLog, "trace_id"));
    } else if (hex.size() == 16 && SpanId::fromHex(hex)) {
        const Filter filter = leafFilter(FilterNode::Op::kEquals, "span", hex);
        NJ_RETURN_IF_ERROR(search.rows(filter, Signal::kSpan, "span_id"));
        NJ_RETURN_IF_ERROR(search.rows(filter, Signal::kLog, "span_id"));
    }
    if (found.matchedKey.empty()) {
        for (const Signal signal : {Signal::kSpan, Signal::kLog})
            for (const auto& info : context.snapshot().segments(signal)) {
                NJ_RETURN_IF_ERROR(context.checkStop());
                NJ_ASSIGN(const store::SegmentView* view, context.view(info->id));
                NJ_RETURN_IF_ERROR(search.attributes(*view, signal));
            }
        NJ_RETURN_IF_ERROR(search.rows(leafFilter(FilterNode::Op::kText, "", text), Signal::kLog, "body"));
    }
    NJ_RETURN_IF_ERROR(traceOfRows(context, found));
    return found;
}

}  // namespace nj::query

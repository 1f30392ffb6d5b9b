#include "models/log_questions.h"

#include <algorithm>

#include "query/search_syntax.h"

namespace nj::ui {
namespace {

constexpr size_t kSearchPage = 500, kMostEqualTimes = 20'000;

bool isAfter(const query::LogRow& row, TimeNs time, int64_t seq) { return row.time > time || (row.time == time && row.seq > seq); }

// The rows that have the term, as positions among them: the first one after the start, or the last one before it.
Result<std::optional<uint64_t>> nextPosition(query::Backend& backend, const LogJump& jump, const Filter& wanted, std::stop_token stop) {
    NJ_ASSIGN(const uint64_t first, backend.logSeek({jump.range, wanted, jump.time}, stop));
    if (!jump.forward) {
        // Rows of the same instant that stand before the start lie behind `first`.
        uint64_t position = first;
        for (uint64_t offset = first; offset - first < kMostEqualTimes; offset += kSearchPage) {
            NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({jump.range, wanted, offset, kSearchPage}, stop));
            for (const query::LogRow& row : page.rows) {
                if (row.time != jump.time || row.seq >= jump.seq)
                    return position == 0 ? std::nullopt : std::optional(position - 1);
                ++position;
            }
            if (page.rows.size() < kSearchPage)
                break;
        }
        return position == 0 ? std::nullopt : std::optional(position - 1);
    }
    for (uint64_t offset = first; offset - first < kMostEqualTimes; offset += kSearchPage) {
        NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({jump.range, wanted, offset, kSearchPage}, stop));
        for (size_t i = 0; i < page.rows.size(); ++i)
            if (isAfter(page.rows[i], jump.time, jump.seq))
                return std::optional(offset + i);
        if (page.rows.size() < kSearchPage)
            break;
    }
    return std::optional<uint64_t>();
}

// The search term that holds for all records of the pod, else of the file, the row came from; and how it is called.
Result<std::pair<std::string, std::string>> sourceOf(query::Backend& backend, const query::LogRow& row, std::stop_token stop) {
    NJ_ASSIGN(const query::LogDetail detail, backend.logDetail(row.seq, stop));
    for (const char* key : {"k8s.pod.name", "pod"})
        if (const AttributeValue* pod = findAttribute(detail.resource.attributes, key))
            return std::pair(query::searchTerm("pod", pod->display(), false), "pod " + pod->display());
    if (detail.import.path.empty())
        return std::pair<std::string, std::string>();
    const size_t slash = detail.import.path.find_last_of("/\\");
    return std::pair(query::searchTerm("file", detail.import.path, false), slash == std::string::npos ? detail.import.path : detail.import.path.substr(slash + 1));
}

}  // namespace

Filter filterWith(const Filter& filter, const std::string& term) {
    auto parsed = query::parseSearch(term);
    if (!parsed.ok())
        return filter;
    Filter joined;
    joined.source = filter.source.empty() ? term : "(" + filter.source + ") " + term;
    joined.root.op = FilterNode::Op::kAnd;
    if (!filter.matchesAll())
        joined.root.children.push_back(filter.root);
    joined.root.children.push_back(parsed->root);
    return joined;
}

Result<std::optional<uint64_t>> positionOf(query::Backend& backend, TimeRange range, const Filter& filter, TimeNs time, int64_t seq, std::stop_token stop) {
    NJ_ASSIGN(const uint64_t first, backend.logSeek({range, filter, time}, stop));
    // Records of one instant stand in order of their seq; a hostile file may give thousands the same instant.
    for (uint64_t offset = first; offset - first < kMostEqualTimes; offset += kSearchPage) {
        NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({range, filter, offset, kSearchPage}, stop));
        for (size_t i = 0; i < page.rows.size(); ++i) {
            if (page.rows[i].seq == seq)
                return std::optional<uint64_t>(offset + i);
            if (page.rows[i].time > time)
                return std::optional<uint64_t>();
        }
        if (page.rows.size() < kSearchPage)
            break;
    }
    return std::optional<uint64_t>();
}

Result<std::optional<LogHit>> jumpTo(query::Backend& backend, const LogJump& jump, std::stop_token stop) {
    const Filter wanted = jump.term.empty() ? jump.filter : filterWith(jump.filter, jump.term);
    NJ_ASSIGN(const std::optional<uint64_t> at, nextPosition(backend, jump, wanted, stop));
    if (!at)
        return std::optional<LogHit>();
    NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({jump.range, wanted, *at, 1}, stop));
    if (page.rows.empty())
        return std::optional<LogHit>();
    LogHit hit{*at, *at + 1, page.total};
    if (!jump.term.empty()) {
        NJ_ASSIGN(const std::optional<uint64_t> position, positionOf(backend, jump.range, jump.filter, page.rows[0].time, page.rows[0].seq, stop));
        if (!position)
            return std::optional<LogHit>();
        hit.position = *position;
    }
    return std::optional(hit);
}

Result<LogContext> contextOf(query::Backend& backend, const LogContextQuestion& question, std::stop_token stop) {
    LogContext context;
    Filter all;
    if (question.sameSource) {
        NJ_ASSIGN(const auto source, sourceOf(backend, question.row, stop));
        context.source = source.second;
        if (!source.first.empty())
            all = filterWith({}, source.first);
    }
    NJ_ASSIGN(const std::optional<uint64_t> at, positionOf(backend, question.range, all, question.row.time, question.row.seq, stop));
    if (!at)
        return context;
    const uint64_t begin = *at > question.each + 1 ? *at - question.each - 1 : 0;
    NJ_ASSIGN(const query::LogRowsAnswer page, query::askLogRows(backend, {{question.range, all, begin, 2 * question.each + 3}, question.columns, false}, stop));
    const auto middle = static_cast<std::ptrdiff_t>(*at - begin);
    const auto size = static_cast<std::ptrdiff_t>(page.rows.size());
    const auto& previous = question.previousMatch;
    const auto& next = question.nextMatch;
    for (std::ptrdiff_t i = std::min(middle, size) - 1; i >= 0; --i) {
        const query::DetailedLogRow& row = page.rows[static_cast<size_t>(i)];
        if (previous && !isAfter(row, previous->time, previous->seq))
            break;
        if (context.before.size() == question.each) {
            context.moreBefore = true;
            break;
        }
        context.before.insert(context.before.begin(), row);
    }
    for (std::ptrdiff_t i = middle + 1; i < size; ++i) {
        const query::DetailedLogRow& row = page.rows[static_cast<size_t>(i)];
        if (next && (row.seq == next->seq || isAfter(row, next->time, next->seq)))
            break;
        if (context.after.size() == question.each) {
            context.moreAfter = true;
            break;
        }
        context.after.push_back(row);
    }
    return context;
}

}  // namespace nj::ui

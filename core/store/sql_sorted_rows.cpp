#include "store/sql_sorted_rows.h"

#include <algorithm>
#include <numeric>
#include <string_view>
#include <unordered_map>

namespace nj::store {
namespace {

static_assert(kSegmentRows <= 65'536, "row numbers of a segment fit two bytes");

std::string_view nameOf(const char* (*name)(uint8_t), uint32_t number) {
    const char* text = number < 256 ? name(static_cast<uint8_t>(number)) : nullptr;
    return text ? text : "";   // NULL sorts first
}

}  // namespace

bool SortedRows::sortable(Field field) {
    return field == Field::kService || field == Field::kName || field == Field::kKind || field == Field::kStatus || field == Field::kSeverityNumber;
}

Result<SortedRows::TermCodes> SortedRows::codesOf(const SegmentView& view, Field field) {
    TermCodes out;
    out.codes.resize(view.info().rows);
    if (field == Field::kService || field == Field::kName) {
        NJ_ASSIGN(const CodeColumn column, field == Field::kService ? view.service() : view.name());
        for (size_t row = 0; row < out.codes.size(); ++row)
            out.codes[row] = static_cast<uint16_t>(column.code(row));
        out.ids = column.table;
        return out;
    }
    NJ_ASSIGN(const auto numbers, field == Field::kKind ? view.kind() : field == Field::kStatus ? view.status() : view.severity());
    std::copy(numbers.begin(), numbers.end(), out.codes.begin());
    out.ids.resize(256);
    std::iota(out.ids.begin(), out.ids.end(), 0U);
    return out;
}

int SortedRows::compare(Field field, uint32_t a, uint32_t b) const {
    switch (field) {
    case Field::kSeverityNumber: return a < b ? -1 : a > b ? 1 : 0;
    case Field::kKind: return nameOf(&spanKindText, a).compare(nameOf(&spanKindText, b));
    case Field::kStatus: return nameOf(&spanStatusText, a).compare(nameOf(&spanStatusText, b));
    default: return context_.snapshot->text(a).compare(context_.snapshot->text(b));
    }
}

bool SortedRows::before(const GroupKey& a, const GroupKey& b, const std::vector<sqlite::SortTerm>& order) const {
    for (size_t term = 0; term < order.size(); ++term) {
        const int result = compare(layout_.fields[static_cast<size_t>(order[term].column)].field, a[term], b[term]);
        if (result != 0)
            return order[term].descending ? result > 0 : result < 0;
    }
    return false;
}

// Counting sort of the segment's wanted rows by group.
Status SortedRows::addSegment(uint32_t segment, const SegmentFilter& filter, const std::vector<sqlite::SortTerm>& order) {
    const SegmentInfo& info = *context_.snapshot->segments(layout_.signal)[segment];
    if (!filter.mayHold(info))
        return {};
    NJ_ASSIGN(const auto view, context_.reader.view(*context_.snapshot, info.id));
    ++context_.segmentsVisited;
    std::vector<uint8_t> keep;
    NJ_RETURN_IF_ERROR(filter.narrow(*view, keep));
    std::vector<TermCodes> terms;
    for (const sqlite::SortTerm& term : order) {
        NJ_ASSIGN(TermCodes codes, codesOf(*view, layout_.fields[static_cast<size_t>(term.column)].field));
        terms.push_back(std::move(codes));
    }
    // The segment's groups get dense numbers; each is looked up in the whole once.
    std::unordered_map<uint64_t, uint32_t> localOf;
    std::vector<uint32_t> globalOf, counts;
    std::vector<uint32_t> groupOf(info.rows);
    uint64_t lastCode = 0;
    uint32_t lastGroup = 0;
    for (uint32_t row = 0; row < info.rows; ++row) {
        if (!keep.empty() && !keep[row])
            continue;
        uint64_t code = 0;
        for (const TermCodes& term : terms)
            code = code * term.ids.size() + term.codes[row];
        if (code != lastCode || counts.empty()) {
            const auto [it, added] = localOf.try_emplace(code, static_cast<uint32_t>(counts.size()));
            if (added) {
                GroupKey key;
                for (const TermCodes& term : terms)
                    key.push_back(term.ids[term.codes[row]]);
                globalOf.push_back(groups_.try_emplace(std::move(key), static_cast<uint32_t>(groups_.size())).first->second);
                counts.push_back(0);
            }
            lastCode = code;
            lastGroup = it->second;
        }
        groupOf[row] = lastGroup;
        ++counts[lastGroup];
    }
    std::vector<uint32_t> at(counts.size());
    uint32_t total = 0;
    for (size_t local = 0; local < counts.size(); ++local) {
        runs_.push_back({globalOf[local], segment, total, total + counts[local]});
        at[local] = total;
        total += counts[local];
    }
    auto& rows = rows_[segment];
    rows.resize(total);
    for (uint32_t row = 0; row < info.rows; ++row)
        if (keep.empty() || keep[row])
            rows[at[groupOf[row]]++] = static_cast<uint16_t>(row);
    return {};
}

Status SortedRows::build(const SegmentFilter& filter, const std::vector<sqlite::SortTerm>& order) {
    const auto segments = static_cast<uint32_t>(context_.snapshot->segments(layout_.signal).size());
    rows_.resize(segments);
    for (uint32_t segment = 0; segment < segments; ++segment) {
        NJ_RETURN_IF_ERROR(context_.checkStop());
        NJ_RETURN_IF_ERROR(addSegment(segment, filter, order));
    }
    std::vector<const GroupKey*> keys(groups_.size());
    for (const auto& [key, group] : groups_)
        keys[group] = &key;
    std::vector<uint32_t> sorted(groups_.size());
    std::iota(sorted.begin(), sorted.end(), 0U);
    std::sort(sorted.begin(), sorted.end(), [&](uint32_t a, uint32_t b) { return before(*keys[a], *keys[b], order); });
    std::vector<uint32_t> rank(groups_.size());
    for (uint32_t i = 0; i < sorted.size(); ++i)
        rank[sorted[i]] = i;
    for (Run& run : runs_)
        run.group = rank[run.group];
    std::sort(runs_.begin(), runs_.end(), [](const Run& a, const Run& b) {
        if (a.group != b.group)
            return a.group < b.group;
        return a.group % 2 == 0 ? a.segment < b.segment : a.segment > b.segment;
    });
    return {};
}

}  // namespace nj::store

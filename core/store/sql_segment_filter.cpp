#include "store/sql_segment_filter.h"

#include <algorithm>
#include <array>
#include <limits>

namespace nj::store {
namespace {

using sqlite::Bound;
using sqlite::Compare;
using sqlite::SqlValue;
using Type = sqlite::Statement::Type;

constexpr TimeNs kMin = std::numeric_limits<TimeNs>::min();
constexpr TimeNs kMax = std::numeric_limits<TimeNs>::max();

bool allText(const Bound& bound) {
    return std::all_of(bound.values.begin(), bound.values.end(), [](const SqlValue& v) { return v.type == Type::kText && !v.text.empty(); });
}

// Doubles beyond the range are at its end; a rounded one can only widen a bound by what SQLite then checks.
TimeNs timeOf(const SqlValue& value, bool upper) {
    if (value.type == Type::kInteger)
        return value.integer;
    if (value.number >= 9.2e18)
        return kMax;
    if (value.number <= -9.2e18)
        return kMin;
    const auto whole = static_cast<TimeNs>(value.number);
    return upper ? whole + 1'024 : whole - 1'024;
}

std::set<uint32_t> numbersNamed(const Bound& bound, const char* (*name)(uint8_t), uint8_t count) {
    std::set<uint32_t> ids;
    for (const SqlValue& value : bound.values)
        for (uint8_t i = 0; i < count; ++i)
            if (value.text == name(i))
                ids.insert(i);
    return ids;
}

template <typename IdType>
std::set<IdType> idsOf(const Bound& bound) {
    std::set<IdType> ids;
    for (const SqlValue& value : bound.values)
        if (const auto id = IdType::fromHex(value.text); id && id->hex() == value.text)
            ids.insert(*id);
    return ids;
}

bool anyOf(const std::vector<uint32_t>& present, const std::set<uint32_t>& wanted) {
    return std::any_of(present.begin(), present.end(), [&](uint32_t id) { return wanted.contains(id); });
}

bool anyBit(uint32_t mask, const std::set<uint32_t>& wanted) {
    return std::any_of(wanted.begin(), wanted.end(), [&](uint32_t bit) { return bit >= 32 || (mask >> bit & 1) != 0; });
}

template <typename T>
void intersect(std::optional<std::set<T>>& into, std::set<T> more) {
    if (into)
        std::erase_if(more, [&](const T& value) { return !into->contains(value); });
    into = std::move(more);
}

}  // namespace

double SegmentFilter::selectivity(Field field, Compare compare) {
    const bool equal = compare == Compare::kEqual;
    switch (field) {
    case Field::kStart:
    case Field::kTime: return equal ? 1e-6 : 0.3;
    case Field::kTraceId: return equal ? 1e-5 : 1;
    case Field::kSpanId: return equal ? 1e-6 : 1;
    case Field::kService:
    case Field::kName: return equal ? 0.1 : 1;
    case Field::kKind:
    case Field::kStatus:
    case Field::kSeverityNumber: return equal ? 0.3 : 1;
    case Field::kAttribute: return equal ? 0.05 : 0.4;
    default: return 1;
    }
}

SegmentFilter::SegmentFilter(const SqlContext& context, const std::vector<FieldColumn>& fields, const std::vector<std::string>& keys, const std::vector<Bound>& bounds)
    : time_{kMin, kMax} {
    for (const Bound& bound : bounds) {
        if (bound.column == sqlite::kRowidColumn) {
            std::set<int64_t> seqs;
            for (const SqlValue& value : bound.values)
                seqs.insert(value.integer);
            const bool integers = std::all_of(bound.values.begin(), bound.values.end(), [](const SqlValue& v) { return v.type == Type::kInteger; });
            if (integers && bound.compare == Compare::kEqual)
                intersect(seqs_, std::move(seqs));
        } else if (static_cast<size_t>(bound.column) < fields.size()) {
            add(context, fields[static_cast<size_t>(bound.column)].field, {}, bound);
        } else {
            add(context, Field::kAttribute, keys[static_cast<size_t>(bound.column) - fields.size()], bound);
        }
    }
}

void SegmentFilter::add(const SqlContext& context, Field field, const std::string& key, const Bound& bound) {
    switch (field) {
    case Field::kStart:
    case Field::kTime: return addTime(bound);
    case Field::kService:
    case Field::kName:
    case Field::kKind:
    case Field::kStatus:
    case Field::kSeverityNumber: return addCodes(context, field, bound);
    case Field::kTraceId:
    case Field::kSpanId: return addIds(field, bound);
    case Field::kAttribute: keys_.push_back({key, bound}); return;
    default: return;
    }
}

void SegmentFilter::addTime(const Bound& bound) {
    TimeBound range{kMax, kMin};
    for (const SqlValue& value : bound.values) {
        if (value.type != Type::kInteger && value.type != Type::kFloat)
            return;
        range.low = std::min(range.low, timeOf(value, false));
        range.high = std::max(range.high, timeOf(value, true));
    }
    hasTime_ = true;
    if (bound.compare != Compare::kLess && bound.compare != Compare::kLessEqual)
        time_.low = std::max(time_.low, range.low);
    if (bound.compare != Compare::kGreater && bound.compare != Compare::kGreaterEqual)
        time_.high = std::min(time_.high, range.high);
}

void SegmentFilter::addCodes(const SqlContext& context, Field field, const Bound& bound) {
    if (field == Field::kSeverityNumber) {
        std::set<uint32_t> ids;
        for (const SqlValue& value : bound.values) {
            if (value.type != Type::kInteger)
                return;
            if (value.integer >= 0 && value.integer < 256)
                ids.insert(static_cast<uint32_t>(value.integer));
        }
        codes_.push_back({field, std::move(ids)});
        return;
    }
    if (!allText(bound))
        return;
    if (field == Field::kKind || field == Field::kStatus) {
        codes_.push_back({field, field == Field::kKind ? numbersNamed(bound, &spanKindText, 6) : numbersNamed(bound, &spanStatusText, 3)});
        return;
    }
    std::set<uint32_t> ids;
    for (const SqlValue& value : bound.values)
        if (const uint32_t id = context.snapshot->findText(value.text); id != kNoIndex)
            ids.insert(id);
    codes_.push_back({field, std::move(ids)});
}

void SegmentFilter::addIds(Field field, const Bound& bound) {
    if (!allText(bound))
        return;
    if (field == Field::kTraceId)
        intersect(traces_, idsOf<TraceId>(bound));
    else
        intersect(spans_, idsOf<SpanId>(bound));
}

bool SegmentFilter::mayHold(const SegmentInfo& info) const {
    // Rows without time show as 0 or NULL and lie at the lowest time of the zone map.
    const bool untimed = info.range.from == kMin && time_.low <= 0 && time_.high >= 0;
    if (hasTime_ && !untimed && (info.range.from > time_.high || info.range.to - 1 < time_.low))
        return false;
    for (const CodeBound& bound : codes_) {
        const bool possible = bound.field == Field::kService          ? anyOf(info.services, bound.ids)
                              : bound.field == Field::kName           ? anyOf(info.names, bound.ids)
                              : bound.field == Field::kKind           ? anyBit(info.kindMask, bound.ids)
                              : bound.field == Field::kStatus         ? anyBit(info.statusMask, bound.ids)
                                                                      : anyBit(info.severityMask, bound.ids);
        if (!possible)
            return false;
    }
    if ((traces_ && traces_->empty()) || (spans_ && spans_->empty()))
        return false;
    if (seqs_) {
        const auto first = seqs_->lower_bound(info.seqBase);
        if (first == seqs_->end() || *first >= info.seqBase + info.rows)
            return false;
    }
    return std::all_of(keys_.begin(), keys_.end(), [&](const KeyBound& k) { return info.hasAttribute(k.key); });
}

Status SegmentFilter::narrowCodes(const SegmentView& view, const CodeBound& bound, std::vector<uint8_t>& keep) const {
    if (bound.field == Field::kService || bound.field == Field::kName) {
        NJ_ASSIGN(const CodeColumn column, bound.field == Field::kService ? view.service() : view.name());
        std::vector<uint8_t> wanted(column.table.size());
        for (size_t code = 0; code < wanted.size(); ++code)
            wanted[code] = bound.ids.contains(column.table[code]) ? 1 : 0;
        for (size_t row = 0; row < keep.size(); ++row)
            keep[row] &= wanted[column.code(row)];
        return {};
    }
    NJ_ASSIGN(const auto numbers, bound.field == Field::kKind ? view.kind() : bound.field == Field::kStatus ? view.status() : view.severity());
    std::array<uint8_t, 256> wanted{};
    for (const uint32_t id : bound.ids)
        wanted[id] = 1;
    for (size_t row = 0; row < keep.size(); ++row)
        keep[row] &= wanted[numbers[row]];
    return {};
}

Status SegmentFilter::narrowTraces(const SegmentView& view, std::vector<uint8_t>& keep) const {
    bool possible = false;
    for (const TraceId& id : *traces_) {
        NJ_ASSIGN(const bool may, view.mayContainTrace(id));
        possible = possible || may;
    }
    if (!possible) {
        std::fill(keep.begin(), keep.end(), uint8_t{0});
        return {};
    }
    NJ_ASSIGN(const TraceIdColumn column, view.traceIds());
    std::vector<uint8_t> wanted(column.table.size());
    for (const TraceId& id : *traces_) {
        const auto it = std::lower_bound(column.table.begin(), column.table.end(), id);
        if (it != column.table.end() && *it == id)
            wanted[static_cast<size_t>(it - column.table.begin())] = 1;
    }
    for (size_t row = 0; row < keep.size(); ++row)
        keep[row] &= wanted[column.codes.code(row)];
    return {};
}

Status SegmentFilter::narrow(const SegmentView& view, std::vector<uint8_t>& keep) const {
    keep.clear();
    if (!hasTime_ && codes_.empty() && !traces_ && !spans_ && !seqs_ && keys_.empty())
        return {};
    keep.assign(view.info().rows, 1);
    if (seqs_) {
        std::fill(keep.begin(), keep.end(), uint8_t{0});
        for (auto it = seqs_->lower_bound(view.info().seqBase); it != seqs_->end() && *it < view.info().seqBase + view.info().rows; ++it) {
            NJ_ASSIGN(const uint32_t row, view.rowOf(*it));
            keep[row] = 1;
        }
    }
    if (traces_)
        NJ_RETURN_IF_ERROR(narrowTraces(view, keep));
    for (const CodeBound& bound : codes_)
        NJ_RETURN_IF_ERROR(narrowCodes(view, bound, keep));
    if (spans_) {
        NJ_ASSIGN(const auto ids, view.spanIds());
        for (size_t row = 0; row < keep.size(); ++row)
            keep[row] = keep[row] && spans_->contains(ids[row]) ? 1 : 0;
    }
    if (hasTime_) {
        NJ_ASSIGN(const auto times, view.exactStart());
        for (size_t row = 0; row < keep.size(); ++row)
            keep[row] = keep[row] && times[row] >= time_.low && times[row] <= time_.high ? 1 : 0;
    }
    for (const KeyBound& key : keys_) {
        if (std::find(keep.begin(), keep.end(), 1) == keep.end())
            return {};
        NJ_ASSIGN(const AttributeField field, AttributeField::load(view, key.key));
        field.narrow(key.bound, keep);
    }
    return {};
}

}  // namespace nj::store

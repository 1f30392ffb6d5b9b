#include "store/sql_fields.h"

#include <algorithm>
#include <array>

namespace nj::store {
namespace {

// Loads a column into its slot on first use.
template <typename Slot, typename Load>
Status once(Slot& slot, Load&& load) {
    if (slot)
        return {};
    auto loaded = load();
    if (!loaded.ok())
        return loaded.error();
    slot = std::move(*loaded);
    return {};
}

template <typename IdType>
void putHex(const IdType& id, sqlite::Cell& cell) {
    static constexpr char kDigits[] = "0123456789abcdef";
    if (id.empty())
        return;
    std::array<char, sizeof(id.bytes) * 2> text;
    for (size_t i = 0; i < id.bytes.size(); ++i) {
        text[i * 2] = kDigits[id.bytes[i] >> 4];
        text[i * 2 + 1] = kDigits[id.bytes[i] & 15];
    }
    cell.text({text.data(), text.size()});
}

}  // namespace

const char* spanKindText(uint8_t kind) {
    static constexpr std::array kNames = {"unspecified", "internal", "server", "client", "producer", "consumer"};
    return kind < kNames.size() ? kNames[kind] : nullptr;
}

const char* spanStatusText(uint8_t status) {
    static constexpr std::array kNames = {"unset", "ok", "error"};
    return status < kNames.size() ? kNames[status] : nullptr;
}

Result<std::optional<std::pair<TraceId, SpanId>>> OwnerLookup::find(int64_t seq) {
    using Found = std::optional<std::pair<TraceId, SpanId>>;
    if (!view_ || seq < view_->info().seqBase || seq >= view_->info().seqBase + view_->info().rows) {
        view_.reset();
        for (const auto& segment : context_.snapshot->segments(Signal::kSpan)) {
            if (seq < segment->seqBase || seq >= segment->seqBase + segment->rows)
                continue;
            NJ_ASSIGN(view_, context_.reader.view(*context_.snapshot, segment->id));
            NJ_ASSIGN(traces_, view_->traceIds());
            NJ_ASSIGN(spans_, view_->spanIds());
            rowOfOffset_.assign(segment->rows, 0);
            for (uint32_t row = 0; row < segment->rows; ++row) {
                NJ_ASSIGN(const int64_t at, view_->seqOf(row));
                rowOfOffset_[static_cast<size_t>(at - segment->seqBase) % segment->rows] = row;
            }
            break;
        }
    }
    if (!view_)
        return Found();
    const uint32_t row = rowOfOffset_[static_cast<size_t>(seq - view_->info().seqBase)];
    return Found({traces_.at(row), spans_[row]});
}

// Both ends are needed for them and dropped again: grouped scans keep many segments open.
Status SegmentFields::loadDurations() {
    NJ_ASSIGN(const auto starts, view_.exactStart());
    NJ_ASSIGN(auto durations, view_.exactEnd());
    for (size_t row = 0; row < durations.size(); ++row)
        durations[row] = static_cast<int64_t>(static_cast<uint64_t>(durations[row]) - static_cast<uint64_t>(starts[row]));
    durations_ = std::move(durations);
    return {};
}

size_t SegmentFields::byteSize() const {
    const size_t wide = size_t{starts_.has_value()} + ends_.has_value() + durations_.has_value() + parents_.has_value() + scopes_.has_value() + ownerSeqs_.has_value() + series_.has_value() + values_.has_value();
    size_t bytes = wide * view_.info().rows * 8 + attributes_.size() * view_.info().rows * 12;
    for (const AttributeList& list : attributeRows_)
        bytes += list.size() * (sizeof(KeyValue) + 64);
    for (const auto& [column, frame] : frames_)
        for (const std::string& text : frame.rows)
            bytes += text.size() + sizeof(text);
    return bytes;
}

Status SegmentFields::putTime(Field field, uint32_t row, sqlite::Cell& cell) {
    if (field == Field::kDuration) {
        if (!durations_)
            NJ_RETURN_IF_ERROR(loadDurations());
        cell.integer((*durations_)[row]);
        return {};
    }
    if (field != Field::kObserved)
        NJ_RETURN_IF_ERROR(once(starts_, [&] { return view_.exactStart(); }));
    if (field == Field::kEnd || field == Field::kObserved)
        NJ_RETURN_IF_ERROR(once(ends_, [&] { return view_.exactEnd(); }));
    switch (field) {
    case Field::kStart: cell.integer((*starts_)[row]); break;
    case Field::kEnd: cell.integer((*ends_)[row]); break;
    default: {
        // Logs, events, exemplars: 0 is "not known".
        const TimeNs time = field == Field::kObserved ? (*ends_)[row] : (*starts_)[row];
        if (time != 0)
            cell.integer(time);
    }
    }
    return {};
}

Status SegmentFields::putId(Field field, uint32_t row, sqlite::Cell& cell) {
    if (field == Field::kTraceId) {
        NJ_RETURN_IF_ERROR(once(traces_, [&] { return view_.traceIds(); }));
        putHex(traces_->at(row), cell);
    } else if (field == Field::kSpanId) {
        NJ_RETURN_IF_ERROR(once(spans_, [&] { return view_.spanIds(); }));
        putHex((*spans_)[row], cell);
    } else if (field == Field::kParentSpanId) {
        NJ_RETURN_IF_ERROR(once(parents_, [&] { return view_.parentIds(); }));
        putHex((*parents_)[row], cell);
    } else {
        NJ_RETURN_IF_ERROR(once(ownerSeqs_, [&] { return view_.ownerSeq(); }));
        if (field == Field::kOwner) {
            cell.integer((*ownerSeqs_)[row]);
            return {};
        }
        NJ_ASSIGN(const auto owner, owners_.find((*ownerSeqs_)[row]));
        if (owner && field == Field::kOwnerTraceId)
            putHex(owner->first, cell);
        else if (owner)
            putHex(owner->second, cell);
    }
    return {};
}

Status SegmentFields::putText(TextColumn column, bool emptyIsNull, uint32_t row, sqlite::Cell& cell) {
    Frame& frame = frames_[column];
    if (row < frame.first || row - frame.first >= frame.rows.size()) {
        const uint32_t step = std::max(1U, view_.frameRows());
        frame.first = row - row % step;
        const uint32_t count = std::min(step, view_.info().rows - frame.first);
        frame.rows.assign(count, {});
        NJ_RETURN_IF_ERROR(view_.scanText(column, frame.first, count, [&](uint32_t at, std::string_view text) {
            if (at >= frame.first && at - frame.first < frame.rows.size())
                frame.rows[at - frame.first] = text;
            return true;
        }));
    }
    const std::string& text = frame.rows[row - frame.first];
    if (!text.empty() || !emptyIsNull)
        cell.text(text);
    return {};
}

Status SegmentFields::putAttribute(const std::string& key, uint32_t row, sqlite::Cell& cell) {
    auto it = attributes_.find(key);
    if (it == attributes_.end()) {
        NJ_ASSIGN(AttributeField loaded, AttributeField::load(view_, key));
        it = attributes_.emplace(key, std::move(loaded)).first;
    }
    it->second.put(row, cell);
    return {};
}

Status SegmentFields::put(Field field, const std::string& key, uint32_t row, sqlite::Cell& cell) {
    const Snapshot& snapshot = *context_.snapshot;
    switch (field) {
    case Field::kTraceId:
    case Field::kSpanId:
    case Field::kParentSpanId:
    case Field::kOwner:
    case Field::kOwnerTraceId:
    case Field::kOwnerSpanId: return putId(field, row, cell);
    case Field::kStart:
    case Field::kEnd:
    case Field::kDuration:
    case Field::kTime:
    case Field::kObserved: return putTime(field, row, cell);
    case Field::kService:
        NJ_RETURN_IF_ERROR(once(services_, [&] { return view_.service(); }));
        cell.lastingText(snapshot.text(services_->id(row)));
        return {};
    case Field::kName:
        NJ_RETURN_IF_ERROR(once(names_, [&] { return view_.name(); }));
        cell.lastingText(snapshot.text(names_->id(row)));
        return {};
    case Field::kKind:
        NJ_RETURN_IF_ERROR(once(kinds_, [&] { return view_.kind(); }));
        if (const char* text = spanKindText((*kinds_)[row]))
            cell.lastingText(text);
        return {};
    case Field::kStatus:
        NJ_RETURN_IF_ERROR(once(statuses_, [&] { return view_.status(); }));
        if (const char* text = spanStatusText((*statuses_)[row]))
            cell.lastingText(text);
        return {};
    case Field::kSeverityNumber:
        NJ_RETURN_IF_ERROR(once(severities_, [&] { return view_.severity(); }));
        cell.integer((*severities_)[row]);
        return {};
    case Field::kScope: {
        NJ_RETURN_IF_ERROR(once(scopes_, [&] { return view_.scopes(); }));
        if ((*scopes_)[row] != kNoIndex)
            cell.lastingText(snapshot.scope((*scopes_)[row]).name);
        return {};
    }
    case Field::kResourceId:
        NJ_RETURN_IF_ERROR(once(resources_, [&] { return view_.resource(); }));
        if (resources_->id(row) != kNoIndex)
            cell.integer(resources_->id(row));
        return {};
    case Field::kStatusMessage: return putText(TextColumn::kStatusMessage, true, row, cell);
    case Field::kSeverityText: return putText(TextColumn::kSeverityText, true, row, cell);
    case Field::kEventName: return putText(TextColumn::kEventName, true, row, cell);
    case Field::kBody: return putText(TextColumn::kBody, false, row, cell);
    case Field::kSeries:
        NJ_RETURN_IF_ERROR(once(series_, [&] { return view_.exemplarSeries(); }));
        cell.integer((*series_)[row]);
        return {};
    case Field::kValue:
        NJ_RETURN_IF_ERROR(once(values_, [&] { return view_.exemplarValues(); }));
        cell.number((*values_)[row]);
        return {};
    case Field::kAttribute: return putAttribute(key, row, cell);
    case Field::kAttributes: {
        if (row < attributesFrom_ || row - attributesFrom_ >= attributeRows_.size()) {
            const uint32_t step = std::max(1U, view_.frameRows());
            attributesFrom_ = row - row % step;
            NJ_ASSIGN(attributeRows_, view_.attributes(attributesFrom_, step));
        }
        cell.text(attributesToJson(attributeRows_[row - attributesFrom_]));
        return {};
    }
    }
    return {};
}

}  // namespace nj::store

#include "query/capsule/row_labels.h"

#include <algorithm>
#include <array>
#include <numeric>

namespace nj::query {
namespace {

constexpr std::array<const char*, 3> kStatusNames = {"unset", "ok", "error"};
constexpr std::array<const char*, 6> kKindNames = {"unspecified", "internal", "server", "client", "producer", "consumer"};
constexpr std::array<const char*, 7> kSeverityNames = {"unknown", "trace", "debug", "info", "warn", "error", "fatal"};

}  // namespace

RowLabels::RowLabels(QueryContext& context, Signal signal, std::string key) : context_(context), signal_(signal), key_(std::move(key)), labels_{"(none)", "(others)"} {
    constexpr std::string_view kResource = "resource.";
    if (key_.starts_with(kResource)) {
        resourceOnly_ = true;
        key_.erase(0, kResource.size());
    }
}

uint16_t RowLabels::code(std::string_view label) {
    const auto it = known_.find(std::string(label));
    if (it != known_.end())
        return it->second;
    if (labels_.size() >= kMaxLabels + 2)
        return kOverflow;
    const auto fresh = static_cast<uint16_t>(labels_.size());
    labels_.emplace_back(label);
    known_.emplace(label, fresh);
    return fresh;
}

uint16_t RowLabels::resourceCode(uint32_t resource) {
    const auto [it, fresh] = resources_.try_emplace(resource, kNone);
    if (fresh)
        if (const AttributeValue* value = findAttribute(context_.snapshot().resource(resource).attributes, key_))
            it->second = code(value->display());
    return it->second;
}

Result<bool> RowLabels::hotCodes(const store::SegmentView& view, std::vector<uint16_t>& out) {
    const bool span = signal_ == Signal::kSpan;
    if (key_ == "service" || (key_ == "name" && span)) {
        NJ_ASSIGN(const store::CodeColumn column, key_ == "service" ? view.service() : view.name());
        std::vector<uint16_t> map(column.table.size());
        for (size_t i = 0; i < map.size(); ++i) {
            const auto [it, fresh] = dictionary_.try_emplace(column.table[i], kNone);
            if (fresh)
                it->second = code(context_.snapshot().text(column.table[i]));
            map[i] = it->second;
        }
        for (size_t row = 0; row < out.size(); ++row) {
            const uint32_t local = column.code(row);
            out[row] = local < map.size() ? map[local] : kNone;
        }
        return true;
    }
    const bool status = span && key_ == "status", kind = span && key_ == "kind", severity = !span && key_ == "severity";
    if (status || kind || severity) {
        NJ_ASSIGN(const std::span<const uint8_t> bytes, status ? view.status() : kind ? view.kind() : view.severity());
        std::array<uint16_t, 256> map{};
        for (size_t value = 0; value < 25; ++value) {
            if (severity || value < (status ? kStatusNames.size() : kKindNames.size()))
                map[value] = code(status ? kStatusNames[value] : kind ? kKindNames[value] : kSeverityNames[(value + 3) / 4]);
        }
        for (size_t row = 0; row < std::min(out.size(), bytes.size()); ++row)
            out[row] = map[bytes[row]];
        return true;
    }
    if (key_ == "scope") {
        NJ_ASSIGN(const std::vector<uint32_t> scopes, view.scopes());
        for (size_t row = 0; row < std::min(out.size(), scopes.size()); ++row)
            out[row] = scopes[row] == kNoIndex ? kNone : code(context_.snapshot().scope(scopes[row]).name);
        return true;
    }
    return false;
}

void RowLabels::addAttribute(const store::AttributeValues& values, std::vector<uint16_t>& out) {
    std::vector<uint16_t> map(values.coded ? values.dictionary.size() : 0);
    for (uint32_t i = 0; i < map.size(); ++i)
        map[i] = code(values.dictionary.view(i));
    const bool textual = values.type == ValueType::kString || values.type == ValueType::kBytes || values.type == ValueType::kJson;
    for (size_t entry = 0; entry < values.size(); ++entry) {
        const uint32_t row = values.dense ? static_cast<uint32_t>(entry) : values.rows[entry];
        if (row >= out.size())
            break;
        if (values.coded)
            out[row] = values.codes[entry] < map.size() ? map[values.codes[entry]] : kNone;
        else if (textual)
            out[row] = code(values.text(entry));
        else if (values.type == ValueType::kDouble)
            out[row] = code(AttributeValue::ofDouble(values.numbers[entry]).display());
        else if (values.type == ValueType::kBool)
            out[row] = code(values.integers[entry] != 0 ? "true" : "false");
        else if (values.type == ValueType::kInt)
            out[row] = code(std::to_string(values.integers[entry]));
    }
}

Result<bool> RowLabels::anyIn(const store::SegmentView& view) {
    constexpr std::array<std::string_view, 6> kFields = {"service", "name", "status", "kind", "severity", "scope"};
    if (!resourceOnly_ && (std::find(kFields.begin(), kFields.end(), key_) != kFields.end() || view.info().hasAttribute(key_)))
        return true;
    NJ_ASSIGN(const store::CodeColumn column, view.resource());
    return std::any_of(column.table.begin(), column.table.end(), [&](uint32_t resource) { return resourceCode(resource) != kNone; });
}

Result<std::vector<uint16_t>> RowLabels::codes(const store::SegmentView& view) {
    std::vector<uint16_t> out(view.info().rows, kNone);
    if (!resourceOnly_) {
        NJ_ASSIGN(const bool hot, hotCodes(view, out));
        if (hot)
            return out;
    }
    NJ_ASSIGN(const store::CodeColumn column, view.resource());
    std::vector<uint16_t> map(column.table.size());
    for (size_t i = 0; i < map.size(); ++i)
        map[i] = resourceCode(column.table[i]);
    for (size_t row = 0; row < out.size(); ++row) {
        const uint32_t local = column.code(row);
        out[row] = local < map.size() ? map[local] : kNone;
    }
    if (resourceOnly_)
        return out;
    for (const store::AttributeInfo& info : view.info().attributes) {
        if (info.key != key_)
            continue;
        NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
        addAttribute(values, out);
    }
    return out;
}

GroupChoice chooseGroups(const std::vector<uint64_t>& counts, const std::vector<std::string>& labels, size_t maxGroups) {
    GroupChoice choice;
    std::vector<uint16_t> order;
    for (size_t code = 0; code < counts.size(); ++code)
        if (counts[code] > 0 && code != RowLabels::kOverflow)
            order.push_back(static_cast<uint16_t>(code));
    std::stable_sort(order.begin(), order.end(), [&](uint16_t a, uint16_t b) { return counts[a] > counts[b]; });
    const size_t own = std::min(order.size(), std::max<size_t>(maxGroups, 1));
    choice.groupOfCode.assign(labels.size(), static_cast<uint16_t>(own));
    for (size_t i = 0; i < own; ++i) {
        choice.groupOfCode[order[i]] = static_cast<uint16_t>(i);
        choice.names.push_back(labels[order[i]]);
    }
    const bool overflow = counts.size() > RowLabels::kOverflow && counts[RowLabels::kOverflow] > 0;
    if (own < order.size() || overflow || own == 0)
        choice.names.emplace_back(own == 0 ? "" : "others");
    return choice;
}

}  // namespace nj::query

#include "store/identity.h"

#include "store/byte_io.h"
#include "store/damaged.h"

namespace nj::store {
namespace {

void putAttributes(ByteWriter& out, const AttributeList& list) {
    out.varint(list.size());
    for (const auto& [key, value] : list) {
        out.text(key);
        out.fixed(value.type);
        switch (value.type) {
        case ValueType::kString:
        case ValueType::kBytes:
        case ValueType::kJson: out.text(value.text); break;
        case ValueType::kBool:
        case ValueType::kInt: out.zigzag(value.integer); break;
        case ValueType::kDouble: out.fixed(value.number); break;
        case ValueType::kEmpty: break;
        }
    }
}

AttributeList getAttributes(ByteReader& in) {
    AttributeList list(in.count(2));
    for (auto& [key, value] : list) {
        key = in.text();
        const auto type = in.fixed<uint8_t>();
        value.type = static_cast<ValueType>(type);
        switch (value.type) {
        case ValueType::kString:
        case ValueType::kBytes:
        case ValueType::kJson: value.text = in.text(); break;
        case ValueType::kBool:
        case ValueType::kInt: value.integer = in.zigzag(); break;
        case ValueType::kDouble: value.number = in.fixed<double>(); break;
        case ValueType::kEmpty: break;
        default: in.fail(); value.type = ValueType::kEmpty;
        }
        if (in.failed())
            break;
    }
    return list;
}

// Indexes with kNoIndex as 0.
uint64_t indexOut(uint32_t index) { return index == kNoIndex ? 0 : uint64_t{index} + 1; }
uint32_t indexIn(uint64_t stored) { return stored == 0 ? kNoIndex : static_cast<uint32_t>(stored - 1); }

void putIdentity(ByteWriter& out, const SeriesKey& key) {
    out.fixed(key.origin);
    if (key.origin == SeriesOrigin::kOtlp) {
        out.varint(indexOut(key.resource));
        out.varint(indexOut(key.scope));
        out.text(key.unit);
        out.fixed(key.kind);
        out.fixed(key.temporality);
        out.fixed(static_cast<uint8_t>(key.monotonic ? 1 : 0));
    }
    out.text(key.name);
    putAttributes(out, key.attributes);
}

}  // namespace

std::string encodeResource(const Resource& resource) {
    ByteWriter out;
    putAttributes(out, resource.attributes);
    out.text(resource.schemaUrl);
    out.varint(resource.droppedAttributes);
    return out.take();
}

Status decodeResource(std::string_view bytes, Resource& resource) {
    ByteReader in(bytes);
    resource.attributes = getAttributes(in);
    resource.schemaUrl = in.text();
    resource.droppedAttributes = static_cast<uint32_t>(in.varint());
    if (in.failed())
        return damaged("a resource cannot be read");
    return {};
}

std::string encodeScope(const Scope& scope) {
    ByteWriter out;
    out.text(scope.name);
    out.text(scope.version);
    putAttributes(out, scope.attributes);
    out.text(scope.schemaUrl);
    out.varint(scope.droppedAttributes);
    return out.take();
}

Status decodeScope(std::string_view bytes, Scope& scope) {
    ByteReader in(bytes);
    scope.name = in.text();
    scope.version = in.text();
    scope.attributes = getAttributes(in);
    scope.schemaUrl = in.text();
    scope.droppedAttributes = static_cast<uint32_t>(in.varint());
    if (in.failed())
        return damaged("a scope cannot be read");
    return {};
}

std::string encodeSeries(const SeriesKey& key) {
    ByteWriter out;
    out.fixed(key.origin);
    out.varint(indexOut(key.resource));
    out.varint(indexOut(key.scope));
    out.text(key.name);
    out.text(key.unit);
    out.text(key.description);
    out.fixed(key.kind);
    out.fixed(key.temporality);
    out.fixed(static_cast<uint8_t>(key.monotonic ? 1 : 0));
    putAttributes(out, key.attributes);
    return out.take();
}

Status decodeSeries(std::string_view bytes, SeriesRow& row) {
    ByteReader in(bytes);
    const auto origin = in.fixed<uint8_t>();
    row.resource = indexIn(in.varint());
    row.scope = indexIn(in.varint());
    row.name = in.text();
    row.unit = in.text();
    row.description = in.text();
    const auto kind = in.fixed<uint8_t>();
    const auto temporality = in.fixed<uint8_t>();
    row.monotonic = in.fixed<uint8_t>() != 0;
    row.attributes = getAttributes(in);
    if (in.failed() || origin > 1 || kind > static_cast<uint8_t>(MetricKind::kGaugeHistogram) || temporality > 2)
        return damaged("a series cannot be read");
    row.origin = static_cast<SeriesOrigin>(origin);
    row.kind = static_cast<MetricKind>(kind);
    row.temporality = static_cast<Temporality>(temporality);
    return {};
}

Hash128 seriesIdentity(const SeriesKey& key) {
    ByteWriter out;
    putIdentity(out, key);
    return hash128(out.bytes());
}

}  // namespace nj::store

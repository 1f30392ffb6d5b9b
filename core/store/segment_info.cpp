#include "store/segment_info.h"

#include <algorithm>

#include "store/byte_io.h"
#include "store/segment_columns.h"

namespace nj::store {
namespace {

void appendIds(ByteWriter& out, const std::vector<uint32_t>& ids) {
    out.varint(ids.size());
    for (const uint32_t id : ids)
        out.varint(id);
}

std::vector<uint32_t> readIds(ByteReader& in) {
    std::vector<uint32_t> ids(in.count());
    for (auto& id : ids)
        id = static_cast<uint32_t>(in.varint());
    return ids;
}

}  // namespace

std::string encodeSegmentInfo(const SegmentInfo& info, const std::function<uint32_t(std::string_view)>& internKey) {
    ByteWriter out;
    out.zigzag(info.maxEnd);
    out.varint(info.kindMask);
    out.varint(info.statusMask);
    out.varint(info.severityMask);
    appendIds(out, info.services);
    appendIds(out, info.names);
    out.varint(info.attributes.size());
    for (const AttributeInfo& attribute : info.attributes) {
        out.varint(internKey(attribute.key));
        out.fixed(static_cast<uint8_t>(attribute.type));
        out.fixed(static_cast<uint8_t>(attribute.residual ? 1 : 0));
        out.varint(attribute.rows);
    }
    return out.take();
}

Status decodeSegmentInfo(std::string_view bytes, const std::function<std::string_view(uint32_t)>& keyText, SegmentInfo& info) {
    ByteReader in(bytes);
    info.maxEnd = in.zigzag();
    info.kindMask = static_cast<uint32_t>(in.varint());
    info.statusMask = static_cast<uint32_t>(in.varint());
    info.severityMask = static_cast<uint32_t>(in.varint());
    info.services = readIds(in);
    info.names = readIds(in);
    info.attributes.resize(in.count(4));
    size_t columns = 0;
    bool residual = false;
    for (AttributeInfo& attribute : info.attributes) {
        attribute.key = keyText(static_cast<uint32_t>(in.varint()));
        const auto type = in.fixed<uint8_t>();
        attribute.type = static_cast<ValueType>(std::min<uint8_t>(type, static_cast<uint8_t>(ValueType::kJson)));
        attribute.residual = in.fixed<uint8_t>() != 0;
        attribute.rows = static_cast<uint32_t>(in.varint());
        if (residual && !attribute.residual)
            in.fail();
        residual = attribute.residual;
        columns += attribute.residual ? 0 : 1;
    }
    if (in.failed() || in.left() != 0 || columns > kMaxAttributeColumns || info.rows == 0 || info.rows > kSegmentRows)
        return makeError(ErrorCode::kMalformed, "the capsule is damaged: a segment's directory cannot be read");
    return {};
}

bool SegmentInfo::hasAttribute(std::string_view key) const {
    return std::any_of(attributes.begin(), attributes.end(), [key](const AttributeInfo& a) { return a.key == key; });
}

}  // namespace nj::store

// Attributes and values of OTLP requests in protobuf: see otlp_protobuf_decoder.h.
#include <cstring>

#include "base/json_writer.h"
#include "base/utf8.h"
#include "format/otlp_protobuf_decoder.h"

namespace nj::format {
namespace {

constexpr size_t kShortLength = 0x80;   // lengths below it are one byte

// A KeyValue as nearly all are written: the key, then a value of one field, each shorter than 128 bytes.
struct ShortAttribute {
    std::string_view key;
    char tag = 0;               // of the value's field
    std::string_view content;   // what follows the tag
};

bool takeShort(std::string_view message, ShortAttribute& attribute) {
    const auto at = [&](size_t i) { return static_cast<unsigned char>(message[i]); };
    if (message.size() < 6 || message[0] != '\x0a')
        return false;
    const size_t key = at(1);
    if (key >= kShortLength || key + 5 > message.size() || message[2 + key] != '\x12')
        return false;
    const size_t value = at(3 + key);
    if (value >= kShortLength || value < 2 || message.size() != 4 + key + value)
        return false;
    attribute = {message.substr(2, key), message[4 + key], message.substr(5 + key)};
    return true;
}

bool takeWholeVarint(std::string_view bytes, uint64_t& number) { return WireReader::takeVarint(bytes, number) && bytes.empty(); }

}  // namespace

std::string_view OtlpProtobufDecoder::text(std::string_view bytes) {
    if (isValidUtf8(bytes))
        return bytes;
    repaired_.push_back(repairUtf8(bytes));
    builder_.health(HealthSeverity::kRepaired, "text that is no UTF-8", repaired_.back());
    return repaired_.back();
}

// False: not of the short form, nothing was done.
bool OtlpProtobufDecoder::shortAttribute(AttributeColumns& columns, uint32_t row, std::string_view message) {
    ShortAttribute a;
    if (rowAttributes_ >= kMaxRowAttributes || !takeShort(message, a))
        return false;
    uint64_t number = 0;
    const bool isText = a.tag == '\x0a' && static_cast<unsigned char>(a.content[0]) < kShortLength && static_cast<size_t>(a.content[0]) == a.content.size() - 1;
    const bool isReal = a.tag == '\x21' && a.content.size() == 8;
    if (!isText && !isReal && !((a.tag == '\x10' || a.tag == '\x18') && takeWholeVarint(a.content, number)))
        return false;
    ++rowAttributes_;
    const std::string_view key = text(a.key);
    bool fresh = true;
    if (isText) {
        fresh = columns.addString(row, key, text(a.content.substr(1)));
    } else if (isReal) {
        double real = 0;
        std::memcpy(&real, a.content.data(), sizeof real);
        fresh = columns.addDouble(row, key, real);
    } else {
        fresh = a.tag == '\x18' ? columns.addInt(row, key, static_cast<int64_t>(number)) : columns.addBool(row, key, number != 0);
    }
    if (!fresh)
        repeatedKey(key);
    return true;
}

void OtlpProtobufDecoder::repeatedKey(std::string_view key) {
    builder_.health(HealthSeverity::kRepaired, "attribute key twice on one row: the first is kept", key);
}

void OtlpProtobufDecoder::attribute(AttributeColumns& columns, uint32_t row, std::string_view message) {
    if (shortAttribute(columns, row, message))
        return;
    std::string_view key;
    std::string_view raw;
    bool hasValue = false;
    WireReader r(message);
    while (r.next()) {
        if (r.field() == 1 && r.isBytes()) {
            key = r.bytes();
        } else if (r.field() == 2 && r.isBytes()) {
            raw = r.bytes();
            hasValue = true;
        }
    }
    if (!r.good()) {
        builder_.health(HealthSeverity::kRejected, "damaged OTLP attribute", text(key));
        return;
    }
    if (++rowAttributes_ > kMaxRowAttributes) {
        builder_.health(HealthSeverity::kLost, "attributes over the limit of one row", text(key));
        return;
    }
    attributeValue(columns, row, text(key), hasValue ? raw : std::string_view());
}

void OtlpProtobufDecoder::attributeValue(AttributeColumns& columns, uint32_t row, std::string_view key, std::string_view message) {
    WireReader r(message);
    bool fresh = true;
    if (!r.next()) {
        fresh = columns.addEmpty(row, key);
    } else if (r.field() == 1 && r.isBytes() && r.good()) {
        fresh = columns.addString(row, key, text(r.bytes()));
    } else if (r.field() == 2 && r.isVarint()) {
        fresh = columns.addBool(row, key, r.number() != 0);
    } else if (r.field() == 3 && r.isVarint()) {
        fresh = columns.addInt(row, key, static_cast<int64_t>(r.number()));
    } else if (r.field() == 4 && r.isFixed64()) {
        fresh = columns.addDouble(row, key, r.real());
    } else {
        fresh = columns.add(row, key, value(message));
    }
    if (!fresh)
        repeatedKey(key);
}

KeyValue OtlpProtobufDecoder::keyValue(std::string_view message) {
    KeyValue entry;
    WireReader r(message);
    while (r.next()) {
        if (r.field() == 1 && r.isBytes())
            entry.key = text(r.bytes());
        else if (r.field() == 2 && r.isBytes())
            entry.value = value(r.bytes());
    }
    checkEnd(r, "attribute");
    return entry;
}

AttributeValue OtlpProtobufDecoder::value(std::string_view message) {
    AttributeValue v;
    WireReader r(message);
    while (r.next()) {
        const bool bytes = r.isBytes();
        if (r.field() == 1 && bytes) {
            v = AttributeValue::ofString(text(r.bytes()));
        } else if (r.field() == 2 && r.isVarint()) {
            v = AttributeValue::ofBool(r.number() != 0);
        } else if (r.field() == 3 && r.isVarint()) {
            v = AttributeValue::ofInt(static_cast<int64_t>(r.number()));
        } else if (r.field() == 4 && r.isFixed64()) {
            v = AttributeValue::ofDouble(r.real());
        } else if ((r.field() == 5 || r.field() == 6) && bytes) {
            json_.clear();
            r.field() == 5 ? appendJsonList(json_, r.bytes(), 1) : appendJsonMap(json_, r.bytes(), 1);
            v = AttributeValue::ofJson(json_);
        } else if (r.field() == 7 && bytes) {
            v = AttributeValue::ofBytes(r.bytes());
        }
    }
    checkEnd(r, "attribute value");
    return v;
}

void OtlpProtobufDecoder::appendJsonValue(std::string& out, std::string_view message, int depth) {
    const size_t start = out.size();
    WireReader r(message);
    while (r.next()) {
        const bool bytes = r.isBytes();
        if (r.field() < 1 || r.field() > 7)
            continue;
        out.resize(start);   // the last member of a oneof wins
        if (r.field() == 1 && bytes)
            appendJsonString(out, text(r.bytes()));
        else if (r.field() == 2 && r.isVarint())
            out += r.number() != 0 ? "true" : "false";
        else if (r.field() == 3 && r.isVarint())
            out += std::to_string(static_cast<int64_t>(r.number()));
        else if (r.field() == 4 && r.isFixed64())
            AttributeValue::ofDouble(r.real()).appendJson(out);
        else if (r.field() == 5 && bytes)
            appendJsonList(out, r.bytes(), depth + 1);
        else if (r.field() == 6 && bytes)
            appendJsonMap(out, r.bytes(), depth + 1);
        else if (r.field() == 7 && bytes)
            AttributeValue::ofBytes(r.bytes()).appendJson(out);
    }
    checkEnd(r, "attribute value");
    if (out.size() == start)
        out += "null";
}

void OtlpProtobufDecoder::appendJsonList(std::string& out, std::string_view message, int depth) {
    if (depth > kMaxValueDepth) {
        builder_.health(HealthSeverity::kRepaired, "attribute value nested deeper than 32: cut");
        out += "null";
        return;
    }
    out += '[';
    bool first = true;
    WireReader r(message);
    while (r.next()) {
        if (r.field() != 1 || !r.isBytes())
            continue;
        if (!first)
            out += ',';
        first = false;
        appendJsonValue(out, r.bytes(), depth);
    }
    checkEnd(r, "attribute value");
    out += ']';
}

void OtlpProtobufDecoder::appendJsonMap(std::string& out, std::string_view message, int depth) {
    if (depth > kMaxValueDepth) {
        builder_.health(HealthSeverity::kRepaired, "attribute value nested deeper than 32: cut");
        out += "null";
        return;
    }
    out += '{';
    bool first = true;
    WireReader r(message);
    while (r.next()) {
        if (r.field() != 1 || !r.isBytes())
            continue;
        if (!first)
            out += ',';
        first = false;
        std::string_view key;
        std::string_view member;
        for (WireReader entry(r.bytes()); entry.next();) {
            if (entry.field() == 1 && entry.isBytes())
                key = entry.bytes();
            else if (entry.field() == 2 && entry.isBytes())
                member = entry.bytes();
        }
        appendJsonString(out, text(key));
        out += ':';
        appendJsonValue(out, member, depth);
    }
    checkEnd(r, "attribute value");
    out += '}';
}

}  // namespace nj::format

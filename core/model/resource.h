// Resource and instrumentation scope in OpenTelemetry's meaning. Plain values.
#pragma once

#include <cstdint>
#include <string>

#include "model/attribute.h"

namespace nj {

struct Resource {
    AttributeList attributes;
    std::string schemaUrl;
    uint32_t droppedAttributes = 0;
    bool operator==(const Resource&) const = default;
    // service.name, else "" (SDKs send unknown_service themselves).
    [[nodiscard]] std::string service() const;
};

struct Scope {
    std::string name;
    std::string version;
    AttributeList attributes;
    std::string schemaUrl;
    uint32_t droppedAttributes = 0;
    bool operator==(const Scope&) const = default;
};

}  // namespace nj

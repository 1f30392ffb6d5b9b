#include "model/resource.h"

namespace nj {

std::string Resource::service() const {
    const AttributeValue* value = findAttribute(attributes, "service.name");
    return value ? value->display() : std::string();
}

}  // namespace nj

// What a file without rows is: text that can be searched, or bytes that are only listed. Pure functions.
#pragma once

#include <string>
#include <string_view>

namespace nj::ingest {

struct MediaType {
    std::string name;       // "application/yaml", "text/plain", "application/octet-stream"
    bool isText = false;
};

MediaType mediaTypeOf(std::string_view start, std::string_view path);

}  // namespace nj::ingest

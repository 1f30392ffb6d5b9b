// Which whole words a frame of log texts may hold. A token is a run of [A-Za-z0-9_] and bytes >= 0x80, compared with ASCII letters
// in lower case. FORMAT.md, "Token filters". One builder per encoder thread.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nj::store {

// Calls visit with every token's key.
uint64_t tokenKey(std::string_view token);
// The tokens of a text, as they stand.
std::vector<std::string_view> tokensOf(std::string_view text);

class TokenSet {
public:
    TokenSet();
    void addText(std::string_view text);
    // The filter of what was added since the last call.
    std::string takeFilter();

private:
    void addKey(uint64_t key);
    std::vector<uint64_t> slots_;
    std::vector<uint64_t> keys_;
};

}  // namespace nj::store

// Turns a log's bytes into UTF-8: drops a byte order mark and decodes UTF-16 that announces itself by one. Fed in arbitrary chunks. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace nj::format {

class LogEncoding {
public:
    // Appends the decoded text. Unpaired surrogates become U+FFFD and are counted.
    void decode(std::string_view chunk, std::string& out);
    // What is left when the input ends.
    void finish(std::string& out);
    [[nodiscard]] bool wide() const { return mode_ == Mode::kUtf16Le || mode_ == Mode::kUtf16Be; }
    [[nodiscard]] uint64_t repaired() const { return repaired_; }

private:
    enum class Mode : uint8_t { kUnknown, kPlain, kUtf16Le, kUtf16Be };
    void decodeWide(std::string_view bytes, std::string& out);
    void putUnit(uint32_t unit, std::string& out);

    Mode mode_ = Mode::kUnknown;
    std::string pending_;       // up to three bytes: of the mark, or half a unit
    uint32_t highSurrogate_ = 0;
    uint64_t repaired_ = 0;
};

}  // namespace nj::format

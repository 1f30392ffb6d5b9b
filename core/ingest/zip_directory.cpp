#include "ingest/zip_directory.h"

#include <algorithm>
#include <vector>

namespace nj::ingest {
namespace {

using namespace std::string_view_literals;

constexpr size_t kEndBytes = 22;            // end of central directory, without comment
constexpr size_t kTailBytes = 65'535 + kEndBytes + 20;

uint64_t littleEndian(std::string_view bytes, size_t at, size_t count) {
    uint64_t value = 0;
    for (size_t i = count; i-- > 0;)
        value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
    return value;
}

Result<std::string> readAt(FileSource& file, uint64_t offset, size_t size) {
    NJ_RETURN_IF_ERROR(file.seek(offset));
    std::string bytes(size, '\0');
    size_t filled = 0;
    while (filled < size) {
        NJ_ASSIGN(const size_t n, file.read(bytes.data() + filled, size - filled));
        if (n == 0)
            break;
        filled += n;
    }
    bytes.resize(filled);
    return bytes;
}

// Where the first directory entry can lie at the earliest, by every statement of the file; 0 where they contradict.
Result<uint64_t> earliestDirectory(FileSource& file, std::string_view tail, size_t end, uint64_t tailOffset) {
    const uint64_t size = littleEndian(tail, end + 12, 4);
    const uint64_t stated = littleEndian(tail, end + 16, 4);
    const uint64_t endOffset = tailOffset + end;
    uint64_t earliest = std::min(stated, endOffset - std::min(endOffset, size));
    if (end >= 20 && tail.substr(end - 20, 4) == "PK\x06\x07"sv) {
        NJ_ASSIGN(const std::string record, readAt(file, std::min(littleEndian(tail, end - 20 + 8, 8), file.size()), 56));
        earliest = record.size() == 56 ? std::min(earliest, littleEndian(record, 48, 8)) : 0;
    }
    return earliest > file.size() ? 0 : earliest;
}

// Directory entries begin with this signature, whatever else the file claims.
Result<uint64_t> countSignatures(FileSource& file, uint64_t from, uint64_t enough) {
    NJ_RETURN_IF_ERROR(file.seek(from));
    std::string window;
    std::vector<char> buffer(256U << 10);
    uint64_t count = 0;
    while (count <= enough) {
        NJ_ASSIGN(const size_t n, file.read(buffer.data(), buffer.size()));
        if (n == 0)
            break;
        window.append(buffer.data(), n);
        for (size_t at = window.find("PK\x01\x02"sv); at != std::string::npos; at = window.find("PK\x01\x02"sv, at + 4))
            ++count;
        window.erase(0, window.size() - std::min<size_t>(window.size(), 3));
    }
    return count;
}

}  // namespace

Result<bool> inspectZipDirectory(FileSource& file, uint64_t maxEntries) {
    const uint64_t tailOffset = file.size() - std::min<uint64_t>(file.size(), kTailBytes);
    NJ_ASSIGN(const std::string tail, readAt(file, tailOffset, kTailBytes));
    const size_t end = tail.rfind("PK\x05\x06"sv);
    if (end == std::string::npos || tail.size() - end < kEndBytes)
        return false;
    NJ_ASSIGN(const uint64_t from, earliestDirectory(file, tail, end, tailOffset));
    NJ_ASSIGN(const uint64_t count, countSignatures(file, from, maxEntries));
    if (count > maxEntries)
        return makeError(ErrorCode::kLimit, "the zip archive holds more than " + std::to_string(maxEntries) + " entries; split it or unpack it");
    return true;
}

}  // namespace nj::ingest

// Opens one file on disk and everything inside it: compression and archives are undone, streaming, until plain bytes are left;
// each piece of plain bytes is a member. Nothing is ever written under a name from an archive: names are labels only.
// One thread per walker; the visitor is called on it.
#pragma once

#include <string>

#include "ingest/byte_source.h"
#include "ingest/path_list.h"

namespace nj::ingest {

struct Member {
    std::string label;          // "bundle.tar.zst/logs/gateway.log", valid UTF-8
    std::string namePath;       // the same without .gz, .zst …: what detection may look at
    PeekedSource& bytes;
    TimeNs modifiedAt = 0;
    uint64_t sizeOnDisk = 0;    // 0 = unknown (inside an archive, a pipe)
    std::string diskPath = {};  // of a file that is a member as it lies on disk; "" = inside an archive, compressed, a pipe
    FileBudget* budget = nullptr;
};

class MemberVisitor {
public:
    virtual ~MemberVisitor() = default;
    // Reads the member as far as it wants. Errors of its bytes belong to the member.
    virtual void onMember(Member& member) = 0;
    // A file, or the rest of an archive, that can't be read.
    virtual void onProblem(const std::string& label, const Error& error) = 0;
};

class MemberWalker {
public:
    MemberWalker(FileBudget& budget, MemberVisitor& visitor) : budget_(budget), visitor_(visitor) {}
    void walk(const FileEntry& file);

private:
    struct Layer {
        std::string label;
        std::string namePath;
        TimeNs modifiedAt = 0;
        uint64_t sizeOnDisk = 0;
        int depth = 0;
        bool compressed = false;     // the layer above is a compression: a tar here counts with it
        FileSource* file = nullptr;  // the source itself, where it can seek
        std::string diskPath;        // of that source
    };

    void visit(ByteSource& source, const Layer& layer);
    void visitCompressed(PeekedSource& peeked, const Layer& layer, int kind);
    void visitTar(PeekedSource& peeked, const Layer& layer);
    void visitZip(PeekedSource& peeked, const Layer& layer);
    void visitEntries(class ArchiveHandle& handle, const Layer& layer, const char* kind, bool decompresses);

    FileBudget& budget_;
    MemberVisitor& visitor_;
};

// The POSIX checksum of the first header holds.
bool looksLikeTar(std::string_view start);

}  // namespace nj::ingest

// Archives and compression: the walker over a file of these bytes, with small limits so that an input stays cheap.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "fuzz_entry.h"
#include "ingest/member_walker.h"

namespace {

class Drain : public nj::ingest::MemberVisitor {
public:
    void onMember(nj::ingest::Member& member) override {
        std::vector<char> buffer(8192);
        while (true) {
            const auto n = member.bytes.read(buffer.data(), buffer.size());
            if (!n.ok() || *n == 0)
                return;
        }
    }
    void onProblem(const std::string&, const nj::Error&) override {}
};

// A file in memory: the walker opens files by name.
int scratch() {
    static const int fd = ::memfd_create("nightjar-fuzz", MFD_CLOEXEC);
    if (fd < 0)
        std::abort();
    return fd;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    if (::ftruncate(scratch(), 0) != 0 || ::pwrite(scratch(), data, size, 0) != static_cast<ssize_t>(size))
        return 0;
    nj::ingest::DecodeLimits limits;
    limits.decodedBytes = 4U << 20;
    limits.spoolBytes = 1U << 20;
    limits.entries = 500;
    nj::ingest::DecodeBudget total(limits);
    nj::ingest::FileBudget budget(total, {});
    Drain drain;
    nj::ingest::MemberWalker(budget, drain).walk({"/proc/self/fd/" + std::to_string(scratch()), size});
    return 0;
}

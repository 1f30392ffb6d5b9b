#include "ingest/member_walker.h"

#include <algorithm>
#include <array>
#include <cstring>

#include "base/utf8.h"
#include "ingest/archive_handle.h"
#include "ingest/decompressor.h"
#include "ingest/zip_directory.h"

namespace nj::ingest {
namespace {

using namespace std::string_view_literals;

constexpr std::array kCompressionSuffixes = {".gz"sv, ".zst"sv, ".zstd"sv, ".xz"sv, ".bz2"sv, ".tgz"sv};

bool looksLikeZip(std::string_view start) { return start.starts_with("PK\x03\x04"sv) || start.starts_with("PK\x05\x06"sv); }

// Archives that are recognised and not opened: their readers are too large a surface for files of strangers.
const char* unsupportedArchive(std::string_view start) {
    if (start.starts_with("7z\xbc\xaf\x27\x1c"sv))
        return "7z";
    if (start.starts_with("Rar!\x1a\x07"sv))
        return "RAR";
    return nullptr;
}

std::string withoutCompressionSuffix(const std::string& path) {
    for (const std::string_view suffix : kCompressionSuffixes)
        if (path.size() > suffix.size() && path.ends_with(suffix))
            return path.substr(0, path.size() - suffix.size());
    return path;
}

// The bytes of the current entry of an archive. Holes of sparse files are left out: they cost nothing to declare.
class EntrySource : public ByteSource {
public:
    EntrySource(ArchiveHandle& handle, FileBudget& budget, const char* kind, bool decompresses)
        : handle_(handle), budget_(budget), kind_(kind), decompresses_(decompresses) {}

    Result<size_t> read(char* buffer, size_t size) override {
        if (error_)
            return *error_;
        while (blockSize_ == 0) {
            const void* block = nullptr;
            la_int64_t offset = 0;
            const int rc = archive_read_data_block(handle_.get(), &block, &blockSize_, &offset);
            if (rc == ARCHIVE_EOF)
                return size_t{0};
            if (rc < ARCHIVE_WARN) {
                blockSize_ = 0;
                return keep(handle_.error(kind_));
            }
            block_ = static_cast<const char*>(block);
            if (const Status charged = decompresses_ ? budget_.chargeDecoded(blockSize_) : budget_.chargeRead(0); !charged.ok())
                return keep(charged.error());
        }
        const size_t n = std::min(size, blockSize_);
        std::memcpy(buffer, block_, n);
        block_ += n;
        blockSize_ -= n;
        return n;
    }
    [[nodiscard]] bool failed() const { return error_.has_value(); }

private:
    Error keep(Error error) {
        error_ = error;
        return error;
    }

    ArchiveHandle& handle_;
    FileBudget& budget_;
    const char* const kind_;
    const bool decompresses_;
    const char* block_ = nullptr;
    size_t blockSize_ = 0;
    std::optional<Error> error_;
};

std::string entryName(archive_entry* entry) {
    const char* name = archive_entry_pathname(entry);
    std::string text = repairUtf8(name ? name : "(no name)");
    while (text.starts_with("./"))
        text.erase(0, 2);
    return text;
}

}  // namespace

bool looksLikeTar(std::string_view start) {
    if (start.size() < 512 || start[0] == '\0')
        return false;
    uint64_t stated = 0;
    size_t digits = 0;
    for (size_t i = 148; i < 156; ++i) {
        if (start[i] >= '0' && start[i] <= '7') {
            stated = stated * 8 + static_cast<uint64_t>(start[i] - '0');
            ++digits;
        } else if (start[i] != ' ' && start[i] != '\0') {
            return false;
        }
    }
    uint64_t sum = 0;
    for (size_t i = 0; i < 512; ++i)
        sum += i >= 148 && i < 156 ? ' ' : static_cast<unsigned char>(start[i]);
    return digits > 0 && sum == stated;
}

void MemberWalker::walk(const FileEntry& file) {
    if (const Status entry = budget_.chargeEntry(); !entry.ok())
        return visitor_.onProblem(file.path, entry.error());
    Layer layer;
    layer.label = repairUtf8(file.path == "-" ? "standard input" : file.path);
    layer.namePath = layer.label;
    if (file.path == "-") {
        const auto source = FileSource::standardInput(budget_);
        return visit(*source, layer);
    }
    auto source = FileSource::open(file.path, budget_);
    if (!source.ok())
        return visitor_.onProblem(layer.label, source.error());
    layer.file = source->get();
    layer.diskPath = file.path;
    layer.modifiedAt = (*source)->modifiedAt();
    layer.sizeOnDisk = (*source)->size();
    visit(**source, layer);
}

void MemberWalker::visit(ByteSource& source, const Layer& layer) {
    PeekedSource peeked(source);
    const Compression compression = detectCompression(peeked.sample());
    const bool tar = looksLikeTar(peeked.sample());
    const bool zip = looksLikeZip(peeked.sample());
    const int depth = layer.depth + (compression != Compression::kNone || zip || (tar && !layer.compressed) ? 1 : 0);
    if (depth > budget_.limits().depth)
        return visitor_.onProblem(layer.label, makeError(ErrorCode::kLimit, "archives are nested more than " + std::to_string(budget_.limits().depth) + " deep; what lies deeper was not read"));
    if (const char* kind = unsupportedArchive(peeked.sample()))
        return visitor_.onProblem(layer.label, makeError(ErrorCode::kUnsupported, std::string(kind) + " archives are not read; unpack it and import the directory"));
    Layer inner = layer;
    inner.depth = depth;
    if (compression != Compression::kNone)
        return visitCompressed(peeked, inner, static_cast<int>(compression));
    if (tar)
        return visitTar(peeked, inner);
    if (zip)
        return visitZip(peeked, inner);
    Member member{layer.label, layer.namePath, peeked, layer.modifiedAt, layer.sizeOnDisk, layer.diskPath, &budget_};
    visitor_.onMember(member);
}

void MemberWalker::visitCompressed(PeekedSource& peeked, const Layer& layer, int kind) {
    auto decoder = openDecompressor(static_cast<Compression>(kind), peeked, budget_);
    if (!decoder.ok())
        return visitor_.onProblem(layer.label, decoder.error());
    Layer inner = layer;
    inner.namePath = withoutCompressionSuffix(layer.namePath);
    inner.compressed = true;
    inner.file = nullptr;
    inner.diskPath.clear();
    visit(**decoder, inner);
}

void MemberWalker::visitTar(PeekedSource& peeked, const Layer& layer) {
    ArchiveHandle handle(peeked);
    archive_read_support_format_tar(handle.get());
    if (!handle.openStream())
        return visitor_.onProblem(layer.label, handle.error("tar archive"));
    visitEntries(handle, layer, "tar archive", false);
}

void MemberWalker::visitZip(PeekedSource& peeked, const Layer& layer) {
    std::unique_ptr<FileSource> spool;
    FileSource* file = layer.file;
    if (!file) {
        auto copied = FileSource::spool(peeked, budget_);
        if (!copied.ok())
            return visitor_.onProblem(layer.label, copied.error());
        spool = std::move(*copied);
        file = spool.get();
    }
    auto directory = inspectZipDirectory(*file, budget_.limits().entries);
    if (!directory.ok())
        return visitor_.onProblem(layer.label, directory.error());
    if (const Status rewound = file->seek(0); !rewound.ok())
        return visitor_.onProblem(layer.label, rewound.error());
    ArchiveHandle handle(*file);
    // Without its directory (a truncated download) a zip can still be read from the front.
    const bool opened = *directory ? archive_read_support_format_zip_seekable(handle.get()) == ARCHIVE_OK && handle.openSeekable(*file)
                                   : archive_read_support_format_zip_streamable(handle.get()) == ARCHIVE_OK && handle.openStream();
    if (!opened)
        return visitor_.onProblem(layer.label, handle.error("zip archive"));
    visitEntries(handle, layer, "zip archive", true);
}

void MemberWalker::visitEntries(ArchiveHandle& handle, const Layer& layer, const char* kind, bool decompresses) {
    bool reported = false;
    while (true) {
        archive_entry* entry = nullptr;
        const int rc = archive_read_next_header(handle.get(), &entry);
        if (rc == ARCHIVE_EOF)
            return;
        if (rc == ARCHIVE_RETRY)
            continue;
        if (rc < ARCHIVE_WARN) {
            // What the damaged member itself reported is not said twice.
            if (!reported)
                visitor_.onProblem(layer.label, budget_.failure() ? *budget_.failure() : handle.error(kind));
            return;
        }
        if (const Status charged = budget_.chargeEntry(); !charged.ok()) {
            if (!reported)
                visitor_.onProblem(layer.label, charged.error());
            return;
        }
        // Links and devices have no bytes of their own.
        if (archive_entry_filetype(entry) != AE_IFREG || archive_entry_hardlink(entry))
            continue;
        Layer inner;
        inner.label = layer.label + "/" + entryName(entry);
        if (inner.label.size() > budget_.limits().pathBytes)
            inner.label = std::string(utf8Prefix(inner.label, budget_.limits().pathBytes - 4)) + "…";
        inner.namePath = inner.label;
        inner.modifiedAt = archive_entry_mtime_is_set(entry) ? static_cast<TimeNs>(std::clamp<int64_t>(archive_entry_mtime(entry), 0, 9'000'000'000)) * kSecond : layer.modifiedAt;
        inner.depth = layer.depth;
        EntrySource source(handle, budget_, kind, decompresses);
        visit(source, inner);
        reported = source.failed();
    }
}

}  // namespace nj::ingest

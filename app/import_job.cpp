#include "import_job.h"

#include <filesystem>

#include "demo/demo_writer.h"
#include "store/capsule_writer.h"

namespace nj::app {
namespace {

// A folder that goes with its owner.
class TemporaryFolder {
public:
    static Result<TemporaryFolder> make() {
        std::string pattern = (std::filesystem::temp_directory_path() / "nightjar-demo-XXXXXX").string();
        if (!mkdtemp(pattern.data()))
            return makeError(ErrorCode::kIo, "no temporary folder can be made in " + std::filesystem::temp_directory_path().string());
        return TemporaryFolder(pattern);
    }
    TemporaryFolder(TemporaryFolder&& other) noexcept : path_(std::exchange(other.path_, {})) {}
    TemporaryFolder& operator=(TemporaryFolder&&) = delete;
    ~TemporaryFolder() {
        std::error_code ignored;
        if (!path_.empty())
            std::filesystem::remove_all(path_, ignored);
    }
    [[nodiscard]] const std::string& path() const { return path_; }

private:
    explicit TemporaryFolder(std::string path) : path_(std::move(path)) {}
    std::string path_;
};

}  // namespace

Result<ingest::ImportReport> runImport(const ImportJob& job, std::stop_token stop) {
    NJ_ASSIGN(const auto writer, store::CapsuleWriter::open(job.capsule));
    if (job.opened)
        job.opened();
    ingest::Importer importer;
    auto report = importer.import(job.paths, job.options, *writer, job.progress ? job.progress : [](const ingest::ImportProgress&) {}, stop);
    const Status closed = writer->close();
    if (report.ok() && !closed.ok())
        return closed.error();
    return report;
}

Status removeImport(const std::string& capsule, int64_t import) {
    store::WriterOptions options;
    options.create = false;
    NJ_ASSIGN(const auto writer, store::CapsuleWriter::open(capsule, options));
    NJ_RETURN_IF_ERROR(writer->removeImport(import));
    return writer->close();
}

Result<ingest::ImportReport> runDemoImport(const std::string& capsule, const std::function<void()>& opened, const std::function<void(std::string_view, double)>& writing,
                                           const ingest::ProgressCallback& progress, std::stop_token stop) {
    NJ_ASSIGN(const TemporaryFolder folder, TemporaryFolder::make());
    NJ_RETURN_IF_ERROR(demo::writeDemo(folder.path(), demo::defaultSeed(), writing, stop));
    ImportJob job;
    job.capsule = capsule;
    job.paths = {folder.path()};
    for (const demo::FileZone& zone : demo::demoZones())
        job.options.zones.push_back({std::string(zone.path), zone.offsetMinutes});
    job.opened = opened;
    job.progress = progress;
    return runImport(job, stop);
}

}  // namespace nj::app

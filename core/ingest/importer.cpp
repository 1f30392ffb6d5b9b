#include "ingest/importer.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include "format/format.h"
#include "ingest/import_writer.h"
#include "ingest/member_decoder.h"

namespace nj::ingest {
namespace {

using Clock = std::chrono::steady_clock;

double secondsSince(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

// The decode threads of one import. Destroying it stops and joins them.
class DecodeCrew {
public:
    DecodeCrew(DecodeShared& shared, DecodeBudget& budget, const PathList& list, std::stop_token stop)
        : shared_(shared), budget_(budget), list_(list), stop_(std::move(stop)) {
        const unsigned cores = std::max(1U, std::thread::hardware_concurrency());
        const unsigned wanted = shared.options.decodeThreads ? shared.options.decodeThreads : std::min(4U, cores);
        const size_t threads = std::clamp<size_t>(list.files.size(), 1, wanted);
        running_ = threads;
        for (size_t i = 0; i < threads; ++i)
            threads_.emplace_back([this, first = i == 0] { run(first); });
    }

private:
    void run(bool first) {
        MemberDecoder decoder(shared_);
        for (size_t i = 0; first && i < list_.refused.size(); ++i)
            decoder.onProblem(list_.refused[i].path, list_.refused[i].error);
        for (size_t i = next_++; i < list_.files.size() && decoder.running() && !stop_.stop_requested(); i = next_++) {
            FileBudget budget(budget_, stop_);
            MemberWalker(budget, decoder).walk(list_.files[i]);
        }
        if (--running_ == 0)
            shared_.queue.close();
    }

    DecodeShared& shared_;
    DecodeBudget& budget_;
    const PathList& list_;
    const std::stop_token stop_;
    std::atomic<size_t> next_ = 0;
    std::atomic<size_t> running_ = 0;
    std::vector<std::jthread> threads_;
};

class ProgressMeter {
public:
    ProgressMeter(const ProgressCallback& callback, const DecodeBudget& budget, const PathList& list) : callback_(callback), budget_(budget) {
        for (const FileEntry& file : list.files)
            total_ = file.size == 0 && file.path == "-" ? 0 : total_ + file.size;
    }
    void show(const ImportWriter& writer, bool finished) {
        const auto now = Clock::now();
        if (!callback_ || (!finished && shown_ && now - last_ < std::chrono::milliseconds(100)))
            return;
        shown_ = true;
        last_ = now;
        const double seconds = std::max(1e-3, secondsSince(start_));
        ImportProgress progress;
        progress.bytesRead = budget_.read();
        progress.bytesTotal = total_;
        progress.rows = writer.rows();
        progress.rowsPerSecond = static_cast<double>(progress.rows) / seconds;
        progress.bytesPerSecond = static_cast<double>(progress.bytesRead) / seconds;
        progress.membersDone = writer.membersDone();
        progress.member = writer.lastMember();
        progress.finished = finished;
        callback_(progress);
    }
    [[nodiscard]] DurationNs took() const { return static_cast<DurationNs>(secondsSince(start_) * 1e9); }

private:
    const ProgressCallback& callback_;
    const DecodeBudget& budget_;
    const Clock::time_point start_ = Clock::now();
    Clock::time_point last_;
    bool shown_ = false;
    uint64_t total_ = 0;
};

}  // namespace

Result<ImportReport> Importer::import(const std::vector<std::string>& paths, const ImportOptions& options, BatchSink& sink,
                                      const ProgressCallback& progress, std::stop_token stop) {
    if (!options.format.empty() && !format::findFormat(options.format))
        return makeError(ErrorCode::kInvalidArgument, "no format is called '" + options.format + "'");
    const PathList list = listFiles(paths, options.limits, stop);
    DecodeBudget budget(options.limits);
    DecodeQueue queue(options.queueBytes);
    DecodeShared shared{queue, options, options.now ? options.now : nowNs()};
    ImportWriter writer(sink);
    ProgressMeter meter(progress, budget, list);
    Status status;
    {
        std::stop_source halt;
        const std::stop_callback forward(stop, [&] {
            halt.request_stop();
            queue.close();
        });
        DecodeCrew crew(shared, budget, list, halt.get_token());
        while (status.ok() && !stop.stop_requested()) {
            auto message = queue.pop();
            if (!message)
                break;
            status = writer.write(std::move(*message));
            meter.show(writer, false);
        }
        halt.request_stop();
        queue.close();
    }
    if (status.ok() && stop.stop_requested())
        status = makeError(ErrorCode::kCancelled, "the import was cancelled; nothing of it was kept");
    ImportReport report;
    if (status.ok())
        status = writer.finish(report);
    if (!status.ok()) {
        writer.undo();
        return status.error();
    }
    report.emptyMembers = shared.emptyMembers;
    report.bytesRead = budget.read();
    report.took = meter.took();
    meter.show(writer, true);
    return report;
}

}  // namespace nj::ingest

#include <algorithm>
#include <array>
#include <memory>

#include <fmt/format.h>

#include "demo/files.h"
#include "demo/trace_builder.h"
#include "demo/zstd_file.h"

namespace nj::demo {

namespace {

constexpr double kFileSeconds = 4 * 3600;
constexpr double kFrameSeconds = 60;

// One output file: gathers encoded spans by resource and writes a message a minute, as a collector's batch processor does.
class TraceFile {
public:
    TraceFile(const std::string& path, bool json) : file_(path), json_(json) {}

    void add(const PlacedSpan& placed) {
        const size_t deployment = placed.newRetriever ? kServices : static_cast<size_t>(placed.service);
        const size_t pod = deployments()[deployment].pods[1].empty() ? 0 : placed.pod;
        std::string& records = records_[deployment * 2 + pod];
        if (json_) {
            if (!records.empty())
                records += ',';
            jsonSpan(records, placed.span);
        } else {
            protobufSpan(records, placed.span);
        }
    }
    void endFrame() {
        message_.clear();
        for (size_t i = 0; i < records_.size(); ++i) {
            if (records_[i].empty())
                continue;
            const Deployment& d = deployments()[i / 2];
            if (json_) {
                message_ += message_.empty() ? R"({"resourceSpans":[)" : ",";
                jsonResource(message_, "Spans", resourceOf(d, i % 2), d.scope, d.version, records_[i]);
            } else {
                protobufResource(message_, resourceOf(d, i % 2), d.scope, d.version, records_[i]);
            }
            records_[i].clear();
        }
        if (message_.empty())
            return;
        if (json_)
            file_.buffer().append(message_).append("]}\n");
        else
            appendFrame(file_.buffer(), message_);
        file_.flushIfLarge();
    }
    Status finish() {
        endFrame();
        return file_.finish();
    }

private:
    ZstdFile file_;
    bool json_;
    std::array<std::string, 2 * (kServices + 1)> records_;
    std::string message_;
};

}  // namespace

Status writeTraces(const Day& day, const std::string& directory) {
    TraceBuilder builder(day);
    std::vector<PlacedSpan> spans;
    std::unique_ptr<TraceFile> file;
    int fileIndex = -1;
    int64_t frame = -1;
    for (size_t i = 0; i < day.requests.size(); ++i) {
        const Request& r = day.requests[i];
        if (!r.sampled || r.start < 0 || r.end >= day.scenario.duration)
            continue;
        const int index = static_cast<int>(r.start / kFileSeconds);
        if (index != fileIndex) {
            if (file)
                NJ_RETURN_IF_ERROR(file->finish());
            fileIndex = index;
            // The quiet hours of the night came as JSON lines, the rest as protobuf: one collector was still on the old setting.
            const bool json = index == 3;
            const CivilTime from = civilFromTime(day.scenario.at(index * kFileSeconds));
            file = std::make_unique<TraceFile>(
                fmt::format("{}/traces-{:04}-{:02}-{:02}T{:02}-{:02}.otlp.{}.zst", directory, from.year, from.month, from.day, from.hour, from.minute, json ? "jsonl" : "pb"), json);
        }
        const auto minute = static_cast<int64_t>(r.start / kFrameSeconds);
        if (minute != frame)
            file->endFrame();
        frame = minute;
        builder.build(i, spans);
        for (const PlacedSpan& span : spans)
            file->add(span);
    }
    return file ? file->finish() : Status();
}

}  // namespace nj::demo

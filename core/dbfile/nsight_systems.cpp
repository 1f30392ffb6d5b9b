// Nsight Systems' SQLite export: what ran on the GPUs and in the processes, as spans: one trace for each process and one for each stream of a GPU,
// under a root span that lasts as long as they do. What a thread does within its NVTX ranges lies under them.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <unordered_map>

#include "dbfile/cell_value.h"
#include "dbfile/nvtx_ranges.h"

namespace nj::dbfile {
namespace {

constexpr size_t kMaxStrings = 2'000'000;
constexpr size_t kMaxLanes = 10'000;
constexpr size_t kNameBytes = 512;
constexpr int64_t kPushPop = 59, kStartEnd = 60, kMark = 34;   // NVTX_EVENTS.eventType
constexpr const char* kNvtx = "nvtx";

const char* copyKind(int64_t kind) {
    switch (kind) {
    case 1: return "HtoD";
    case 2: return "DtoH";
    case 3: return "HtoA";
    case 8: return "DtoD";
    case 10: return "PtoP";
    default: return "";
    }
}

class NsightReader {
public:
    explicit NsightReader(ReadContext& context) : context_(context) {}

    Status read() {
        NJ_RETURN_IF_ERROR(context_.eachRow("StringIds", {"id", "value"}, [this](auto& row) { strings_.emplace(row.integer(0), std::string(textCell(row, 1).substr(0, kNameBytes))); }, kMaxStrings));
        NJ_RETURN_IF_ERROR(context_.eachRow("TARGET_INFO_SESSION_START_TIME", {"utcEpochNs"}, [this](auto& row) { start_ = row.integer(0); }, 1));
        NJ_RETURN_IF_ERROR(context_.eachRow("TARGET_INFO_SYSTEM_ENV", {"name", "value"}, [this](auto& row) {
            if (textCell(row, 0) == "Hostname")
                host_ = textCell(row, 1);
        }));
        NJ_RETURN_IF_ERROR(context_.eachRow("TARGET_INFO_GPU", {"id", "name"}, [this](auto& row) { gpus_.emplace(row.integer(0), textCell(row, 1)); }, 1'000));
        if (start_ == 0)
            context_.assume("The file does not say when the session began (TARGET_INFO_SESSION_START_TIME): it is placed at 1970-01-01.");
        NJ_RETURN_IF_ERROR(context_.eachRow("NVTX_EVENTS", {"start", "end", "eventType", "globalTid"}, [this](auto& row) {
            if (row.integer(2) == kPushPop && row.has(0) && row.has(1))
                ranges_.add(row.integer(3), row.integer(0), row.integer(1), row.rowid());
        }));
        ranges_.nest();
        NJ_RETURN_IF_ERROR(onDevices());
        NJ_RETURN_IF_ERROR(inProcesses());
        roots();
        return context_.flush();
    }

private:
    struct Lane {
        TraceId trace;
        SpanId root;
        Resource resource;
        std::string name;
        TimeNs from = INT64_MAX, to = INT64_MIN;
    };
    using Row = sqlite::TableScan;

    std::string named(const Row& row, std::initializer_list<int> columns) {
        for (const int column : columns) {
            if (row.type(column) == sqlite::Statement::Type::kText)
                return textCell(row, column).substr(0, kNameBytes);
            if (const auto at = row.has(column) ? strings_.find(row.integer(column)) : strings_.end(); at != strings_.end())
                return at->second;
        }
        return {};
    }

    Lane* lane(const std::string& key, const std::string& name, const char* attribute, const std::string& value) {
        const auto [at, fresh] = lanes_.try_emplace(key);
        Lane& l = at->second;
        if (!fresh)
            return &l;
        if (lanes_.size() > kMaxLanes) {
            lanes_.erase(at);
            context_.reject("row of a process or stream beyond 10,000", name);
            return nullptr;
        }
        const std::string seed = fmt::format("nsight {} {} {}", start_, host_, key);
        l.trace = derivedTraceId(seed);
        l.root = derivedSpanId(seed);
        l.name = name;
        l.resource.attributes = {{"service.name", AttributeValue::ofString("nsys")}, {attribute, AttributeValue::ofString(value)}};
        if (!host_.empty())
            l.resource.attributes.push_back({"host.name", AttributeValue::ofString(host_)});
        return &l;
    }

    Lane* device(int64_t gpu, int64_t stream) {
        Lane* l = lane(fmt::format("gpu {} {}", gpu, stream), fmt::format("GPU {} stream {}", gpu, stream), "gpu.index", std::to_string(gpu));
        if (l != nullptr && l->resource.attributes.size() < 4 && gpus_.count(gpu) > 0)
            l->resource.attributes.push_back({"gpu.model", AttributeValue::ofString(gpus_[gpu])});
        return l;
    }

    static int64_t process(int64_t globalTid) { return (globalTid / 0x1000000) % 0x1000000; }
    Lane* host(int64_t globalTid) {
        const int64_t pid = process(globalTid);
        return lane(fmt::format("process {}", pid), fmt::format("process {}", pid), "process.pid", std::to_string(pid));
    }

    AttributeColumns& columns() { return context_.rows().spanAttributes(); }
    uint32_t at() { return context_.rows().spanRow(); }
    void addInt(const char* key, const Row& row, int column) {
        if (row.has(column))
            columns().addInt(at(), key, row.integer(column));
    }

    static std::string callSeed(int64_t process, int64_t correlation) { return fmt::format("call {} {}", process, correlation); }

    // Attributes must stand in the row already. `range`: the NVTX range around it, where there is one.
    void commit(Lane* l, const Row& row, int startColumn, int endColumn, std::string_view name, SpanId id, SpanStatus status = SpanStatus::kUnset, std::optional<int64_t> range = std::nullopt) {
        const auto from = timeCell(row, startColumn, TimeUnit::kNanoseconds, context_), to = timeCell(row, endColumn, TimeUnit::kNanoseconds, context_);
        TimeNs start = 0, end = 0;
        if (l == nullptr || !from || __builtin_add_overflow(*from, start_, &start) || __builtin_add_overflow(to.value_or(*from), start_, &end)) {
            context_.rows().dropSpan();
            if (l != nullptr)
                context_.reject("row without a start time", name);
            return;
        }
        l->from = std::min(l->from, start);
        l->to = std::max({l->to, start, end});
        context_.rows().setResource(l->resource);
        format::SpanFields fields;
        fields.traceId = l->trace;
        fields.spanId = id;
        fields.parentSpanId = range ? rowId(kNvtx, *range) : l->root;
        fields.start = start;
        fields.end = end;
        fields.name = name;
        fields.kind = SpanKind::kInternal;
        fields.status = status;
        context_.rows().commitSpan(fields);
    }

    SpanId rowId(const char* table, int64_t rowid) const { return derivedSpanId(fmt::format("{} {} {}", table, rowid, start_)); }
    SpanId rowId(const char* table, const Row& row) const { return rowId(table, row.rowid()); }
    std::optional<int64_t> rangeAround(const Row& row, int thread) const { return ranges_.innermost(row.integer(thread), row.integer(0), row.has(1) ? row.integer(1) : row.integer(0)); }

    // What the call that started it is, where both are in the file.
    void linkToCall(const Row& row, int process, int correlation) {
        if (!row.has(process) || !row.has(correlation))
            return;
        const int64_t pid = NsightReader::process(row.integer(process));
        const auto caller = lanes_.find(fmt::format("process {}", pid));
        const std::string seed = fmt::format("nsight {} {} process {}", start_, host_, pid);
        context_.rows().commitLink({caller != lanes_.end() ? caller->second.trace : derivedTraceId(seed), derivedSpanId(callSeed(pid, row.integer(correlation))), {}, 0, 0});
    }

    Status onDevices() {
        NJ_RETURN_IF_ERROR(context_.eachRow("CUPTI_ACTIVITY_KIND_KERNEL", {"start", "end", "deviceId", "streamId", "correlationId", "globalPid", "demangledName", "shortName", "mangledName", "gridX", "gridY",
                                                                           "gridZ", "blockX", "blockY", "blockZ", "registersPerThread"},
                                            [this](auto& row) {
            const std::string name = named(row, {7, 6, 8}), full = named(row, {6, 8});
            columns().addString(at(), "gpu.activity", "kernel");
            if (full != name && !full.empty())
                columns().addString(at(), "cuda.kernel", full);
            for (const auto& [key, column] : {std::pair{"cuda.correlation_id", 4}, {"cuda.grid.x", 9}, {"cuda.grid.y", 10}, {"cuda.grid.z", 11}, {"cuda.block.x", 12}, {"cuda.block.y", 13},
                                              {"cuda.block.z", 14}, {"cuda.registers", 15}})
                addInt(key, row, column);
            linkToCall(row, 5, 4);
            commit(device(row.integer(2), row.integer(3)), row, 0, 1, name.empty() ? "kernel" : name, rowId("kernel", row));
        }));
        NJ_RETURN_IF_ERROR(context_.eachRow("CUPTI_ACTIVITY_KIND_MEMCPY", {"start", "end", "deviceId", "streamId", "correlationId", "globalPid", "bytes", "copyKind"}, [this](auto& row) {
            const std::string name = fmt::format("memcpy {}", copyKind(row.integer(7)));
            columns().addString(at(), "gpu.activity", "memcpy");
            addInt("cuda.correlation_id", row, 4);
            addInt("cuda.bytes", row, 6);
            linkToCall(row, 5, 4);
            commit(device(row.integer(2), row.integer(3)), row, 0, 1, std::string_view(name).substr(0, name.find_last_not_of(' ') + 1), rowId("memcpy", row));
        }));
        NJ_RETURN_IF_ERROR(context_.eachRow("CUPTI_ACTIVITY_KIND_MEMSET", {"start", "end", "deviceId", "streamId", "correlationId", "globalPid", "bytes"}, [this](auto& row) {
            columns().addString(at(), "gpu.activity", "memset");
            addInt("cuda.correlation_id", row, 4);
            addInt("cuda.bytes", row, 6);
            linkToCall(row, 5, 4);
            commit(device(row.integer(2), row.integer(3)), row, 0, 1, "memset", rowId("memset", row));
        }));
        return context_.eachRow("CUPTI_ACTIVITY_KIND_SYNCHRONIZATION", {"start", "end", "deviceId", "streamId", "correlationId", "syncType"}, [this](auto& row) {
            columns().addString(at(), "gpu.activity", "synchronization");
            addInt("cuda.correlation_id", row, 4);
            addInt("cuda.sync_type", row, 5);
            commit(device(row.integer(2), row.integer(3)), row, 0, 1, "synchronization", rowId("sync", row));
        });
    }

    Status inProcesses() {
        NJ_RETURN_IF_ERROR(context_.eachRow("CUPTI_ACTIVITY_KIND_RUNTIME", {"start", "end", "globalTid", "correlationId", "nameId", "returnValue"}, [this](auto& row) {
            const std::string name = named(row, {4});
            columns().addString(at(), "gpu.activity", "runtime");
            columns().addInt(at(), "thread.id", row.integer(2) % 0x1000000);
            addInt("cuda.correlation_id", row, 3);
            addInt("cuda.result", row, 5);
            const SpanId id = derivedSpanId(callSeed(process(row.integer(2)), row.integer(3)));
            commit(host(row.integer(2)), row, 0, 1, name.empty() ? "CUDA call" : name, id, row.integer(5) != 0 ? SpanStatus::kError : SpanStatus::kUnset, rangeAround(row, 2));
        }));
        NJ_RETURN_IF_ERROR(context_.eachRow("NVTX_EVENTS", {"start", "end", "eventType", "text", "textId", "globalTid", "domainId", "category"}, [this](auto& row) {
            const int64_t type = row.integer(2);
            if (type != kPushPop && type != kStartEnd && type != kMark && row.has(2))
                return;   // names of domains, categories and threads
            const std::string name = named(row, {3, 4});
            columns().addString(at(), "gpu.activity", type == kMark ? "nvtx mark" : "nvtx range");
            columns().addInt(at(), "thread.id", row.integer(5) % 0x1000000);
            addInt("nvtx.domain", row, 6);
            const auto around = type == kPushPop ? ranges_.around(row.integer(5), row.integer(0), row.integer(1), row.rowid()) : type == kMark ? rangeAround(row, 5) : std::nullopt;
            commit(host(row.integer(5)), row, 0, row.has(1) ? 1 : 0, name.empty() ? "NVTX" : name, rowId(kNvtx, row), SpanStatus::kUnset, around);
        }));
        return context_.eachRow("OSRT_API", {"start", "end", "globalTid", "nameId", "returnValue"}, [this](auto& row) {
            const std::string name = named(row, {3});
            columns().addString(at(), "gpu.activity", "os");
            columns().addInt(at(), "thread.id", row.integer(2) % 0x1000000);
            commit(host(row.integer(2)), row, 0, 1, name.empty() ? "OS call" : name, rowId("os", row), SpanStatus::kUnset, rangeAround(row, 2));
        });
    }

    void roots() {
        for (const auto& [key, l] : lanes_) {
            if (l.from > l.to)
                continue;
            context_.rows().setResource(l.resource);
            format::SpanFields fields;
            fields.traceId = l.trace;
            fields.spanId = l.root;
            fields.start = l.from;
            fields.end = l.to;
            fields.name = l.name;
            fields.kind = SpanKind::kInternal;
            context_.rows().commitSpan(fields);
        }
    }

    ReadContext& context_;
    std::unordered_map<int64_t, std::string> strings_;
    std::map<int64_t, std::string> gpus_;
    std::map<std::string, Lane> lanes_;
    NvtxRanges ranges_;
    std::string host_;
    TimeNs start_ = 0;
};

bool knows(const sqlite::UntrustedDatabase& db) {
    const bool any = hasColumns(db, "CUPTI_ACTIVITY_KIND_KERNEL", {"start", "end"}) || hasColumns(db, "CUPTI_ACTIVITY_KIND_RUNTIME", {"start", "end"}) || hasColumns(db, "NVTX_EVENTS", {"start", "eventType"}) ||
                     hasColumns(db, "OSRT_API", {"start", "end"});
    return any && hasColumns(db, "StringIds", {"id", "value"});
}

Status read(ReadContext& context) { return NsightReader(context).read(); }

}  // namespace

extern const ToolReader kNsightSystems;
const ToolReader kNsightSystems{"nsight_systems", "Nsight Systems", knows, read};

}  // namespace nj::dbfile

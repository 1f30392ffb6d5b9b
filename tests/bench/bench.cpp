// nightjar_bench [SPANS [spans|rows|logs|samples]]: import rates, query times and bytes per row on synthetic inputs, beside plain-row SQLite and (where installed)
// lnav and ripgrep on the same input. Prints figures with the targets they are held against; fails only when a result is wrong.
#include <sys/resource.h>
#include <time.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>

#include <fmt/format.h>

#include "ingest/importer.h"
#include "query/backend.h"
#include "query/search_syntax.h"
#include "sqlite/database.h"
#include "store/capsule_writer.h"
#include "synthetic.h"

namespace nj::bench {
namespace {

namespace fs = std::filesystem;

bool gWrong = false;

double seconds(const std::function<void()>& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

void figure(const std::string& what, const std::string& value, const std::string& target = "") {
    fmt::print("{:<58} {:>18}   {}\n", what, value, target);
    std::fflush(stdout);
}

void expect(bool right, const std::string& what) {
    if (right)
        return;
    fmt::print("WRONG: {}\n", what);
    gWrong = true;
}

struct Imported {
    ingest::ImportReport report;
    double took = 0;
    double cpu = 0, writerCpu = 0;   // seconds of all threads, of the writer's
    uint64_t bytes = 0;
};

double cpuSeconds(clockid_t clock) {
    timespec now{};
    clock_gettime(clock, &now);
    return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) / 1e9;
}

Imported importFile(const std::string& input, const std::string& capsule) {
    Imported result;
    const double cpu = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID), own = cpuSeconds(CLOCK_THREAD_CPUTIME_ID);
    result.took = seconds([&] {
        auto writer = store::CapsuleWriter::open(capsule);
        if (!writer.ok()) {
            expect(false, writer.error().message);
            return;
        }
        ingest::Importer importer;
        auto report = importer.import({input}, {}, **writer, [](const ingest::ImportProgress&) {}, {});
        expect(report.ok(), report.ok() ? "" : report.error().message);
        if (report.ok())
            result.report = *report;
        const Status closed = (*writer)->close();
        expect(closed.ok(), closed.ok() ? "" : closed.error().message);
    });
    result.cpu = cpuSeconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
    result.writerCpu = cpuSeconds(CLOCK_THREAD_CPUTIME_ID) - own;
    result.bytes = fs::exists(capsule) ? fs::file_size(capsule) : 0;
    return result;
}

// What the machine's other work does not change: the rate that two cores would reach if all of it could be shared out.
void cpuFigure(const Imported& imported, double amount, const char* unit) {
    figure("  CPU of all threads, the writer's", fmt::format("{:.2f} s, {:.2f} s", imported.cpu, imported.writerCpu),
           fmt::format("two cores: at most {:.0f} {}", amount / (imported.cpu / 2), unit));
}

// Median of several runs, after one that warms the caches.
void query(const std::string& what, const std::string& target, const std::function<bool()>& ask) {
    expect(ask(), what);
    std::vector<double> times;
    for (int i = 0; i < 7; ++i)
        times.push_back(seconds([&] { expect(ask(), what); }));
    std::sort(times.begin(), times.end());
    figure(what, fmt::format("{:.1f} ms", times[times.size() / 2] * 1e3), target);
}

double commandSeconds(const std::string& command) {
    int status = 0;
    const double took = seconds([&] { status = std::system((command + " >/dev/null 2>&1").c_str()); });
    return status == 0 ? took : -1;
}

bool installed(const char* program) { return std::system(fmt::format("command -v {} >/dev/null 2>&1", program).c_str()) == 0; }

void benchSpans(const fs::path& dir, size_t spans) {
    const std::string input = dir / "spans.pb";
    const std::string capsule = dir / "spans.nightjar";
    const size_t bytes = writeSpans(input, spans);
    const Imported imported = importFile(input, capsule);
    expect(imported.report.spans == spans, fmt::format("{} of {} spans imported", imported.report.spans, spans));
    const auto n = static_cast<double>(spans);
    figure("OTLP protobuf, ten attributes → capsule", fmt::format("{:.0f} k spans/s", n / imported.took / 1e3), "target ≥ 800 k, later ≥ 1 M");
    figure("  the same by bytes", fmt::format("{:.0f} MB/s", static_cast<double>(bytes) / imported.took / 1e6));
    cpuFigure(imported, n / 1e3, "k spans/s");
    figure("  capsule", fmt::format("{:.1f} B/span", static_cast<double>(imported.bytes) / n), "target ≤ 70");

    auto backend = query::openCapsuleBackend(capsule);
    if (!backend.ok()) {
        expect(false, backend.error().message);
        return;
    }
    auto& b = **backend;
    const auto info = b.info({});
    if (!info.ok()) {
        expect(false, info.error().message);
        return;
    }
    const TimeRange all = info->spanRange;
    query::LatencyQuestion latency;
    latency.range = all;
    latency.splitBy = "service";
    latency.columns = 600;
    latency.maxGroups = 20;
    query("latency by service, 600 columns, 24 h", "target ≤ 20 ms at 2 M", [&] { auto a = b.latency(latency, {}); return a.ok() && a->n == spans; });
    auto filtered = latency;
    filtered.filter = *query::parseSearch("gen_ai.request.model:\"Qwen/Qwen2.5-72B\"");
    query("  with an attribute filter", "target ≤ 50 ms at 2 M", [&] { auto a = b.latency(filtered, {}); return a.ok() && a->n > spans / 8 && a->n < spans / 2; });
    query::VolumeQuestion volume;
    volume.range = all;
    query("overview strip", "target ≤ 20 ms", [&] { return b.volume(volume, {}).ok(); });
    query::HeatmapQuestion heatmap;
    heatmap.range = all;
    query("time × duration heatmap", "target ≤ 20 ms", [&] { auto a = b.heatmap(heatmap, {}); return a.ok() && a->n == spans; });
    query::EntityTableQuestion entities;
    entities.range = all;
    query("entity table", "target ≤ 20 ms", [&] { return b.entityTable(entities, {}).ok(); });
    query::StagesQuestion stages;
    stages.range = all;
    query("stages", "target ≤ 20 ms", [&] { return b.stages(stages, {}).ok(); });
    query::ErrorsQuestion errors;
    errors.range = all;
    query("errors by kind", "target ≤ 20 ms", [&] { auto a = b.errors(errors, {}); return a.ok() && a->errors > spans / 8; });
    errors.range.to = all.from + all.length() / 2;
    query("  of another range", "target ≤ 20 ms", [&] {
        errors.range.to -= kMinute;
        return b.errors(errors, {}).ok();
    });
    query::ChangesQuestion changes;
    changes.range = {all.from + all.length() / 2, all.to};
    changes.baseline = {all.from, changes.range.from};
    query("changes", "target ≤ 20 ms", [&] { return b.changes(changes, {}).ok(); });
    query("opening", "target ≤ 20 ms", [&] { return b.opening({}).ok(); });
    query("opening of a capsule opened just now", "", [&] {
        auto fresh = query::openCapsuleBackend(capsule);
        return fresh.ok() && (*fresh)->opening({}).ok();
    });
    query::TraceListQuestion list;
    list.range = {all.from + all.length() / 2, all.from + all.length() / 2 + kHour};
    list.limit = 100;
    TraceId id;
    query("slowest 100 traces of one hour", "", [&] {
        auto a = b.traceList(list, {});
        if (a.ok() && !a->rows.empty())
            id = a->rows.front().id;
        return a.ok() && !a->rows.empty();
    });
    query("one trace by id, all attributes", "target ≤ 15 ms", [&] { auto a = b.traceTree(id, {}); return a.ok() && !a->spans.empty(); });
}

void benchLargeTrace(const fs::path& dir, size_t spans) {
    const std::string input = dir / "trace.pb", capsule = dir / "trace.nightjar";
    writeLargeTrace(input, spans);
    const Imported imported = importFile(input, capsule);
    expect(imported.report.spans == spans, fmt::format("{} of {} spans of one trace imported", imported.report.spans, spans));
    TraceId id;
    id.bytes.fill(0x2a);
    double took = 0;
    if (auto backend = query::openCapsuleBackend(capsule); backend.ok())
        took = seconds([&] {
            const auto tree = (*backend)->traceTree(id, {});
            expect(tree.ok() && tree->spans.size() == spans, "the large trace");
        });
    figure(fmt::format("one trace of {} spans opens", spans), fmt::format("{:.0f} ms", took * 1e3), "target ≤ 1000 ms at 1 M");
}

void benchRows(const fs::path& dir, size_t spans) {
    const std::string path = dir / "rows.db";
    auto db = sqlite::Database::open(path, sqlite::OpenMode::kCreate);
    if (!db.ok())
        return;
    (void)db->execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; CREATE TABLE spans(trace_id BLOB, span_id BLOB, service TEXT, name TEXT, start INT, duration INT, status INT, attributes TEXT)");
    const double wrote = seconds([&] {
        auto insert = db->prepare("INSERT INTO spans VALUES(?,?,?,?,?,?,?,?)");
        (void)db->execute("BEGIN");
        for (size_t i = 0; i < spans; ++i) {
            insert->bind(1, fmt::format("{:016x}", i / 20 * 2654435761U)).bind(2, static_cast<int64_t>(i)).bind(3, fmt::format("service-{}", i / 1000 % 20));
            insert->bind(4, fmt::format("POST /v1/op{}", i % 200)).bind(5, static_cast<int64_t>(i * 1000000)).bind(6, static_cast<int64_t>(i * 7919 % 1000000)).bind(7, static_cast<int64_t>(i % 6 == 5));
            insert->bind(8, fmt::format(R"({{"http.request.method":"GET","http.route":"/api/v1/res{}/{{id}}","http.response.status_code":200,"url.path":"/api/v1/res1/{}","server.address":"gateway-{}.prod.svc.cluster.local","gen_ai.request.model":"Qwen/Qwen2.5-72B","gen_ai.usage.input_tokens":{},"gen_ai.usage.output_tokens":{},"gen_ai.response.time_to_first_chunk":0.{},"request.id":"{:032x}"}})", i % 50, i, i % 20, i % 4000, i % 800, i, i * 7919));
            (void)insert->run();
        }
        (void)db->execute("COMMIT; PRAGMA wal_checkpoint(TRUNCATE)");
    });
    const auto n = static_cast<double>(spans);
    figure("SQLite rows: write (no parsing)", fmt::format("{:.0f} k spans/s", n / wrote / 1e3));
    figure("SQLite rows: file", fmt::format("{:.1f} B/span", static_cast<double>(fs::file_size(path)) / n));
    const double grouped = seconds([&] {
        auto statement = db->prepare("SELECT start / 144000000000, service, count(*), avg(duration), max(duration) FROM spans GROUP BY 1, 2");
        while (statement.ok() && statement->step().ok() && !statement->isNull(0))
            continue;
    });
    figure("SQLite rows: mean and max by time × service", fmt::format("{:.0f} ms", grouped * 1e3));
}

void benchLogs(const fs::path& dir, size_t lines) {
    const std::string input = dir / "service.log";
    const std::string capsule = dir / "logs.nightjar";
    const size_t bytes = writeLogs(input, lines);
    const Imported imported = importFile(input, capsule);
    expect(imported.report.logs == lines, fmt::format("{} of {} log records imported", imported.report.logs, lines));
    figure("text logs → capsule", fmt::format("{:.0f} MB/s", static_cast<double>(bytes) / imported.took / 1e6), "target ≥ 200 MB/s");
    cpuFigure(imported, static_cast<double>(bytes) / 1e6, "MB/s");
    figure("  capsule", fmt::format("{:.1f} % of the text", 100.0 * static_cast<double>(imported.bytes) / static_cast<double>(bytes)), "target ≤ 25 %");
    if (installed("lnav")) {
        const double lnav = commandSeconds(fmt::format("lnav -n -c ';select count(*) from all_logs' '{}'", input));
        if (lnav > 0)
            figure("lnav indexes the same file", fmt::format("{:.0f} MB/s", static_cast<double>(bytes) / lnav / 1e6), fmt::format("Nightjar takes {:.2f} of its time", imported.took / lnav));
    }
    auto backend = query::openCapsuleBackend(capsule);
    if (!backend.ok()) {
        expect(false, backend.error().message);
        return;
    }
    const auto info = (*backend)->info({});
    for (const char* search : {"worker level:error", "closed", "upst*", "/attempt 9[0-9]+ of/"}) {
        query::LogPageQuestion page;
        page.range = info.ok() ? info->logRange : TimeRange{};
        page.filter = *query::parseSearch(search);
        // A new backend each time: no answer of the run before may be reused.
        query(fmt::format("log page and count: {}", search), "", [&] {
            auto fresh = query::openCapsuleBackend(capsule);
            return fresh.ok() && (*fresh)->logPage(page, {}).ok();
        });
    }
    if (installed("rg")) {
        const double rg = commandSeconds(fmt::format("rg -w -c closed '{}'", input));
        if (rg > 0)
            figure("rg -w -c closed over the text", fmt::format("{:.1f} ms", rg * 1e3));
    }
}

void benchSamples(const fs::path& dir, size_t samples) {
    const std::string input = dir / "dump.prom";
    const std::string capsule = dir / "samples.nightjar";
    const size_t each = std::min<size_t>(5760, std::max<size_t>(10, samples / 400));
    const size_t bytes = writeSamples(input, samples / each, each);
    const Imported imported = importFile(input, capsule);
    const auto n = static_cast<double>(imported.report.samples);
    expect(imported.report.samples == samples / each * each, fmt::format("{} samples imported", imported.report.samples));
    figure("OpenMetrics dump → capsule", fmt::format("{:.2f} M samples/s", n / imported.took / 1e6), fmt::format("{:.0f} MB/s of text", static_cast<double>(bytes) / imported.took / 1e6));
    cpuFigure(imported, n / 1e3, "k samples/s");
    figure("  capsule", fmt::format("{:.2f} B/sample", static_cast<double>(imported.bytes) / n), "target ≤ 2");
}

}  // namespace
}  // namespace nj::bench

int main(int argc, char** argv) {
    const size_t spans = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 2'000'000;
    char pattern[] = "/tmp/nightjar-bench-XXXXXX";
    const char* directory = mkdtemp(pattern);
    if (!directory)
        return 1;
    fmt::print("{} spans\n", spans);
    const std::string only = argc > 2 ? argv[2] : "";
    const auto wanted = [&](const char* name) { return only.empty() || only == name; };
    if (wanted("spans"))
        nj::bench::benchSpans(directory, spans);
    if (wanted("trace"))
        nj::bench::benchLargeTrace(directory, spans / 2);
    if (wanted("rows"))
        nj::bench::benchRows(directory, spans);
    if (wanted("logs"))
        nj::bench::benchLogs(directory, spans * 2);
    if (wanted("samples"))
        nj::bench::benchSamples(directory, spans * 4);
    rusage usage{};
    getrusage(RUSAGE_SELF, &usage);
    nj::bench::figure("memory, highest", fmt::format("{} MiB", usage.ru_maxrss / 1024));
    std::filesystem::remove_all(directory);
    return nj::bench::gWrong ? 1 : 0;
}

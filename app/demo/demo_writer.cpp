#include "demo/demo_writer.h"

#include <chrono>
#include <filesystem>

#include "demo/files.h"
#include "demo/resources.h"

namespace nj::demo {

namespace {

struct Part {
    std::string_view name;
    const char* folder;
    Status (*write)(const Day&, const std::string&);
    double cost;   // share of the time, roughly
};

constexpr Part kParts[] = {
    {"envoy-access.log", "logs", writeProxyLog, 0.08},
    {"gateway.log", "logs", writeGatewayLog, 0.02},
    {"vllm logs", "logs", writeEngineLogs, 0.02},
    {"service logs", "logs", writeServiceLogs, 0.02},
    {"host logs", "logs", writeHostLogs, 0.01},
    {"evaluations", "logs", writeEvaluations, 0.02},
    {"traces", "traces", writeTraces, 0.15},
    {"token histograms", "metrics", writeTokenHistograms, 0.02},
    {"vllm metrics", "metrics", writeVllmMetrics, 0.2},
    {"GPU metrics", "metrics", writeGpuMetrics, 0.12},
    {"host metrics", "metrics", writeHostMetrics, 0.2},
    {"proxy metrics", "metrics", writeProxyMetrics, 0.1},
};

// The files are as old as the incident: vLLM's lines name no year, and readers take it from the file's date.
Status dateFiles(const std::string& directory, const Scenario& scenario) {
    const auto end = std::chrono::file_clock::from_sys(std::chrono::sys_time<std::chrono::nanoseconds>(std::chrono::nanoseconds(scenario.at(scenario.duration))));
    std::error_code error;
    for (const char* folder : {"traces", "metrics", "logs"}) {
        for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(directory) / folder, error)) {
            if (!error)
                std::filesystem::last_write_time(entry.path(), end, error);
        }
    }
    return error ? Status(makeError(ErrorCode::kIo, "Cannot date the files in " + directory + ": " + error.message() + ".")) : Status();
}

}  // namespace

uint64_t defaultSeed() {
    const auto scenario = readScenario(scenarioJson());
    return scenario.ok() ? scenario->seed : 1;
}

std::vector<FileZone> demoZones() { return {{"logs/bmc.log", -7 * 60}}; }

Status writeDemo(const std::string& directory, uint64_t seed, const Progress& progress, std::stop_token stop) {
    const auto tell = [&](std::string_view what, double done) {
        if (progress)
            progress(what, done);
    };
    NJ_ASSIGN(const Scenario scenario, readScenario(scenarioJson()));
    for (const char* folder : {"traces", "metrics", "logs"}) {
        std::error_code error;
        std::filesystem::create_directories(std::filesystem::path(directory) / folder, error);
        if (error)
            return makeError(ErrorCode::kIo, "Cannot create " + directory + "/" + folder + ": " + error.message() + ".");
    }
    tell("the day", 0);
    NJ_ASSIGN(const Day day, modelDay(scenario, seed, stop));
    double done = 0.04;
    for (const Part& part : kParts) {
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "Writing the demo was cancelled.");
        tell(part.name, done);
        NJ_RETURN_IF_ERROR(part.write(day, directory + "/" + part.folder));
        done += part.cost;
    }
    NJ_RETURN_IF_ERROR(dateFiles(directory, scenario));
    tell("done", 1);
    return {};
}

}  // namespace nj::demo

// Writes the demo incident: a directory of ordinary telemetry files (OTLP, Prometheus, logs) that is imported by the ordinary path.
// The story, its counts and their tolerances stand in resources/demo/truth.json. Deterministic: equal seeds give equal bytes, on
// every machine. Call from a worker thread: it takes some seconds.
#pragma once

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace nj::demo {

// What is being written ("traces", "logs/gateway.log") and how much of the whole is done, 0..1.
using Progress = std::function<void(std::string_view what, double done)>;

// The seed of the story as told; other seeds keep the story but not its exact counts.
uint64_t defaultSeed();

// Creates `directory` and, in it, traces/, metrics/ and logs/. Files that are there already under the same names are replaced.
Status writeDemo(const std::string& directory, uint64_t seed, const Progress& progress, std::stop_token stop);

// Zones that a person would give for files whose times name none and are not UTC: for every file whose path contains `path`.
struct FileZone {
    std::string_view path;
    int offsetMinutes = 0;
};
std::vector<FileZone> demoZones();

}  // namespace nj::demo

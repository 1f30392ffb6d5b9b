// What GPUs, serving engines, hosts and containers are measured by, and the names under which exporters publish it: DCGM, nvidia-smi, AMD's
// exporter, Triton, vLLM v0 and v1, SGLang, TGI, TensorRT-LLM, llama.cpp, Dynamo, node_exporter, cAdvisor. One declarative table: a new
// name is one line. Pure; any thread.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace nj::analyze {

enum class ResourceScope : uint8_t { kGpu, kReplica, kHost, kContainer };
// Which end is trouble, hence which sample stands for a column.
enum class ResourceWorse : uint8_t { kLower, kHigher };
// How several series of one row (CPUs, mounts, containers) become one figure.
enum class ResourceJoin : uint8_t { kMean, kMost, kSum };

struct ResourceMetric {
    std::string_view id;        // "sm_clock": stable, part of links
    std::string_view title;     // "SM clock"
    std::string_view unit;      // of the values: "MHz", "°C", "W", "ratio", "By", "By/s", "cores", "/s", ""
    ResourceScope scope;
    ResourceWorse worse;
    bool ofOwnMaximum;          // compared and shown as a share of the device's own maximum
    ResourceJoin join;
    std::string_view part;      // label that tells the joined series apart; "" = none
    // Differences between peers below the larger of both mean nothing: in the unit (a share where ofOwnMaximum), and as share of the median.
    double floor, floorShare;
};

struct ResourceName {
    std::string_view name;      // as on the wire; Ray's and AMD's prefixes are taken off first
    std::string_view metric;
    enum class Role : uint8_t {
        kValue,                 // the figure itself
        kUsed, kFree, kRest,    // parts of a whole: share = used / (used + free + rest), or 1 − free / total
        kTotal,
        kFreeShare,             // already a share: 1 − value
    } role;
    bool rate;                  // a counter: per-second increase
    double scale;               // value × scale = metric's unit
    int choice;                 // of several names for one metric a row takes the lowest choice it has
    std::string_view only;      // "label=value": series with another value of that label do not count
    std::string_view except;    // "label=prefix,prefix": nor do these
};

// In the order in which they are offered where nothing departs.
std::span<const ResourceMetric> resourceMetrics();
std::span<const ResourceName> resourceNames();
const ResourceMetric* findResourceMetric(std::string_view id);
// Index into resourceMetrics().
size_t resourceMetricIndex(std::string_view id);

// The name without prefixes that Ray ("ray_vllm_x", "ray_vllm:x" for "vllm:x") and AMD's exporter ("amd_gpu_x" for "gpu_x") add.
std::string plainResourceName(std::string_view name);

// A GPU's highest operating temperature as its maker states it, by model name; 0 = not known.
double operatingLimitCelsius(std::string_view model);

}  // namespace nj::analyze

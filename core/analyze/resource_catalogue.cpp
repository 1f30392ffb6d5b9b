#include "analyze/resource_catalogue.h"

#include <array>

namespace nj::analyze {
namespace {

using enum ResourceScope;
using enum ResourceWorse;
using enum ResourceJoin;
using Role = ResourceName::Role;

constexpr std::array kMetrics = {
    ResourceMetric{"sm_clock", "SM clock", "MHz", kGpu, kLower, true, kMean, "", 0.02, 0},
    ResourceMetric{"temperature", "Temperature", "°C", kGpu, kHigher, false, kMost, "", 3, 0},
    ResourceMetric{"power", "Power", "W", kGpu, kHigher, false, kMean, "", 15, 0.05},
    ResourceMetric{"tensor", "Tensor active", "ratio", kGpu, kHigher, false, kMean, "", 0.04, 0.1},
    ResourceMetric{"kv_cache", "KV cache", "ratio", kReplica, kHigher, false, kMost, "", 0.05, 0},
    ResourceMetric{"utilisation", "Utilisation", "ratio", kGpu, kHigher, false, kMean, "", 0.05, 0},
    ResourceMetric{"waiting", "Waiting", "", kReplica, kHigher, false, kSum, "", 3, 0.2},
    ResourceMetric{"gpu_memory", "GPU memory", "ratio", kGpu, kHigher, false, kMean, "", 0.03, 0},
    ResourceMetric{"memory_temperature", "Memory temperature", "°C", kGpu, kHigher, false, kMost, "", 3, 0},
    ResourceMetric{"sm_active", "SM active", "ratio", kGpu, kHigher, false, kMean, "", 0.05, 0.1},
    ResourceMetric{"dram_active", "DRAM active", "ratio", kGpu, kHigher, false, kMean, "", 0.05, 0.1},
    ResourceMetric{"memory_clock", "Memory clock", "MHz", kGpu, kLower, true, kMean, "", 0.02, 0},
    ResourceMetric{"running", "Running", "", kReplica, kHigher, false, kSum, "", 5, 0.25},
    ResourceMetric{"preemptions", "Preemptions", "/s", kReplica, kHigher, false, kSum, "", 0.05, 0.5},
    ResourceMetric{"cpu", "CPU", "ratio", kHost, kHigher, false, kMean, "cpu", 0.1, 0},
    ResourceMetric{"memory", "Memory", "ratio", kHost, kHigher, false, kMean, "", 0.1, 0},
    ResourceMetric{"disk_used", "Disk used", "ratio", kHost, kHigher, false, kMost, "mountpoint", 0.1, 0},
    ResourceMetric{"disk_busy", "Disk busy", "ratio", kHost, kHigher, false, kMost, "device", 0.1, 0},
    ResourceMetric{"load", "Load (1 m)", "", kHost, kHigher, false, kMean, "", 2, 0.5},
    ResourceMetric{"network_in", "Network in", "By/s", kHost, kHigher, false, kSum, "device", 1e7, 0.5},
    ResourceMetric{"network_out", "Network out", "By/s", kHost, kHigher, false, kSum, "device", 1e7, 0.5},
    ResourceMetric{"host_temperature", "Host temperature", "°C", kHost, kHigher, false, kMost, "sensor", 6, 0},
    ResourceMetric{"container_cpu", "Container CPU", "cores", kContainer, kHigher, false, kSum, "container", 0.5, 0.5},
    ResourceMetric{"container_memory", "Container memory", "By", kContainer, kHigher, false, kSum, "container", 5e8, 0.5},
    ResourceMetric{"container_throttled", "CPU throttled", "ratio", kContainer, kHigher, false, kMost, "container", 0.1, 0},
    ResourceMetric{"container_network_in", "Container network in", "By/s", kContainer, kHigher, false, kSum, "interface", 1e7, 0.5},
};

constexpr std::string_view kPseudoFiles = "fstype=tmpfs,ramfs,overlay,squashfs,iso9660,fuse.,nsfs,autofs,efivarfs";
constexpr std::string_view kVirtualLinks = "device=lo,veth,docker,br-,cni,cali,flannel,virbr,tun";
constexpr std::string_view kVirtualDisks = "device=loop,ram,sr,dm-";

constexpr std::array kNames = {
    // DCGM, also what nvidia-smi's outputs are read as
    ResourceName{"DCGM_FI_DEV_SM_CLOCK", "sm_clock", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_MEM_CLOCK", "memory_clock", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_GPU_TEMP", "temperature", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_MEMORY_TEMP", "memory_temperature", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_POWER_USAGE", "power", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_POWER_USAGE_INSTANT", "power", Role::kValue, false, 1, 1, "", ""},
    ResourceName{"DCGM_FI_DEV_GPU_UTIL", "utilisation", Role::kValue, false, 0.01, 0, "", ""},
    ResourceName{"DCGM_FI_PROF_GR_ENGINE_ACTIVE", "utilisation", Role::kValue, false, 1, 5, "", ""},
    ResourceName{"DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", "tensor", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_PROF_SM_ACTIVE", "sm_active", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_PROF_DRAM_ACTIVE", "dram_active", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_MEM_COPY_UTIL", "dram_active", Role::kValue, false, 0.01, 1, "", ""},
    ResourceName{"DCGM_FI_DEV_FB_USED", "gpu_memory", Role::kUsed, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_FB_FREE", "gpu_memory", Role::kFree, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_FB_RESERVED", "gpu_memory", Role::kRest, false, 1, 0, "", ""},
    ResourceName{"DCGM_FI_DEV_FB_TOTAL", "gpu_memory", Role::kTotal, false, 1, 0, "", ""},
    // AMD device-metrics-exporter: generations expose different fields, the first present counts
    ResourceName{"gpu_clock", "sm_clock", Role::kValue, false, 1, 2, "clock_type=GPU_CLOCK_TYPE_SYSTEM", ""},
    ResourceName{"gpu_junction_temperature", "temperature", Role::kValue, false, 1, 2, "", ""},
    ResourceName{"gpu_edge_temperature", "temperature", Role::kValue, false, 1, 3, "", ""},
    ResourceName{"gpu_memory_temperature", "memory_temperature", Role::kValue, false, 1, 2, "", ""},
    ResourceName{"gpu_hbm_temperature", "memory_temperature", Role::kValue, false, 1, 3, "", ""},
    ResourceName{"gpu_package_power", "power", Role::kValue, false, 1, 2, "", ""},
    ResourceName{"gpu_average_package_power", "power", Role::kValue, false, 1, 3, "", ""},
    ResourceName{"gpu_power_usage", "power", Role::kValue, false, 1, 4, "", ""},
    ResourceName{"gpu_gfx_activity", "utilisation", Role::kValue, false, 0.01, 2, "", ""},
    ResourceName{"gpu_umc_activity", "dram_active", Role::kValue, false, 0.01, 2, "", ""},
    ResourceName{"gpu_prof_sm_active", "sm_active", Role::kValue, false, 0.01, 2, "", ""},
    ResourceName{"gpu_prof_tensor_active_percent", "tensor", Role::kValue, false, 0.01, 2, "", ""},
    ResourceName{"gpu_used_vram", "gpu_memory", Role::kUsed, false, 1, 2, "", ""},
    ResourceName{"gpu_total_vram", "gpu_memory", Role::kTotal, false, 1, 2, "", ""},
    // Triton
    ResourceName{"nv_gpu_utilization", "utilisation", Role::kValue, false, 1, 4, "", ""},
    ResourceName{"nv_gpu_power_usage", "power", Role::kValue, false, 1, 6, "", ""},
    ResourceName{"nv_gpu_memory_used_bytes", "gpu_memory", Role::kUsed, false, 1, 4, "", ""},
    ResourceName{"nv_gpu_memory_total_bytes", "gpu_memory", Role::kTotal, false, 1, 4, "", ""},
    ResourceName{"nv_inference_pending_request_count", "waiting", Role::kValue, false, 1, 4, "", ""},
    ResourceName{"nv_trt_llm_kv_cache_block_metrics", "kv_cache", Role::kValue, false, 1, 4, "kv_cache_block_type=fraction", ""},
    // vLLM v1, v0
    ResourceName{"vllm:kv_cache_usage_perc", "kv_cache", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"vllm:gpu_cache_usage_perc", "kv_cache", Role::kValue, false, 1, 1, "", ""},
    ResourceName{"vllm:num_requests_waiting", "waiting", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"vllm:num_requests_running", "running", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"vllm:num_preemptions_total", "preemptions", Role::kValue, true, 1, 0, "", ""},
    ResourceName{"vllm:num_preemptions", "preemptions", Role::kValue, true, 1, 1, "", ""},
    // SGLang: its scheduler's gauges repeat per rank
    ResourceName{"sglang:token_usage", "kv_cache", Role::kValue, false, 1, 2, "tp_rank=0", ""},
    ResourceName{"sglang:num_queue_reqs", "waiting", Role::kValue, false, 1, 2, "tp_rank=0", ""},
    ResourceName{"sglang:num_running_reqs", "running", Role::kValue, false, 1, 2, "tp_rank=0", ""},
    ResourceName{"sglang:num_retracted_requests_total", "preemptions", Role::kValue, true, 1, 2, "tp_rank=0", ""},
    // TensorRT-LLM
    ResourceName{"trtllm_kv_cache_utilization", "kv_cache", Role::kValue, false, 1, 3, "", ""},
    ResourceName{"trtllm_num_requests_waiting", "waiting", Role::kValue, false, 1, 3, "", ""},
    ResourceName{"trtllm_num_requests_running", "running", Role::kValue, false, 1, 3, "", ""},
    // TGI
    ResourceName{"tgi_batch_current_max_tokens", "kv_cache", Role::kUsed, false, 1, 5, "", ""},
    ResourceName{"tgi_batch_max_total_tokens", "kv_cache", Role::kTotal, false, 1, 5, "", ""},
    ResourceName{"tgi_queue_size", "waiting", Role::kValue, false, 1, 5, "", ""},
    ResourceName{"tgi_batch_current_size", "running", Role::kValue, false, 1, 5, "", ""},
    // llama.cpp
    ResourceName{"llamacpp:kv_cache_usage_ratio", "kv_cache", Role::kValue, false, 1, 6, "", ""},
    ResourceName{"llamacpp:requests_deferred", "waiting", Role::kValue, false, 1, 6, "", ""},
    ResourceName{"llamacpp:requests_processing", "running", Role::kValue, false, 1, 6, "", ""},
    // Dynamo
    ResourceName{"dynamo_component_gpu_cache_usage_percent", "kv_cache", Role::kValue, false, 1, 7, "", ""},
    ResourceName{"dynamo_frontend_queued_requests", "waiting", Role::kValue, false, 1, 7, "", ""},
    ResourceName{"dynamo_frontend_inflight_requests", "running", Role::kValue, false, 1, 7, "", ""},
    // node_exporter
    ResourceName{"node_cpu_seconds_total", "cpu", Role::kFreeShare, true, 1, 0, "mode=idle", ""},
    ResourceName{"node_memory_MemAvailable_bytes", "memory", Role::kFree, false, 1, 0, "", ""},
    ResourceName{"node_memory_MemTotal_bytes", "memory", Role::kTotal, false, 1, 0, "", ""},
    ResourceName{"node_filesystem_avail_bytes", "disk_used", Role::kFree, false, 1, 0, "", kPseudoFiles},
    ResourceName{"node_filesystem_size_bytes", "disk_used", Role::kTotal, false, 1, 0, "", kPseudoFiles},
    ResourceName{"node_disk_io_time_seconds_total", "disk_busy", Role::kValue, true, 1, 0, "", kVirtualDisks},
    ResourceName{"node_load1", "load", Role::kValue, false, 1, 0, "", ""},
    ResourceName{"node_network_receive_bytes_total", "network_in", Role::kValue, true, 1, 0, "", kVirtualLinks},
    ResourceName{"node_network_transmit_bytes_total", "network_out", Role::kValue, true, 1, 0, "", kVirtualLinks},
    ResourceName{"node_hwmon_temp_celsius", "host_temperature", Role::kValue, false, 1, 0, "", ""},
    // cAdvisor
    ResourceName{"container_cpu_usage_seconds_total", "container_cpu", Role::kValue, true, 1, 0, "cpu=total", "container=POD"},
    ResourceName{"container_memory_working_set_bytes", "container_memory", Role::kValue, false, 1, 0, "", "container=POD"},
    ResourceName{"container_cpu_cfs_throttled_periods_total", "container_throttled", Role::kUsed, true, 1, 0, "", "container=POD"},
    ResourceName{"container_cpu_cfs_periods_total", "container_throttled", Role::kTotal, true, 1, 0, "", "container=POD"},
    ResourceName{"container_network_receive_bytes_total", "container_network_in", Role::kValue, true, 1, 0, "", "interface=lo"},
};

struct Limit {
    std::string_view model;
    double celsius;
};
// "GPU Max Operating Temp" of nvidia-smi -q.
constexpr std::array kLimits = {Limit{"H100", 87}};

}  // namespace

std::span<const ResourceMetric> resourceMetrics() { return kMetrics; }
std::span<const ResourceName> resourceNames() { return kNames; }

size_t resourceMetricIndex(std::string_view id) {
    size_t index = 0;
    while (index < kMetrics.size() && kMetrics[index].id != id)
        ++index;
    return index;
}

const ResourceMetric* findResourceMetric(std::string_view id) {
    const size_t index = resourceMetricIndex(id);
    return index < kMetrics.size() ? &kMetrics[index] : nullptr;
}

std::string plainResourceName(std::string_view name) {
    if (name.starts_with("ray_vllm") && name.size() > 9)
        return "vllm:" + std::string(name.substr(9));
    if (name.starts_with("amd_gpu_"))
        name.remove_prefix(4);
    return std::string(name);
}

double operatingLimitCelsius(std::string_view model) {
    for (const Limit& limit : kLimits)
        if (model.find(limit.model) != std::string_view::npos)
            return limit.celsius;
    return 0;
}

}  // namespace nj::analyze

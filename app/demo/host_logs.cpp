// What stands outside the applications: the kernel's log with uptime stamps, the BMC's in the data centre's local time without a
// zone, and the cluster's events.
#include <cmath>

#include <fmt/format.h>

#include "base/json_writer.h"
#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/log_lines.h"
#include "demo/rng.h"

namespace nj::demo {

namespace {

constexpr double kBootUnix = 1771913551;   // as node_boot_time_seconds says
constexpr int kBmcZoneHours = -7;

std::string kernelLine(const Scenario& s, double t, std::string_view message) {
    const double uptime = static_cast<double>(s.start) / 1e9 + t - kBootUnix;
    return fmt::format("[{:12.6f}] {}", uptime, message);
}

Status writeKernel(const Day& day, const std::string& directory) {
    const Scenario& s = day.scenario;
    Rng rng(day.seed, 90);
    LogLines lines;
    const std::string boot =
        "[    0.000000] Linux version 6.8.0-57-generic (buildd@lcy02-amd64-049) (x86_64-linux-gnu-gcc-13) #59-Ubuntu SMP PREEMPT_DYNAMIC\n"
        "[    0.000000] Command line: BOOT_IMAGE=/vmlinuz-6.8.0-57-generic root=/dev/nvme0n1p2 ro iommu=pt\n"
        "[    2.000000] rtc_cmos 00:04: setting system clock to 2026-02-24T06:12:33 UTC (1771913553)\n"
        "[   21.482207] NVRM: loading NVIDIA UNIX x86_64 Kernel Module  570.133.20  Sun Mar 30 17:40:52 UTC 2025\n";
    for (double t = rng.uniform(0, 300); t < s.duration; t += rng.exponential(170)) {
        switch (rng.below(4)) {
        case 0: lines.add(t, kernelLine(s, t, fmt::format("perf: interrupt took too long ({} > {}), lowering kernel.perf_event_max_sample_rate to {}", 3100 + rng.below(900), 3000, 64000))); break;
        case 1: lines.add(t, kernelLine(s, t, fmt::format("IPv6: ADDRCONF(NETDEV_CHANGE): cali{:08x}: link becomes ready", rng.next() & 0xffffffffU))); break;
        case 2: lines.add(t, kernelLine(s, t, fmt::format("nvme nvme0: I/O {} QID {} timeout, completion polled", rng.below(900), 1 + rng.below(32)))); break;
        default: lines.add(t, kernelLine(s, t, fmt::format("audit: type=1400 audit({}.{:03}:{}): apparmor=\"ALLOWED\" operation=\"open\" profile=\"cri-containerd\"", static_cast<int64_t>(static_cast<double>(s.start) / 1e9 + t), rng.below(1000), 40000 + rng.below(9000)))); break;
        }
    }
    // NVIDIA's action for 63 is to do nothing until the next reset.
    lines.add(s.xid63, kernelLine(s, s.xid63, "NVRM: Xid (PCI:0000:d1:00): 63, pid='<unknown>', name=<unknown>, Row Remapper: New row marked for remapping, reset gpu to activate."));
    lines.add(s.xid63 + 0.0004, kernelLine(s, s.xid63 + 0.0004, "NVRM: GPU at PCI:0000:d1:00: GPU-" + gpuUuid(6).substr(4)));
    return lines.write(directory + "/kernel.log.zst", s.duration, boot);
}

Status writeBmc(const Day& day, const std::string& directory) {
    const Scenario& s = day.scenario;
    Rng rng(day.seed, 91);
    LogLines lines;
    const auto sensor = [&](double t, std::string_view name, double value, std::string_view unit, std::string_view state) {
        lines.add(t, fmt::format("{} {} | {:.3f} | {} | {}", localTime(s, t, kBmcZoneHours), name, value, unit, state));
    };
    for (double t = 44; t < s.duration; t += 300) {
        for (int gpu = 0; gpu < 8; ++gpu) {
            const double load = s.rateAt(t) / 2.1;
            double degrees = 57 + 5 * load + rng.uniform(-1, 1) + (gpu == 3 ? 9 : 0);
            if (gpu == 3 && t >= s.heat && t < s.clockBack)
                degrees = 71 + 16 * std::min(1.0, (t - s.heat) / (s.throttle - s.heat));
            const bool hot = std::round(degrees) >= 86;
            sensor(t + 0.1 * gpu, fmt::format("GPU{} Temp", gpu), std::min(87.0, std::round(degrees)), "degrees C", hot ? "nc" : "ok");
        }
        for (int fan = 1; fan <= 8; ++fan) {
            const bool failing = fan == 5 && t >= s.fanLow;
            sensor(t + 1 + 0.1 * fan, fmt::format("FAN{} Tach", fan), failing ? 1960.0 + rng.below(3) * 140 : 11200.0 + rng.below(6) * 140, "RPM", failing ? "lcr" : "ok");
        }
    }
    lines.add(s.fanLow, fmt::format("{} FAN5 Tach | 2240.000 | RPM | lcr | Lower Critical going low: reading below lower critical threshold 2500", localTime(s, s.fanLow, kBmcZoneHours)));
    return lines.write(directory + "/bmc.log.zst", s.duration);
}

std::string clusterEvent(const Scenario& s, double t, size_t serial, std::string_view kind, std::string_view name, std::string_view type, std::string_view reason, std::string_view message, std::string_view component) {
    const std::string stamp = formatRfc3339(s.at(t) / kSecond * kSecond, 0);
    std::string out;
    JsonWriter w(out);
    w.beginObject().key("apiVersion").string("v1").key("kind").string("Event");
    w.key("metadata").beginObject().key("name").string(fmt::format("{}.{:016x}", name, mix(31, serial))).key("namespace").string(kNamespace).key("creationTimestamp").string(stamp).endObject();
    w.key("involvedObject").beginObject().key("kind").string(kind).key("namespace").string(kNamespace).key("name").string(name).endObject();
    w.key("type").string(type).key("reason").string(reason).key("message").string(message);
    w.key("source").beginObject().key("component").string(component).endObject();
    w.key("firstTimestamp").string(stamp).key("lastTimestamp").string(stamp).key("count").integer(1).endObject();
    return out;
}

Status writeCluster(const Day& day, const std::string& directory) {
    const Scenario& s = day.scenario;
    Rng rng(day.seed, 92);
    LogLines lines;
    size_t serial = 0;
    const auto add = [&](double t, std::string_view kind, std::string_view name, std::string_view type, std::string_view reason, const std::string& message, std::string_view component) {
        lines.add(t, clusterEvent(s, t, ++serial, kind, name, type, reason, message, component));
    };
    const Deployment& before = deployments()[static_cast<size_t>(Service::kRetriever)];
    const Deployment& after = deployments()[kServices];
    const auto rollout = [&](double t, const Deployment& up, const Deployment& down) {
        const auto set = [](const Deployment& d) { return std::string(d.pods[0].substr(0, d.pods[0].rfind('-'))); };
        for (int k = 0; k < 2; ++k) {
            const double at = t + 24 * k;
            const std::string pod(up.pods[static_cast<size_t>(k)]);
            const std::string gone(down.pods[static_cast<size_t>(k)]);
            add(at, "Deployment", "retriever", "Normal", "ScalingReplicaSet", fmt::format("Scaled up replica set {} from {} to {}", set(up), k, k + 1), "deployment-controller");
            add(at + 0.3, "Pod", pod, "Normal", "Scheduled", fmt::format("Successfully assigned {}/{} to {}", kNamespace, pod, kCpuHost), "default-scheduler");
            add(at + 1.2, "Pod", pod, "Normal", "Pulled", fmt::format("Container image \"registry.example.com/retriever:{}\" already present on machine", up.version), "kubelet");
            add(at + 2.0, "Pod", pod, "Normal", "Started", "Started container retriever", "kubelet");
            add(at + 12, "Deployment", "retriever", "Normal", "ScalingReplicaSet", fmt::format("Scaled down replica set {} from {} to {}", set(down), 2 - k, 1 - k), "deployment-controller");
            add(at + 12.4, "Pod", gone, "Normal", "Killing", "Stopping container retriever", "kubelet");
        }
    };
    rollout(s.deploy, after, before);
    rollout(s.rollback, before, after);
    for (double t = 17; t < s.duration; t += 300) {
        const auto minute = static_cast<int64_t>(static_cast<double>(s.start) / 60e9 + t / 60);
        const std::string job = fmt::format("usage-report-{}", minute);
        add(t, "CronJob", "usage-report", "Normal", "SuccessfulCreate", fmt::format("Created job {}", job), "cronjob-controller");
        add(t + 9, "Job", job, "Normal", "Completed", "Job completed", "job-controller");
    }
    for (double t = rng.exponential(9000); t < s.duration; t += rng.exponential(9000))
        add(t, "Pod", "reranker-59b7f6d4c8-t6rvd", "Warning", "Unhealthy", "Readiness probe failed: Get \"http://10.42.11.44:8080/ready\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)", "kubelet");
    return lines.write(directory + "/k8s-events.json.zst", s.duration);
}

}  // namespace

Status writeHostLogs(const Day& day, const std::string& directory) {
    NJ_RETURN_IF_ERROR(writeKernel(day, directory));
    NJ_RETURN_IF_ERROR(writeBmc(day, directory));
    return writeCluster(day, directory);
}

}  // namespace nj::demo

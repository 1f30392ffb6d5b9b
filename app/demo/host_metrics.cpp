// node_exporter's series of the two hosts, as `promtool tsdb dump-openmetrics` prints them.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/prom_file.h"
#include "demo/rng.h"

namespace nj::demo {

namespace {

struct Host {
    std::string_view name;
    const char* address;
    int cpus;
    double memory;          // bytes
    double bootSeconds;     // unix
};
constexpr Host kHosts[] = {{kGpuHost, "10.0.7.7:9100", 32, 2.16e12, 1771913551}, {kCpuHost, "10.0.7.11:9100", 16, 2.70e11, 1769067912}};

class HostWriter {
public:
    HostWriter(const Day& day, PromFile& file, const Host& host)
        : day_(day), file_(file), host_(host), rng_(day.seed, 300U + static_cast<uint64_t>(host.cpus)), n_(day.ticks()), v_(n_) {
        labels_ = {{"instance", host.address}, {"job", "node-exporter"}, {"nodename", std::string(host.name)}};
    }
    void write() {
        cpu();
        memory();
        disks();
        network();
        gauges();
    }

private:
    double load(size_t i) const { return day_.scenario.rateAt(static_cast<double>(i) * kScrape) / 2.1; }
    template <typename Step>
    void counter(std::string_view name, const Labels& extra, double from, Step perSecond) {
        double total = from;
        for (size_t i = 0; i < n_; ++i) {
            total += std::max(0.0, static_cast<double>(perSecond(i))) * kScrape;
            v_[i] = std::round(total * 100) / 100;
        }
        emit(name, extra);
    }
    template <typename Read>
    void gauge(std::string_view name, const Labels& extra, Read read) {
        for (size_t i = 0; i < n_; ++i)
            v_[i] = static_cast<double>(read(i));
        emit(name, extra);
    }
    void emit(std::string_view name, const Labels& extra) {
        Labels all = labels_;
        all.insert(all.end(), extra.begin(), extra.end());
        file_.series(name, all, v_);
    }
    void cpu() {
        struct Mode { const char* name; double base, slope; };
        static constexpr Mode kModes[] = {{"user", 0.06, 0.22}, {"system", 0.02, 0.06}, {"iowait", 0.002, 0.003}, {"irq", 0.0, 0.001}, {"softirq", 0.002, 0.008}, {"steal", 0, 0}, {"nice", 0, 0}};
        for (int c = 0; c < host_.cpus; ++c) {
            const double skew = 0.8 + 0.4 * rng_.uniform();
            std::vector<double> idle(n_, 1.0);
            for (const Mode& m : kModes) {
                counter("node_cpu_seconds_total", {{"cpu", std::to_string(c)}, {"mode", m.name}}, 1e5 * m.base, [&](size_t i) {
                    const double share = m.base + m.slope == 0 ? 0 : (m.base + m.slope * load(i)) * skew * (0.9 + 0.2 * rng_.uniform());
                    idle[i] -= share;
                    return share;
                });
            }
            counter("node_cpu_seconds_total", {{"cpu", std::to_string(c)}, {"mode", "idle"}}, 1e6, [&](size_t i) { return idle[i]; });
        }
    }
    void memory() {
        const double total = host_.memory;
        const auto noisy = [&](double share) { return [this, share, total](size_t i) { return std::floor(total * (share - 0.03 * load(i) + 0.002 * rng_.normal())); }; };
        gauge("node_memory_MemTotal_bytes", {}, [&](size_t) { return total; });
        gauge("node_memory_MemAvailable_bytes", {}, noisy(0.62));
        gauge("node_memory_MemFree_bytes", {}, noisy(0.31));
        gauge("node_memory_Cached_bytes", {}, noisy(0.30));
        gauge("node_memory_Buffers_bytes", {}, noisy(0.034));
        gauge("node_memory_SwapTotal_bytes", {}, [](size_t) { return 0; });
        gauge("node_memory_SwapFree_bytes", {}, [](size_t) { return 0; });
    }
    void disks() {
        for (const char* device : {"nvme0n1", "nvme1n1"}) {
            const Labels l = {{"device", device}};
            counter("node_disk_read_bytes_total", l, 4e12, [&](size_t i) { return std::floor(2e6 * load(i) * rng_.uniform(0.5, 1.5)); });
            counter("node_disk_written_bytes_total", l, 9e12, [&](size_t i) { return std::floor(6e6 * (0.3 + load(i)) * rng_.uniform(0.5, 1.5)); });
            counter("node_disk_io_time_seconds_total", l, 3e5, [&](size_t i) { return 0.01 + 0.03 * load(i) * rng_.uniform(); });
        }
        for (const char* mount : {"/", "/var/lib/containerd"}) {
            const Labels l = {{"device", "/dev/nvme0n1p2"}, {"fstype", "ext4"}, {"mountpoint", mount}};
            gauge("node_filesystem_size_bytes", l, [](size_t) { return 1.9e12; });
            gauge("node_filesystem_avail_bytes", l, [](size_t i) { return 1.1e12 - 4e5 * static_cast<double>(i); });
        }
    }
    void network() {
        for (const char* device : {"eth0", "eth1"}) {
            const Labels l = {{"device", device}};
            const double scale = device[3] == '0' ? 1 : 0.1;
            counter("node_network_receive_bytes_total", l, 7e12, [&](size_t i) { return std::floor(4e6 * scale * load(i) * rng_.uniform(0.8, 1.2)); });
            counter("node_network_transmit_bytes_total", l, 6e12, [&](size_t i) { return std::floor(5e6 * scale * load(i) * rng_.uniform(0.8, 1.2)); });
            for (const char* name : {"node_network_receive_errs_total", "node_network_transmit_errs_total", "node_network_receive_drop_total", "node_network_transmit_drop_total"})
                counter(name, l, 0, [](size_t) { return 0; });
        }
    }
    void gauges() {
        double load1 = 4;
        double load5 = 4;
        double load15 = 4;
        std::vector<double> five(n_), fifteen(n_);
        gauge("node_load1", {}, [&](size_t i) {
            const double now = host_.cpus * (0.1 + 0.25 * load(i)) * rng_.uniform(0.7, 1.3);
            load1 += 0.22 * (now - load1);
            load5 += 0.05 * (now - load5);
            load15 += 0.016 * (now - load15);
            five[i] = std::round(load5 * 100) / 100;
            fifteen[i] = std::round(load15 * 100) / 100;
            return std::round(load1 * 100) / 100;
        });
        gauge("node_load5", {}, [&](size_t i) { return five[i]; });
        gauge("node_load15", {}, [&](size_t i) { return fifteen[i]; });
        for (int sensor = 1; sensor <= 4; ++sensor)
            gauge("node_hwmon_temp_celsius", {{"chip", "platform_coretemp_0"}, {"sensor", fmt::format("temp{}", sensor)}}, [&](size_t i) { return std::round(44 + 12 * load(i) + rng_.normal()); });
        gauge("node_boot_time_seconds", {}, [&](size_t) { return host_.bootSeconds; });
        Labels uname = {{"machine", "x86_64"}, {"release", "6.8.0-57-generic"}, {"sysname", "Linux"}};
        gauge("node_uname_info", uname, [](size_t) { return 1; });
        for (const char* what : {"cpu", "io", "memory"})
            counter(fmt::format("node_pressure_{}_waiting_seconds_total", what), {}, 100, [&](size_t i) { return 0.004 * load(i) * rng_.uniform(); });
        counter("node_context_switches_total", {}, 8e10, [&](size_t i) { return std::floor(5e4 * (0.2 + load(i)) * rng_.uniform(0.9, 1.1)); });
        gauge("up", {}, [](size_t) { return 1; });
    }

    const Day& day_;
    PromFile& file_;
    const Host& host_;
    Rng rng_;
    size_t n_;
    std::vector<double> v_;
    Labels labels_;
};

}  // namespace

Status writeHostMetrics(const Day& day, const std::string& directory) {
    PromFile file(directory + "/node.openmetrics.zst", PromFile::Form::kOpenMetrics, day.scenario.start, kScrape);
    for (const Host& host : kHosts)
        HostWriter(day, file, host).write();
    return file.finish();
}

}  // namespace nj::demo

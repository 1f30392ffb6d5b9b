// dcgm-exporter's series of the eight GPUs of gpu-node-07, as the load and GPU 3's failing fan make them.
#include <algorithm>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "demo/files.h"
#include "demo/fleet.h"
#include "demo/prom_file.h"
#include "demo/rng.h"

namespace nj::demo {

namespace {

constexpr double kNothing = std::numeric_limits<double>::quiet_NaN();

// What one scrape of a card reads.
struct CardState {
    double clock = 1980, temperature = 60, memoryTemperature = 66, power = 450, utilisation = 99, copy = 40, tensor = 0.3, dram = 0.5, engine = 0.97, smActive = 0.6, pcieTx = 0, pcieRx = 0, reasons = 0, nvlink = 0, thermal = 0;
};

class Card {
public:
    Card(const Day& day, int gpu) : day_(day), s_(day.scenario), gpu_(gpu), replica_(gpu < 4 ? 0 : 1), rng_(day.seed, 200U + static_cast<uint64_t>(gpu)) {}

    CardState at(size_t tick) {
        const double t = static_cast<double>(tick) * kScrape;
        const EngineGauges& g = day_.scrapes[replica_][tick];
        const EngineGauges& before = day_.scrapes[replica_][tick == 0 ? 0 : tick - 1];
        const double busy = tick == 0 ? 0.9 : (g.busy - before.busy) / kScrape;
        const double prefill = tick == 0 ? 0.2 : (g.prefillBusy - before.prefillBusy) / kScrape;
        smooth_ += 0.25 * (std::min(1.0, prefill) - smooth_);
        const bool throttled = replica_ == 0 && t >= s_.throttle && t < s_.clockBack;
        CardState c;
        c.utilisation = std::round(std::clamp(100 * busy - rng_.uniform(0, 2.2), busy > 0.9 ? 97.0 : 60.0, 100.0));
        c.power = 372 + 110 * busy - 22 + 150 * smooth_ + 9 * rng_.normal();
        if (throttled)
            c.power = 450 + 8 * rng_.normal();
        c.tensor = throttled ? 0.22 + 0.008 * rng_.normal() : std::clamp(0.12 * busy + 0.34 * smooth_ + 0.012 * rng_.normal(), 0.02, 0.6);
        heat(c, t);
        clock(c, t, tick, throttled);
        c.memoryTemperature = std::round(c.temperature + 7 + 0.4 * rng_.normal());
        c.dram = std::clamp((throttled ? 0.42 : 0.62) * busy + 0.01 * rng_.normal(), 0.0, 1.0);
        c.engine = std::clamp(busy - 0.01 + 0.005 * rng_.normal(), 0.0, 1.0);
        c.smActive = std::clamp((throttled ? 0.52 : 0.68) * busy + 0.01 * rng_.normal(), 0.0, 1.0);
        c.copy = std::round(std::clamp(c.dram * 78 + rng_.normal(), 0.0, 100.0));
        c.nvlink = std::floor((throttled ? 21e3 : 34e3) * busy * (1 + 0.03 * rng_.normal()));
        c.pcieTx = std::floor(2.1e8 * busy * (1 + 0.1 * rng_.normal()));
        c.pcieRx = std::floor(3.4e8 * busy * (1 + 0.1 * rng_.normal()));
        c.power = std::round(c.power * 10) / 10;
        c.tensor = std::round(c.tensor * 1e4) / 1e4;
        c.dram = std::round(c.dram * 1e4) / 1e4;
        c.engine = std::round(c.engine * 1e4) / 1e4;
        c.smActive = std::round(c.smActive * 1e4) / 1e4;
        return c;
    }
    // Whether the exporter missed this card's scrape.
    [[nodiscard]] bool missing(size_t tick) const {
        const double t = static_cast<double>(tick) * kScrape;
        return gpu_ == 5 && t >= s_.gapFrom && t < s_.gapTo;
    }

private:
    void heat(CardState& c, double t) {
        static constexpr double kPlace[] = {0.4, -0.6, 0.2, 0, 1.2, 2.6, 1.4, 4.2};   // airflow across the tray
        double target = 39.6 + 0.047 * std::min(c.power, 640.0) + kPlace[gpu_];
        if (gpu_ == 3) {
            target = 39.6 + 0.047 * std::min(c.power, 490.0) + 9;
            // The fan that failed leaves no reserve for the heavier load: 71 degrees at the full hour, the limit three quarters later.
            const double risen = std::clamp((t - s_.heat) / (s_.throttle - s_.heat), 0.0, 1.0);
            if (t >= s_.heat && t < s_.clockBack)
                target = 71 + 16 * (1 - (1 - risen) * (1 - risen) * 0.35 - 0.65 * (1 - risen)) ;
            else if (t >= s_.clockBack)
                target = 73 + 14 * detExp(-(t - s_.clockBack) / 420);
        }
        const double pace = gpu_ == 3 && t >= s_.heat && t < s_.clockBack ? 0.5 : 0.06;
        temperature_ = temperature_ == 0 ? target : temperature_ + pace * (target - temperature_);
        c.temperature = std::round(temperature_ + 0.35 * rng_.normal());
        if (gpu_ == 3)
            c.temperature = std::min(c.temperature, 87.0);
    }
    void clock(CardState& c, double t, size_t tick, bool throttled) {
        c.clock = s_.clockFull;
        if (replica_ == 0 && throttled && gpu_ != 3)
            c.clock = 1950;   // waits for the slow one in every all-reduce
        if (gpu_ != 3)
            return;
        if (throttled) {
            // A saw-tooth: the card climbs until the limit, then drops.
            const double saw = static_cast<double>(tick % 5) / 2 - 1;
            c.clock = std::round((s_.clockFull * s_.clockShare(t) + 30 * saw + 8 * rng_.normal()) / 15) * 15;
            c.reasons = rng_.chance(0.17) ? 0x60 : 0x20;
            thermalNs_ += 9.5e9;
        } else if (t >= s_.throttle - 240 && t < s_.throttle) {
            c.reasons = rng_.chance(0.3) ? 0x20 : 0;   // touches the limit before it stays there
        }
        c.thermal = thermalNs_;
    }

    const Day& day_;
    const Scenario& s_;
    int gpu_;
    size_t replica_;
    Rng rng_;
    double temperature_ = 0;
    double smooth_ = 0.2;
    double thermalNs_ = 0;
};

void writeCard(PromFile& file, const Day& day, int gpu) {
    Card card(day, gpu);
    const size_t n = day.ticks();
    std::vector<CardState> states;
    std::vector<bool> missing;
    for (size_t i = 0; i < n; ++i) {
        states.push_back(card.at(i));
        missing.push_back(card.missing(i));
    }
    const Labels labels = {{"DCGM_FI_DRIVER_VERSION", "570.133.20"}, {"Hostname", std::string(kGpuHost)}, {"UUID", gpuUuid(gpu)}, {"device", fmt::format("nvidia{}", gpu)},
                           {"exported_container", "vllm"}, {"exported_namespace", std::string(kNamespace)}, {"exported_pod", kReplicaPods[gpu < 4 ? 0 : 1]},
                           {"gpu", std::to_string(gpu)}, {"instance", "10.42.7.3:9400"}, {"job", "dcgm-exporter"}, {"modelName", "NVIDIA H100 80GB HBM3"},
                           {"namespace", "gpu-operator"}, {"pci_bus_id", std::string(gpuPci(gpu))}, {"pod", "nvidia-dcgm-exporter-4hx2p"}};
    std::vector<double> v(n);
    const auto series = [&](std::string_view name, auto read, const Labels& extra = {}) {
        for (size_t i = 0; i < n; ++i)
            v[i] = missing[i] ? kNothing : static_cast<double>(read(states[i], i));
        Labels all = labels;
        all.insert(all.end(), extra.begin(), extra.end());
        file.series(name, all, v);
    };
    using C = const CardState&;
    series("DCGM_FI_DEV_SM_CLOCK", [](C c, size_t) { return c.clock; });
    series("DCGM_FI_DEV_MEM_CLOCK", [](C, size_t) { return 2619; });
    series("DCGM_FI_DEV_GPU_TEMP", [](C c, size_t) { return c.temperature; });
    series("DCGM_FI_DEV_MEMORY_TEMP", [](C c, size_t) { return c.memoryTemperature; });
    series("DCGM_FI_DEV_POWER_USAGE", [](C c, size_t) { return c.power; });
    double energy = 4.1e12 + 1e9 * gpu;
    series("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", [&](C c, size_t) { return std::floor(energy += c.power * kScrape * 1000); });
    series("DCGM_FI_DEV_GPU_UTIL", [](C c, size_t) { return c.utilisation; });
    series("DCGM_FI_DEV_MEM_COPY_UTIL", [](C c, size_t) { return c.copy; });
    series("DCGM_FI_DEV_ENC_UTIL", [](C, size_t) { return 0; });
    series("DCGM_FI_DEV_DEC_UTIL", [](C, size_t) { return 0; });
    series("DCGM_FI_DEV_FB_FREE", [](C, size_t) { return 5911; });
    series("DCGM_FI_DEV_FB_USED", [](C, size_t) { return 75142; });
    series("DCGM_FI_DEV_FB_RESERVED", [](C, size_t) { return 506; });
    const auto xidTick = static_cast<size_t>(std::ceil(day.scenario.xid63 / kScrape));
    series("DCGM_FI_DEV_XID_ERRORS", [&](C, size_t i) { return gpu == 6 && i >= xidTick ? 63 : 0; }, {{"err_code", "0"}, {"err_msg", "No Error"}});
    series("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", [](C, size_t) { return 0; });
    series("DCGM_FI_DEV_NVLINK_BANDWIDTH_TOTAL", [](C c, size_t) { return c.nvlink; });
    series("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", [](C, size_t) { return 0; });
    series("DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS", [&](C, size_t i) { return gpu == 6 && i >= xidTick ? 1 : 0; });
    series("DCGM_FI_DEV_ROW_REMAP_FAILURE", [](C, size_t) { return 0; });
    series("DCGM_FI_DEV_CLOCKS_EVENT_REASONS", [](C c, size_t) { return c.reasons; });
    series("DCGM_FI_DEV_THERMAL_VIOLATION", [](C c, size_t) { return c.thermal; });
    series("DCGM_FI_DEV_POWER_VIOLATION", [](C, size_t) { return 0; });
    series("DCGM_FI_DEV_ECC_DBE_VOL_TOTAL", [](C, size_t) { return 0; });
    series("DCGM_FI_PROF_GR_ENGINE_ACTIVE", [](C c, size_t) { return c.engine; });
    series("DCGM_FI_PROF_SM_ACTIVE", [](C c, size_t) { return c.smActive; });
    series("DCGM_FI_PROF_PIPE_TENSOR_ACTIVE", [](C c, size_t) { return c.tensor; });
    series("DCGM_FI_PROF_DRAM_ACTIVE", [](C c, size_t) { return c.dram; });
    series("DCGM_FI_PROF_PCIE_TX_BYTES", [](C c, size_t) { return c.pcieTx; });
    series("DCGM_FI_PROF_PCIE_RX_BYTES", [](C c, size_t) { return c.pcieRx; });
}

}  // namespace

Status writeGpuMetrics(const Day& day, const std::string& directory) {
    PromFile file(directory + "/dcgm.json.zst", PromFile::Form::kRangeQuery, day.scenario.start, kScrape);
    for (int gpu = 0; gpu < 8; ++gpu)
        writeCard(file, day, gpu);
    return file.finish();
}

}  // namespace nj::demo

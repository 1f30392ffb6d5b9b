// Samples out of nvidia-smi's outputs, as gauges under dcgm-exporter's names with its labels (gpu, UUID, pci_bus_id, modelName), so that
// they join what a scrape of the exporter tells about the same GPU. One thread.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "format/log_clock.h"
#include "model/batch.h"

namespace nj::format {

// The metric a column, a "section/label" of -q or an element of -x stands for; "" = none that is known.
std::string_view nvidiaMetricName(std::string_view column);

class NvidiaSmiSamples {
public:
    explicit NvidiaSmiSamples(const ReaderOptions& options) : clock_(options) {}

    // The GPU the following values belong to.
    void beginGpu() { labels_.clear(); }
    void label(std::string_view name, std::string_view value);
    // "Tue Mar 17 10:58:12 2026", "2026/03/17 10:58:12.123"; false when it is no time. Without one the file's date is taken.
    bool time(std::string_view text);
    // "71 C", "97 %", "450.21 W", "0x0000000000000020", "P0"; texts like "N/A" and "[Not Supported]" are no values.
    void value(std::string_view metric, std::string_view text);
    void reject(std::string_view reason, std::string_view example, uint64_t line);

    bool flushIfFull(const BatchConsumer& out);
    bool finish(const BatchConsumer& out);
    [[nodiscard]] std::string assumptions() const;

private:
    uint32_t seriesOf(std::string_view metric);

    Batch batch_;
    LogClock clock_;
    TimeNs time_ = 0;
    bool timeAssumed_ = false;
    std::map<std::string, std::string> labels_;
    std::map<std::string, uint32_t> series_;
    std::vector<HealthRecord> health_;
};

}  // namespace nj::format

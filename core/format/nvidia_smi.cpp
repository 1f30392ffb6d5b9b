#include "format/nvidia_smi.h"

#include <bit>
#include <charconv>

#include "base/utf8.h"
#include "format/log_text.h"

namespace nj::format {
namespace {

struct MetricName {
    std::string_view column;
    std::string_view metric;
};

constexpr MetricName kMetrics[] = {
    // --query-gpu
    {"temperature.gpu", "DCGM_FI_DEV_GPU_TEMP"},
    {"temperature.memory", "DCGM_FI_DEV_MEMORY_TEMP"},
    {"utilization.gpu", "DCGM_FI_DEV_GPU_UTIL"},
    {"utilization.memory", "DCGM_FI_DEV_MEM_COPY_UTIL"},
    {"utilization.encoder", "DCGM_FI_DEV_ENC_UTIL"},
    {"utilization.decoder", "DCGM_FI_DEV_DEC_UTIL"},
    {"memory.used", "DCGM_FI_DEV_FB_USED"},
    {"memory.free", "DCGM_FI_DEV_FB_FREE"},
    {"memory.total", "DCGM_FI_DEV_FB_TOTAL"},
    {"memory.reserved", "DCGM_FI_DEV_FB_RESERVED"},
    {"power.draw", "DCGM_FI_DEV_POWER_USAGE"},
    {"power.draw.instant", "DCGM_FI_DEV_POWER_USAGE_INSTANT"},
    {"power.draw.average", "DCGM_FI_DEV_POWER_USAGE"},
    {"power.limit", "DCGM_FI_DEV_POWER_MGMT_LIMIT"},
    {"enforced.power.limit", "DCGM_FI_DEV_ENFORCED_POWER_LIMIT"},
    {"clocks.sm", "DCGM_FI_DEV_SM_CLOCK"},
    {"clocks.current.sm", "DCGM_FI_DEV_SM_CLOCK"},
    {"clocks.mem", "DCGM_FI_DEV_MEM_CLOCK"},
    {"clocks.current.memory", "DCGM_FI_DEV_MEM_CLOCK"},
    {"clocks.max.sm", "DCGM_FI_DEV_MAX_SM_CLOCK"},
    {"clocks.max.memory", "DCGM_FI_DEV_MAX_MEM_CLOCK"},
    {"clocks.video", "DCGM_FI_DEV_VIDEO_CLOCK"},
    {"clocks.current.video", "DCGM_FI_DEV_VIDEO_CLOCK"},
    {"fan.speed", "DCGM_FI_DEV_FAN_SPEED"},
    {"pstate", "DCGM_FI_DEV_PSTATE"},
    {"clocks_event_reasons.active", "DCGM_FI_DEV_CLOCKS_EVENT_REASONS"},
    {"clocks_throttle_reasons.active", "DCGM_FI_DEV_CLOCKS_EVENT_REASONS"},
    {"ecc.errors.corrected.volatile.total", "DCGM_FI_DEV_ECC_SBE_VOL_TOTAL"},
    {"ecc.errors.uncorrected.volatile.total", "DCGM_FI_DEV_ECC_DBE_VOL_TOTAL"},
    {"pcie.link.gen.current", "DCGM_FI_DEV_PCIE_LINK_GEN"},
    {"pcie.link.gen.gpucurrent", "DCGM_FI_DEV_PCIE_LINK_GEN"},
    {"pcie.link.width.current", "DCGM_FI_DEV_PCIE_LINK_WIDTH"},
    // dmon
    {"pwr", "DCGM_FI_DEV_POWER_USAGE"},
    {"gtemp", "DCGM_FI_DEV_GPU_TEMP"},
    {"temp", "DCGM_FI_DEV_GPU_TEMP"},
    {"mtemp", "DCGM_FI_DEV_MEMORY_TEMP"},
    {"sm", "DCGM_FI_DEV_GPU_UTIL"},
    {"mem", "DCGM_FI_DEV_MEM_COPY_UTIL"},
    {"enc", "DCGM_FI_DEV_ENC_UTIL"},
    {"dec", "DCGM_FI_DEV_DEC_UTIL"},
    {"mclk", "DCGM_FI_DEV_MEM_CLOCK"},
    {"pclk", "DCGM_FI_DEV_SM_CLOCK"},
    {"fb", "DCGM_FI_DEV_FB_USED"},
    // -q
    {"Temperature/GPU Current Temp", "DCGM_FI_DEV_GPU_TEMP"},
    {"Temperature/GPU Max Operating Temp", "DCGM_FI_DEV_GPU_MAX_OP_TEMP"},
    {"Temperature/Memory Current Temp", "DCGM_FI_DEV_MEMORY_TEMP"},
    {"Utilization/Gpu", "DCGM_FI_DEV_GPU_UTIL"},
    {"Utilization/GPU", "DCGM_FI_DEV_GPU_UTIL"},
    {"Utilization/Memory", "DCGM_FI_DEV_MEM_COPY_UTIL"},
    {"Utilization/Encoder", "DCGM_FI_DEV_ENC_UTIL"},
    {"Utilization/Decoder", "DCGM_FI_DEV_DEC_UTIL"},
    {"FB Memory Usage/Total", "DCGM_FI_DEV_FB_TOTAL"},
    {"FB Memory Usage/Reserved", "DCGM_FI_DEV_FB_RESERVED"},
    {"FB Memory Usage/Used", "DCGM_FI_DEV_FB_USED"},
    {"FB Memory Usage/Free", "DCGM_FI_DEV_FB_FREE"},
    {"Power Readings/Power Draw", "DCGM_FI_DEV_POWER_USAGE"},
    {"GPU Power Readings/Power Draw", "DCGM_FI_DEV_POWER_USAGE"},
    {"GPU Power Readings/Average Power Draw", "DCGM_FI_DEV_POWER_USAGE"},
    {"GPU Power Readings/Instantaneous Power Draw", "DCGM_FI_DEV_POWER_USAGE_INSTANT"},
    {"GPU Power Readings/Current Power Limit", "DCGM_FI_DEV_POWER_MGMT_LIMIT"},
    {"Clocks/SM", "DCGM_FI_DEV_SM_CLOCK"},
    {"Clocks/Memory", "DCGM_FI_DEV_MEM_CLOCK"},
    {"Max Clocks/SM", "DCGM_FI_DEV_MAX_SM_CLOCK"},
    {"Max Clocks/Memory", "DCGM_FI_DEV_MAX_MEM_CLOCK"},
    {"Clocks/Video", "DCGM_FI_DEV_VIDEO_CLOCK"},
    {"/Fan Speed", "DCGM_FI_DEV_FAN_SPEED"},
    {"/Performance State", "DCGM_FI_DEV_PSTATE"},
    // -x
    {"temperature/gpu_temp", "DCGM_FI_DEV_GPU_TEMP"},
    {"temperature/gpu_temp_max_gpu_threshold", "DCGM_FI_DEV_GPU_MAX_OP_TEMP"},
    {"temperature/memory_temp", "DCGM_FI_DEV_MEMORY_TEMP"},
    {"utilization/gpu_util", "DCGM_FI_DEV_GPU_UTIL"},
    {"utilization/memory_util", "DCGM_FI_DEV_MEM_COPY_UTIL"},
    {"utilization/encoder_util", "DCGM_FI_DEV_ENC_UTIL"},
    {"utilization/decoder_util", "DCGM_FI_DEV_DEC_UTIL"},
    {"fb_memory_usage/total", "DCGM_FI_DEV_FB_TOTAL"},
    {"fb_memory_usage/reserved", "DCGM_FI_DEV_FB_RESERVED"},
    {"fb_memory_usage/used", "DCGM_FI_DEV_FB_USED"},
    {"fb_memory_usage/free", "DCGM_FI_DEV_FB_FREE"},
    {"power_readings/power_draw", "DCGM_FI_DEV_POWER_USAGE"},
    {"gpu_power_readings/power_draw", "DCGM_FI_DEV_POWER_USAGE"},
    {"gpu_power_readings/average_power_draw", "DCGM_FI_DEV_POWER_USAGE"},
    {"gpu_power_readings/instant_power_draw", "DCGM_FI_DEV_POWER_USAGE_INSTANT"},
    {"gpu_power_readings/current_power_limit", "DCGM_FI_DEV_POWER_MGMT_LIMIT"},
    {"clocks/sm_clock", "DCGM_FI_DEV_SM_CLOCK"},
    {"clocks/mem_clock", "DCGM_FI_DEV_MEM_CLOCK"},
    {"max_clocks/sm_clock", "DCGM_FI_DEV_MAX_SM_CLOCK"},
    {"max_clocks/mem_clock", "DCGM_FI_DEV_MAX_MEM_CLOCK"},
    {"clocks/video_clock", "DCGM_FI_DEV_VIDEO_CLOCK"},
    {"gpu/fan_speed", "DCGM_FI_DEV_FAN_SPEED"},
    {"gpu/performance_state", "DCGM_FI_DEV_PSTATE"},
};

bool numberOf(std::string_view text, double& value) {
    text = text::trim(text);
    if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) {
        uint64_t bits = 0;
        const auto [end, error] = std::from_chars(text.data() + 2, text.data() + text.size(), bits, 16);
        value = static_cast<double>(bits);
        return error == std::errc() && end == text.data() + text.size();
    }
    if (text.size() >= 2 && text[0] == 'P' && text::isDigit(text[1]))
        text.remove_prefix(1);
    size_t end = 0;
    while (end < text.size() && (text::isDigit(text[end]) || text[end] == '.' || text[end] == '-'))
        ++end;
    return text::parseDouble(text.substr(0, end), value);
}

}  // namespace

std::string_view nvidiaMetricName(std::string_view column) {
    for (const MetricName& name : kMetrics)
        if (name.column == column)
            return name.metric;
    return {};
}

void NvidiaSmiSamples::label(std::string_view name, std::string_view value) {
    value = text::trim(value);
    if (!value.empty() && value != "N/A")
        labels_[std::string(name)] = repairUtf8(value.substr(0, 256));
}

bool NvidiaSmiSamples::time(std::string_view text) {
    ParsedTime parsed;
    if (parseTimestamp(text::trim(text), parsed) == 0)
        return false;
    uint8_t flags = 0;
    time_ = clock_.resolve(parsed, flags);
    return true;
}

uint32_t NvidiaSmiSamples::seriesOf(std::string_view metric) {
    std::string key(metric);
    for (const auto& [name, value] : labels_)
        key.append(1, '\0').append(name).append(1, '=').append(value);
    const auto [found, fresh] = series_.try_emplace(std::move(key), static_cast<uint32_t>(batch_.series.size()));
    if (fresh) {
        SeriesKey series;
        series.origin = SeriesOrigin::kPrometheus;
        series.name = metric;
        series.kind = MetricKind::kGauge;
        for (const auto& [name, value] : labels_)
            series.attributes.push_back({name, AttributeValue::ofString(value)});
        batch_.series.push_back(std::move(series));
    }
    return found->second;
}

void NvidiaSmiSamples::value(std::string_view metric, std::string_view text) {
    double number = 0;
    if (metric.empty() || !numberOf(text, number))
        return;
    if (time_ == 0) {
        time_ = clock_.reference();
        timeAssumed_ = true;
    }
    SampleColumns& samples = batch_.samples;
    samples.series.push_back(seriesOf(metric));
    samples.start.push_back(0);
    samples.time.push_back(time_);
    samples.valueBits.push_back(std::bit_cast<uint64_t>(number));
    samples.flags.push_back(0);
}

void NvidiaSmiSamples::reject(std::string_view reason, std::string_view example, uint64_t line) {
    for (HealthRecord& record : health_) {
        if (record.reason == reason) {
            ++record.count;
            return;
        }
    }
    HealthRecord record;
    record.reason = reason;
    record.example = repairUtf8(utf8Prefix(example, 80));
    record.line = line;
    health_.push_back(std::move(record));
}

bool NvidiaSmiSamples::flushIfFull(const BatchConsumer& out) {
    if (batch_.samples.size() < kBatchRows)
        return true;
    Batch full = std::move(batch_);
    batch_ = Batch();
    series_.clear();
    return out(std::move(full));
}

bool NvidiaSmiSamples::finish(const BatchConsumer& out) {
    batch_.health.insert(batch_.health.end(), health_.begin(), health_.end());
    health_.clear();
    if (batch_.empty())
        return true;
    Batch last = std::move(batch_);
    batch_ = Batch();
    series_.clear();
    return out(std::move(last));
}

std::string NvidiaSmiSamples::assumptions() const {
    std::string text = clock_.assumptions();
    if (timeAssumed_)
        text += std::string(text.empty() ? "" : "; ") + "samples without a time placed at the file's date";
    return text;
}

}  // namespace nj::format

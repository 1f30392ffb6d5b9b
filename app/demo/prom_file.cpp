#include "demo/prom_file.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/json_writer.h"
#include "demo/day.h"

namespace nj::demo {

void appendNumber(std::string& out, double value) {
    char text[40];
    const bool whole = std::abs(value) < 1e15 && value == std::floor(value);
    const auto end = whole ? std::to_chars(text, text + sizeof text, static_cast<int64_t>(value)).ptr : std::to_chars(text, text + sizeof text, value).ptr;
    out.append(text, end);
}

PromFile::PromFile(const std::string& path, Form form, TimeNs start, double step)
    : file_(path), form_(form), startMs_(start / kMillisecond), stepMs_(static_cast<int64_t>(step * 1000)) {
    if (form_ == Form::kRangeQuery)
        file_.write(R"({"status":"success","data":{"resultType":"matrix","result":[)");
}

const std::vector<std::string>& PromFile::times(size_t ticks) {
    while (times_.size() < ticks) {
        const int64_t seconds = (startMs_ + stepMs_ * static_cast<int64_t>(times_.size())) / 1000;
        times_.push_back(std::to_string(seconds));
    }
    return times_;
}

void PromFile::labelSet(std::string_view name, const Labels& labels) {
    std::string& out = file_.buffer();
    if (form_ == Form::kRangeQuery) {
        out += R"({"metric":{"__name__":)";
        appendJsonString(out, name);
        for (const auto& [key, value] : labels) {
            out += ',';
            appendJsonString(out, key);
            out += ':';
            appendJsonString(out, value);
        }
        out += R"(},"values":[)";
    }
}

void PromFile::series(std::string_view name, const Labels& labels, std::span<const double> values) {
    std::string& out = file_.buffer();
    const std::vector<std::string>& at = times(values.size());
    if (form_ == Form::kRangeQuery && count_ > 0)
        out += ",\n";
    ++count_;
    labelSet(name, labels);
    std::string prefix(name);
    if (form_ == Form::kOpenMetrics) {
        prefix += '{';
        for (const auto& [key, value] : labels)
            prefix.append(prefix.back() == '{' ? "" : ",").append(key).append("=\"").append(value).append("\"");
        prefix += "} ";
    }
    bool first = true;
    for (size_t i = 0; i < values.size(); ++i) {
        if (std::isnan(values[i]))
            continue;
        if (form_ == Form::kOpenMetrics) {
            out += prefix;
            appendNumber(out, values[i]);
            out.append(" ").append(at[i]).append(".000\n");
        } else {
            out.append(first ? "[" : ",[").append(at[i]).append(",\"");
            appendNumber(out, values[i]);
            out += "\"]";
        }
        first = false;
    }
    if (form_ == Form::kRangeQuery)
        out += "]}";
    file_.flushIfLarge();
}

void PromFile::constant(std::string_view name, const Labels& labels, double value, size_t ticks) {
    scratch_.assign(ticks, value);
    series(name, labels, scratch_);
}

Status PromFile::finish() {
    file_.write(form_ == Form::kRangeQuery ? "]}}\n" : "# EOF\n");
    return file_.finish();
}

size_t tickOf(double time, size_t ticks) {
    if (time <= 0)
        return 0;
    return std::min(ticks, static_cast<size_t>(std::ceil(time / kScrape)));
}

ScrapedHistogram::ScrapedHistogram(std::span<const double> bounds, size_t ticks)
    : bounds_(bounds.begin(), bounds.end()), ticks_(ticks), perTick_(bounds.size() + 1, std::vector<uint32_t>(ticks)), sums_(ticks) {}

void ScrapedHistogram::observe(double time, double value, uint64_t count) {
    const size_t tick = tickOf(time, ticks_);
    if (tick >= ticks_)
        return;
    const auto bucket = static_cast<size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) - bounds_.begin());
    perTick_[bucket][tick] += static_cast<uint32_t>(count);
    sums_[tick] += value * static_cast<double>(count);
}

void ScrapedHistogram::write(PromFile& file, std::string_view name, const Labels& labels) const {
    const std::string bucketName = std::string(name) + "_bucket";
    std::vector<double> below(ticks_, 0.0);   // observations of this bucket and those under it
    std::vector<double> values(ticks_);
    for (size_t b = 0; b < perTick_.size(); ++b) {
        double total = 0;
        for (size_t i = 0; i < ticks_; ++i) {
            total += perTick_[b][i];
            below[i] += total;
        }
        Labels with = labels;
        std::string le = "+Inf";
        if (b < bounds_.size()) {
            le.clear();
            appendNumber(le, bounds_[b]);
            if (bounds_[b] == std::floor(bounds_[b]))
                le += ".0";
        }
        with.emplace_back("le", le);
        file.series(bucketName, with, below);
    }
    file.series(std::string(name) + "_count", labels, below);
    double sum = 0;
    for (size_t i = 0; i < ticks_; ++i) {
        sum += sums_[i];
        values[i] = std::round(sum * 1e6) / 1e6;
    }
    file.series(std::string(name) + "_sum", labels, values);
}

void ScrapedCounter::add(double time, double amount) {
    const size_t tick = tickOf(time, perTick_.size());
    if (tick < perTick_.size())
        perTick_[tick] += amount;
}

std::vector<double> ScrapedCounter::values(double from) const {
    std::vector<double> out(perTick_.size());
    double total = from;
    for (size_t i = 0; i < out.size(); ++i)
        out[i] = total += perTick_[i];
    return out;
}

}  // namespace nj::demo

// Series like those of node_exporter and of an LLM engine, as OpenMetrics: counters with resets, gauges with gaps, NaN and infinities,
// histograms. Samples lie at multiples of 15 s.
#pragma once

#include <QByteArray>
#include <cmath>
#include <random>

namespace nj::test {

class SideBySideHistory {
public:
    SideBySideHistory(qint64 from, qint64 to) : from_(from), to_(to) {}

    QByteArray text() {
        cpu();
        gauges();
        requests();
        durations();
        engines();
        return out_ + "# EOF\n";
    }

private:
    static QByteArray number(double value) {
        if (std::isnan(value))
            return "NaN";
        return std::isinf(value) ? (value > 0 ? "+Inf" : "-Inf") : QByteArray::number(value, 'g', 17);
    }
    void family(const char* name, const char* type) { out_ += QByteArray("# TYPE ") + name + ' ' + type + '\n'; }
    // value(step) of each sample; NaN payload 1e300 stands for a gap.
    template <typename Value>
    void series(const QByteArray& name, const QByteArray& labels, Value value) {
        for (qint64 t = from_; t <= to_; t += 15) {
            const double v = value((t - from_) / 15);
            if (v != kGap)
                out_ += name + '{' + labels + "} " + number(v) + ' ' + QByteArray::number(t) + '\n';
        }
    }
    static QByteArray of(const char* format, int a = 0, int b = 0) { return QString::asprintf(format, a, b).toLatin1(); }

    void cpu() {
        family("node_cpu_seconds", "counter");
        const char* modes[] = {"idle", "system", "user"};
        for (int i = 0; i < 12; ++i) {
            std::mt19937 random(static_cast<unsigned>(i));
            double total = i * 100;
            series("node_cpu_seconds_total",
                   of("instance=\"n%d:9100\",job=\"node\",cpu=\"%d\"", i / 6, i / 3 % 2) + ",mode=\"" + modes[i % 3] + '"',
                   [&](qint64 step) {
                       total = i / 6 == 1 && step % 311 == 310 ? 0.5 : total + static_cast<double>(random() % 1500) / 100;
                       return total;
                   });
        }
    }
    void gauges() {
        family("node_load1", "gauge");
        for (int i = 0; i < 3; ++i)
            series("node_load1", of("instance=\"n%d:9100\",job=\"node\"", i),
                   [i](qint64 step) { return step / 40 % 5 == i ? kGap : 2 + std::sin(static_cast<double>(step) / 30 + i); });
        family("node_memory_MemAvailable_bytes", "gauge");
        for (int i = 0; i < 3; ++i)
            series("node_memory_MemAvailable_bytes", of("instance=\"n%d:9100\",job=\"node\"", i),
                   [i](qint64 step) { return 1e9 * (i + 1) - static_cast<double>(step * 7919 % 100'003) * 4096; });
        family("temperature_celsius", "gauge");
        for (int i = 0; i < 2; ++i)
            series("temperature_celsius", of("sensor=\"s%d\"", i), [i](qint64 step) {
                if (i == 1 && step % 17 == 3)
                    return std::nan("");
                return i == 1 && step % 61 == 5 ? -HUGE_VAL : -10 + static_cast<double>(step % 90) * 0.25 * (i + 1);
            });
        family("up", "gauge");
        for (int i = 0; i < 3; ++i)
            series("up", of("instance=\"n%d:9100\",job=\"node\"", i), [i](qint64 step) { return i == 2 && step % 50 > 40 ? 0.0 : 1.0; });
        family("node_version", "gauge");
        for (int i = 0; i < 3; ++i)
            series("node_version", of("instance=\"n%d:9100\",job=\"node\",version=\"1.%d\"", i, i % 2), [](qint64) { return 1.0; });
    }
    void requests() {
        family("http_requests", "counter");
        for (int i = 0; i < 8; ++i) {
            std::mt19937 random(static_cast<unsigned>(i) + 50);
            double total = 0;
            series("http_requests_total",
                   of("instance=\"a%d\",job=\"api\",code=\"%d\"", i / 4, i % 2 == 0 ? 200 : 500) + of(",path=\"/p%d\"", i / 2 % 2),
                   [&](qint64 step) {
                       total = random() % 400 == 0 ? 0 : total + static_cast<double>(random() % 20);
                       return step > 100 && step < 130 && i == 3 ? kGap : total;
                   });
        }
    }
    void durations() {
        family("http_request_duration_seconds", "histogram");
        const char* bounds[] = {"0.1", "0.5", "1.0", "2.5", "+Inf"};
        for (int i = 0; i < 3; ++i) {
            const QByteArray labels = of("instance=\"a%d\",job=\"api\"", i);
            for (int b = 0; b < 5; ++b) {
                double total = 0;
                series("http_request_duration_seconds_bucket", labels + ",le=\"" + bounds[b] + '"', [&](qint64 step) {
                    total = step % 700 == 699 ? 0 : total + static_cast<double>((b + 1) * ((step + i) % 4));
                    return total;
                });
            }
            double count = 0, sum = 0;
            series("http_request_duration_seconds_sum", labels,
                   [&](qint64 step) { return sum = step % 700 == 699 ? 0 : sum + 0.7 * static_cast<double>((step + i) % 4); });
            series("http_request_duration_seconds_count", labels,
                   [&](qint64 step) { return count = step % 700 == 699 ? 0 : count + static_cast<double>(5 * ((step + i) % 4)); });
        }
    }
    void engines() {
        family("vllm:num_requests_running", "gauge");
        for (int i = 0; i < 4; ++i)
            series("vllm:num_requests_running", of("instance=\"g%d:8000\",model_name=\"llama-%d\"", i, i % 2),
                   [i](qint64 step) { return std::floor(5 + 4 * std::sin(static_cast<double>(step) / 40 + i)); });
        family("vllm:kv_cache_usage_perc", "gauge");
        for (int i = 0; i < 4; ++i)
            series("vllm:kv_cache_usage_perc", of("instance=\"g%d:8000\",model_name=\"llama-%d\"", i, i % 2),
                   [i](qint64 step) { return step % 97 > 90 ? kGap : 0.5 + 0.4 * std::cos(static_cast<double>(step) / 25 + i); });
        family("vllm:generation_tokens", "counter");
        for (int i = 0; i < 4; ++i) {
            double total = 1e6 * i;
            series("vllm:generation_tokens_total", of("instance=\"g%d:8000\",model_name=\"llama-%d\"", i, i % 2),
                   [&](qint64 step) { return total = step % 500 == 499 && i == 0 ? 3 : total + static_cast<double>(step * 31 % 977); });
        }
    }

    static constexpr double kGap = 1e300;
    qint64 from_, to_;
    QByteArray out_;
};

}  // namespace nj::test

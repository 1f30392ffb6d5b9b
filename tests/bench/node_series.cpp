#include "node_series.h"

#include <fmt/format.h>

#include <cmath>
#include <cstdio>
#include <random>

namespace nj::bench {
namespace {

constexpr int64_t kFrom = 1'700'000'000 - 1'700'000'000 % 15;

// The series of one machine by number: 40 stand still, 20 count CPU seconds, 20 bytes, 10 events; 6 are pages, 4 loads.
struct Shape {
    const char* name;
    int first, last;
    double (*next)(double before, int step, std::mt19937& random);
};
double still(double before, int /*step*/, std::mt19937& /*random*/) { return before; }
double seconds(double before, int /*step*/, std::mt19937& random) {
    return std::round((before + static_cast<double>(random() % 1500) / 100) * 100) / 100;
}
double bytes(double before, int step, std::mt19937& random) {
    return before + (step / 240 % 3 == 0 ? 0 : static_cast<double>(random() % 3'000'000));
}
double events(double before, int /*step*/, std::mt19937& random) { return before + static_cast<double>(random() % 300); }
double pages(double before, int /*step*/, std::mt19937& random) {
    return std::max(0.0, before + (static_cast<double>(random() % 2001) - 1000) * 4096);
}
double load(double before, int /*step*/, std::mt19937& random) {
    return std::round(std::fabs(before + (static_cast<double>(random() % 41) - 20) / 100) * 100) / 100;
}

constexpr Shape kShapes[] = {
    {"node_filesystem_size_bytes", 0, 40, still},        {"node_cpu_seconds_total", 40, 60, seconds},
    {"node_network_receive_bytes_total", 60, 80, bytes}, {"node_disk_reads_completed_total", 80, 90, events},
    {"node_memory_Cached_bytes", 90, 96, pages},         {"node_load1", 96, 100, load},
};

}  // namespace

int writeNodeSeries(const std::string& path, int machines, int hours) {
    std::FILE* file = std::fopen(path.c_str(), "wb");
    if (file == nullptr)
        return 1;
    for (const Shape& shape : kShapes)
        for (int machine = 0; machine < machines; ++machine)
            for (int i = shape.first; i < shape.last; ++i) {
                std::mt19937 random(static_cast<unsigned>(machine * 100 + i));
                double value = shape.next == still ? 4096.0 * (i + 1) * 100'000 : shape.next == load ? 1 : 4096 * 100'000;
                std::string text;
                for (int step = 0; step < hours * 240; ++step) {
                    value = shape.next(value, step, random);
                    fmt::format_to(std::back_inserter(text), "{}{{instance=\"n{}:9100\",item=\"{}\"}} {} {}\n", shape.name, machine, i,
                                   value, kFrom + step * 15);
                }
                std::fwrite(text.data(), 1, text.size(), file);
            }
    std::fputs("# EOF\n", file);
    return std::fclose(file);
}

}  // namespace nj::bench

#include "demo/log_lines.h"

#include <algorithm>

#include <fmt/format.h>

#include "demo/zstd_file.h"

namespace nj::demo {

Status LogLines::write(const std::string& path, double duration, std::string_view before) {
    std::stable_sort(lines_.begin(), lines_.end(), [](const Line& a, const Line& b) { return a.time < b.time; });
    ZstdFile file(path, 2);
    file.write(before);
    for (const Line& line : lines_) {
        if (line.time < 0 || line.time >= duration)
            continue;
        file.buffer().append(line.text).append("\n");
        file.flushIfLarge();
    }
    return file.finish();
}

std::string isoMillis(const Scenario& s, double t) { return formatRfc3339(s.at(t) / kMillisecond * kMillisecond, 3); }
std::string isoMicros(const Scenario& s, double t) { return formatRfc3339(s.at(t) / kMicrosecond * kMicrosecond, 6); }

std::string pythonTime(const Scenario& s, double t) {
    const CivilTime c = civilFromTime(s.at(t));
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02},{:03}", c.year, c.month, c.day, c.hour, c.minute, c.second, c.nanosecond / 1000000);
}

std::string vllmTime(const Scenario& s, double t) {
    const CivilTime c = civilFromTime(s.at(t));
    return fmt::format("{:02}-{:02} {:02}:{:02}:{:02}", c.month, c.day, c.hour, c.minute, c.second);
}

std::string localTime(const Scenario& s, double t, int hours) {
    const CivilTime c = civilFromTime(s.at(t) + hours * kHour);
    return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}", c.year, c.month, c.day, c.hour, c.minute, c.second);
}

}  // namespace nj::demo

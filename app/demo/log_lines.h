// Lines of one log file, gathered in any order and written by time, and the ways programs print times. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "demo/scenario.h"

namespace nj::demo {

class LogLines {
public:
    // `text` without the last line end; may have several lines. Lines before 0 and from `duration` on are left out.
    void add(double time, std::string text) { lines_.push_back({time, std::move(text)}); }
    [[nodiscard]] size_t size() const { return lines_.size(); }
    // Stable by time; `before` goes on top.
    Status write(const std::string& path, double duration, std::string_view before = {});

private:
    struct Line {
        double time;
        std::string text;
    };
    std::vector<Line> lines_;
};

std::string isoMillis(const Scenario& s, double t);                 // 2026-03-17T10:58:12.123Z
std::string isoMicros(const Scenario& s, double t);                 // 2026-03-17T10:58:12.123456Z
std::string pythonTime(const Scenario& s, double t);                // 2026-03-17 10:58:12,123
std::string vllmTime(const Scenario& s, double t);                  // 03-17 10:58:12
std::string localTime(const Scenario& s, double t, int hours);      // 2026-03-17 03:58:12 at an offset from UTC

}  // namespace nj::demo

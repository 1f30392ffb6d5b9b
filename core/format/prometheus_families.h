// What # HELP, # TYPE and # UNIT (or their like over HTTP) say of metric families, and the series that belong to them by name.
// A plain value, used by one thread.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "format/prometheus_line.h"

namespace nj::format {

class PrometheusFamilies {
public:
    // False where there are too many families already.
    bool set(const PrometheusMetadata& metadata);
    // Sets kind, unit and description of a series from its family: that of its name, or of its name without the suffix of the kind.
    void describe(SeriesKey& key) const;
    [[nodiscard]] bool empty() const { return families_.empty(); }

private:
    struct Family {
        MetricKind kind = MetricKind::kUnknown;
        std::string unit, help;
    };
    struct NameHash {
        using is_transparent = void;
        size_t operator()(std::string_view name) const { return std::hash<std::string_view>{}(name); }
    };
    [[nodiscard]] const Family* family(std::string_view name) const;

    std::unordered_map<std::string, Family, NameHash, std::equal_to<>> families_;
};

}  // namespace nj::format

#include "query/capsule/series_columns.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "base/nan.h"

namespace nj::query {
namespace {

double valueOf(const store::SamplePoint& point) {
    const bool gone = point.valueBits == kStaleNanBits || (point.flags & kSampleNoRecordedValue) != 0;
    return gone ? kNaN : point.value();
}

TimeNs before(TimeNs time, DurationNs by) { return time > std::numeric_limits<TimeNs>::min() + by ? time - by : time; }

// What passed between two instants, spread evenly over the columns between them.
class Spread {
public:
    Spread(const Columns& columns, TimeRange range) : columns_(columns), range_(range), amount_(columns.count, 0), seconds_(columns.count, 0) {}
    void add(TimeNs from, TimeNs to, double amount) {
        const double whole = static_cast<double>(to - from);
        const TimeNs first = std::max(from, range_.from), last = std::min(to, range_.to);
        if (whole <= 0 || first >= last)
            return;
        for (size_t column = columns_.at(first); column < columns_.count; ++column) {
            const TimeNs left = std::max(first, columns_.edge(column)), right = column + 1 < columns_.count ? std::min(last, columns_.edge(column + 1)) : last;
            if (left >= last)
                break;
            const double part = static_cast<double>(right - left);
            amount_[column] += amount * part / whole;
            seconds_[column] += part / 1e9;
        }
    }
    [[nodiscard]] std::vector<double> rates() const {
        std::vector<double> out(amount_.size(), kNaN);
        for (size_t i = 0; i < out.size(); ++i)
            if (seconds_[i] > 0)
                out[i] = amount_[i] / seconds_[i];
        return out;
    }

private:
    const Columns& columns_;
    TimeRange range_;
    std::vector<double> amount_, seconds_;
};

}  // namespace

Result<SeriesColumns> readValues(QueryContext& context, const store::SeriesRow& series, TimeRange range, const Columns& columns, DurationNs hold) {
    SeriesColumns out;
    out.mean.assign(columns.count, kNaN);
    out.low = out.high = out.mean;
    std::vector<uint32_t> count(columns.count, 0);
    TimeNs lastTime = 0;
    double last = kNaN;
    NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), series.id, {before(range.from, hold), range.to}, [&](const store::SamplePoint& point) {
        const double value = valueOf(point);
        if (!std::isnan(last) && point.time - lastTime <= hold && point.time > range.from) {
            const size_t first = lastTime < range.from ? 0 : columns.at(lastTime) + 1;
            for (size_t column = first; column < columns.at(point.time); ++column)
                out.mean[column] = out.low[column] = out.high[column] = last;
        }
        if (std::isfinite(value) && point.time >= range.from) {
            const size_t column = columns.at(point.time);
            double& mean = out.mean[column];
            mean = count[column] == 0 ? value : mean + (value - mean) / (count[column] + 1);
            out.low[column] = count[column] == 0 ? value : std::min(out.low[column], value);
            out.high[column] = count[column] == 0 ? value : std::max(out.high[column], value);
            ++count[column];
            ++out.n;
        }
        last = std::isfinite(value) ? value : kNaN;
        lastTime = point.time;
        return !context.stop().stop_requested();
    }));
    return out;
}

Result<SeriesColumns> readRate(QueryContext& context, const store::SeriesRow& series, TimeRange range, const Columns& columns, DurationNs hold) {
    const bool delta = series.temporality == Temporality::kDelta;
    // A gauge or an up-down counter falls without being reset.
    const bool falls = series.kind == MetricKind::kGauge || (series.origin == SeriesOrigin::kOtlp && !series.monotonic && series.kind == MetricKind::kCounter);
    SeriesColumns out;
    Spread spread(columns, range);
    TimeNs lastTime = 0;
    double last = kNaN;
    NJ_RETURN_IF_ERROR(context.reader().samples(context.snapshot(), series.id, {before(range.from, hold), range.to}, [&](const store::SamplePoint& point) {
        const double value = valueOf(point);
        if (delta) {
            const TimeNs since = point.start > 0 && point.start < point.time ? point.start : lastTime;
            if (std::isfinite(value) && since > 0)
                spread.add(since, point.time, value);
        } else if (std::isfinite(value) && !std::isnan(last) && point.time - lastTime <= hold) {
            spread.add(lastTime, point.time, value >= last || falls ? value - last : value);
        }
        out.n += std::isfinite(value) && point.time >= range.from ? 1 : 0;
        last = std::isfinite(value) ? value : kNaN;
        lastTime = point.time;
        return !context.stop().stop_requested();
    }));
    out.mean = spread.rates();
    out.low = out.high = out.mean;
    return out;
}

}  // namespace nj::query

#include "store/sql_quantile.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "sqlite/virtual_table.h"

namespace nj::store {
namespace {

using Type = sqlite::Statement::Type;

constexpr double kBinsPerOctave = 64;

class Quantile : public sqlite::Aggregate {
public:
    Status step(const std::vector<sqlite::SqlValue>& arguments) override {
        const sqlite::SqlValue& p = arguments[0];
        const sqlite::SqlValue& x = arguments[1];
        if ((p.type != Type::kFloat && p.type != Type::kInteger) || !(p.number >= 0 && p.number <= 1))
            return makeError(ErrorCode::kInvalidArgument, "quantile(p, x): p lies between 0 and 1");
        p_ = p.number;
        if (x.type != Type::kFloat && x.type != Type::kInteger)
            return {};
        if (bins_.empty() && exact_.size() < kExactValues) {
            exact_.push_back(x.number);
            return {};
        }
        for (const double value : exact_)
            ++bins_[binOf(value)];
        binned_ += exact_.size() + 1;
        std::vector<double>().swap(exact_);
        ++bins_[binOf(x.number)];
        return {};
    }

    void finish(sqlite::Cell& cell) override {
        const uint64_t count = bins_.empty() ? exact_.size() : binned_;
        if (count == 0)
            return;
        const auto rank = static_cast<uint64_t>(std::max(1.0, std::ceil(p_ * static_cast<double>(count)))) - 1;
        if (bins_.empty()) {
            std::nth_element(exact_.begin(), exact_.begin() + static_cast<std::ptrdiff_t>(rank), exact_.end());
            return cell.number(exact_[rank]);
        }
        uint64_t before = 0;
        for (const auto& [bin, n] : bins_) {
            before += n;
            if (before > rank)
                return cell.number(middleOf(bin));
        }
    }

private:
    // Ascending with the value; 0 holds zero.
    static int32_t binOf(double value) {
        if (value == 0)
            return 0;
        const double magnitude = std::clamp(std::log2(std::abs(value)), -1'000.0, 1'000.0);
        const auto bin = static_cast<int32_t>(std::floor(magnitude * kBinsPerOctave)) + 100'000;
        return value < 0 ? -bin : bin;
    }
    static double middleOf(int32_t bin) {
        if (bin == 0)
            return 0;
        const double magnitude = std::exp2((std::abs(bin) - 100'000 + 0.5) / kBinsPerOctave);
        return bin < 0 ? -magnitude : magnitude;
    }

    double p_ = 0.5;
    std::vector<double> exact_;
    std::map<int32_t, uint64_t> bins_;
    uint64_t binned_ = 0;
};

}  // namespace

Status addQuantile(sqlite::Database& db) {
    return sqlite::addAggregate(db, "quantile", 2, []() -> std::unique_ptr<sqlite::Aggregate> { return std::make_unique<Quantile>(); });
}

}  // namespace nj::store

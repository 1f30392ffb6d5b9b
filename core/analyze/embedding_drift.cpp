#include "analyze/embedding_drift.h"

#include <algorithm>
#include <cmath>

#include "analyze/robust.h"
#include "base/nan.h"

namespace nj::analyze {
namespace {

std::vector<const float*> chosen(std::span<const float> vectors, size_t dimensions, size_t most) {
    const size_t n = dimensions == 0 ? 0 : vectors.size() / dimensions, take = std::min(n, most);
    std::vector<const float*> out;
    for (size_t i = 0; i < take; ++i)
        out.push_back(vectors.data() + i * n / take * dimensions);
    return out;
}

double squaredDistance(const float* a, const float* b, size_t dimensions) {
    double sum = 0;
    for (size_t i = 0; i < dimensions; ++i) {
        const double d = static_cast<double>(a[i]) - static_cast<double>(b[i]);
        sum += d * d;
    }
    return sum;
}

}  // namespace

std::vector<double> meanVector(std::span<const float> vectors, size_t dimensions) {
    const size_t n = dimensions == 0 ? 0 : vectors.size() / dimensions;
    if (n == 0)
        return {};
    std::vector<double> mean(dimensions, 0);
    for (size_t i = 0; i < n * dimensions; ++i)
        mean[i % dimensions] += static_cast<double>(vectors[i]);
    for (double& m : mean)
        m /= static_cast<double>(n);
    return mean;
}

double cosineDistance(std::span<const double> a, std::span<const double> b) {
    double dot = 0, aa = 0, bb = 0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        dot += a[i] * b[i];
        aa += a[i] * a[i];
        bb += b[i] * b[i];
    }
    return a.size() == b.size() && aa > 0 && bb > 0 ? std::clamp(1 - dot / std::sqrt(aa * bb), 0.0, 2.0) : kNaN;
}

double euclideanDistance(std::span<const double> a, std::span<const double> b) {
    if (a.size() != b.size() || a.empty())
        return kNaN;
    double sum = 0;
    for (size_t i = 0; i < a.size(); ++i)
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    return std::sqrt(sum);
}

double meanDiscrepancy(std::span<const float> reference, std::span<const float> current, size_t dimensions, size_t most) {
    std::vector<const float*> all = chosen(reference, dimensions, most);
    const size_t m = all.size();
    for (const float* vector : chosen(current, dimensions, most))
        all.push_back(vector);
    const size_t n = all.size() - m;
    if (m < 2 || n < 2)
        return kNaN;
    std::vector<double> squared;
    squared.reserve(all.size() * (all.size() - 1) / 2);
    for (size_t i = 0; i < all.size(); ++i)
        for (size_t j = i + 1; j < all.size(); ++j)
            squared.push_back(squaredDistance(all[i], all[j], dimensions));
    const double median = analyze::median(squared);   // of squared distances: the square of their median
    if (std::isnan(median))
        return kNaN;
    const double gamma = median > 0 ? 1 / median : 1;
    double within = 0, between = 0;
    size_t at = 0;
    const double pairsX = static_cast<double>(m) * static_cast<double>(m - 1) / 2, pairsY = static_cast<double>(n) * static_cast<double>(n - 1) / 2;
    for (size_t i = 0; i < all.size(); ++i)
        for (size_t j = i + 1; j < all.size(); ++j) {
            const double k = std::exp(-gamma * squared[at++]);
            if (i < m && j >= m)
                between += k;
            else
                within += k / (i < m ? pairsX : pairsY);
        }
    return within - 2 * between / (static_cast<double>(m) * static_cast<double>(n));
}

}  // namespace nj::analyze

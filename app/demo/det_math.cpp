#include "demo/det_math.h"

#include <cmath>

namespace nj::demo {

namespace {
constexpr double kLn2 = 0.693147180559945309417232121458;
constexpr double kTwoPi = 6.28318530717958647692528676656;
}  // namespace

double detLog(double x) {
    int exponent = 0;
    double m = std::frexp(x, &exponent);
    if (m < 0.70710678118654752) {
        m *= 2;
        --exponent;
    }
    const double z = (m - 1) / (m + 1);
    const double z2 = z * z;
    double sum = 0;
    for (int k = 19; k >= 1; k -= 2)
        sum = sum * z2 + 1.0 / k;
    return 2 * z * sum + exponent * kLn2;
}

double detExp(double x) {
    const double k = std::floor(x / kLn2 + 0.5);
    const double r = x - k * kLn2;
    double sum = 1;
    for (int i = 14; i >= 1; --i)
        sum = 1 + sum * r / i;
    return std::ldexp(sum, static_cast<int>(k));
}

double detPow(double base, double exponent) { return detExp(exponent * detLog(base)); }

double normalQuantile(double p) {
    constexpr double a[] = {-3.969683028665376e+01, 2.209460984245205e+02, -2.759285104469687e+02, 1.383577518672690e+02, -3.066479806614716e+01, 2.506628277459239e+00};
    constexpr double b[] = {-5.447609879822406e+01, 1.615858368580409e+02, -1.556989798598866e+02, 6.680131188771972e+01, -1.328068155288572e+01};
    constexpr double c[] = {-7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e+00, -2.549732539343734e+00, 4.374664141464968e+00, 2.938163982698783e+00};
    constexpr double d[] = {7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e+00, 3.754408661907416e+00};
    constexpr double kLow = 0.02425;
    if (p < kLow || p > 1 - kLow) {
        const double q = std::sqrt(-2 * detLog(p < kLow ? p : 1 - p));
        const double x = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) / ((((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1);
        return p < kLow ? x : -x;
    }
    const double q = p - 0.5;
    const double r = q * q;
    return (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5]) * q / (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1);
}

double detSinTurns(double turns) {
    double x = turns - std::floor(turns + 0.5);   // -0.5 .. 0.5
    if (x > 0.25)
        x = 0.5 - x;
    if (x < -0.25)
        x = -0.5 - x;
    const double r = x * kTwoPi;
    const double r2 = r * r;
    double sum = 1;
    for (int k = 18; k >= 2; k -= 2)
        sum = 1 - sum * r2 / (k * (k + 1.0));
    return r * sum;
}

}  // namespace nj::demo

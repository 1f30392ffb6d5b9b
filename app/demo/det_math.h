// Elementary functions that give the same bits on every machine: glibc chooses its exp and log by processor, and the demo's
// counts must not depend on that. Built from exactly rounded operations only; errors below 1e-13. Pure functions, any thread.
#pragma once

namespace nj::demo {

double detLog(double x);   // x > 0
double detExp(double x);
double detPow(double base, double exponent);   // base > 0
// The standard normal's quantile for 0 < p < 1 (Acklam's rational approximation, relative error 1.2e-9).
double normalQuantile(double p);
// sin(2 pi turns).
double detSinTurns(double turns);

}  // namespace nj::demo

// Synthetic inputs of the benchmarks: spans with ten attributes as OTLP protobuf, text logs, a Prometheus dump. Deterministic.
#pragma once

#include <cstddef>
#include <string>

namespace nj::bench {

// uint32-BE length-framed requests of so many spans: 24 h, 20 services, 200 operations, traces of 1 to 39 spans. Returns bytes written.
size_t writeSpans(const std::string& path, size_t spans, size_t perRequest = 1000);
// One trace of that many spans, 24 services, each below one of the sixteen before it, with three attributes. Returns bytes written.
size_t writeLargeTrace(const std::string& path, size_t spans);
// Lines of a JVM-like service log, about 110 bytes each.
size_t writeLogs(const std::string& path, size_t lines);
// OpenMetrics dump: `series` series of one sample per 15 s.
size_t writeSamples(const std::string& path, size_t series, size_t samplesEach);

}  // namespace nj::bench

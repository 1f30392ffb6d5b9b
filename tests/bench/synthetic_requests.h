// Synthetic requests to receivers, as length-framed files like writeSpans' (uint32 big-endian). Deterministic; 1,000 rows each, the last one
// fewer. Return the bytes written.
#pragma once

#include <cstddef>
#include <string>

namespace nj::bench {

// OTLP log records with a body of 60 to 90 bytes and three attributes.
size_t writeLogRequests(const std::string& path, size_t records);
// OTLP sums and gauges by turns: 20 services with 1,000 series each, one point of each in a request.
size_t writeMetricRequests(const std::string& path, size_t samples);
// Remote write 1.0, snappy: 20 targets with 1,000 series of five labels each, one sample of each in a request.
size_t writeRemoteWriteRequests(const std::string& path, size_t samples);

}  // namespace nj::bench

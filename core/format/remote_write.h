// Prometheus remote write 1.0: one decompressed WriteRequest (prompb/remote.proto) into batches. One thread; a decoder is kept for all
// requests of a sender, because metadata of families comes in requests of its own.
#pragma once

#include <string_view>

#include "base/result.h"
#include "format/otlp_wire.h"
#include "format/prometheus_builder.h"

namespace nj::format {

class RemoteWriteDecoder {
public:
    // All rows of one request in one batch. What can't be read of it becomes health records; an error where nothing can: no protobuf, or
    // remote write 2.0, whose fields are others.
    Result<Batch> decode(std::string_view request);

private:
    void timeSeries(std::string_view message);
    void metadata(std::string_view message);
    void sample(uint32_t series, std::string_view message);
    void exemplar(uint32_t series, std::string_view message);
    void histogram(uint32_t series, std::string_view message);
    bool labels(const std::vector<std::string_view>& messages, std::string& name, AttributeList& out);

    PrometheusBuilder builder_;
    std::string raw_;   // labels of the series being read, as they stand
    size_t room_ = 0;   // dense buckets left to the request
    std::vector<std::string_view> labels_, samples_, exemplars_, histograms_;
};

}  // namespace nj::format

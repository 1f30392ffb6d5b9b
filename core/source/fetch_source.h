// What sources share that fetch a piece of another system's data and are done: whole answers, read by the formats' readers. A server that is
// busy or down is asked again, when it wants to be if it says so.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "source/http_client.h"
#include "source/pull_source.h"

namespace nj::source {

using QueryPairs = std::vector<std::pair<std::string, std::string>>;

// A server's API below a path prefix, which may be Grafana's data-source proxy. Used by one thread.
class FetchApi {
public:
    FetchApi(const SourceConfig& config, DurationNs timeout);
    // "" and 2xx, or an error as HttpClient::fetch gives.
    Result<std::string> get(std::string_view path, const QueryPairs& query, const std::stop_token& stop);
    // How long the last answer asked to be left alone.
    [[nodiscard]] DurationNs rest() const { return rest_; }
    [[nodiscard]] const std::string& base() const { return base_; }
    [[nodiscard]] uint64_t bytes() const { return bytes_; }

private:
    std::string base_;   // without a slash at its end
    std::vector<std::string> headers_;
    HttpClient http_;
    DurationNs rest_ = 0;
    uint64_t bytes_ = 0;
};

// The batches that the format's reader makes of a whole body. kMalformed where there is nothing of the format in it.
Result<std::vector<Batch>> readBody(std::string_view format, std::string_view body, std::string_view path);
// "1h" back from now, or "FROM..TO".
Result<TimeRange> fetchRange(const std::string& text, TimeNs now);
// kInvalidArgument names the field.
Result<uint64_t> countOf(const SourceConfig& config, std::string_view field, uint64_t preset, uint64_t most);
// Lower-case hexadecimal trace ids of a field; an id of another kind is kInvalidArgument.
Result<std::vector<std::string>> traceIdsOf(const SourceConfig& config);

class FetchSource : public PullSource {
protected:
    FetchSource(std::string name, std::string format, const SourceConfig& config, DeliveryTarget& target);
    // Tries until there is an answer that does not pass.
    Result<std::string> get(std::string_view path, const QueryPairs& query, const std::stop_token& stop);
    // As one after the other; the cursor with the last.
    Status commitAll(std::vector<Batch>&& batches, const LiveCursor& cursor, const std::stop_token& stop);
    [[nodiscard]] FetchApi& api() { return api_; }

private:
    FetchApi api_;
};

}  // namespace nj::source

#include "source/fetch_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/utf8.h"
#include "format/format.h"

namespace nj::source {
namespace {

constexpr size_t kMaxBody = 512U << 20;
constexpr DurationNs kTimeout = 2 * kMinute;

std::string baseOf(std::string_view url) {
    url = url.substr(0, url.find_first_of("?#"));
    while (url.ends_with('/'))
        url.remove_suffix(1);
    return std::string(url);
}

HttpOptions optionsOf(const SourceConfig& config, DurationNs timeout) {
    HttpOptions options = httpOptions(config);
    options.timeout = timeout;
    options.maxBody = kMaxBody;
    return options;
}

}  // namespace

FetchApi::FetchApi(const SourceConfig& config, DurationNs timeout) : base_(baseOf(config.value("url"))), http_(optionsOf(config, timeout)) {
    headers_ = {"Accept: application/json"};
    // Without it Loki mixes a line's own metadata with the labels of its stream.
    if (config.kind == "loki")
        headers_.emplace_back("X-Loki-Response-Encoding-Flags: categorize-labels");
}

Result<std::string> FetchApi::get(std::string_view path, const QueryPairs& query, const std::stop_token& stop) {
    rest_ = 0;
    HttpRequest request;
    request.url = base_ + std::string(path) + (query.empty() ? "" : "?" + formEncoded(query));
    request.headers = headers_;
    NJ_ASSIGN(HttpResponse response, http_.send(request, stop));
    bytes_ += response.bytes;
    if (response.status / 100 == 2)
        return std::move(response.body);
    rest_ = response.retryAfter;
    return HttpClient::refusal(request, response);
}

Result<std::vector<Batch>> readBody(std::string_view format, std::string_view body, std::string_view path) {
    format::ReaderOptions options;
    options.path = std::string(path);
    options.now = nowNs();
    const auto reader = format::findFormat(format)->open(options);
    std::vector<Batch> batches;
    const format::BatchConsumer keep = [&](Batch&& batch) {
        batches.push_back(std::move(batch));
        return true;
    };
    NJ_RETURN_IF_ERROR(reader->feed(body, keep));
    NJ_RETURN_IF_ERROR(reader->finish(keep));
    const bool any = std::any_of(batches.begin(), batches.end(), [](const Batch& batch) { return batch.rowCount() > 0; });
    for (const Batch& batch : batches)
        for (const HealthRecord& record : batch.health)
            if (!any && record.severity >= HealthSeverity::kRejected)
                return makeError(ErrorCode::kMalformed, fmt::format("{}: the answer can't be read: {} ({})", path, record.reason, repairUtf8(utf8Prefix(record.example, 80))));
    return batches;
}

Result<TimeRange> fetchRange(const std::string& text, TimeNs now) {
    if (text.find("..") != std::string::npos)
        return parseTimeRange(text, now);
    NJ_ASSIGN(const DurationNs back, parseDuration(text.empty() ? "1h" : text));
    return TimeRange{now - back, now};
}

Result<uint64_t> countOf(const SourceConfig& config, std::string_view field, uint64_t preset, uint64_t most) {
    const std::string text = config.value(field);
    if (text.empty())
        return preset;
    uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0 || number > most)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("{}: '{}' is no number from 1 to {}", field, text, most));
    return number;
}

Result<std::vector<std::string>> traceIdsOf(const SourceConfig& config) {
    std::vector<std::string> ids;
    for (std::string id : config.all("trace")) {
        std::transform(id.begin(), id.end(), id.begin(), [](char c) { return c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c; });
        if (id.empty() || id.size() > 32 || id.find_first_not_of("0123456789abcdef") != std::string::npos)
            return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is no trace id of up to 32 hexadecimal digits", repairUtf8(id.substr(0, 64))));
        if (std::find(ids.begin(), ids.end(), id) == ids.end())
            ids.push_back(std::move(id));
    }
    return ids;
}

FetchSource::FetchSource(std::string name, std::string format, const SourceConfig& config, DeliveryTarget& target)
    : PullSource(std::move(name), std::move(format), target), api_(config, kTimeout) {}

Result<std::string> FetchSource::get(std::string_view path, const QueryPairs& query, const std::stop_token& stop) {
    std::string body;
    const Status done = retrying([&]() -> Status {
        const uint64_t before = api_.bytes();
        auto answer = api_.get(path, query, stop);
        noteRequest(api_.bytes() - before);
        if (!answer.ok()) {
            if (api_.rest() > 0) {
                noteError(answer.error().message);
                say(fmt::format("the server wants to be left alone for {}", formatDuration(api_.rest())));
                sleepFor(api_.rest(), stop);
            }
            return answer.error();
        }
        body = std::move(*answer);
        return {};
    }, stop);
    NJ_RETURN_IF_ERROR(done);
    return body;
}

Status FetchSource::commitAll(std::vector<Batch>&& batches, const LiveCursor& cursor, const std::stop_token& stop) {
    if (batches.empty() && !cursor.name.empty())
        batches.emplace_back();
    for (size_t i = 0; i < batches.size(); ++i) {
        const LiveCursor with = i + 1 == batches.size() ? cursor : LiveCursor{};
        NJ_RETURN_IF_ERROR(retrying([&] { return commit(Batch(batches[i]), with, stop); }, stop));
    }
    return {};
}

}  // namespace nj::source

// PromQL: any text is parsed or refused; what was parsed prints as a text that parses to the same, and can be evaluated.
#include <cstdlib>
#include <string_view>

#include "fuzz_entry.h"
#include "promql/engine.h"
#include "promql/syntax/parser.h"
#include "promql/syntax/printer.h"

namespace {

class NoSeries : public nj::promql::Querier {
public:
    nj::Result<std::vector<std::unique_ptr<nj::promql::SeriesIterator>>> select(const std::vector<nj::promql::Matcher>&, nj::TimeNs,
                                                                                nj::TimeNs, std::stop_token) override {
        return std::vector<std::unique_ptr<nj::promql::SeriesIterator>>();
    }
    nj::Result<std::vector<std::string>> labelNames(const std::vector<nj::promql::Matcher>&) override { return std::vector<std::string>(); }
    nj::Result<std::vector<std::string>> labelValues(const std::string&, const std::vector<nj::promql::Matcher>&) override {
        return std::vector<std::string>();
    }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto expr = nj::promql::parseExpression(text);
    if (!expr.ok())
        return 0;
    const std::string printed = nj::promql::printExpression(**expr);
    const auto again = nj::promql::parseExpression(printed);
    if (!again.ok() || nj::promql::printExpression(**again) != printed)
        std::abort();
    NoSeries querier;
    nj::promql::EngineOptions options;
    options.maxSamples = 100'000;   // a subquery of many steps takes long, and shows nothing new
    const nj::promql::Engine engine(options);
    static_cast<void>(engine.instant(querier, text, 1'700'000'000 * nj::kSecond));
    static_cast<void>(engine.range(querier, text, 0, 600 * nj::kSecond, 60 * nj::kSecond));
    return 0;
}

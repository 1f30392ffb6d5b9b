// nightjar promql CAPSULE EXPR: a PromQL expression over the capsule's metrics; prints the JSON of Prometheus's HTTP API.
#include "commands/command.h"
#include "commands/interrupt.h"
#include "promql/capsule/capsule_querier.h"
#include "promql/engine.h"
#include "promql/json/result_json.h"
#include "store/capsule_reader.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, expr, time, start, end, step;
};

// Steps of a range query without --step.
constexpr DurationNs kUsualSteps = 250;

Result<promql::QueryResult> evaluate(const Options& options) {
    NJ_ASSIGN(const auto reader, store::CapsuleReader::open(options.capsule));
    NJ_ASSIGN(const auto querier, promql::CapsuleQuerier::of(*reader));
    const Interrupt interrupt;
    const promql::Engine engine(promql::prometheusOptions());
    const TimeRange all = querier->range();
    const auto timeOf = [&](const std::string& text, TimeNs missing) -> Result<TimeNs> {
        return text.empty() ? Result<TimeNs>(missing) : parseTime(text, nowNs());
    };
    const TimeNs last = all.empty() ? nowNs() : all.to - 1;
    if (options.start.empty() && options.end.empty() && options.step.empty()) {
        NJ_ASSIGN(const TimeNs time, timeOf(options.time, last));
        return engine.instant(*querier, options.expr, time, interrupt.token());
    }
    NJ_ASSIGN(const TimeNs start, timeOf(options.start, all.empty() ? last - kHour : all.from));
    NJ_ASSIGN(const TimeNs end, timeOf(options.end, last));
    DurationNs step = std::max(kSecond, (end - start) / kUsualSteps / kSecond * kSecond);
    if (!options.step.empty()) {
        NJ_ASSIGN(step, parseDuration(options.step));
    }
    return engine.range(*querier, options.expr, start, end, step, interrupt.token());
}

}  // namespace

void addPromqlCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "promql", "A PromQL expression over the metrics, answered in the JSON of Prometheus's API");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("EXPR", options->expr, "such as 'sum by (job) (rate(http_requests_total[5m]))'").required();
    const CommandOption time = command.option("--time", options->time, "when to evaluate; the last sample's time unless given");
    command.option("--start", options->start, "first step of a range query").excludes(time);
    command.option("--end", options->end, "last step of a range query").excludes(time);
    command.option("--step", options->step, "distance of the steps, such as 15s").excludes(time);
    command.callback([options, &exitCode] {
        const auto result = evaluate(*options);
        if (result.ok())
            print(promql::responseJson(*result, options->expr) + "\n");
        exitCode = result.ok() ? 0 : fail(result.error());
    });
}

}  // namespace nj::app

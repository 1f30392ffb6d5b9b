// The spans of one sampled request, as the services' SDKs and vLLM would have written them. One thread; keeps references to
// the day, which must outlive it.
#pragma once

#include <vector>

#include "demo/fleet.h"

namespace nj::demo {

struct PlacedSpan {
    Service service = Service::kGateway;
    bool newRetriever = false;
    uint8_t pod = 0;
    OtlpSpan span;
};

class TraceBuilder {
public:
    explicit TraceBuilder(const Day& day) : day_(day), s_(day.scenario) {}
    // Replaces the contents of `out` by the spans of day.requests[index].
    void build(size_t index, std::vector<PlacedSpan>& out);

private:
    OtlpSpan& add(Service service, Slot slot, Slot parent, std::string name, int kind, double start, double end);
    void preparation();
    void retrieval(double start, double scale, double end);
    void chat();
    void attempt(size_t k);
    void engine(size_t k);
    void afterwards();
    void content(OtlpSpan& span);

    const Day& day_;
    const Scenario& s_;
    size_t index_ = 0;
    const Request* r_ = nullptr;
    std::vector<PlacedSpan>* out_ = nullptr;
    double chatEnd_ = 0;
};

// Groundedness of a request's answer as the evaluator scores it, 0..1; the same for every file that tells of it.
double groundedness(const Day& day, size_t index);
// Whether the evaluator judged it (60 % of the sampled, answered ones), and whether inline, as an event of the output check.
bool isEvaluated(const Day& day, size_t index);
bool isEvaluatedInline(const Day& day, size_t index);

}  // namespace nj::demo

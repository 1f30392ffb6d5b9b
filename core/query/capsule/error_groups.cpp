#include "query/capsule/error_groups.h"

#include <algorithm>
#include <cmath>

#include "query/capsule/attribute_scan.h"
#include "query/capsule/error_samples.h"
#include "query/search_syntax.h"
#include "query/search_value.h"

namespace nj::query {
namespace {

constexpr size_t kMaxKinds = 5000, kPlaces = 256;
constexpr uint64_t kFewErrors = 5;      // fewer are not called new: rare kinds are absent from most baselines
constexpr uint64_t kManyForMuting = 20;
constexpr double kOneClient = 0.95, kSameRequests = 0.8, kSameCourse = 0.2;

// Where an error can be, the most telling first. kClients name who asked.
constexpr std::array kPlaceKeys = {"upstream", "upstream_cluster", "gen_ai.replica", "server.address", "k8s.pod.name", "pod", "host.name", "gen_ai.request.model", "http.route", "tenant"};
constexpr std::array kClients = {"client.address", "client", "net.peer.ip", "source.address"};
constexpr size_t kKeys = kPlaceKeys.size() + kClients.size();
const char* keyName(size_t key) { return key < kPlaceKeys.size() ? kPlaceKeys[key] : kClients[key - kPlaceKeys.size()]; }

// Numbers of an attempt: from 1, and the OpenTelemetry count of resends, from 0.
constexpr std::array<std::pair<const char*, int>, 4> kAttemptKeys = {{{"attempt", 0}, {"retry.attempt", 0}, {"attempt_number", 0}, {"http.request.resend_count", 1}}};

// Attributes that say after how long a row was given up: "30s", "250ms", a number of seconds.
constexpr std::array kDeadlineKeys = {"deadline", "timeout"};

bool clientKind(const std::string& kind) { return kind.starts_with("HTTP 4"); }

// The first long stretch between masks, else the longest: what every row of a fingerprint holds as it stands. Further on a line may have
// been broken where the fingerprint has a blank.
std::string literalPart(const std::string& fingerprint) {
    constexpr size_t kLong = 8;
    std::string best;
    size_t from = 0;
    while (from <= fingerprint.size()) {
        size_t mask = fingerprint.find('<', from);
        mask = mask == std::string::npos ? fingerprint.size() : mask;
        std::string part = fingerprint.substr(from, mask - from);
        part.erase(0, part.find_first_not_of(" \t\"'=:"));
        part.erase(part.find_last_not_of(" \t\"'=:") + 1);
        if (part.size() > best.size())
            best = std::move(part);
        if (best.size() >= kLong)
            break;
        const size_t end = fingerprint.find('>', mask);
        from = end == std::string::npos ? fingerprint.size() + 1 : end + 1;
    }
    return best.substr(0, 120);
}

std::string quoted(const std::string& text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\')
            out += '\\';
        out += c;
    }
    return out + '"';
}

std::string filterOf(const Failure& group, const ErrorRow& error) {
    std::string filter;
    const auto term = [&](std::string_view field, std::string_view value) { filter += (filter.empty() ? "" : " ") + searchTerm(field, value, false); };
    if (!group.service.empty())
        term("service", group.service);
    if (group.signal == Signal::kSpan)
        term("status", "error");
    if (!error.code.empty())
        term("http.response.status_code", error.code);
    if (!error.flag.empty())
        term("envoy.response_flags", error.flag);
    if (group.signal == Signal::kLog && !error.byKindOnly)
        if (const std::string part = literalPart(group.text); !part.empty())
            filter += (filter.empty() ? "" : " ") + quoted(part);
    return filter;
}

// Largest distance between the two cumulative shares (Kolmogorov–Smirnov).
double courseDistance(const std::vector<uint32_t>& a, const std::vector<uint32_t>& b) {
    double sumA = 0, sumB = 0, distance = 0, totalA = 0, totalB = 0;
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        totalA += a[i];
        totalB += b[i];
    }
    for (size_t i = 0; i < std::min(a.size(), b.size()); ++i) {
        sumA += a[i];
        sumB += b[i];
        distance = std::max(distance, std::fabs(sumA / std::max(totalA, 1.0) - sumB / std::max(totalB, 1.0)));
    }
    return distance;
}

double score(const Failure& group, bool hasBaseline) {
    const double count = static_cast<double>(group.count);
    if (!hasBaseline)
        return count * (clientKind(group.kind) ? 0.1 : 1);
    // Chance alone moves a count by about its square root.
    const double excess = std::max(0.0, count - group.expected - 2 * std::sqrt(group.expected));
    const double newness = group.baselineCount == 0 ? (group.count >= kFewErrors ? 4 : 1) : 1 + std::clamp(std::log2(count / group.expected), 0.0, 3.0);
    return excess * newness * (clientKind(group.kind) ? 0.1 : 1);
}

}  // namespace

size_t ErrorGroups::slot(Signal signal, const ErrorRow& error) {
    if (error.alike == kNoIndex)
        return slotByKey(signal, error);
    if (error.alike >= alike_.size())
        alike_.resize(error.alike + 1, 0);
    size_t& draft = alike_[error.alike];
    if (draft == 0)
        draft = slotByKey(signal, error) + 1;
    return draft - 1;
}

size_t ErrorGroups::slotByKey(Signal signal, const ErrorRow& error) {
    key_ = error.kind;
    key_ += '\0';
    if (!error.byKindOnly)
        key_ += error.text;
    key_ += '\0';
    key_ += std::to_string(error.service);
    key_ += signal == Signal::kSpan ? 's' : 'l';
    if (drafts_.size() >= kMaxKinds && !known_.contains(key_))
        key_ = signal == Signal::kSpan ? "s" : "l";
    const auto [it, fresh] = known_.try_emplace(key_, drafts_.size());
    if (fresh) {
        Draft& draft = drafts_.emplace_back();
        Failure& group = draft.group;
        const bool rest = key_.size() == 1;
        group.kind = rest ? "others" : error.kind;
        group.text = rest ? std::string() : error.text;
        group.service = rest ? std::string() : std::string(context_.snapshot().text(error.service));
        group.signal = signal;
        group.perColumn.assign(columns_.count, 0);
        if (!rest) {
            group.filter = filterOf(group, error);
            draft.code = error.code;
        }
    }
    return it->second;
}

void ErrorGroups::add(Signal signal, const ErrorRow& error, bool baseline) {
    const size_t index = slot(signal, error);
    Draft& draft = drafts_[index];
    Failure& group = draft.group;
    if (baseline) {
        ++group.baselineCount;
        return;
    }
    ++group.perColumn[columns_.at(std::max(error.time, columns_.from))];
    group.first = group.count == 0 ? error.time : std::min(group.first, error.time);
    group.last = std::max(group.last, error.time);
    ++group.count;
    segmentRows_.emplace_back(error.row, index);
    if (!question_.details || draft.seen++ % draft.stride != 0)
        return;
    if (draft.places.size() >= kPlaces) {   // keep every second one
        for (size_t i = 0; i < draft.places.size() / 2; ++i)
            draft.places[i] = draft.places[2 * i];
        draft.places.resize(draft.places.size() / 2);
        draft.stride *= 2;
    }
    draft.places.push_back({-1, error.row, error.time, {}, 0});
}

void ErrorGroups::addLabels(Signal, size_t key, const std::vector<uint16_t>& codes) {
    for (const auto& [row, draft] : segmentRows_)
        if (row < codes.size() && codes[row] != RowLabels::kNone)
            labelCounts_.add(static_cast<uint32_t>(draft), static_cast<uint16_t>(key), codes[row]);
}

Status ErrorGroups::finishSegment(Signal signal, const store::SegmentView& view) {
    if (segmentRows_.empty())
        return {};
    for (size_t key = 0; key < kKeys; ++key) {
        auto& labels = labels_[{signal, key}];
        if (!labels)
            labels = std::make_unique<RowLabels>(context_, signal, keyName(key));
        NJ_RETURN_IF_ERROR(context_.checkStop());
        NJ_ASSIGN(const bool any, labels->anyIn(view));
        if (!any)
            continue;
        NJ_ASSIGN(const std::vector<uint16_t> codes, labels->codes(view));
        addLabels(signal, key, codes);
    }
    std::vector<uint8_t> attempts(view.info().rows, 0);
    const RowSpan all{0, view.info().rows};
    for (const auto& [key, offset] : kAttemptKeys)
        NJ_RETURN_IF_ERROR(forEachNumber(view, key, all, nullptr, [&, by = offset](uint32_t row, double value) {
            if (value >= 0 && value < 100 && attempts[row] == 0)
                attempts[row] = static_cast<uint8_t>(value + by);
        }));
    for (const char* key : kDeadlineKeys) {
        if (!view.info().hasAttribute(key))
            continue;
        RowLabels deadlines(context_, signal, key);
        NJ_ASSIGN(const std::vector<uint16_t> codes, deadlines.codes(view));
        for (const auto& [row, draft] : segmentRows_)
            if (double& seconds = drafts_[draft].group.deadlineSeconds; seconds == 0 && codes[row] > RowLabels::kOverflow)
                seconds = searchNumber("duration", deadlines.labels()[codes[row]], true).value_or(0) / 1e9;
    }
    NJ_ASSIGN(const store::TraceIdColumn traces, view.traceIds());
    const auto traceOf = [&](uint32_t row) { return traces.codes.code(row) < traces.table.size() ? traces.at(row) : TraceId(); };
    for (const auto& [row, index] : segmentRows_) {
        Draft& draft = drafts_[index];
        const uint8_t attempt = attempts[row];
        if (attempt > 0) {
            draft.group.attempts.resize(std::max<size_t>(draft.group.attempts.size(), attempt), 0);
            ++draft.group.attempts[attempt - 1];
        }
        if (const TraceId trace = traceOf(row); !trace.empty())
            draft.requests.add(trace, attempt);
        if (draft.group.exampleSeq < 0) {
            NJ_ASSIGN(draft.group.exampleSeq, view.seqOf(row));
        }
        for (auto place = draft.places.rbegin(); place != draft.places.rend() && place->segment < 0; ++place)
            if (place->row == row)
                *place = {view.info().id, row, place->time, traceOf(row), attempt};
    }
    segmentRows_.clear();
    return {};
}

// Spans and logs of one service that say the same are one failure: the logs are counted, the spans name its kind.
void ErrorGroups::joinSignals() {
    for (Draft& log : drafts_) {
        if (log.group.signal != Signal::kLog || log.group.count == 0 || log.group.text.empty())
            continue;
        Draft* best = nullptr;
        for (Draft& span : drafts_)
            if (span.group.signal == Signal::kSpan && span.group.count > 0 && span.group.service == log.group.service && span.group.text == log.group.text && (!best || span.group.count > best->group.count))
                best = &span;
        if (!best)
            continue;
        log.group.spans = best->group.count;
        if (log.group.kind.ends_with(" log")) {
            log.group.kind = best->group.kind;
            log.code = best->code;
        }
        best->group.count = 0;
    }
}

void ErrorGroups::fillWhere(Draft& draft) {
    std::array<ErrorWhere, kKeys> found;
    std::array<uint16_t, kKeys> best{};
    for (const LabelCounts::Entry& label : draft.labels) {
        ErrorWhere& where = found[label.key];
        where.rows += label.rows;
        ++where.distinct;
        if (label.label != RowLabels::kOverflow && (label.rows > where.count || (label.rows == where.count && label.label < best[label.key]))) {
            where.count = label.rows;
            best[label.key] = label.label;
        }
    }
    for (size_t key = 0; key < kKeys; ++key) {
        ErrorWhere& where = found[key];
        if (where.rows * 2 < draft.group.count || where.count == 0)
            continue;
        where.key = keyName(key);
        where.value = labels_[{draft.group.signal, key}]->labels()[best[key]];
        const bool client = key >= kPlaceKeys.size();
        if (client && clientKind(draft.group.kind) && draft.group.count >= kManyForMuting && static_cast<double>(where.count) >= kOneClient * static_cast<double>(draft.group.count))
            draft.group.muted = true;
        draft.group.where.push_back(where);
    }
}

void ErrorGroups::fillRequests(Draft& draft) {
    Failure& group = draft.group;
    draft.requests.settle();
    group.requests = draft.requests.all().size();
    if (group.attempts.size() < 2)
        return;
    for (const RequestSet::Request& request : draft.requests.all())
        ++(request.lastAttempt >= group.attempts.size() ? group.failedRequests : group.savedRequests);
}

void ErrorGroups::rate(Draft& draft) const {
    if (!question_.baseline || question_.baseline->empty())
        return;
    draft.group.expected = static_cast<double>(draft.group.baselineCount) * static_cast<double>(question_.range.length()) / static_cast<double>(question_.baseline->length());
}

// A failure told by several layers: most requests of the smaller group are the larger's, or both have one code and one course over time.
void ErrorGroups::relate() {
    for (size_t i = 1; i < drafts_.size(); ++i) {
        Draft& one = drafts_[i];
        if (one.group.muted || one.group.count < kFewErrors)
            continue;
        for (size_t k = 0; k < i && one.group.sameAs < 0; ++k) {
            const Draft& head = drafts_[k];
            if (head.group.muted || head.group.sameAs >= 0 || head.group.count < one.group.count)
                continue;
            const auto shared = static_cast<double>(std::count_if(one.requests.all().begin(), one.requests.all().end(), [&](const auto& request) { return head.requests.find(request.trace) != nullptr; }));
            const bool requests = !one.requests.all().empty() && shared >= kSameRequests * static_cast<double>(one.requests.all().size());
            const bool course = !one.code.empty() && one.code == head.code && courseDistance(one.group.perColumn, head.group.perColumn) <= kSameCourse;
            if (requests || course)
                one.group.sameAs = static_cast<int>(k);
        }
    }
}

// The groups by worth, the first maxGroups of them.
void ErrorGroups::keepFirst() {
    struct Ranked {
        size_t draft;
        bool muted;
        double score;
        uint64_t count;
    };
    std::vector<Ranked> order;
    order.reserve(drafts_.size());
    for (size_t i = 0; i < drafts_.size(); ++i)
        order.push_back({i, drafts_[i].group.muted, score(drafts_[i].group, question_.baseline.has_value()), drafts_[i].group.count});
    std::stable_sort(order.begin(), order.end(), [](const Ranked& a, const Ranked& b) {
        if (a.muted != b.muted)
            return b.muted;
        return a.score != b.score ? a.score > b.score : a.count > b.count;
    });
    std::vector<Draft> first;
    for (size_t i = 0; i < std::min(order.size(), std::max<size_t>(question_.maxGroups, 1)); ++i)
        first.push_back(std::move(drafts_[order[i].draft]));
    drafts_.swap(first);
}

Status ErrorGroups::findKeptTraces() {
    NJ_ASSIGN(const std::shared_ptr<const TraceIndex> index, TraceIndex::of(context_));
    for (const TraceIndex::Entry& trace : index->traces())
        for (Draft& draft : drafts_)
            draft.group.tracesKept += draft.requests.keep(trace.id) ? 1 : 0;
    return {};
}

Status ErrorGroups::fillSamples(Draft& draft) {
    // One from each third of its time, rather one whose trace can be opened.
    const size_t n = draft.places.size();
    for (size_t third = 0; third < kSamples; ++third) {
        const Place* best = nullptr;
        for (size_t i = third * n / kSamples; i < (third + 1) * n / kSamples; ++i) {
            const RequestSet::Request* request = draft.requests.find(draft.places[i].trace);
            const bool kept = request && request->kept;
            if (!best || kept)
                best = &draft.places[i];
            if (kept)
                break;
        }
        if (!best || best->segment < 0)
            continue;
        NJ_ASSIGN(ErrorSample sample, readErrorSample(context_, draft.group.signal, best->segment, best->row));
        sample.time = best->time;
        sample.trace = best->trace;
        sample.attempt = best->attempt;
        if (const RequestSet::Request* request = draft.requests.find(best->trace)) {
            sample.traceKept = request->kept;
            sample.lastAttempt = request->lastAttempt == best->attempt;
        }
        draft.group.samples.push_back(std::move(sample));
    }
    return {};
}

Result<std::vector<Failure>> ErrorGroups::take() {
    labelCounts_.forEach([&](const LabelCounts::Entry& entry) { drafts_[entry.group].labels.push_back(entry); });
    joinSignals();
    std::erase_if(drafts_, [](const Draft& draft) { return draft.group.count == 0; });
    for (Draft& draft : drafts_) {
        rate(draft);
        fillWhere(draft);
    }
    keepFirst();
    for (Draft& draft : drafts_)
        fillRequests(draft);
    relate();
    if (question_.details) {
        NJ_RETURN_IF_ERROR(findKeptTraces());
        for (Draft& draft : drafts_)
            NJ_RETURN_IF_ERROR(fillSamples(draft));
    }
    // Each failure, then who else tells it.
    std::vector<Failure> groups;
    for (size_t i = 0; i < drafts_.size(); ++i) {
        if (drafts_[i].group.sameAs >= 0)
            continue;
        const auto head = static_cast<int>(groups.size());
        groups.push_back(std::move(drafts_[i].group));
        for (size_t k = i + 1; k < drafts_.size(); ++k)
            if (drafts_[k].group.sameAs == static_cast<int>(i)) {
                groups.push_back(std::move(drafts_[k].group));
                groups.back().sameAs = head;
                drafts_[k].group.sameAs = static_cast<int>(i);   // moved from: not a head
            }
    }
    return groups;
}

}  // namespace nj::query

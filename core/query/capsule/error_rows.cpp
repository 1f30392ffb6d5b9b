#include "query/capsule/error_rows.h"

#include <fmt/format.h>

#include <algorithm>

#include "analyze/fingerprint.h"
#include "base/hash.h"
#include "query/capsule/attribute_scan.h"
#include "query/capsule/log_kinds.h"

namespace nj::query {
namespace {

constexpr uint8_t kErrorSeverity = 17;

using Texts = std::unordered_map<uint32_t, std::string>;

// Values of a key for the wanted rows; earlier keys win.
Status readTexts(const store::SegmentView& view, std::initializer_list<std::string_view> keys, const RowSet& wanted, Texts& out) {
    for (const std::string_view key : keys)
        for (const store::AttributeInfo& info : view.info().attributes) {
            if (info.key != key || (info.type != ValueType::kString && info.type != ValueType::kInt))
                continue;
            NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
            for (size_t entry = 0; entry < values.size(); ++entry) {
                const uint32_t row = values.dense ? static_cast<uint32_t>(entry) : values.rows[entry];
                if (row < wanted.rows() && wanted.test(row))
                    out.try_emplace(row, values.type == ValueType::kInt ? std::to_string(values.integers[entry]) : std::string(values.text(entry)));
            }
        }
    return {};
}

std::string lookUp(const Texts& texts, uint32_t row) {
    const auto found = texts.find(row);
    return found == texts.end() ? std::string() : found->second;
}

std::string grpcName(const std::string& code) {
    static constexpr const char* kNames[] = {"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED",
                                             "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE", "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};
    const bool number = !code.empty() && code.size() <= 2 && code.find_first_not_of("0123456789") == std::string::npos;
    const size_t value = number ? std::stoul(code) : std::size(kNames);
    return "gRPC " + (value < std::size(kNames) ? std::string(kNames[value]) : code);
}

bool isHttpError(const std::string& code) { return code.size() == 3 && (code[0] == '4' || code[0] == '5'); }

std::string_view httpPhrase(const std::string& code) {
    static constexpr std::pair<std::string_view, std::string_view> kPhrases[] = {
        {"400", "bad request"}, {"401", "unauthorized"}, {"403", "forbidden"}, {"404", "not found"}, {"405", "method not allowed"}, {"408", "request timeout"}, {"409", "conflict"},
        {"413", "content too large"}, {"422", "unprocessable content"}, {"429", "too many requests"}, {"499", "client closed the request"}, {"500", "internal server error"},
        {"501", "not implemented"}, {"502", "bad gateway"}, {"503", "service unavailable"}, {"504", "gateway timeout"}};
    for (const auto& [known, phrase] : kPhrases)
        if (code == known)
            return phrase;
    return {};
}

// Envoy's flags that mean a failure of the request, as words.
std::string flagText(const std::string& flags) {
    static constexpr std::pair<std::string_view, std::string_view> kFlags[] = {
        {"UT", "upstream request timeout"},  {"DC", "downstream connection cut"}, {"UC", "upstream connection cut"},   {"UF", "upstream connection failure"},
        {"UH", "no healthy upstream"},       {"UO", "upstream overflow"},         {"URX", "retry limit exceeded"},      {"NR", "no route"},
        {"UR", "upstream remote reset"},     {"LR", "local reset"},               {"SI", "stream idle timeout"},        {"DT", "duration timeout"},
        {"UMSDR", "maximum stream duration"}, {"NC", "cluster not found"},        {"DPE", "downstream protocol error"}, {"UPE", "upstream protocol error"},
        {"RL", "rate limited"},              {"UAEX", "denied by authorization"}, {"FI", "fault injected"},             {"DI", "delay injected"}};
    const std::string first = flags.substr(0, flags.find(','));
    for (const auto& [flag, words] : kFlags)
        if (first == flag)
            return std::string(words);
    return {};
}

}  // namespace

Status ErrorRows::loadExceptions() {
    exceptionsLoaded_ = true;
    const uint32_t name = context_.snapshot().findText("exception");
    if (name == kNoIndex)
        return {};
    for (const auto& info : context_.snapshot().segments(Signal::kSpanEvent)) {
        if (!info->names.empty() && std::find(info->names.begin(), info->names.end(), name) == info->names.end())
            continue;
        NJ_RETURN_IF_ERROR(context_.checkStop());
        NJ_ASSIGN(const store::SegmentView* view, context_.view(info->id));
        Texts types;
        NJ_RETURN_IF_ERROR(readTexts(*view, {"exception.type"}, RowSet(info->rows, {0, info->rows}), types));
        if (types.empty())
            continue;
        NJ_ASSIGN(const std::vector<int64_t> owners, view->ownerSeq());
        for (const auto& [row, type] : types)
            if (row < owners.size())
                exceptionOf_.try_emplace(owners[row], texts_.intern(type));
    }
    return {};
}

size_t ErrorRows::TraitsHash::operator()(const Traits& traits) const {
    static_assert(sizeof(Traits) == 7 * sizeof(uint32_t));
    return fastHash({reinterpret_cast<const char*>(&traits), sizeof traits});
}

// Codes of the values of a key at the wanted rows; earlier keys win.
Status ErrorRows::readCodes(const store::SegmentView& view, std::initializer_list<std::string_view> keys, const RowSet& wanted, std::vector<uint32_t>& codes) {
    codes.assign(view.info().rows, 0);
    for (const std::string_view key : keys)
        for (const store::AttributeInfo& info : view.info().attributes) {
            if (info.key != key || (info.type != ValueType::kString && info.type != ValueType::kInt))
                continue;
            NJ_ASSIGN(const store::AttributeValues values, view.attribute(info.key, info.type));
            std::vector<uint32_t> ofText(values.coded ? values.dictionary.size() : 0, kNoIndex);
            std::unordered_map<int64_t, uint32_t> ofNumber;
            const auto codeAt = [&](size_t entry) {
                if (values.type == ValueType::kInt) {
                    const auto [it, fresh] = ofNumber.try_emplace(values.integers[entry], 0);
                    if (fresh)
                        it->second = texts_.intern(std::to_string(it->first));
                    return it->second;
                }
                if (!values.coded)
                    return texts_.intern(values.text(entry));
                uint32_t& code = ofText[values.codes[entry]];
                return code = code == kNoIndex ? texts_.intern(values.text(entry)) : code;
            };
            const size_t entries = values.size();
            const auto take = [&](uint32_t row, size_t entry) {
                if (codes[row] == 0)
                    codes[row] = codeAt(entry);
            };
            if (values.dense)
                wanted.forEach([&](uint32_t row) {
                    if (row < entries)
                        take(row, row);
                });
            else
                for (size_t entry = 0; entry < entries; ++entry)
                    if (const uint32_t row = values.rows[entry]; row < wanted.rows() && wanted.test(row))
                        take(row, entry);
        }
    return {};
}

Status ErrorRows::readMessages(const store::SegmentView& view, RowSpan rows, const RowSet& wanted, std::vector<uint32_t>& codes) {
    codes.assign(view.info().rows, 0);
    return view.scanText(store::TextColumn::kStatusMessage, rows.from, rows.size(), [&](uint32_t row, std::string_view text) {
        if (text.empty() || row >= wanted.rows() || !wanted.test(row))
            return true;
        const uint32_t message = messages_.intern(text);
        if (message == fingerprints_.size())
            fingerprints_.push_back(texts_.intern(analyze::fingerprint(text)));
        codes[row] = fingerprints_[message];
        return true;
    });
}

ErrorRow& ErrorRows::rowOf(const Traits& traits) {
    const auto [it, fresh] = alike_.try_emplace(traits, static_cast<uint32_t>(rows_.size()));
    if (!fresh)
        return rows_[it->second];
    const auto text = [&](uint32_t code) { return std::string(texts_.view(code)); };
    const std::string message = text(traits.message), code = text(traits.http), rpc = text(traits.rpc), named = text(traits.type);
    ErrorRow& error = rows_.emplace_back();
    error.alike = it->second;
    error.service = traits.service;
    error.kind = text(traits.exception);
    if (error.kind.empty())
        error.kind = isHttpError(code) ? "HTTP " + code : isHttpError(named) ? "HTTP " + named : !rpc.empty() && rpc != "0" ? grpcName(rpc) : !named.empty() ? named : !message.empty() ? message : "error";
    if (error.kind.starts_with("HTTP "))
        error.code = error.kind.substr(5);
    error.text = message.empty() ? std::string(context_.snapshot().text(traits.name)) : message;
    return error;
}

Status ErrorRows::ofSpans(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const std::function<void(const ErrorRow&)>& visit) {
    constexpr auto kError = static_cast<uint8_t>(SpanStatus::kError);
    if ((view.info().statusMask >> kError & 1U) == 0)
        return {};
    NJ_ASSIGN(const std::span<const uint8_t> status, view.status());
    RowSet wanted(view.info().rows);
    forEachRow(rows, matching, [&](uint32_t row) {
        if (row < status.size() && status[row] == kError)
            wanted.add(row);
    });
    if (wanted.none())
        return {};
    if (!exceptionsLoaded_)
        NJ_RETURN_IF_ERROR(loadExceptions());
    std::vector<uint32_t> http, rpc, type, messages;
    NJ_RETURN_IF_ERROR(readCodes(view, {"http.response.status_code", "http.status_code"}, wanted, http));
    NJ_RETURN_IF_ERROR(readCodes(view, {"rpc.grpc.status_code", "rpc.response.status_code"}, wanted, rpc));
    NJ_RETURN_IF_ERROR(readCodes(view, {"error.type", "exception.type"}, wanted, type));
    NJ_RETURN_IF_ERROR(readMessages(view, rows, wanted, messages));
    NJ_ASSIGN(const store::StartColumn start, view.start());
    NJ_ASSIGN(const store::CodeColumn services, view.service());
    NJ_ASSIGN(const store::CodeColumn names, view.name());
    Status failed;
    wanted.forEach([&](uint32_t row) {
        Traits traits{messages[row], http[row], rpc[row], type[row], 0, services.id(row), names.id(row)};
        if (!exceptionOf_.empty()) {
            const auto seq = view.seqOf(row);
            if (!seq.ok())
                failed = seq.error();
            else if (const auto found = exceptionOf_.find(*seq); found != exceptionOf_.end())
                traits.exception = found->second;
        }
        ErrorRow& error = rowOf(traits);
        error.row = row;
        error.time = start.at(row);
        visit(error);
    });
    return failed;
}

Status ErrorRows::ofLogs(const store::SegmentView& view, RowSpan rows, const RowSet* matching, const std::function<void(const ErrorRow&)>& visit) {
    NJ_ASSIGN(const std::span<const uint8_t> severity, view.severity());
    const auto inside = [&](uint32_t row) { return row >= rows.from && row < rows.to && (!matching || matching->test(row)); };
    RowSet access(view.info().rows), severe(view.info().rows);
    for (const std::string_view key : {"http.response.status_code", "http.status_code"})
        NJ_RETURN_IF_ERROR(forEachNumber(view, key, rows, matching, [&](uint32_t row, double code) {
            if (code >= 400 && code < 600)
                access.add(row);
        }));
    Texts flags, codes, types;
    NJ_RETURN_IF_ERROR(readTexts(view, {"envoy.response_flags"}, RowSet(view.info().rows, rows), flags));
    for (const auto& [row, text] : flags)
        if (inside(row) && !flagText(text).empty())
            access.add(row);
    if ((view.info().severityMask >> kErrorSeverity) != 0)
        forEachRow(rows, matching, [&](uint32_t row) {
            if (row < severity.size() && severity[row] >= kErrorSeverity)
                severe.add(row);
        });
    severe -= access;
    RowSet all = access;
    all |= severe;
    if (all.none())
        return {};
    NJ_RETURN_IF_ERROR(readTexts(view, {"http.response.status_code", "http.status_code"}, access, codes));
    NJ_RETURN_IF_ERROR(readTexts(view, {"exception.type", "error.type"}, severe, types));
    NJ_ASSIGN(const std::vector<uint32_t>* kinds, fingerprintsOf(context_, view, all));
    NJ_ASSIGN(const store::StartColumn start, view.start());
    NJ_ASSIGN(const store::CodeColumn services, view.service());
    all.forEach([&](uint32_t row) {
        ErrorRow error;
        error.row = row;
        error.time = start.at(row);
        error.service = services.id(row);
        error.byKindOnly = access.test(row);
        const uint32_t kind = (*kinds)[row];
        error.text = kind < context_.cache().fingerprints.size() ? std::string(context_.cache().fingerprints.view(kind)) : std::string();
        if (error.byKindOnly) {
            const std::string code = lookUp(codes, row), flag = lookUp(flags, row), words = flagText(flag);
            error.kind = isHttpError(code) ? "HTTP " + code : "cut stream";
            error.code = code;
            if (!words.empty()) {
                error.flag = flag.substr(0, flag.find(','));
                error.kind += " " + error.flag;
            }
            // The line itself differs with every path and client: it is no name for the group.
            if (!words.empty() || !httpPhrase(code).empty())
                error.text = words.empty() ? httpPhrase(code) : std::string_view(words);
        } else {
            const std::string type = lookUp(types, row);
            error.kind = type.empty() ? (severity[row] >= 21 ? "fatal log" : "error log") : type;
        }
        visit(error);
    });
    return {};
}

}  // namespace nj::query

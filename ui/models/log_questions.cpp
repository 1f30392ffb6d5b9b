#include "models/log_questions.h"

#include <QSaveFile>
#include <algorithm>

#include "query/search_syntax.h"

namespace nj::ui {
namespace {

constexpr size_t kSearchPage = 500, kMostEqualTimes = 20'000, kSavePage = 2'000;

const char* severityWord(uint8_t severity) {
    if (severity >= 21)
        return "FATAL";
    if (severity >= 17)
        return "ERROR";
    if (severity >= 13)
        return "WARN";
    if (severity >= 9)
        return "INFO";
    return severity > 0 ? "DEBUG" : "-";
}

bool isAfter(const query::LogRow& row, const SevereJump& jump) { return row.time > jump.time || (row.time == jump.time && row.seq > jump.seq); }
bool isBefore(const query::LogRow& row, const SevereJump& jump) { return row.time < jump.time || (row.time == jump.time && row.seq < jump.seq); }

Result<std::optional<query::LogRow>> nextSevere(query::Backend& backend, const SevereJump& jump, const Filter& severe, std::stop_token stop) {
    for (uint64_t offset = 0; offset < kMostEqualTimes; offset += kSearchPage) {
        NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({{jump.time, jump.range.to}, severe, offset, kSearchPage}, stop));
        for (const query::LogRow& row : page.rows)
            if (isAfter(row, jump))
                return std::optional(row);
        if (page.rows.size() < kSearchPage)
            break;
    }
    return std::optional<query::LogRow>();
}

Result<std::optional<query::LogRow>> previousSevere(query::Backend& backend, const SevereJump& jump, const Filter& severe, std::stop_token stop) {
    const TimeRange before{jump.range.from, jump.time + 1};
    NJ_ASSIGN(const query::LogPageAnswer first, backend.logPage({before, severe, 0, 1}, stop));
    uint64_t end = first.total;
    while (end > 0) {
        const uint64_t begin = end > kSearchPage ? end - kSearchPage : 0;
        NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({before, severe, begin, static_cast<size_t>(end - begin)}, stop));
        for (auto row = page.rows.rbegin(); row != page.rows.rend(); ++row)
            if (isBefore(*row, jump))
                return std::optional(*row);
        if (first.total - begin > kMostEqualTimes)
            break;
        end = begin;
    }
    return std::optional<query::LogRow>();
}

}  // namespace

Filter filterWith(const Filter& filter, const std::string& term) {
    auto parsed = query::parseSearch(term);
    if (!parsed.ok())
        return filter;
    Filter joined;
    joined.source = filter.source.empty() ? term : "(" + filter.source + ") " + term;
    joined.root.op = FilterNode::Op::kAnd;
    if (!filter.matchesAll())
        joined.root.children.push_back(filter.root);
    joined.root.children.push_back(parsed->root);
    return joined;
}

Result<std::optional<uint64_t>> positionOf(query::Backend& backend, TimeRange range, const Filter& filter, TimeNs time, int64_t seq, std::stop_token stop) {
    NJ_ASSIGN(const uint64_t first, backend.logSeek({range, filter, time}, stop));
    // Records of one instant stand in order of their seq; a hostile file may give thousands the same instant.
    for (uint64_t offset = first; offset - first < kMostEqualTimes; offset += kSearchPage) {
        NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({range, filter, offset, kSearchPage}, stop));
        for (size_t i = 0; i < page.rows.size(); ++i) {
            if (page.rows[i].seq == seq)
                return std::optional<uint64_t>(offset + i);
            if (page.rows[i].time > time)
                return std::optional<uint64_t>();
        }
        if (page.rows.size() < kSearchPage)
            break;
    }
    return std::optional<uint64_t>();
}

Result<std::optional<uint64_t>> jumpToSevere(query::Backend& backend, const SevereJump& jump, std::stop_token stop) {
    const Filter severe = filterWith(jump.filter, jump.errors ? "severity>=17" : "severity>=13 severity<17");
    auto row = jump.forward ? nextSevere(backend, jump, severe, stop) : previousSevere(backend, jump, severe, stop);
    if (!row.ok())
        return row.error();
    if (!*row)
        return std::optional<uint64_t>();
    return positionOf(backend, jump.range, jump.filter, (*row)->time, (*row)->seq, stop);
}

Result<LogContext> contextOf(query::Backend& backend, const LogContextQuestion& question, std::stop_token stop) {
    NJ_ASSIGN(const std::optional<uint64_t> at, positionOf(backend, question.range, {}, question.row.time, question.row.seq, stop));
    LogContext context;
    if (!at)
        return context;
    const uint64_t begin = *at > question.each + 1 ? *at - question.each - 1 : 0;
    NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({question.range, {}, begin, 2 * question.each + 3}, stop));
    const auto middle = static_cast<std::ptrdiff_t>(*at - begin);
    const auto size = static_cast<std::ptrdiff_t>(page.rows.size());
    for (std::ptrdiff_t i = std::min(middle, size) - 1; i >= 0 && page.rows[static_cast<size_t>(i)].seq != question.previousMatch; --i) {
        if (context.before.size() == question.each) {
            context.moreBefore = true;
            break;
        }
        context.before.insert(context.before.begin(), page.rows[static_cast<size_t>(i)]);
    }
    for (std::ptrdiff_t i = middle + 1; i < size && page.rows[static_cast<size_t>(i)].seq != question.nextMatch; ++i) {
        if (context.after.size() == question.each) {
            context.moreAfter = true;
            break;
        }
        context.after.push_back(page.rows[static_cast<size_t>(i)]);
    }
    return context;
}

std::string logLine(const query::LogRow& row) {
    std::string body;
    for (const char c : row.body)
        body += c == '\n' ? std::string("\\n") : c == '\r' ? std::string("\\r") : std::string(1, c);
    return formatRfc3339(row.time, 9) + ' ' + severityWord(row.severity) + ' ' + (row.service.empty() ? "-" : row.service) + ' ' + body;
}

Result<uint64_t> saveLogs(query::Backend& backend, TimeRange range, const Filter& filter, const std::string& path,
                          const std::shared_ptr<std::atomic<uint64_t>>& written, std::stop_token stop) {
    QSaveFile file(QString::fromStdString(path));
    if (!file.open(QIODevice::WriteOnly))
        return makeError(ErrorCode::kIo, "Cannot write " + path + ": " + file.errorString().toStdString());
    uint64_t offset = 0;
    for (;;) {
        if (stop.stop_requested())
            return makeError(ErrorCode::kCancelled, "Saving was cancelled; no file was left.");
        NJ_ASSIGN(const query::LogPageAnswer page, backend.logPage({range, filter, offset, kSavePage}, stop));
        std::string text;
        for (const query::LogRow& row : page.rows)
            text += logLine(row) + '\n';
        if (file.write(text.data(), static_cast<qint64>(text.size())) != static_cast<qint64>(text.size()))
            return makeError(ErrorCode::kIo, "Cannot write " + path + ": " + file.errorString().toStdString());
        offset += page.rows.size();
        written->store(offset);
        if (page.rows.size() < kSavePage)
            break;
    }
    if (!file.commit())
        return makeError(ErrorCode::kIo, "Cannot write " + path + ": " + file.errorString().toStdString());
    return offset;
}

}  // namespace nj::ui

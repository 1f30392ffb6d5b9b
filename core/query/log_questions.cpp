#include "query/log_questions.h"

namespace nj::query {

Result<LogPatternsAnswer> askLogPatterns(Backend& backend, const LogPatternsQuestion& question, std::stop_token stop) {
    if (auto* logs = dynamic_cast<LogSource*>(&backend))
        return logs->logPatterns(question, std::move(stop));
    return makeError(ErrorCode::kUnsupported, "this source knows no log patterns");
}

Result<LogRowsAnswer> askLogRows(Backend& backend, const LogRowsQuestion& question, std::stop_token stop) {
    if (auto* logs = dynamic_cast<LogSource*>(&backend))
        return logs->logRows(question, std::move(stop));
    NJ_ASSIGN(LogPageAnswer page, backend.logPage(question.page, std::move(stop)));
    LogRowsAnswer answer;
    answer.total = page.total;
    answer.totalPartial = page.totalPartial;
    for (LogRow& row : page.rows)
        answer.rows.push_back({std::move(row), std::vector<std::string>(question.columns.size()), {}});
    return answer;
}

}  // namespace nj::query

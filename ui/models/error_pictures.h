// Answers about errors as pictures and words: plain functions between query values and chart values, so that what the Errors view
// says is tested without a window. Any thread.
#pragma once

#include <QSet>
#include <QString>
#include <QStringList>
#include <QVector>

#include "query/failures.h"
#include "theme/theme.h"
#include "widgets/chart_data.h"

namespace nj::ui {

// By what the errors are stacked and listed.
enum class ErrorSplit { kFingerprint, kKind, kService };

// The same for the same group in every answer.
QString errorGroupKey(const query::Failure& group);
// "504 first byte deadline exceeded", "200 DC downstream connection cut".
QString errorGroupTitle(const query::Failure& group);
// Groups of one kind or service as one; fingerprints stay as they are. Answers keep their order: by their worst group.
query::FailuresAnswer foldErrors(const query::FailuresAnswer& answer, ErrorSplit split);

// What a row says about a group, two lines each; "" = nothing to say.
struct TwoLines {
    QString first, second;
};
TwoLines errorImpact(const query::Failure& group);
TwoLines errorAgainstBaseline(const query::Failure& group, const std::optional<TimeRange>& baseline);
TwoLines errorWhere(const query::Failure& group);
bool errorIsNew(const query::Failure& group, const std::optional<TimeRange>& baseline);
// More than chance makes of the baseline's rate.
bool errorGrew(const query::Failure& group, const std::optional<TimeRange>& baseline);
// "1,440 attempts, 510 requests finally failed. 930 requests met it; a retry saved 420 of them."
QString errorSentence(const query::Failure& group, double sampledShare);

struct ErrorsPicture {
    const query::FailuresAnswer& answer;
    TimeRange range;
    std::optional<TimeRange> baseline;
    bool utc = true;
    double sampledShare = 0;            // of traces; 0 = not declared
    QSet<QString> muted;                // keys of groups kept out of picture and title

    // Groups drawn, bottom of the stack first: failures of their own that are not muted; at most kDrawn, the rest is "others".
    static constexpr int kDrawn = 6;
    [[nodiscard]] QVector<int> drawn() const;
    [[nodiscard]] QColor color(int order, const Theme& theme) const;
    [[nodiscard]] bool isMuted(const query::Failure& group) const { return muted.contains(errorGroupKey(group)); }
    // "One new error: 504 first byte deadline exceeded on vllm-a, 1,440 times, 17 % of attempts 10:57–11:31 UTC".
    [[nodiscard]] QString title() const;
    // "log records and spans, n = 32,660 attempts".
    [[nodiscard]] QString words() const;
    // Errors a minute, stacked.
    [[nodiscard]] TimeChartData chart(const Theme& theme, const QVector<ChartFlag>& flags) const;
    // Their share of attempts, 0–100; no series where attempts are unknown.
    [[nodiscard]] TimeChartData share(const Theme& theme, const QVector<ChartFlag>& flags) const;
    // Share of the attempts of the columns from first to last; negative = unknown.
    [[nodiscard]] double shareOf(const query::Failure& group) const;
};

}  // namespace nj::ui

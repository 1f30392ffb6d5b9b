// A drift result in words and numbers, the same in list, picture, table and copies. Pure functions, any thread.
#pragma once

#include <QString>
#include <QVector>

#include "query/backend.h"
#include "query/drift.h"

namespace nj::ui {

// "▲" drifted, "◆" moderate, "●" stable, "" not judged; the role is its colour ("error", "warning", "ok", "muted").
QString driftMark(analyze::DriftVerdict verdict);
const char* driftRole(analyze::DriftVerdict verdict);
// "drifted", "scale change?", "one window", "too few", …
QString driftWord(const query::DriftResult& result);
// "1,900 → 4,600", "44 → 18 %", "0.71 → 0.58"; categories: the most frequent of both.
QString driftChange(const query::DriftResult& result);
// "85,940 → 20,690", with what was counted where it isn't rows: "· scrapes".
QString driftCounts(const query::DriftResult& result);
// Unit as a person says it: "tokens", "characters", "%".
QString driftUnit(const query::DriftFeature& feature);
double driftScale(const query::DriftFeature& feature);
QString driftStatistic(const query::DriftFeature& feature);   // "PSI" or "MMD²"
// Three digits, two decimals at the most for what is near zero.
QString driftNumber(double value);
bool driftMoved(const query::DriftResult& result);
bool driftJudged(const query::DriftResult& result);
// "Four features drifted, three held".
QString driftSentence(const std::vector<query::DriftResult>& results);
// The deploy (or restart, rollout) nearest to the instant, up to three minutes before or one after; null where none is.
const query::EventMark* causeAt(const std::vector<query::EventMark>& events, TimeNs time);

// A row of the details: "PSI", its formula, value and threshold, and whether it passes it.
struct DriftStatisticRow {
    QString name, formula, value, threshold, mark;
    const char* role = "";
};
QVector<DriftStatisticRow> driftStatisticRows(const query::DriftResult& result);

enum class DriftCopy { kCsv, kJson, kMarkdown, kCommand };
QString driftCopy(const query::DriftAnswer& answer, DriftCopy form);

}  // namespace nj::ui

#include "widgets/chart_events.h"

#include <QSet>
#include <map>

#include "theme/number_format.h"
#include "widgets/event_label.h"

namespace nj::ui {
namespace {

constexpr DurationNs kRollout = 5 * kMinute;
constexpr qsizetype kTitleCompared = 200;

ChartRole roleOf(const query::EventMark& event) {
    const QString kind = QString::fromStdString(event.kind).toLower();
    if (kind.contains(QLatin1String("rollback")) || kind.contains(QLatin1String("resolved")) || kind.contains(QLatin1String("mitigat")))
        return ChartRole::kOk;
    if (event.severity >= 17)
        return ChartRole::kError;
    if (event.severity >= 13)
        return ChartRole::kWarning;
    if (kind.contains(QLatin1String("deploy")) || kind.contains(QLatin1String("config")))
        return ChartRole::kAccent;
    return ChartRole::kMuted;
}

}  // namespace

QVector<ChartFlag> chartFlags(const std::vector<query::EventMark>& events, bool utc) {
    QVector<ChartFlag> flags;
    QSet<QString> named;
    std::map<std::string, TimeNs> rollouts;   // the last of each workload
    for (const query::EventMark& event : events) {
        ChartFlag flag;
        flag.time = event.time;
        flag.end = event.end;
        // What is repeated is named once: the same warning every minute would cover everything else. A rollout is its deploy: the
        // scaling it consists of has the same minute and the same workload.
        const QString label = eventLabel(event);
        const QString once = event.kind == "deploy" || event.kind == "rollback" ? QString::fromStdString(event.title).left(kTitleCompared) : label;
        const bool partOfRollout = event.kind == "scale" && rollouts.contains(event.entity) && event.time - rollouts[event.entity] <= kRollout;
        if (!named.contains(once) && !partOfRollout)
            flag.label = formatClock(event.time, utc) + QLatin1Char(' ') + label;
        named.insert(once);
        if (event.kind == "deploy" || event.kind == "rollback")
            rollouts[event.entity] = event.time;
        flag.role = roleOf(event);
        flag.seq = event.seq;
        flags.push_back(flag);
    }
    return flags;
}

}  // namespace nj::ui

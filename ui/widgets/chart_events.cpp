#include "widgets/chart_events.h"

#include <QSet>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

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
    for (const query::EventMark& event : events) {
        ChartFlag flag;
        flag.time = event.time;
        flag.end = event.end;
        const QString title = QString::fromStdString(event.title.empty() ? event.kind : event.title).left(200).simplified();
        // What is repeated is named once: the same warning every minute would cover everything else.
        if (!named.contains(title))
            flag.label = formatClock(event.time, utc) + QLatin1Char(' ') + title;
        named.insert(title);
        flag.role = roleOf(event);
        flag.seq = event.seq;
        flags.push_back(flag);
    }
    return flags;
}

}  // namespace nj::ui

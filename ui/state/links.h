// Where the parts of the window send people: ids of views and the parameters they open, in one place. Plain functions.
#pragma once

#include <QString>
#include <QStringList>
#include <QUrl>
#include <string_view>

#include "base/ids.h"
#include "base/time.h"

namespace nj::ui::links {

// Views are found by these ids; a link to a view that is not built does nothing and is not offered.
inline constexpr const char* kTraces = "traces";
inline constexpr const char* kLogs = "logs";
inline constexpr const char* kLatency = "latency";
inline constexpr const char* kErrors = "errors";
inline constexpr const char* kResources = "resources";
inline constexpr const char* kTimeline = "timeline";
inline constexpr const char* kSources = "sources";
inline constexpr const char* kOverview = "overview";
inline constexpr const char* kMetrics = "metrics";
inline constexpr const char* kDashboards = "dashboards";
// A parameter of the overview: the list of what changed.
inline constexpr const char* kChanges = "changes";

// With a span's seq, that span is selected.
inline QString trace(const TraceId& id, qint64 span = -1) { 
    const QString text = QStringLiteral("trace:") + QString::fromStdString(id.hex());
    return span < 0 ? text : text + QLatin1Char(':') + QString::number(span);
}
// The span named by its own id, as links between spans do.
inline QString span(const TraceId& id, const SpanId& span) { return trace(id) + QStringLiteral(":@") + QString::fromStdString(span.hex()); }
inline QString log(qint64 seq) { return QStringLiteral("log:") + QString::number(seq); }
inline QString note(const std::string& id) { return QStringLiteral("note:") + QString::fromStdString(id); }
// A measure of Latency by the name of its kind ("histogram") and its key.
inline QString measure(std::string_view kind, const std::string& key) { return QStringLiteral("measure:") + QString::fromUtf8(kind.data(), static_cast<qsizetype>(kind.size())) + QLatin1Char(':') + QString::fromStdString(key); }
// PromQL expressions as the queries of Metrics.
inline QString promql(const QStringList& expressions) {
    QStringList parts;
    for (const QString& expression : expressions)
        parts << QString::fromLatin1(QUrl::toPercentEncoding(expression));
    return QStringLiteral("promql:") + parts.join(QLatin1Char('&'));
}
// What promql() made; empty where it is no such parameter.
inline QStringList promqlOf(const QString& parameter) {
    QStringList expressions;
    if (parameter.startsWith(QLatin1String("promql:")))
        for (const QString& part : parameter.mid(7).split(QLatin1Char('&'), Qt::SkipEmptyParts))
            expressions << QUrl::fromPercentEncoding(part.toUtf8());
    return expressions;
}
// A dashboard by its annotation's id or, of a built-in one, its uid.
inline QString dashboard(const QString& id) { return QStringLiteral("dashboard:") + id; }
inline QString series(qint64 id) { return QStringLiteral("series:") + QString::number(id); }

}  // namespace nj::ui::links

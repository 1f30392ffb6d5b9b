#include "widgets/inspector_content.h"

#include <QCoreApplication>
#include <algorithm>

#include "base/json_writer.h"
#include "state/links.h"
#include "state/masking.h"
#include "theme/number_format.h"
#include "theme/theme.h"
#include "widgets/inspector_sentence.h"
#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr DurationNs kMomentAround = 5 * kMinute;

InspectorRow attributeRow(const KeyValue& attribute, const InspectorOptions& options, bool& masksAnything, const char* prefix = "") {
    InspectorRow row;
    row.key = qText(attribute.key);
    row.filterKey = QString::fromLatin1(prefix) + row.key;
    if (isMessageContent(attribute.key) && !options.contentsShown) {
        row.value = maskText();
        row.masked = masksAnything = true;
    } else {
        row.value = cutForCell(qText(attribute.value.display()));
    }
    return row;
}

void addAttributes(InspectorContent& content, const QString& title, const AttributeList& attributes, const InspectorOptions& options, const char* prefix = "") {
    if (attributes.empty())
        return;
    InspectorSection section{title, formatCount(attributes.size()), {}};
    for (const KeyValue& attribute : attributes)
        section.rows.push_back(attributeRow(attribute, options, content.masksAnything, prefix));
    content.sections.push_back(section);
}

void addEntities(InspectorContent& content, const std::vector<Entity>& entities) {
    content.entities = entities;
    if (entities.empty())
        return;
    InspectorSection section{inspectorTr("Ran on"), {}, {}};
    QStringList gpus;
    for (const Entity& entity : entities) {
        if (entity.kind == EntityKind::kGpu) {
            gpus.append(qText(entity.name));
            continue;
        }
        section.rows.push_back({qText(entityKindName(entity.kind)), qText(entity.name), qText(entityKindName(entity.kind)), false});
    }
    if (!gpus.isEmpty())
        section.rows.push_back({inspectorTr("GPUs"), gpus.join(QStringLiteral(", ")), {}, false});
    content.sections.push_back(section);
}

QString statusText(const query::TraceSpan& span) {
    switch (span.status) {
        case SpanStatus::kError: return span.statusMessage.empty() ? inspectorTr("error") : inspectorTr("error: %1").arg(qText(span.statusMessage));
        case SpanStatus::kOk: return inspectorTr("ok");
        case SpanStatus::kUnset: return inspectorTr("unset");
    }
    return {};
}

QString kindText(SpanKind kind) {
    static const char* const kNames[] = {"unspecified", "internal", "server", "client", "producer", "consumer"};
    return QString::fromLatin1(kNames[std::min<size_t>(static_cast<size_t>(kind), 5)]);
}

void addSpanLinks(InspectorContent& content, const query::SpanDetail& detail) {
    const QString traceId = qText(detail.traceId.hex());
    content.links.push_back({InspectorLink::Kind::kView, inspectorTr("Its trace"), QString::fromLatin1(links::kTraces), links::trace(detail.traceId, detail.span.seq), {}, {}, {}, false});
    content.links.push_back({InspectorLink::Kind::kFilter, inspectorTr("Its logs"), QString::fromLatin1(links::kLogs), {}, QStringLiteral("trace"), traceId, {}, false});
    if (!detail.span.service.empty())
        content.links.push_back({InspectorLink::Kind::kFilter, inspectorTr("%1 only").arg(qText(detail.span.service).left(40)), {}, {}, QStringLiteral("service"), qText(detail.span.service), {}, false});
    content.links.push_back({InspectorLink::Kind::kRange, inspectorTr("Same moment"), {}, {}, {}, {}, content.moment, false});
}

void addSpanEvents(InspectorContent& content, const query::TraceSpan& span, const InspectorOptions& options) {
    for (const auto& event : span.events) {
        InspectorSection section{inspectorTr("Event: %1").arg(qText(event.name).left(120)), QStringLiteral("+") + formatLength(event.time - span.start), {}};
        for (const KeyValue& attribute : event.attributes)
            section.rows.push_back(attributeRow(attribute, options, content.masksAnything));
        content.sections.push_back(section);
    }
}

}  // namespace

QString inspectorTr(const char* text) { return QCoreApplication::translate("nj::ui::Inspector", text); }

InspectorContent inspectSpan(const query::SpanDetail& detail, const InspectorOptions& options) {
    const query::TraceSpan& span = detail.span;
    InspectorContent content;
    const bool failed = span.status == SpanStatus::kError;
    content.mark = failed ? QStringLiteral("▲") : QString();
    content.role = failed ? QStringLiteral("error") : QString();
    content.service = qText(span.service);
    content.title = qText(span.name).left(200) + QStringLiteral(", ") + formatLength(span.end - span.start);
    content.subtitle = qText(span.service);
    content.sentence = spanSentence(span, options.traceLength);
    content.moment = {std::min(span.start, span.end) - kMomentAround, std::max(span.start, span.end) + kMomentAround};
    content.stages = span.stages;
    addSpanLinks(content, detail);
    addEntities(content, detail.entities);
    addAttributes(content, inspectorTr("Attributes"), span.attributes, options);

    InspectorSection facts{inspectorTr("Span"), {}, {}};
    facts.rows = {{inspectorTr("start"), formatDateTime(span.start, options.utc, kMicrosecond) + QLatin1Char(' ') + zoneName(span.start, options.utc), {}, false},
                  {inspectorTr("duration"), formatLength(span.end - span.start), {}, false},
                  {inspectorTr("self time"), formatLength(span.self), {}, false},
                  {inspectorTr("status"), statusText(span), QStringLiteral("status"), false},
                  {inspectorTr("kind"), kindText(span.kind), QStringLiteral("kind"), false},
                  {QStringLiteral("trace_id"), qText(detail.traceId.hex()), QStringLiteral("trace"), false},
                  {QStringLiteral("span_id"), qText(span.id.hex()), QStringLiteral("span"), false}};
    if (!span.parentId.empty())
        facts.rows.push_back({QStringLiteral("parent_span_id"), qText(span.parentId.hex()), QStringLiteral("span"), false});
    if (!detail.scope.name.empty())
        facts.rows.push_back({inspectorTr("scope"), qText(detail.scope.name + (detail.scope.version.empty() ? "" : " " + detail.scope.version)), {}, false});
    if (detail.droppedAttributes + detail.droppedEvents + detail.droppedLinks > 0)
        facts.rows.push_back({inspectorTr("dropped by the producer"), inspectorTr("%1 attributes, %2 events, %3 links").arg(detail.droppedAttributes).arg(detail.droppedEvents).arg(detail.droppedLinks), {}, false});
    if (!detail.import.path.empty())
        facts.rows.push_back({inspectorTr("read from"), qText(detail.import.path), {}, false});
    content.sections.push_back(facts);
    addSpanEvents(content, span, options);
    for (const auto& link : span.links) {
        const QString text = link.trace == detail.traceId ? inspectorTr("Linked span %1…").arg(qText(link.span.hex()).left(8)) : inspectorTr("Linked trace %1…").arg(qText(link.trace.hex()).left(8));
        const QString parameter = link.span.empty() ? links::trace(link.trace) : links::span(link.trace, link.span);
        content.links.push_back({InspectorLink::Kind::kView, text, QString::fromLatin1(links::kTraces), parameter, {}, {}, {}, false});
    }
    addAttributes(content, inspectorTr("Resource"), detail.resource.attributes, options, "resource.");
    content.sql = QStringLiteral("SELECT * FROM spans WHERE rowid = %1;").arg(span.seq);
    return content;
}

InspectorContent inspectLog(const query::LogDetail& detail, const InspectorOptions& options) {
    const query::LogRow& row = detail.row;
    InspectorContent content;
    const bool secret = isMessageEvent(row.eventName) && !options.contentsShown;
    content.masksAnything = secret;
    content.mark = Theme::severityMark(row.severity);
    content.role = row.severity >= 17 ? QStringLiteral("error") : row.severity >= 13 ? QStringLiteral("warning") : QString();
    content.service = qText(row.service);
    const QString body = secret ? maskText() : cutForCell(qText(detail.body));
    content.title = body.section(QLatin1Char('\n'), 0, 0).left(160);
    QStringList where;
    if (!row.service.empty())
        where.append(qText(row.service));
    where.append(row.time == 0 ? inspectorTr("no time") : formatClock(row.time, options.utc, kMillisecond) + QLatin1Char(' ') + zoneName(row.time, options.utc));
    content.subtitle = where.join(QStringLiteral(" · "));
    if (row.timeFlags & kTimeFromNeighbour)
        content.sentence = inspectorTr("It has no time of its own: placed with the record before it.");
    else if (row.timeFlags & kTimeAssumedZone)
        content.sentence = inspectorTr("Its line names no zone: %1 was assumed for the file.").arg(detail.import.assumedZone.empty() ? QStringLiteral("UTC") : qText(detail.import.assumedZone));
    if (row.time != 0)
        content.moment = {row.time - kMomentAround, row.time + kMomentAround};
    if (!row.traceId.empty()) {
        content.links.push_back({InspectorLink::Kind::kView, inspectorTr("Open its trace"), QString::fromLatin1(links::kTraces), links::trace(row.traceId), {}, {}, {}, true});
        content.links.push_back({InspectorLink::Kind::kFilter, inspectorTr("All logs of the trace"), QString::fromLatin1(links::kLogs), {}, QStringLiteral("trace"), qText(row.traceId.hex()), {}, false});
    }
    if (!row.service.empty())
        content.links.push_back({InspectorLink::Kind::kFilter, inspectorTr("%1 only").arg(qText(row.service).left(40)), {}, {}, QStringLiteral("service"), qText(row.service), {}, false});
    if (!content.moment.empty())
        content.links.push_back({InspectorLink::Kind::kRange, inspectorTr("Same moment"), {}, {}, {}, {}, content.moment, false});
    if (body.contains(QLatin1Char('\n')) || body.size() > 160)
        content.sections.push_back({inspectorTr("Body"), {}, {{QString(), body, {}, secret}}});
    addAttributes(content, inspectorTr("Fields"), detail.attributes, options);
    InspectorSection facts{inspectorTr("Record"), {}, {}};
    if (row.time != 0)
        facts.rows.push_back({inspectorTr("time"), formatDateTime(row.time, options.utc, kMicrosecond) + QLatin1Char(' ') + zoneName(row.time, options.utc), {}, false});
    facts.rows.push_back({inspectorTr("severity"), detail.severityText.empty() ? QString::number(row.severity) : qText(detail.severityText) + QStringLiteral(" (%1)").arg(row.severity), {}, false});
    if (!row.eventName.empty())
        facts.rows.push_back({inspectorTr("event name"), qText(row.eventName), QStringLiteral("event"), false});
    if (!row.traceId.empty())
        facts.rows.push_back({QStringLiteral("trace_id"), qText(row.traceId.hex()), QStringLiteral("trace"), false});
    if (!row.spanId.empty())
        facts.rows.push_back({QStringLiteral("span_id"), qText(row.spanId.hex()), QStringLiteral("span"), false});
    content.sections.push_back(facts);
    addEntities(content, detail.entities);
    addAttributes(content, inspectorTr("Resource"), detail.resource.attributes, options, "resource.");
    content.original = secret ? maskText() : cutForCell(qText(detail.original));
    content.originalWhere = qText(detail.import.path) + (detail.line > 0 ? inspectorTr(", line %1").arg(formatCount(detail.line)) : QString());
    content.sql = QStringLiteral("SELECT * FROM logs WHERE rowid = %1;").arg(row.seq);
    return content;
}

InspectorContent inspectEvent(const query::EventMark& event, const query::LogDetail* log, const InspectorOptions& options) {
    InspectorContent content;
    content.mark = Theme::severityMark(event.severity);
    content.role = event.severity >= 17 ? QStringLiteral("error") : event.severity >= 13 ? QStringLiteral("warning") : QString();
    content.title = qText(event.title).left(200);
    content.subtitle = qText(event.kind) + (event.entity.empty() ? QString() : QStringLiteral(" · ") + qText(event.entity));
    const TimeNs end = event.end > event.time ? event.end : event.time;
    content.moment = {event.time - kMomentAround, end + kMomentAround};
    content.links.push_back({InspectorLink::Kind::kRange, inspectorTr("Same moment"), {}, {}, {}, {}, content.moment, false});
    if (event.logSeq >= 0)
        content.links.push_back({InspectorLink::Kind::kView, inspectorTr("Its log record"), QString::fromLatin1(links::kLogs), links::log(event.logSeq), {}, {}, {}, true});
    if (const AttributeValue* runbook = log ? findAttribute(log->attributes, "runbook_url") : nullptr) {
        const QString address = qText(runbook->display());
        if (address.startsWith(QLatin1String("https://")) || address.startsWith(QLatin1String("http://")))
            content.links.push_back({InspectorLink::Kind::kWeb, inspectorTr("Runbook"), {}, {}, {}, address.left(2000), {}, false});
    }
    if (const QString body = log ? cutForCell(qText(log->body)).left(400) : QString(); body != content.title)
        content.sentence = body;
    InspectorSection facts{inspectorTr("Event"), {}, {{inspectorTr("time"), formatDateTime(event.time, options.utc, kMillisecond) + QLatin1Char(' ') + zoneName(event.time, options.utc), {}, false}}};
    if (end > event.time)
        facts.rows.push_back({inspectorTr("until"), formatDateTime(end, options.utc, kMillisecond), {}, false});
    facts.rows.push_back({inspectorTr("kind"), qText(event.kind), {}, false});
    if (!event.entity.empty())
        facts.rows.push_back({inspectorTr("happened to"), qText(event.entity), {}, false});
    content.sections.push_back(facts);
    if (log)
        addAttributes(content, inspectorTr("Fields"), log->attributes, options);
    return content;
}

namespace {

// What of a series' labels names a pod, a host or a service, as exporters and OpenTelemetry write them.
struct OwnerLabel {
    const char* key;
    const char* field;   // of the search language
};
constexpr OwnerLabel kOwnerLabels[] = {{"exported_pod", "pod"}, {"pod", "pod"},           {"pod_name", "pod"},    {"k8s.pod.name", "pod"}, {"Hostname", "host"},
                                       {"host.name", "host"},   {"node", "host"},         {"nodename", "host"},   {"service", "service"},  {"service.name", "service"},
                                       {"service_name", "service"}};

// Logs and traces of what the series belongs to, at the instant.
void addOwnerLinks(InspectorContent& content, const query::SeriesInfo& series) {
    QStringList fields;
    for (const OwnerLabel& owner : kOwnerLabels)
        for (const KeyValue& label : series.labels) {
            const std::string_view key = std::string_view(label.key).starts_with("resource.") ? std::string_view(label.key).substr(9) : std::string_view(label.key);
            const QString field = QString::fromLatin1(owner.field);
            if (key != owner.key || fields.contains(field))
                continue;
            fields << field;
            const QString value = qText(label.value.display());
            content.links.push_back({InspectorLink::Kind::kFilter, inspectorTr("Logs of %1").arg(value.left(40)), QString::fromLatin1(links::kLogs), {}, field, value, content.moment, fields.size() == 1});
            content.links.push_back({InspectorLink::Kind::kFilter, inspectorTr("Traces of %1").arg(value.left(40)), QString::fromLatin1(links::kTraces), {}, field, value, content.moment, false});
        }
}

}  // namespace

InspectorContent inspectSeries(const query::SeriesInfo& series, const InspectorOptions& options) {
    InspectorContent content;
    content.title = qText(series.name).left(200);
    if (options.instant)
        content.moment = {*options.instant - kMomentAround, *options.instant + kMomentAround};
    addOwnerLinks(content, series);
    content.links.push_back({InspectorLink::Kind::kView, inspectorTr("Among its peers"), QStringLiteral("metrics"), links::series(series.id), {}, {}, {}, false});
    content.subtitle = series.unit.empty() ? inspectorTr("%1 samples").arg(formatCount(series.samples)) : inspectorTr("%1 samples, in %2").arg(formatCount(series.samples), qText(series.unit));
    content.sentence = qText(series.description).left(400);
    addAttributes(content, inspectorTr("Labels"), series.labels, options);
    if (!series.range.empty())
        content.sections.push_back({inspectorTr("Samples"), {}, {{inspectorTr("from"), formatDateTime(series.range.from, options.utc, kSecond), {}, false}, {inspectorTr("to"), formatDateTime(series.range.to, options.utc, kSecond), {}, false}}});
    content.sql = QStringLiteral("SELECT * FROM samples WHERE series_id = %1;").arg(series.id);
    return content;
}

QString inspectorText(const InspectorContent& content) {
    QStringList lines{(content.mark + QLatin1Char(' ') + content.title).trimmed(), content.subtitle, content.sentence};
    for (const auto& stage : content.stages)
        lines.append(qText(stage.name) + QLatin1Char('\t') + formatLength(stage.to - stage.from));
    for (const InspectorSection& section : content.sections) {
        lines.append(QString());
        lines.append(section.title);
        for (const InspectorRow& row : section.rows)
            lines.append(row.key + QLatin1Char('\t') + row.value);
    }
    if (!content.original.isEmpty())
        lines << QString() << inspectorTr("Original") + QLatin1Char(' ') + content.originalWhere << content.original;
    return lines.join(QLatin1Char('\n'));
}

QString inspectorJson(const InspectorContent& content) {
    std::string out;
    JsonWriter json(out);
    json.beginObject();
    json.key("title").string(content.title.toStdString());
    json.key("subtitle").string(content.subtitle.toStdString());
    for (const InspectorSection& section : content.sections) {
        json.key(section.title.toStdString()).beginObject();
        for (const InspectorRow& row : section.rows)
            json.key(row.key.toStdString()).string(row.value.toStdString());
        json.endObject();
    }
    if (!content.original.isEmpty())
        json.key("original").string(content.original.toStdString());
    json.endObject();
    return QString::fromStdString(out);
}

QString inspectorMarkdown(const InspectorContent& content) {
    const auto cell = [](QString text) {   // a table cell is one line without bars
        return text.replace(QLatin1Char('\n'), QLatin1Char(' ')).replace(QLatin1Char('|'), QLatin1String("\\|")).replace(QLatin1Char('`'), QLatin1Char('\''));
    };
    QString text = QStringLiteral("### ") + cell((content.mark + QLatin1Char(' ') + content.title).trimmed()) + QStringLiteral("\n\n") + cell(content.subtitle) + QLatin1Char('\n');
    if (!content.sentence.isEmpty())
        text += QLatin1Char('\n') + cell(content.sentence) + QLatin1Char('\n');
    for (const InspectorSection& section : content.sections) {
        text += QStringLiteral("\n| %1 | |\n|---|---|\n").arg(cell(section.title));
        for (const InspectorRow& row : section.rows)
            text += QStringLiteral("| %1 | `%2` |\n").arg(cell(row.key), cell(row.value));
    }
    return text;
}

}  // namespace nj::ui

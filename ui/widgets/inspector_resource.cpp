#include "widgets/inspector_resource.h"

#include <algorithm>
#include <cmath>

#include "analyze/xid.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "widgets/inspector_content.h"
#include "widgets/plain_label.h"
#include "widgets/resources_picture.h"

namespace nj::ui {
namespace {

using query::ResourceGrid;
using query::ResourceIdentity;
using query::ResourceMark;
using query::ResourceRow;

constexpr DurationNs kAround = 5 * kMinute;
constexpr int kMostMarks = 8;

const ResourceRow* rowOf(const ResourceGrid& grid, const std::string& key) {
    for (const ResourceRow& row : grid.rows)
        if (row.identity.key == key)
            return &row;
    return nullptr;
}

void addRow(InspectorSection& section, const QString& key, const QString& value, const QString& filterKey = {}) {
    if (!value.isEmpty())
        section.rows.push_back({key, value, filterKey, false});
}

double medianOf(const ResourceRow& row, const ResourceGrid& grid, TimeRange range) {
    std::vector<float> values;
    for (size_t c = 0; c < grid.columns; ++c)
        if (range.contains(grid.from + static_cast<DurationNs>(c) * grid.width) && !std::isnan(row.mean[c]))
            values.push_back(row.mean[c]);
    if (values.empty())
        return kNoValue;
    const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return static_cast<double>(*middle);
}

// "1,290 MHz · peers 1,950 – 1,980 MHz"
QString againstPeers(const ResourceGrid& grid, const ResourceRow& row, TimeRange range) {
    const double own = medianOf(row, grid, range);
    if (std::isnan(own))
        return {};
    double low = kNoValue, high = kNoValue;
    for (const ResourceRow& other : grid.rows) {
        const double value = &other == &row ? kNoValue : medianOf(other, grid, range);
        low = std::isnan(low) || value < low ? value : low;
        high = std::isnan(high) || value > high ? value : high;
    }
    QString text = (row.departure.score > 0 ? QStringLiteral("◆ ") : QString()) + resourceText(grid.metric, own, false);
    if (!std::isnan(low)) {
        const QString a = resourceText(grid.metric, low, false), b = resourceText(grid.metric, high, false);
        text += inspectorTr(" · peers %1").arg(a == b ? a : a.section(QLatin1Char(' '), 0, 0) + QStringLiteral(" – ") + b);
    }
    return text;
}

InspectorSection identitySection(const ResourceIdentity& identity, const ResourceGrid& best, const ResourceRow& row) {
    InspectorSection section{inspectorTr("What it is"), {}, {}};
    addRow(section, inspectorTr("model"), oneLine(identity.model, 400));
    addRow(section, inspectorTr("UUID"), oneLine(identity.uuid, 400));
    addRow(section, inspectorTr("PCI id"), oneLine(identity.pci, 400));
    if (identity.kind != EntityKind::kHost)
        addRow(section, inspectorTr("host"), oneLine(identity.host, 400) + (identity.index >= 0 ? inspectorTr(", index %1").arg(identity.index) : QString()), QStringLiteral("host.name"));
    if (identity.kind == EntityKind::kGpu)
        addRow(section, inspectorTr("replica"), oneLine(identity.group, 400));
    addRow(section, inspectorTr("pod"), oneLine(identity.pod, 400), QStringLiteral("k8s.pod.name"));
    addRow(section, inspectorTr("service"), oneLine(identity.service, 400), QStringLiteral("service"));
    if (row.ownMaximum > 0)
        addRow(section, inspectorTr("maximum %1").arg(oneLine(best.metric.title, 400)), resourceText(best.metric, row.ownMaximum, false) + (row.maximumObserved ? inspectorTr(", the highest seen") : QString()));
    if (std::isfinite(row.limit))
        addRow(section, inspectorTr("operating limit"), QStringLiteral("%1 °C").arg(row.limit));
    return section;
}

// Published clock-event reasons and what else happened, over all of the capsule.
void addMarks(InspectorContent& content, const ResourceRow& row, bool utc) {
    InspectorSection reasons{inspectorTr("Clock held down"), {}, {}}, before{inspectorTr("What happened"), {}, {}};
    qsizetype bursts = 0;
    for (const ResourceMark& mark : row.marks) {
        const QString when = formatDateTime(mark.time, utc, kSecond);
        switch (mark.kind) {
        case ResourceMark::Kind::kThrottle:
        case ResourceMark::Kind::kInferredThrottle:
            addRow(reasons, formatRange({mark.time, std::max(mark.end, mark.time + 1)}, utc), QStringLiteral("◆ ") + oneLine(mark.text, 400) + (mark.code ? QStringLiteral(" (0x%1)").arg(mark.code, 0, 16) : QString()));
            break;
        case ResourceMark::Kind::kThrottleBurst: ++bursts; break;
        default:
            if (before.rows.size() < kMostMarks)
                addRow(before, when, (mark.severity >= 17 ? QStringLiteral("▲ ") : QString()) + oneLine(mark.text, 400));
        }
    }
    if (bursts > 0)
        addRow(reasons, inspectorTr("hardware slowdown"), inspectorTr("▲ %1 scrapes").arg(formatCount(static_cast<quint64>(bursts))));
    while (reasons.rows.size() > kMostMarks)
        reasons.rows.removeLast();
    for (InspectorSection* section : {&reasons, &before})
        if (!section->rows.isEmpty())
            content.sections.push_back(*section);
}

void addLinks(InspectorContent& content, const ResourceIdentity& identity, int64_t series) {
    const auto filter = [&](const QString& text, const QString& field, const std::string& value, const char* view) {
        if (value.empty())
            return;
        InspectorLink link;
        link.kind = InspectorLink::Kind::kFilter;
        link.text = text;
        link.field = field;
        link.value = oneLine(value, 400);
        link.view = QString::fromLatin1(view);
        link.range = content.moment;
        content.links.push_back(link);
    };
    if (!identity.service.empty())
        filter(inspectorTr("Traces on %1").arg(oneLine(identity.service, 400)), QStringLiteral("service"), identity.service, links::kTraces);
    else if (!identity.pod.empty())
        filter(inspectorTr("Traces on %1").arg(oneLine(identity.pod, 400)), QStringLiteral("k8s.pod.name"), identity.pod, links::kTraces);
    if (!identity.pod.empty())
        filter(inspectorTr("Logs of %1").arg(oneLine(identity.pod, 400)), QStringLiteral("k8s.pod.name"), identity.pod, links::kLogs);
    if (!identity.host.empty())
        filter(inspectorTr("Logs of the host"), QStringLiteral("host.name"), identity.host, links::kLogs);
    InspectorLink metrics;
    metrics.text = inspectorTr("Its series");
    metrics.view = QStringLiteral("metrics");
    metrics.parameter = links::series(series);
    content.links.push_back(metrics);
    InspectorLink resources;
    resources.text = inspectorTr("In Resources");
    resources.view = QString::fromLatin1(links::kResources);
    content.links.push_back(resources);
}

}  // namespace

std::optional<InspectorContent> inspectResource(const ResourceInspection& inspection, const InspectorOptions& options) {
    const query::ResourceSurvey& survey = inspection.survey;
    const ResourceGrid* best = nullptr;
    const ResourceRow* row = nullptr;
    for (const ResourceGrid& grid : survey.metrics) {
        const ResourceRow* here = rowOf(grid, survey.key);
        if (here && (!row || here->departure.score > row->departure.score)) {
            best = &grid;
            row = here;
        }
    }
    if (!row)
        return {};
    const ResourceIdentity& identity = row->identity;
    const bool departs = row->departure.score > 0;
    const TimeRange window = departs ? row->departure.stretch : best->range();
    InspectorContent content;
    content.title = oneLine(identity.name, 400);
    content.subtitle = oneLine(identity.kind == EntityKind::kGpu && !identity.uuid.empty() ? identity.uuid : identity.key, 400);
    if (departs) {
        content.mark = QStringLiteral("◆");
        content.role = QStringLiteral("warning");
        ResourceGrid alone = *best;   // the headline is about this row, not the one that departs most
        alone.mostUnlike = static_cast<int>(row - best->rows.data());
        content.sentence = resourceHeadline(alone, options.utc);
    } else {
        content.sentence = inspectorTr("Does not depart from its peers in this range.");
    }
    const TimeNs instant = inspection.cursor.value_or(window.from + window.length() / 2);
    content.moment = {instant - kAround, instant + kAround};
    content.service = oneLine(identity.service, 400);
    content.entities.push_back({identity.kind, identity.key, identity.name});
    if (!identity.host.empty() && identity.index >= 0)
        content.entities.push_back({EntityKind::kGpu, identity.host + "/" + std::to_string(identity.index), identity.name});
    if (!identity.pod.empty())
        content.entities.push_back({EntityKind::kPod, identity.pod, identity.pod});
    addLinks(content, identity, inspection.series.id);
    InspectorSection peers{inspectorTr("Against its peers"), inspectorTr("medians, %1").arg(formatRange(window, options.utc)), {}};
    for (const ResourceGrid& grid : survey.metrics)
        if (const ResourceRow* here = rowOf(grid, survey.key))
            addRow(peers, oneLine(grid.metric.title, 400), againstPeers(grid, *here, window));
    content.sections.push_back(peers);
    if (const ResourceRow* marked = rowOf(inspection.marks, survey.key))
        addMarks(content, *marked, options.utc);
    content.sections.push_back(identitySection(identity, *best, *row));
    InspectorSection series{inspectorTr("The series"), oneLine(inspection.series.name, 400), {}};
    for (const KeyValue& label : inspection.series.labels)
        addRow(series, oneLine(label.key, 400), oneLine(label.value.display(), 400));
    content.sections.push_back(series);
    content.sql = QStringLiteral("SELECT * FROM samples WHERE series_id = %1;").arg(inspection.series.id);
    return content;
}

}  // namespace nj::ui

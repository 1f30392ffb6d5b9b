#include "widgets/inspector_resource.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "analyze/xid.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "widgets/resources_picture.h"

namespace nj::ui {
namespace {

using query::ResourceGrid;
using query::ResourceIdentity;
using query::ResourceMark;
using query::ResourceRow;

constexpr DurationNs kAround = 5 * kMinute;
constexpr int kMostMarks = 8;

QString tr(const char* text) { return QCoreApplication::translate("nj::ui::Inspector", text); }
QString q(const std::string& text) { return QString::fromStdString(text).left(400); }

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
        text += tr(" · peers %1").arg(a == b ? a : a.section(QLatin1Char(' '), 0, 0) + QStringLiteral(" – ") + b);
    }
    return text;
}

InspectorSection identitySection(const ResourceIdentity& identity, const ResourceGrid& best, const ResourceRow& row) {
    InspectorSection section{tr("What it is"), {}, {}};
    addRow(section, tr("model"), q(identity.model));
    addRow(section, tr("UUID"), q(identity.uuid));
    addRow(section, tr("PCI id"), q(identity.pci));
    if (identity.kind != EntityKind::kHost)
        addRow(section, tr("host"), q(identity.host) + (identity.index >= 0 ? tr(", index %1").arg(identity.index) : QString()), QStringLiteral("host.name"));
    if (identity.kind == EntityKind::kGpu)
        addRow(section, tr("replica"), q(identity.group));
    addRow(section, tr("pod"), q(identity.pod), QStringLiteral("k8s.pod.name"));
    addRow(section, tr("service"), q(identity.service), QStringLiteral("service"));
    if (row.ownMaximum > 0)
        addRow(section, tr("maximum %1").arg(q(best.metric.title)), resourceText(best.metric, row.ownMaximum, false) + (row.maximumObserved ? tr(", the highest seen") : QString()));
    if (std::isfinite(row.limit))
        addRow(section, tr("operating limit"), QStringLiteral("%1 °C").arg(row.limit));
    return section;
}

// Published clock-event reasons and what else happened, over all of the capsule.
void addMarks(InspectorContent& content, const ResourceRow& row, bool utc) {
    InspectorSection reasons{tr("Clock held down"), {}, {}}, before{tr("What happened"), {}, {}};
    qsizetype bursts = 0;
    for (const ResourceMark& mark : row.marks) {
        const QString when = formatDateTime(mark.time, utc, kSecond);
        switch (mark.kind) {
        case ResourceMark::Kind::kThrottle:
        case ResourceMark::Kind::kInferredThrottle:
            addRow(reasons, formatRange({mark.time, std::max(mark.end, mark.time + 1)}, utc), QStringLiteral("◆ ") + q(mark.text) + (mark.code ? QStringLiteral(" (0x%1)").arg(mark.code, 0, 16) : QString()));
            break;
        case ResourceMark::Kind::kThrottleBurst: ++bursts; break;
        default:
            if (before.rows.size() < kMostMarks)
                addRow(before, when, (mark.severity >= 17 ? QStringLiteral("▲ ") : QString()) + q(mark.text));
        }
    }
    if (bursts > 0)
        addRow(reasons, tr("hardware slowdown"), tr("▲ %1 scrapes").arg(formatCount(static_cast<quint64>(bursts))));
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
        link.value = q(value);
        link.view = QString::fromLatin1(view);
        link.range = content.moment;
        content.links.push_back(link);
    };
    if (!identity.service.empty())
        filter(tr("Traces on %1").arg(q(identity.service)), QStringLiteral("service"), identity.service, links::kTraces);
    else if (!identity.pod.empty())
        filter(tr("Traces on %1").arg(q(identity.pod)), QStringLiteral("k8s.pod.name"), identity.pod, links::kTraces);
    if (!identity.pod.empty())
        filter(tr("Logs of %1").arg(q(identity.pod)), QStringLiteral("k8s.pod.name"), identity.pod, links::kLogs);
    if (!identity.host.empty())
        filter(tr("Logs of the host"), QStringLiteral("host.name"), identity.host, links::kLogs);
    InspectorLink metrics;
    metrics.text = tr("Its series");
    metrics.view = QStringLiteral("metrics");
    metrics.parameter = links::series(series);
    content.links.push_back(metrics);
    InspectorLink resources;
    resources.text = tr("In Resources");
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
    content.title = q(identity.name);
    content.subtitle = q(identity.kind == EntityKind::kGpu && !identity.uuid.empty() ? identity.uuid : identity.key);
    if (departs) {
        content.mark = QStringLiteral("◆");
        content.role = QStringLiteral("warning");
        ResourceGrid alone = *best;   // the headline is about this row, not the one that departs most
        alone.mostUnlike = static_cast<int>(row - best->rows.data());
        content.sentence = resourceHeadline(alone, options.utc);
    } else {
        content.sentence = tr("Does not depart from its peers in this range.");
    }
    const TimeNs instant = inspection.cursor.value_or(window.from + window.length() / 2);
    content.moment = {instant - kAround, instant + kAround};
    content.service = q(identity.service);
    content.entities.push_back({identity.kind, identity.key, identity.name});
    if (!identity.host.empty() && identity.index >= 0)
        content.entities.push_back({EntityKind::kGpu, identity.host + "/" + std::to_string(identity.index), identity.name});
    if (!identity.pod.empty())
        content.entities.push_back({EntityKind::kPod, identity.pod, identity.pod});
    addLinks(content, identity, inspection.series.id);
    InspectorSection peers{tr("Against its peers"), tr("medians, %1").arg(formatRange(window, options.utc)), {}};
    for (const ResourceGrid& grid : survey.metrics)
        if (const ResourceRow* here = rowOf(grid, survey.key))
            addRow(peers, q(grid.metric.title), againstPeers(grid, *here, window));
    content.sections.push_back(peers);
    if (const ResourceRow* marked = rowOf(inspection.marks, survey.key))
        addMarks(content, *marked, options.utc);
    content.sections.push_back(identitySection(identity, *best, *row));
    InspectorSection series{tr("The series"), q(inspection.series.name), {}};
    for (const KeyValue& label : inspection.series.labels)
        addRow(series, q(label.key), q(label.value.display()));
    content.sections.push_back(series);
    content.sql = QStringLiteral("SELECT * FROM samples WHERE series_id = %1;").arg(inspection.series.id);
    return content;
}

}  // namespace nj::ui

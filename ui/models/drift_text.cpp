#include "models/drift_text.h"

#include <QCoreApplication>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <algorithm>
#include <cmath>

#include "state/copy_text.h"
#include "theme/number_format.h"

namespace nj::ui {
namespace {

using analyze::DriftVerdict;
using Source = query::DriftFeature::Source;

struct DriftTextTr {
    Q_DECLARE_TR_FUNCTIONS(DriftText)
};

bool isNumeric(const query::DriftResult& result) { return std::isfinite(result.statistics.ks); }

QString shown(const std::string& text, qsizetype most = 60) {
    const QString cut = QString::fromStdString(text).simplified();
    return cut.size() > most ? cut.left(most - 1) + QStringLiteral("…") : cut;
}

QString spelled(qsizetype n) {
    static const char* const kWords[] = {QT_TRANSLATE_NOOP("DriftText", "no"),   QT_TRANSLATE_NOOP("DriftText", "one"),  QT_TRANSLATE_NOOP("DriftText", "two"),
                                         QT_TRANSLATE_NOOP("DriftText", "three"), QT_TRANSLATE_NOOP("DriftText", "four"), QT_TRANSLATE_NOOP("DriftText", "five"),
                                         QT_TRANSLATE_NOOP("DriftText", "six"),  QT_TRANSLATE_NOOP("DriftText", "seven"), QT_TRANSLATE_NOOP("DriftText", "eight"),
                                         QT_TRANSLATE_NOOP("DriftText", "nine")};
    return n < 10 ? DriftTextTr::tr(kWords[n]) : QString::number(n);
}

QString plainNumber(double value) { return std::isfinite(value) ? QString::number(value, 'g', 6) : QString(); }

QString plainTime(const std::optional<TimeNs>& time) { return time ? QString::fromStdString(formatRfc3339(*time, 0)) : QString(); }

QString windowText(const TimeRange& range) { return QString::fromStdString(formatRfc3339(range.from, 0) + ".." + formatRfc3339(range.to, 0)); }

struct CopyColumn {
    const char* name;
    QString (*text)(const query::DriftResult&);
};
const CopyColumn kCopied[] = {
    {"feature", [](const query::DriftResult& r) { return QString::fromStdString(r.feature.title); }},
    {"id", [](const query::DriftResult& r) { return QString::fromStdString(r.feature.id()); }},
    {"reference_n", [](const query::DriftResult& r) { return plainNumber(std::round(r.referenceCount)); }},
    {"current_n", [](const query::DriftResult& r) { return plainNumber(std::round(r.currentCount)); }},
    {"verdict", [](const query::DriftResult& r) { return driftWord(r); }},
    {"since", [](const query::DriftResult& r) { return plainTime(r.since); }},
    {"psi", [](const query::DriftResult& r) { return plainNumber(r.statistics.psi); }},
    {"jensen_shannon", [](const query::DriftResult& r) { return plainNumber(r.statistics.jensenShannon); }},
    {"ks", [](const query::DriftResult& r) { return plainNumber(r.statistics.ks); }},
    {"wasserstein", [](const query::DriftResult& r) { return plainNumber(r.statistics.wasserstein); }},
    {"hellinger", [](const query::DriftResult& r) { return plainNumber(r.statistics.hellinger); }},
    {"chi_square_p", [](const query::DriftResult& r) { return plainNumber(r.statistics.chiSquareP); }},
    {"reference_p50", [](const query::DriftResult& r) { return isNumeric(r) ? plainNumber(r.referenceQuantile[1]) : QString(); }},
    {"current_p50", [](const query::DriftResult& r) { return isNumeric(r) ? plainNumber(r.currentQuantile[1]) : QString(); }},
};

QString asCsv(const query::DriftAnswer& answer) {
    QStringList header;
    for (const CopyColumn& column : kCopied)
        header << QLatin1String(column.name);
    QString out = header.join(QLatin1Char(',')) + QLatin1Char('\n');
    for (const query::DriftResult& result : answer.results) {
        QStringList cells;
        for (const CopyColumn& column : kCopied)
            cells << csvCell(column.text(result));
        out += cells.join(QLatin1Char(',')) + QLatin1Char('\n');
    }
    return out;
}

QString asJson(const query::DriftAnswer& answer) {
    QJsonArray features;
    for (const query::DriftResult& result : answer.results) {
        QJsonObject object;
        for (const CopyColumn& column : kCopied) {
            const QString text = column.text(result);
            bool number = false;
            const double value = text.toDouble(&number);
            object.insert(QLatin1String(column.name), text.isEmpty() ? QJsonValue() : number ? QJsonValue(value) : QJsonValue(text));
        }
        features.append(object);
    }
    QJsonObject out{{QStringLiteral("reference"), windowText(answer.reference)}, {QStringLiteral("current"), windowText(answer.current)}, {QStringLiteral("features"), features}};
    return QString::fromUtf8(QJsonDocument(out).toJson());
}

QString asMarkdown(const query::DriftAnswer& answer) {
    QString out = DriftTextTr::tr("Drift, reference %1, current %2").arg(windowText(answer.reference), windowText(answer.current)) + QStringLiteral("\n\n");
    out += DriftTextTr::tr("| Feature | n | PSI | Verdict | Since | Change |") + QStringLiteral("\n|---|---|---|---|---|---|\n");
    const auto cell = [](QString text) { return text.replace(QLatin1Char('|'), QLatin1String("\\|")); };
    for (const query::DriftResult& result : answer.results)
        out += QStringLiteral("| %1 | %2 | %3 | %4 %5 | %6 | %7 |\n")
                   .arg(cell(QString::fromStdString(result.feature.title)), driftCounts(result), driftNumber(result.shown()), driftMark(result.verdict), driftWord(result), plainTime(result.since),
                        cell(driftChange(result)));
    return out;
}

}  // namespace

QString driftMark(DriftVerdict verdict) {
    switch (verdict) {
    case DriftVerdict::kDrifted: return QStringLiteral("▲");
    case DriftVerdict::kModerate: return QStringLiteral("◆");
    case DriftVerdict::kStable: return QStringLiteral("●");
    default: return {};
    }
}

const char* driftRole(DriftVerdict verdict) {
    switch (verdict) {
    case DriftVerdict::kDrifted: return "error";
    case DriftVerdict::kModerate: return "warning";
    case DriftVerdict::kStable: return "ok";
    default: return "muted";
    }
}

QString driftWord(const query::DriftResult& result) {
    if (result.nearlyUnique)
        return DriftTextTr::tr("names, no category");
    if (result.scaleChange)
        return DriftTextTr::tr("scale change?");
    if (result.onlyOneWindow)
        return DriftTextTr::tr("one window");
    switch (result.verdict) {
    case DriftVerdict::kNoData: return DriftTextTr::tr("no data");
    case DriftVerdict::kTooFew: return DriftTextTr::tr("too few");
    case DriftVerdict::kStable: return DriftTextTr::tr("stable");
    case DriftVerdict::kModerate: return DriftTextTr::tr("moderate");
    case DriftVerdict::kDrifted: return DriftTextTr::tr("drifted");
    }
    return {};
}

bool driftMoved(const query::DriftResult& result) { return result.verdict == DriftVerdict::kDrifted || result.verdict == DriftVerdict::kModerate; }
bool driftJudged(const query::DriftResult& result) { return driftMoved(result) || result.verdict == DriftVerdict::kStable; }

double driftScale(const query::DriftFeature& feature) { return feature.unit == "ratio" ? 100 : 1; }

QString driftUnit(const query::DriftFeature& feature) {
    if (feature.unit == "ratio")
        return QStringLiteral("%");
    if (feature.unit == "1" || feature.unit.empty())
        return {};
    QString unit = QString::fromStdString(feature.unit);
    if (unit.startsWith(QLatin1Char('{')) && unit.endsWith(QLatin1Char('}')))
        unit = unit.mid(1, unit.size() - 2) + QLatin1Char('s');
    return unit;
}

QString driftStatistic(const query::DriftFeature& feature) { return feature.source == Source::kEmbedding ? QStringLiteral("MMD²") : QStringLiteral("PSI"); }

QString driftNumber(double value) {
    if (!std::isfinite(value))
        return QStringLiteral("–");
    const double size = std::abs(value);
    if (size >= 1000)
        return formatShort(value);
    return QString::number(value, 'f', size >= 100 ? 0 : size >= 1 ? 1 : 2);
}

QString driftChange(const query::DriftResult& result) {
    if (isNumeric(result)) {
        const double scale = driftScale(result.feature);
        const bool means = !result.categories.empty();   // few values: their median says nothing
        const double before = (means ? result.referenceMean : result.referenceQuantile[1]) * scale, after = (means ? result.currentMean : result.currentQuantile[1]) * scale;
        const auto text = [](double v) { return std::abs(v) >= 10 ? formatNumber(std::round(v)) : formatNumber(v); };
        return text(before) + QStringLiteral(" → ") + text(after) + (result.feature.unit == "ratio" ? QStringLiteral(" %") : QString());
    }
    if (result.categories.empty())
        return {};
    const auto most = [&](double query::DriftCategory::*side) {
        return *std::max_element(result.categories.begin(), result.categories.end(), [&](const auto& a, const auto& b) { return a.*side < b.*side; });
    };
    const std::string before = most(&query::DriftCategory::reference).label, after = most(&query::DriftCategory::current).label;
    return before == after ? shown(after, 36) : shown(before, 18) + QStringLiteral(" → ") + shown(after, 18);
}

QString driftCounts(const query::DriftResult& result) {
    const auto count = [](double n) { return formatCount(static_cast<quint64>(std::max(0.0, std::round(n)))); };
    QString out = count(result.referenceCount) + QStringLiteral(" → ") + count(result.currentCount);
    if (result.feature.source == Source::kCounterRatio || result.feature.source == Source::kGauge)
        out += DriftTextTr::tr(" · scrapes");
    return out;
}

QString driftSentence(const std::vector<query::DriftResult>& results) {
    qsizetype drifted = 0, moved = 0, held = 0;
    for (const query::DriftResult& result : results) {
        drifted += result.verdict == DriftVerdict::kDrifted ? 1 : 0;
        moved += result.verdict == DriftVerdict::kModerate ? 1 : 0;
        held += result.verdict == DriftVerdict::kStable ? 1 : 0;
    }
    if (drifted + moved + held == 0)
        return DriftTextTr::tr("Too few observations to judge");
    if (drifted + moved == 0)
        return held == 1 ? DriftTextTr::tr("The one feature held") : held == 2 ? DriftTextTr::tr("Both features held") : DriftTextTr::tr("All %1 features held").arg(spelled(held));
    QStringList parts;
    if (drifted > 0)
        parts << (drifted == 1 ? DriftTextTr::tr("one feature drifted") : DriftTextTr::tr("%1 features drifted").arg(spelled(drifted)));
    if (moved > 0)
        parts << (drifted > 0 ? DriftTextTr::tr("%1 moved").arg(spelled(moved)) : DriftTextTr::tr("%1 features moved").arg(spelled(moved)));
    if (held > 0)
        parts << DriftTextTr::tr("%1 held").arg(spelled(held));
    QString out = parts.join(QStringLiteral(", "));
    out[0] = out[0].toUpper();
    return out;
}

const query::EventMark* causeAt(const std::vector<query::EventMark>& events, TimeNs time) {
    const query::EventMark* best = nullptr;
    for (const query::EventMark& event : events) {
        const bool changes = event.kind == "deploy" || event.kind == "rollback" || event.kind == "scale" || event.kind == "restart" || event.kind == "config";
        if (!changes || event.time < time - 3 * kMinute || event.time > time + kMinute)
            continue;
        const bool better = !best || (event.kind == "deploy" && best->kind != "deploy") || (event.kind == best->kind && std::abs(event.time - time) < std::abs(best->time - time));
        best = better ? &event : best;
    }
    return best;
}

QVector<DriftStatisticRow> driftStatisticRows(const query::DriftResult& result) {
    QVector<DriftStatisticRow> rows;
    const bool judged = driftJudged(result);
    const auto add = [&](const QString& name, const QString& formula, double value, double threshold) {
        DriftStatisticRow row{name, formula, driftNumber(value), threshold > 0 ? QString::number(threshold) : QStringLiteral("–"), {}, "muted"};
        if (judged && threshold > 0 && std::isfinite(value)) {
            row.mark = value >= threshold ? QStringLiteral("▲") : QStringLiteral("●");
            row.role = value >= threshold ? "error" : "ok";
        }
        rows.push_back(row);
    };
    if (result.feature.source == Source::kEmbedding) {
        add(QStringLiteral("MMD²"), DriftTextTr::tr("unbiased, RBF kernel, median distance"), result.discrepancy, analyze::kEmbeddingThresholds.drifted);
        if (!rows.isEmpty() && std::isfinite(result.discrepancy))
            rows[0].value = QString::number(result.discrepancy, 'g', 3);
        add(DriftTextTr::tr("Cosine distance"), DriftTextTr::tr("1 − cos of the mean vectors"), result.cosine, 0);
        add(DriftTextTr::tr("Euclidean distance"), DriftTextTr::tr("of the mean vectors"), result.euclidean, 0.2);
        return rows;
    }
    const analyze::DriftStatistics& s = result.statistics;
    add(QStringLiteral("PSI"), DriftTextTr::tr("Σ (c − r) · ln(c / r), %1 bins").arg(s.bins), s.psi, 0.25);
    add(DriftTextTr::tr("Jensen–Shannon"), QStringLiteral("√(½ KL(r, m) + ½ KL(c, m))"), s.jensenShannon, 0.1);
    if (isNumeric(result)) {
        // At this n every difference is significant: the statistic is judged, not its p (River's KSWIN asks for both).
        add(DriftTextTr::tr("Kolmogorov–Smirnov D"), s.ksP < 1e-3 ? DriftTextTr::tr("sup |F_r − F_c|, p < 0.001") : DriftTextTr::tr("sup |F_r − F_c|, p = %1").arg(s.ksP, 0, 'g', 2), s.ks, 0.1);
        const QString moved = formatNumber(s.wasserstein * driftScale(result.feature)) + (driftUnit(result.feature).isEmpty() ? QString() : QLatin1Char(' ') + driftUnit(result.feature));
        add(QStringLiteral("Wasserstein-1 / σ"), QStringLiteral("∫ |F_r − F_c| dx = ") + moved, s.normedWasserstein, 0.1);
    }
    add(QStringLiteral("Hellinger"), QStringLiteral("√(½ Σ (√r − √c)²)"), s.hellinger, 0.4);
    add(DriftTextTr::tr("Total variation"), DriftTextTr::tr("½ Σ |c − r|: the share that moved"), s.totalVariation, 0);
    add(QStringLiteral("χ²"), s.chiSquareP < 1e-3 ? DriftTextTr::tr("%1 degrees, p < 0.001").arg(s.chiDegrees) : DriftTextTr::tr("%1 degrees, p = %2").arg(s.chiDegrees).arg(s.chiSquareP, 0, 'g', 2), s.chiSquare, 0);
    return rows;
}

QString driftCopy(const query::DriftAnswer& answer, DriftCopy form) {
    switch (form) {
    case DriftCopy::kCsv: return asCsv(answer);
    case DriftCopy::kJson: return asJson(answer);
    case DriftCopy::kMarkdown: return asMarkdown(answer);
    case DriftCopy::kCommand: return QStringLiteral("nightjar drift CAPSULE --reference %1 --current %2").arg(windowText(answer.reference), windowText(answer.current));
    }
    return {};
}

}  // namespace nj::ui

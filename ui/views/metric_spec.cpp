#include "views/metric_spec.h"

#include <QCoreApplication>
#include <QHash>
#include <QRegularExpression>
#include <QUrl>
#include <algorithm>

#include "state/links.h"
#include "theme/number_format.h"

namespace nj::ui {
namespace {

struct MetricSpecTr {
    Q_DECLARE_TR_FUNCTIONS(MetricsView)
};

const QString kMetric = QStringLiteral("metric:"), kRows = QStringLiteral("rows:");
constexpr qsizetype kLongestRow = 20'000;

QString rowText(const MetricSpec& spec) {
    QStringList parts;
    const auto add = [&](const char* key, const QString& value) {
        if (!value.isEmpty())
            parts << QLatin1String(key) + QLatin1Char('=') + QString::fromLatin1(QUrl::toPercentEncoding(value));
    };
    if (spec.promql)
        add("q", spec.expression);
    else
        add("m", spec.name);
    add("labels", spec.labels);
    add("by", spec.by);
    add("legend", spec.legend);
    add("unit", spec.unit);
    add("show", spec.promql || spec.show == MetricSpec::Show::kAuto ? QString() : QString::number(static_cast<int>(spec.show)));
    add("as", spec.picture == MetricSpec::Picture::kGraph ? QString() : QString::number(static_cast<int>(spec.picture)));
    add("combine", spec.combine ? QString::number(static_cast<int>(*spec.combine)) : QString());
    add("step", spec.step > 0 ? QString::number(spec.step / kSecond) : QString());
    return parts.join(QLatin1Char('&'));
}

MetricSpec rowOf(const QString& text) {
    QHash<QString, QString> values;
    for (const QString& part : text.split(QLatin1Char('&'), Qt::SkipEmptyParts))
        values.insert(part.section(QLatin1Char('='), 0, 0), QUrl::fromPercentEncoding(part.section(QLatin1Char('='), 1).toUtf8()));
    const auto value = [&](const char* key) { return values.value(QLatin1String(key)); };
    MetricSpec spec;
    spec.expression = value("q");
    spec.promql = !spec.expression.isEmpty();
    spec.name = value("m");
    spec.labels = value("labels");
    spec.by = value("by");
    spec.legend = value("legend");
    const auto known = [&](const auto& unit) { return unit.first == value("unit"); };
    spec.unit = std::any_of(metricUnits().begin(), metricUnits().end(), known) ? value("unit") : QString();
    bool number = false;
    if (const int show = value("show").toInt(&number); number && show >= 0 && show <= static_cast<int>(MetricSpec::Show::kHeatmap))
        spec.show = static_cast<MetricSpec::Show>(show);
    if (const int picture = value("as").toInt(&number); number && picture >= 0 && picture <= static_cast<int>(MetricSpec::Picture::kHeatmap))
        spec.picture = static_cast<MetricSpec::Picture>(picture);
    if (const int combine = value("combine").toInt(&number); number && combine >= 0 && combine <= static_cast<int>(query::MetricCombine::kCount))
        spec.combine = static_cast<query::MetricCombine>(combine);
    spec.step = std::clamp<qint64>(value("step").toLongLong(), 0, kDay / kSecond) * kSecond;
    return spec;
}

}  // namespace

std::string MetricPart::unit() const { return spec.unit.isEmpty() ? answer.unit : spec.unit == QLatin1String("none") ? std::string() : spec.unit.toStdString(); }

const std::vector<std::pair<QString, QString>>& metricUnits() {
    static const std::vector<std::pair<QString, QString>> kUnits = {
        {QString(), MetricSpecTr::tr("auto")},
        {QStringLiteral("none"), MetricSpecTr::tr("none")},
        {QStringLiteral("s"), MetricSpecTr::tr("seconds")},
        {QStringLiteral("ms"), MetricSpecTr::tr("milliseconds")},
        {QStringLiteral("By"), MetricSpecTr::tr("bytes")},
        {QStringLiteral("By/s"), MetricSpecTr::tr("bytes per second")},
        {QStringLiteral("ratio"), MetricSpecTr::tr("percent, of values 0 to 1")},
        {QStringLiteral("%"), MetricSpecTr::tr("percent, of values 0 to 100")},
        {QStringLiteral("/s"), MetricSpecTr::tr("per second")},
        {QStringLiteral("W"), MetricSpecTr::tr("watts")},
        {QStringLiteral("Cel"), MetricSpecTr::tr("degrees Celsius")},
    };
    return kUnits;
}

const std::vector<DurationNs>& metricSteps() {
    static const std::vector<DurationNs> kSteps = {0, kSecond, 5 * kSecond, 15 * kSecond, 30 * kSecond, kMinute, 5 * kMinute, 15 * kMinute, kHour};
    return kSteps;
}

QString stepText(DurationNs step) {
    for (const auto& [unit, text] : {std::pair{kDay, MetricSpecTr::tr("%1 d")}, std::pair{kHour, MetricSpecTr::tr("%1 h")}, std::pair{kMinute, MetricSpecTr::tr("%1 min")}, std::pair{kSecond, MetricSpecTr::tr("%1 s")}})
        if (step >= unit && step % unit == 0)
            return text.arg(step / unit);
    return formatLength(step);
}

QString metricRowsParameter(const std::vector<MetricSpec>& rows) {
    if (rows.empty())
        return {};
    // What has nothing of its own is as short as a hand would write it.
    const auto plain = [](const MetricSpec& spec, bool promql) {
        MetricSpec bare;
        bare.promql = promql;
        MetricSpec own = spec;
        own.name.clear();
        own.expression.clear();
        own.series = -1;
        if (promql)
            own.labels = own.by = QString(), own.combine.reset(), own.show = MetricSpec::Show::kAuto;
        return own == bare;
    };
    if (rows.size() == 1 && !rows.front().promql && plain(rows.front(), false))
        return rows.front().name.isEmpty() ? QString() : kMetric + rows.front().name;
    if (std::all_of(rows.begin(), rows.end(), [&](const MetricSpec& row) { return row.promql && plain(row, true); })) {
        QStringList expressions;
        for (const MetricSpec& row : rows)
            expressions << row.expression;
        return links::promql(expressions);
    }
    QStringList texts;
    for (const MetricSpec& row : rows)
        texts << QString::fromLatin1(QUrl::toPercentEncoding(rowText(row)));
    return kRows + texts.join(QLatin1Char(','));
}

std::vector<MetricSpec> metricRowsOf(const QString& parameter) {
    std::vector<MetricSpec> rows;
    if (parameter.startsWith(kMetric)) {
        rows.emplace_back().name = parameter.mid(kMetric.size());
    } else if (parameter.startsWith(kRows)) {
        for (const QString& text : parameter.mid(kRows.size()).split(QLatin1Char(','), Qt::SkipEmptyParts))
            if (text.size() <= kLongestRow && rows.size() < kMostMetricRows)
                rows.push_back(rowOf(QUrl::fromPercentEncoding(text.toUtf8())));
    } else {
        for (const QString& expression : links::promqlOf(parameter))
            if (rows.size() < kMostMetricRows) {
                MetricSpec& row = rows.emplace_back();
                row.promql = true;
                row.expression = expression;
            }
    }
    std::erase_if(rows, [](const MetricSpec& row) { return row.name.isEmpty() && row.expression.isEmpty(); });
    return rows;
}

QString promqlOf(const MetricSpec& spec, const query::MetricAnswer& answer) {
    static const QRegularExpression kPlain(QStringLiteral("^[A-Za-z_:][A-Za-z0-9_:]*$"));
    QString matchers;
    // key:value terms; what is more than that stays behind.
    for (const QString& term : spec.labels.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const bool out = term.startsWith(QLatin1Char('-'));
        const QString key = term.mid(out ? 1 : 0).section(QLatin1Char(':'), 0, 0);
        QString value = term.section(QLatin1Char(':'), 1);
        value.remove(QLatin1Char('"'));
        if (!kPlain.match(key).hasMatch() || value.isEmpty() || value.contains(QLatin1Char('*')))
            continue;
        matchers += (matchers.isEmpty() ? QString() : QStringLiteral(",")) + key + (out ? QStringLiteral("!=\"") : QStringLiteral("=\"")) + value + QLatin1Char('"');
    }
    const auto selector = [&](const QString& name) {
        if (kPlain.match(name).hasMatch())
            return name + (matchers.isEmpty() ? QString() : QLatin1Char('{') + matchers + QLatin1Char('}'));
        return QStringLiteral("{\"") + name + QLatin1Char('"') + (matchers.isEmpty() ? QString() : QLatin1Char(',') + matchers) + QLatin1Char('}');
    };
    QStringList by;
    for (const std::string& key : answer.by)
        by << QString::fromStdString(key);
    if (!spec.by.isEmpty())
        by = {spec.by};
    const QString range = QStringLiteral("[5m]");
    if (answer.reading == query::MetricReading::kQuantiles) {
        QStringList keys = by;
        keys.prepend(QStringLiteral("le"));
        return QStringLiteral("histogram_quantile(0.99, sum by (%1) (rate(%2%3)))").arg(keys.join(QStringLiteral(", ")), selector(spec.name + QStringLiteral("_bucket")), range);
    }
    const QString name = answer.histogram ? spec.name + QStringLiteral("_count") : spec.name;
    const QString read = answer.reading == query::MetricReading::kRate ? QStringLiteral("rate(%1%2)").arg(selector(name), range) : selector(name);
    const char* combine = nullptr;
    switch (spec.combine.value_or(answer.combine)) {
    case query::MetricCombine::kSum: combine = "sum"; break;
    case query::MetricCombine::kAvg: combine = "avg"; break;
    case query::MetricCombine::kMin: combine = "min"; break;
    case query::MetricCombine::kMax: combine = "max"; break;
    case query::MetricCombine::kCount: combine = "count"; break;
    default: break;
    }
    if (!combine)
        return read;
    return QLatin1String(combine) + (by.isEmpty() ? QString() : QStringLiteral(" by (%1)").arg(by.join(QStringLiteral(", ")))) + QStringLiteral(" (") + read + QLatin1Char(')');
}

std::pair<QString, double> shownMetricUnit(const std::string& unit) {
    const bool rate = unit.size() > 2 && unit.ends_with("/s");
    const std::string base = rate ? unit.substr(0, unit.size() - 2) : unit;
    const QString per = rate ? QStringLiteral("/s") : QString();
    if (base == "GiBy")
        return {QStringLiteral("By") + per, 1024.0 * 1024.0 * 1024.0};
    if (base == "MiBy")
        return {QStringLiteral("By") + per, 1024.0 * 1024.0};
    if (base == "KiBy")
        return {QStringLiteral("By") + per, 1024.0};
    if (base == "Cel")
        return {QStringLiteral("°C") + per, 1};
    if (base == "1")
        return {per, 1};
    return {QString::fromStdString(unit).left(24), 1};
}

QString combineText(query::MetricCombine combine) {
    switch (combine) {
    case query::MetricCombine::kNone: return MetricSpecTr::tr("each series");
    case query::MetricCombine::kSum: return MetricSpecTr::tr("sum");
    case query::MetricCombine::kAvg: return MetricSpecTr::tr("avg");
    case query::MetricCombine::kMin: return MetricSpecTr::tr("min");
    case query::MetricCombine::kMax: return MetricSpecTr::tr("max");
    case query::MetricCombine::kP50: return MetricSpecTr::tr("p50 of series");
    case query::MetricCombine::kP95: return MetricSpecTr::tr("p95 of series");
    case query::MetricCombine::kCount: return MetricSpecTr::tr("count of series");
    }
    return {};
}

}  // namespace nj::ui

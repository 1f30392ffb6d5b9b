#include "models/error_pictures.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>
#include <map>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

struct ErrorPicturesTr {
    Q_DECLARE_TR_FUNCTIONS(ErrorsView)
};

constexpr uint64_t kFewErrors = 5;   // fewer are not called new

// What a label or cell can show of a text: laying out more holds the window.

bool isClientKey(const std::string& key) { return key.find("client") != std::string::npos || key == "net.peer.ip" || key == "source.address"; }

const query::ErrorWhere* placeOf(const query::Failure& group) {
    const query::ErrorWhere* best = nullptr;
    for (const query::ErrorWhere& where : group.where)
        if (!isClientKey(where.key) && (!best || (best->count * 2 < best->rows && where.count * 2 >= where.rows)))
            best = &where;
    return best;
}

const query::ErrorWhere* clientOf(const query::Failure& group) {
    const auto found = std::find_if(group.where.begin(), group.where.end(), [](const auto& where) { return isClientKey(where.key); });
    return found == group.where.end() ? nullptr : &*found;
}

double shareIn(const query::ErrorWhere& where) { return static_cast<double>(where.count) / static_cast<double>(std::max<uint64_t>(where.rows, 1)); }

bool refused(const query::Failure& group) { return group.kind.starts_with("HTTP 4"); }

QString stretch(TimeNs from, TimeNs to, bool utc) { return formatClock(from, utc) + QStringLiteral("–") + formatClock(to, utc) + QLatin1Char(' ') + zoneName(from, utc); }

}  // namespace

QString errorGroupKey(const query::Failure& group) {
    return QString::fromStdString(group.kind) + QChar(0x1F) + QString::fromStdString(group.text) + QChar(0x1F) + QString::fromStdString(group.service) +
           (group.signal == Signal::kSpan ? QStringLiteral("s") : QStringLiteral("l"));
}

QString errorGroupTitle(const query::Failure& group) {
    QString kind = oneLine(group.kind, kLineCharacters).left(80);
    const QString text = oneLine(group.text, kLineCharacters).left(200);
    if (kind.startsWith(QLatin1String("HTTP ")))
        kind.remove(0, 5);
    if (kind.endsWith(QLatin1String(" log")) && !text.isEmpty())
        return text;
    return text.isEmpty() || text == kind ? kind : kind.isEmpty() ? text : kind + QLatin1Char(' ') + text;
}

query::FailuresAnswer foldErrors(const query::FailuresAnswer& answer, ErrorSplit split) {
    if (split == ErrorSplit::kFingerprint)
        return answer;
    query::FailuresAnswer folded = answer;
    folded.groups.clear();
    std::map<std::string, size_t> places;
    for (const query::Failure& group : answer.groups) {
        if (group.sameAs >= 0)
            continue;   // told already by its head
        const std::string key = (split == ErrorSplit::kKind ? group.kind : group.service) + (group.muted ? "\x1fm" : "");
        const auto [place, fresh] = places.try_emplace(key, folded.groups.size());
        if (fresh) {
            query::Failure& first = folded.groups.emplace_back(group);
            first.text.clear();
            (split == ErrorSplit::kKind ? first.service : first.kind).clear();
            if (split == ErrorSplit::kService)
                first.kind = group.service.empty() ? "no service" : group.service;
            continue;
        }
        query::Failure& whole = folded.groups[place->second];
        whole.count += group.count;
        whole.baselineCount += group.baselineCount;
        whole.expected += group.expected;
        whole.first = std::min(whole.first, group.first);
        whole.last = std::max(whole.last, group.last);
        for (size_t i = 0; i < std::min(whole.perColumn.size(), group.perColumn.size()); ++i)
            whole.perColumn[i] += group.perColumn[i];
        // Said of one group, not of several.
        whole.where.clear();
        whole.attempts.clear();
        whole.requests = whole.failedRequests = whole.savedRequests = 0;
    }
    return folded;
}

bool errorIsNew(const query::Failure& group, const std::optional<TimeRange>& baseline) { return baseline && group.baselineCount == 0 && group.count >= kFewErrors; }

bool errorGrew(const query::Failure& group, const std::optional<TimeRange>& baseline) {
    return baseline && static_cast<double>(group.count) > group.expected + 3 * std::sqrt(group.expected) + 3;
}

TwoLines errorImpact(const query::Failure& group) {
    if (group.sameAs >= 0)
        return {ErrorPicturesTr::tr("the same failure"), ErrorPicturesTr::tr("told by %1").arg(oneLine(group.service, kLineCharacters))};
    const query::ErrorWhere* client = clientOf(group);
    const QString clients = !client ? QString() : client->distinct == 1 ? ErrorPicturesTr::tr("one client") : ErrorPicturesTr::tr("%1 clients").arg(formatCount(client->distinct));
    if (group.failedRequests + group.savedRequests > 0)
        return {ErrorPicturesTr::tr("%1 requests failed").arg(formatCount(group.failedRequests)), ErrorPicturesTr::tr("%1 saved by a retry").arg(formatCount(group.savedRequests))};
    if (group.muted)
        return {ErrorPicturesTr::tr("one client, all %1").arg(oneLine(group.kind, kLineCharacters).section(QLatin1Char(' '), 1)), client ? oneLine(client->value, kLineCharacters).left(64) : QString()};
    if (refused(group))
        return {ErrorPicturesTr::tr("%1 refused").arg(formatCount(group.count)), clients};
    if (group.requests > 0)
        return {group.requests == 1 ? ErrorPicturesTr::tr("1 request") : ErrorPicturesTr::tr("%1 requests").arg(formatCount(group.requests)), clients};
    return {group.count == 1 ? ErrorPicturesTr::tr("1 row") : ErrorPicturesTr::tr("%1 rows").arg(formatCount(group.count)), clients};
}

TwoLines errorAgainstBaseline(const query::Failure& group, const std::optional<TimeRange>& baseline) {
    if (!baseline)
        return {QStringLiteral("–"), ErrorPicturesTr::tr("no baseline")};
    if (group.baselineCount == 0)
        return {group.count >= kFewErrors ? ErrorPicturesTr::tr("new") : QStringLiteral("–"), ErrorPicturesTr::tr("0 in %1").arg(formatLength(baseline->length()))};
    return {formatFactor(group.expected, static_cast<double>(group.count)), ErrorPicturesTr::tr("%1 expected").arg(formatNumber(group.expected))};
}

TwoLines errorWhere(const query::Failure& group) {
    const query::ErrorWhere* place = group.muted ? clientOf(group) : placeOf(group);
    if (!place)
        return {oneLine(group.service, kLineCharacters), {}};
    QString rest = QString::fromStdString(place->key);
    if (place->distinct > 1)
        rest = ErrorPicturesTr::tr("%1, %2 others").arg(rest, formatCount(place->distinct - 1));
    return {oneLine(place->value, kLineCharacters).left(64) + QLatin1Char(' ') + formatShare(shareIn(*place)), rest};
}

QString errorSentence(const query::Failure& group, double sampledShare) {
    if (group.failedRequests + group.savedRequests > 0)
        return ErrorPicturesTr::tr("%1 attempts, %2 requests finally failed. %3 requests met it; a retry saved %4 of them.")
            .arg(formatCount(group.count), formatCount(group.failedRequests), formatCount(group.failedRequests + group.savedRequests), formatCount(group.savedRequests));
    if (group.muted)
        if (const query::ErrorWhere* client = clientOf(group))
            return ErrorPicturesTr::tr("%1 of %2 come from one client, %3: muted, not counted in the picture.").arg(formatCount(client->count), formatCount(group.count), oneLine(client->value, kLineCharacters).left(64));
    QString text = group.signal == Signal::kLog ? ErrorPicturesTr::tr("%1 log records").arg(formatCount(group.count)) : ErrorPicturesTr::tr("%1 spans").arg(formatCount(group.count));
    if (group.signal == Signal::kSpan && sampledShare > 0 && sampledShare < 1)
        text += ErrorPicturesTr::tr(", sampled %1").arg(formatShare(sampledShare));
    if (group.requests > 1)
        text += ErrorPicturesTr::tr(", of %1 requests").arg(formatCount(group.requests));
    return text + QLatin1Char('.');
}

// ---------------------------------------------------------------- the whole picture

QVector<int> ErrorsPicture::drawn() const {
    QVector<int> groups;
    for (size_t i = 0; i < answer.groups.size() && groups.size() < kDrawn; ++i)
        if (answer.groups[i].sameAs < 0 && !isMuted(answer.groups[i]))
            groups.push_back(static_cast<int>(i));
    return groups;
}

QColor ErrorsPicture::color(int order, const Theme& theme) const {
    // The first is the one to look at; the others take series colours that are not its neighbours.
    static constexpr int kRanks[] = {-1, 6, 4, 2, 1, 0};
    return order >= kDrawn || order < 0 ? theme.others : order == 0 ? theme.error : theme.seriesColor(kRanks[order]);
}

double ErrorsPicture::shareOf(const query::Failure& group) const {
    if (answer.attempts.empty() || answer.width <= 0 || group.count == 0 || (group.signal == Signal::kLog) != answer.attemptsFromLogs)
        return -1;
    const auto column = [&](TimeNs time) { return static_cast<size_t>(std::clamp<int64_t>((time - answer.from) / answer.width, 0, static_cast<int64_t>(answer.attempts.size()) - 1)); };
    double attempts = 0;
    for (size_t i = column(group.first); i <= column(group.last); ++i)
        attempts += answer.attempts[i];
    return attempts > 0 ? std::min(1.0, static_cast<double>(group.count) / attempts) : -1;
}

QString ErrorsPicture::title() const {
    const QVector<int> groups = drawn();
    if (groups.isEmpty())
        return answer.errors == 0 ? ErrorPicturesTr::tr("No errors") : ErrorPicturesTr::tr("Only muted errors");
    const auto fresh = std::count_if(groups.begin(), groups.end(), [&](int i) { return errorIsNew(answer.groups[static_cast<size_t>(i)], baseline); });
    const query::Failure& worst = answer.groups[static_cast<size_t>(groups.front())];
    QString text = fresh == 1 ? ErrorPicturesTr::tr("One new error: ") : fresh > 1 ? ErrorPicturesTr::tr("%1 new errors, first ").arg(fresh) : ErrorPicturesTr::tr("Nothing new, most: ");
    text += errorGroupTitle(worst).left(70);
    if (const query::ErrorWhere* place = placeOf(worst); place && shareIn(*place) >= 0.8)
        text += ErrorPicturesTr::tr(" on %1").arg(oneLine(place->value, kLineCharacters).left(40));
    text += ErrorPicturesTr::tr(", %1 times").arg(formatCount(worst.count));
    if (const double share = shareOf(worst); share > 0)
        text += ErrorPicturesTr::tr(", %1 of attempts").arg(formatShare(share));
    return text + QLatin1Char(' ') + stretch(worst.first, worst.last, utc);
}

QString ErrorsPicture::words() const {
    QStringList parts;
    if (answer.attemptsFromLogs)
        parts << ErrorPicturesTr::tr("access logs, n = %1 attempts").arg(formatCount(answer.attemptsTotal));
    else if (!answer.attempts.empty())
        parts << (sampledShare > 0 && sampledShare < 1 ? ErrorPicturesTr::tr("spans, sampled %1, n = %2").arg(formatShare(sampledShare), formatCount(answer.attemptsTotal))
                                                       : ErrorPicturesTr::tr("spans, n = %1").arg(formatCount(answer.attemptsTotal)));
    else
        parts << ErrorPicturesTr::tr("%1 of %2 rows").arg(formatCount(answer.errors), formatCount(answer.total));
    return parts.join(QStringLiteral(", "));
}

TimeChartData ErrorsPicture::chart(const Theme& theme, const QVector<ChartFlag>& flags) const {
    TimeChartData data;
    data.from = answer.from;
    data.width = answer.width;
    data.title = title();
    data.description = words();
    data.marks.flags = flags;
    const double perMinute = answer.width > 0 ? static_cast<double>(kMinute) / static_cast<double>(answer.width) : 1;
    const QVector<int> groups = drawn();
    const auto bars = [&](const QString& name, const QColor& color) {
        ChartSeries series;
        series.kind = ChartSeries::Kind::kBars;
        series.name = name;
        series.color = color;
        return series;
    };
    for (int order = 0; order < groups.size(); ++order) {
        const query::Failure& group = answer.groups[static_cast<size_t>(groups[order])];
        ChartSeries series = bars(errorGroupTitle(group).left(48), color(order, theme));
        for (const uint32_t n : group.perColumn)
            series.values.push_back(n * perMinute);
        data.series.push_back(series);
    }
    ChartSeries others = bars(ErrorPicturesTr::tr("others"), theme.others);
    bool any = false;
    for (size_t i = 0; i < answer.groups.size(); ++i) {
        const query::Failure& group = answer.groups[i];
        if (group.sameAs >= 0)
            continue;
        if (isMuted(group)) {
            ChartHatch hatch;
            hatch.range = {group.first, group.last + std::max<DurationNs>(answer.width, 1)};
            hatch.text = ErrorPicturesTr::tr("%1 muted: %2").arg(errorGroupTitle(group).left(30), formatCount(group.count));
            // Its own burst, not the everyday few around it.
            const auto most = std::max_element(group.perColumn.begin(), group.perColumn.end());
            if (most != group.perColumn.end() && *most > 0) {
                auto from = most, to = most;
                while (from != group.perColumn.begin() && *(from - 1) * 4 >= *most)
                    --from;
                while (to + 1 != group.perColumn.end() && *(to + 1) * 4 >= *most)
                    ++to;
                hatch.range = {answer.from + (from - group.perColumn.begin()) * answer.width, answer.from + (to + 1 - group.perColumn.begin()) * answer.width};
                data.marks.hatches.push_back(hatch);
            }
        } else if (!groups.contains(static_cast<int>(i))) {
            any = true;
            others.values.resize(std::max<qsizetype>(others.values.size(), static_cast<qsizetype>(group.perColumn.size())));
            for (size_t c = 0; c < group.perColumn.size(); ++c)
                others.values[static_cast<qsizetype>(c)] += group.perColumn[c] * perMinute;
        }
    }
    if (any)
        data.series.push_back(others);
    return data;
}

TimeChartData ErrorsPicture::share(const Theme& theme, const QVector<ChartFlag>& flags) const {
    TimeChartData data;
    data.from = answer.from;
    data.width = answer.width;
    data.unit = QStringLiteral("%");
    data.marks.flags = flags;
    data.marks.flagLabels = false;
    data.title = ErrorPicturesTr::tr("Share of attempts that failed");
    if (answer.attempts.empty())
        return data;
    ChartSeries line;
    line.name = ErrorPicturesTr::tr("share of attempts");
    line.color = theme.text;
    for (size_t i = 0; i < answer.attempts.size(); ++i) {
        double errors = 0;
        for (const query::Failure& group : answer.groups)
            if (group.sameAs < 0 && !isMuted(group) && (group.signal == Signal::kLog) == answer.attemptsFromLogs && i < group.perColumn.size())
                errors += group.perColumn[i];
        line.values.push_back(answer.attempts[i] > 0 ? std::min(100.0, 100 * errors / answer.attempts[i]) : kNoValue);
    }
    data.series.push_back(line);
    return data;
}

}  // namespace nj::ui

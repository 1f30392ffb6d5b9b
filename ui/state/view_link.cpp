#include "state/view_link.h"

#include <QUrl>
#include <QUrlQuery>

namespace nj::ui {

namespace {

constexpr qsizetype kLongestLink = 16'384;

QString stamp(TimeNs time) { return QString::fromStdString(formatRfc3339(time)); }
QString rangeText(const TimeRange& range) { return stamp(range.from) + QStringLiteral("..") + stamp(range.to); }

QString options(const ViewLink& link) {
    QString text;
    if (!link.range.empty())
        text += QStringLiteral(" --range ") + rangeText(link.range);
    if (!link.filter.isEmpty())
        text += QStringLiteral(" --filter ") + shellQuoted(link.filter);
    const QString& open = link.select.isEmpty() ? link.parameter : link.select;
    if (!open.isEmpty())
        text += QStringLiteral(" --select ") + shellQuoted(open);
    return text;
}

}  // namespace

QString shellQuoted(const QString& text) { return QLatin1Char('\'') + QString(text).replace(QLatin1Char('\''), QLatin1String("'\\''")) + QLatin1Char('\''); }

void setOpen(ViewLink& link, const QString& text) {
    for (const char* opened : {"trace:", "metric:", "sql:", "feature:", "note:", "measure:", "dashboard:", "promql:", "rows:"})
        if (text.startsWith(QLatin1String(opened))) {
            link.parameter = text;
            return;
        }
    link.select = text;
}

QString commandLine(const ViewLink& link) {
    QString text = QStringLiteral("nightjar ") + shellQuoted(link.capsule);
    if (!link.view.isEmpty())
        text += QStringLiteral(" --view ") + link.view;
    return text + options(link);
}

QString renderCommandLine(const ViewLink& link) {
    return QStringLiteral("nightjar render %1 %2 -o %2.png").arg(shellQuoted(link.capsule), link.view) + options(link);
}

QString linkText(const ViewLink& link) {
    QUrlQuery query;
    const auto add = [&](const char* name, const QString& value) {
        if (!value.isEmpty())
            query.addQueryItem(QString::fromLatin1(name), QString::fromLatin1(QUrl::toPercentEncoding(value)));
    };
    add("capsule", link.capsule);
    add("view", link.view);
    add("open", link.parameter);
    if (!link.range.empty()) {
        add("from", stamp(link.range.from));
        add("to", stamp(link.range.to));
    }
    add("filter", link.filter);
    add("select", link.select);
    QUrl url;
    url.setScheme(QStringLiteral("nightjar"));
    url.setHost(QStringLiteral("open"));
    url.setQuery(query);
    return QString::fromLatin1(url.toEncoded());
}

bool isLinkText(const QString& text) { return text.startsWith(QLatin1String("nightjar:"), Qt::CaseInsensitive); }

Result<ViewLink> parseLink(const QString& text) {
    if (text.size() > kLongestLink)
        return makeError(ErrorCode::kMalformed, "The link is longer than 16 KiB.");
    const QUrl url(text.trimmed(), QUrl::StrictMode);
    if (!url.isValid() || url.scheme() != QLatin1String("nightjar") || url.host() != QLatin1String("open"))
        return makeError(ErrorCode::kMalformed, "A link looks like nightjar://open?capsule=…&view=…");
    const QUrlQuery query(url);
    const auto part = [&](const char* name) { return query.queryItemValue(QString::fromLatin1(name), QUrl::FullyDecoded); };
    ViewLink link;
    link.capsule = part("capsule");
    link.view = part("view");
    link.parameter = part("open");
    link.filter = part("filter");
    link.select = part("select");
    const QString from = part("from"), to = part("to");
    if (from.isEmpty() != to.isEmpty())
        return makeError(ErrorCode::kMalformed, "The link names one end of its range only.");
    if (!from.isEmpty()) {
        NJ_ASSIGN(link.range.from, parseTime(from.toStdString(), 0));
        NJ_ASSIGN(link.range.to, parseTime(to.toStdString(), 0));
        if (link.range.empty())
            return makeError(ErrorCode::kMalformed, "The range of the link ends before it begins.");
    }
    return link;
}

}  // namespace nj::ui

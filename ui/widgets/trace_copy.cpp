#include "widgets/trace_copy.h"

#include <algorithm>

#include "query/trace_json.h"
#include "state/masking.h"
#include "theme/number_format.h"

namespace nj::ui {
namespace {

constexpr size_t kMostSpans = 200'000, kMostOtlp = 20'000;

QString plain(const std::string& s) { return QString::fromUtf8(s.data(), static_cast<qsizetype>(std::min<size_t>(s.size(), 512))).simplified(); }

// In a table a bar would begin a cell.
QString cell(const std::string& s) { return plain(s).replace(QLatin1Char('|'), QLatin1String("\\|")).replace(QLatin1Char('`'), QLatin1Char('\'')); }

void mask(AttributeList& attributes) {
    for (KeyValue& attribute : attributes)
        if (isMessageContent(attribute.key))
            attribute.value = AttributeValue::ofString(maskText().toStdString());
}

void mask(query::TraceSpan& span) {
    mask(span.attributes);
    for (auto& event : span.events)
        mask(event.attributes);
}

QString asTable(const query::TraceTree& tree, const QString& title, bool markdown) {
    QString copy = (markdown ? QStringLiteral("**%1**\n\n| span | service | start | duration | self |\n|---|---|---|---|---|\n") : QStringLiteral("%1\n")).arg(title);
    for (const auto& s : tree.spans) {
        const QString indent(std::min(s.depth, 40) * 2, markdown ? QChar(0xA0) : QLatin1Char(' '));
        const QString mark = s.status == SpanStatus::kError ? QStringLiteral("▲ ") : QString();
        const QString start = QStringLiteral("+") + formatLength(s.start - tree.from);
        if (markdown)
            copy += QStringLiteral("| %1%2%3 | %4 | %5 | %6 | %7 |\n").arg(indent, mark, cell(s.name), cell(s.service), start, formatLength(s.end - s.start), formatLength(s.self));
        else
            copy += indent + mark + plain(s.name) + QStringLiteral(" [") + plain(s.service) + QStringLiteral("] ") + start + QLatin1Char(' ') + formatLength(s.end - s.start) + QLatin1Char('\n');
    }
    return copy;
}

}  // namespace

Result<QString> traceCopy(query::Backend& backend, const query::TraceTree& tree, const TraceCopyQuestion& question, std::stop_token stop) {
    const QString id = QString::fromStdString(tree.id.hex());
    const bool small = question.form == TraceCopy::kId || question.form == TraceCopy::kCommand;
    if (!small && tree.spans.size() > kMostSpans)
        return makeError(ErrorCode::kLimit, "The trace is too large for the clipboard: nightjar trace writes it to a file.");
    switch (question.form) {
    case TraceCopy::kId: return id;
    case TraceCopy::kCommand: return QStringLiteral("nightjar trace '%1' %2").arg(QString(question.capsule).replace(QLatin1Char('\''), QLatin1String("'\\''")), id);
    case TraceCopy::kText:
    case TraceCopy::kMarkdown: return asTable(tree, question.title, question.form == TraceCopy::kMarkdown);
    case TraceCopy::kJson: {
        query::TraceTree shown = tree;
        if (!question.contents)
            std::for_each(shown.spans.begin(), shown.spans.end(), [](query::TraceSpan& span) { mask(span); });
        return QString::fromStdString(query::traceJson(shown));
    }
    case TraceCopy::kOtlp: {
        NJ_ASSIGN(auto details, query::spanDetails(backend, tree, kMostOtlp, stop));
        if (!question.contents)
            std::for_each(details.begin(), details.end(), [](query::SpanDetail& detail) { mask(detail.span); });
        return QString::fromStdString(query::traceOtlpJson(tree, details));
    }
    }
    return QString();
}

}  // namespace nj::ui

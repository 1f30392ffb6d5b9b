#include "widgets/promql_edit.h"

#include <QHelpEvent>
#include <QRegularExpression>
#include <QTextBlock>
#include <QToolTip>

#include "models/metric_type.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kLongestHighlighted = 20'000, kCheckMs = 300;

const QRegularExpression& tokens() {
    static const QRegularExpression kTokens = [] {
        QStringList words;
        for (const auto& [word, how] : query::promqlWords())
            words << QString::fromStdString(word);
        return QRegularExpression(QStringLiteral(R"((?<comment>#.*$)|(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|`[^`]*`?)|(?<word>\b(?:%1)\b(?!\s*[=!]))|(?<label>\b[A-Za-z_]\w*(?=\s*(?:=~|!~|!=|=[^=])))|(?<number>\b\d[\w.]*\b))").arg(words.join(QLatin1Char('|'))));
    }();
    return kTokens;
}

}  // namespace

PromqlHighlighter::PromqlHighlighter(const Theme& theme, QTextDocument* document) : QSyntaxHighlighter(document), theme_(theme) {}

void PromqlHighlighter::highlightBlock(const QString& text) {
    if (text.size() > kLongestHighlighted)
        return;
    QTextCharFormat comment, string, word, label, number;
    comment.setForeground(theme_.muted);
    comment.setFontItalic(true);
    string.setForeground(theme_.ok);
    word.setForeground(theme_.accent);
    label.setForeground(theme_.seriesColor(0));
    number.setForeground(theme_.warning);
    for (auto match = tokens().globalMatch(text); match.hasNext();) {
        const auto found = match.next();
        const std::pair<const char*, const QTextCharFormat*> kinds[] = {{"comment", &comment}, {"string", &string}, {"word", &word}, {"label", &label}, {"number", &number}};
        for (const auto& [kind, format] : kinds)
            if (found.capturedStart(QLatin1String(kind)) >= 0)
                setFormat(static_cast<int>(found.capturedStart()), static_cast<int>(found.capturedLength()), *format);
    }
}

PromqlEdit::PromqlEdit(const Theme& theme, QWidget* parent) : CodeEditor(theme, parent) {
    setAccessibleName(tr("PromQL"));
    setPlaceholderText(tr("PromQL, such as sum by (pod) (rate(http_requests_total[5m]))"));
    setEnterRuns(true);
    setVerticalScrollBarPolicy(Qt::ScrollBarAsNeeded);
    new PromqlHighlighter(theme, document());
    soon_.setSingleShot(true);
    soon_.setInterval(kCheckMs);
    connect(&soon_, &QTimer::timeout, this, &PromqlEdit::check);
    connect(document(), &QTextDocument::contentsChange, this, [this](int, int removed, int added) {
        if (removed != added || removed > 0)
            soon_.start();
    });
    setNames({});
}

void PromqlEdit::setNames(const query::PromqlNames& names) {
    words_.clear();
    labelNames_.clear();
    help_.clear();
    for (const query::MetricName& metric : names.metrics) {
        const QString name = QString::fromStdString(metric.name).left(300);
        words_ << name;
        QStringList about{metricTypeWords(metric), QString::fromStdString(metric.unit).left(40), QString::fromStdString(metric.description).left(400)};
        about.removeAll(QString());
        help_.insert(name, about.join(QStringLiteral(" · ")));
    }
    for (const std::string& label : names.labels)
        labelNames_ << QString::fromStdString(label).left(300);
    for (const auto& [word, how] : query::promqlWords()) {
        words_ << QString::fromStdString(word);
        help_.insert(QString::fromStdString(word), QString::fromStdString(how));
    }
    offeredKnown_ = false;
    offer(place());
}

void PromqlEdit::setLabels(const QString& metric, const std::vector<query::MetricLabel>& labels) {
    labels_.insert(metric, labels);
    wanted_.remove(metric);
    offeredKnown_ = false;
    if (place().metric == metric)
        completeAgain();
}

PromqlPlace PromqlEdit::place() const { return promqlPlace(toPlainText(), textCursor().position()); }

void PromqlEdit::prepareCompletion() { offer(place()); }

// The list is made anew only where something else can stand: it has thousands of entries.
void PromqlEdit::offer(const PromqlPlace& place) {
    if (!place.metric.isEmpty() && !labels_.contains(place.metric) && !wanted_.contains(place.metric)) {
        wanted_.insert(place.metric);
        Q_EMIT labelsWanted(place.metric);
    }
    if (offeredKnown_ && place.kind == offered_.kind && place.metric == offered_.metric && place.label == offered_.label)
        return;
    offered_ = place;
    offeredKnown_ = true;
    offeredAbout_.clear();
    const auto known = labels_.constFind(place.metric);
    QStringList words;
    if (place.kind == PromqlPlace::Kind::kWord) {
        words = words_;
    } else if (place.kind == PromqlPlace::Kind::kLabel) {
        if (known == labels_.constEnd()) {
            words = labelNames_;
        } else {
            for (const query::MetricLabel& label : *known) {
                words << QString::fromStdString(label.key).left(300);
                offeredAbout_.insert(words.back(), tr("%n value(s)", nullptr, static_cast<int>(label.valueCount)));
            }
        }
    } else if (place.kind == PromqlPlace::Kind::kValue && known != labels_.constEnd()) {
        for (const query::MetricLabel& label : *known)
            for (const auto& [value, series] : label.values)
                if (QString::fromStdString(label.key) == place.label) {
                    words << QString::fromStdString(value).left(300);
                    offeredAbout_.insert(words.back(), tr("%n series", nullptr, static_cast<int>(series)));
                }
    }
    setWords(words);
}

bool PromqlEdit::completesAfter(QChar typed) const {
    const PromqlPlace::Kind kind = place().kind;
    return kind == PromqlPlace::Kind::kLabel || kind == PromqlPlace::Kind::kValue || (kind == PromqlPlace::Kind::kWord && isWordCharacter(typed));
}

int PromqlEdit::leastTyped() const { return place().kind == PromqlPlace::Kind::kWord ? 2 : 0; }

// A value is closed with its quote, unless that is there.
QString PromqlEdit::insertedFor(const QString& offer) const {
    const PromqlPlace here = place();
    if (here.kind != PromqlPlace::Kind::kValue)
        return offer;
    QString text = offer;
    text.replace(QLatin1Char('\\'), QStringLiteral("\\\\")).replace(QLatin1Char('"'), QStringLiteral("\\\"")).replace(QLatin1Char('\n'), QStringLiteral("\\n"));
    const QChar quote = here.begin > 0 ? document()->characterAt(static_cast<int>(here.begin) - 1) : QLatin1Char('"');
    return document()->characterAt(textCursor().position()) == quote ? text : text + quote;
}

QString PromqlEdit::aboutOffer(const QString& offer) const { return offered_.kind == PromqlPlace::Kind::kWord ? help_.value(offer) : offeredAbout_.value(offer); }

QString PromqlEdit::helpFor(const QString& word) const { return help_.value(word); }

bool PromqlEdit::check() {
    soon_.stop();
    const std::string text = toPlainText().toStdString();
    const auto found = expression().isEmpty() ? std::nullopt : query::promqlProblem(text);
    problem_ = found ? QString::fromStdString(found->message).left(300) + QStringLiteral(" (") + placeText(static_cast<int>(found->at)) + QLatin1Char(')') : QString();
    markError(found ? static_cast<int>(found->at) : -1);
    Q_EMIT checked();
    return !found;
}

bool PromqlEdit::event(QEvent* event) {
    if (event->type() != QEvent::ToolTip)
        return CodeEditor::event(event);
    const auto* help = static_cast<QHelpEvent*>(event);
    QTextCursor cursor = cursorForPosition(viewport()->mapFrom(this, help->pos()));
    const QString line = cursor.block().text();
    int from = cursor.positionInBlock(), to = from;
    while (from > 0 && isWordCharacter(line[from - 1]))
        --from;
    while (to < line.size() && isWordCharacter(line[to]))
        ++to;
    const QString words = helpFor(line.mid(from, to - from));
    const QString shown = words.isEmpty() ? problem_ : words;
    QToolTip::showText(help->globalPos(), shown.isEmpty() ? QString() : plainToolTip(shown), this);
    return true;
}

bool PromqlEdit::isWordCharacter(QChar c) const { return c.isLetterOrNumber() || c == QLatin1Char('_') || c == QLatin1Char(':'); }

QString PromqlEdit::wordBefore() const { return toPlainText().mid(place().begin, textCursor().position() - place().begin); }

}  // namespace nj::ui

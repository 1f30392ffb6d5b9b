#include "views/error_group_panel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QScrollBar>
#include <QVBoxLayout>
#include <algorithm>

#include "query/search_syntax.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "widgets/attribute_table.h"
#include "widgets/flow_layout.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr size_t kMostChanges = 40, kShownChanges = 6;
constexpr DurationNs kBefore = 40 * kMinute;   // what moved earlier is another story

// Saved and failed requests as one bar.
class SavedBar : public QWidget {
public:
    SavedBar(uint64_t saved, uint64_t failed, const Theme& theme, QWidget* parent) : QWidget(parent), saved_(saved), failed_(failed), theme_(theme) { setFixedHeight(10); }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        const double whole = static_cast<double>(saved_ + failed_);
        const double saved = width() * static_cast<double>(saved_) / std::max(whole, 1.0);
        p.fillRect(QRectF(0, 0, saved - 1, height()), theme_.ok);
        p.fillRect(QRectF(saved, 0, width() - saved, height()), theme_.error);
    }

private:
    uint64_t saved_, failed_;
    const Theme& theme_;
};

// A word longer than a line would widen the page: it may be broken every so many characters.
QString breakable(const QString& text) {
    constexpr int kMostUnbroken = 24;
    QString out;
    int run = 0;
    for (const QChar c : text) {
        run = c.isSpace() ? 0 : run + 1;
        out += c;
        if (run > 0 && run % kMostUnbroken == 0)
            out += QChar(0x200B);
    }
    return out;
}

QFrame* box(const Theme& theme) {
    auto* made = new QFrame;
    made->setObjectName(QStringLiteral("errorSample"));
    made->setFrameShape(QFrame::StyledPanel);
    auto* column = new QVBoxLayout(made);
    column->setContentsMargins(2 * theme.unit, theme.unit + 2, 2 * theme.unit, theme.unit + 2);
    column->setSpacing(theme.unit);
    return made;
}

QPushButton* linkButton(const QString& text, const char* name) {
    auto* button = new QPushButton(text);
    button->setObjectName(QLatin1String(name));
    button->setProperty("role", QStringLiteral("link"));
    return button;
}

}  // namespace

ErrorGroupPanel::ErrorGroupPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    auto* body = new QWidget(this);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * context.theme.unit);
    scroll_ = new QScrollArea(body);
    scroll_->setAccessibleName(tr("The group chosen"));
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->viewport()->setAutoFillBackground(false);
    buttons_ = new QWidget(body);
    auto* flow = new FlowLayout(context.theme.unit + 2, buttons_);
    rows_ = linkButton({}, "errorRows");
    traces_ = linkButton({}, "errorTraces");
    mute_ = linkButton({}, "errorMute");
    for (QPushButton* button : {rows_, traces_, mute_})
        flow->addWidget(button);
    column->addWidget(scroll_, 1);
    column->addWidget(buttons_);
    setBody(body);
    connect(rows_, &QPushButton::clicked, this, &ErrorGroupPanel::rowsWanted);
    connect(traces_, &QPushButton::clicked, this, &ErrorGroupPanel::tracesWanted);
    connect(mute_, &QPushButton::clicked, this, [this] { Q_EMIT muteWanted(!shown_.muted); });
    clear();
}

void ErrorGroupPanel::clear() {
    known_ = false;
    changes_.clear();
    context_.queries.cancel(QStringLiteral("errors/changes"));
    asking_ = false;
    setTitle(tr("Error group"));
    showEmpty(tr("Choose a group: click a row or a bar, or press e."));
}

QString ErrorGroupPanel::sentence() const { return known_ ? errorSentence(shown_.group, context_.workspace.info().sampledShare) : QString(); }

void ErrorGroupPanel::setGroup(const Shown& shown) {
    const bool same = known_ && errorGroupKey(shown.group) == errorGroupKey(shown_.group) && shown.group.first == shown_.group.first;
    shown_ = shown;
    known_ = true;
    setTitle(tr("Error group"));
    rows_->setText(shown_.group.signal == Signal::kLog ? tr("%1 log records").arg(formatCount(shown_.group.count)) : tr("%1 spans").arg(formatCount(shown_.group.count)));
    rows_->setVisible(!shown_.group.filter.empty());
    const uint64_t traces = shown_.group.signal == Signal::kSpan ? shown_.group.requests : shown_.group.tracesKept;
    traces_->setText(tr("%1 traces").arg(formatCount(traces)));
    traces_->setVisible(traces > 0 || shown_.group.spans > 0);
    mute_->setText(shown_.muted ? tr("Unmute") : tr("Mute"));
    if (!same) {
        changes_.clear();
        scroll_->verticalScrollBar()->setValue(0);
        askChanges();
    }
    rebuild();
    showBody();
}

void ErrorGroupPanel::askChanges() {
    const auto baseline = context_.workspace.baseline();
    context_.queries.cancel(QStringLiteral("errors/changes"));
    asking_ = false;
    if (!baseline)
        return;
    asking_ = true;
    const query::ChangesQuestion question{context_.workspace.range(), *baseline, kMostChanges};
    context_.queries.ask(
        QStringLiteral("errors/changes"), this, [question](query::Backend& backend, std::stop_token stop) { return backend.changes(question, stop); },
        [this](Result<std::vector<query::ChangeRow>>&& answer) {
            asking_ = false;
            changes_.clear();
            if (answer.ok())
                for (query::ChangeRow& change : *answer)
                    if (change.onset > shown_.group.first - kBefore && change.onset <= shown_.group.first + kMinute && change.kind != "log")
                        changes_.push_back(std::move(change));
            if (changes_.size() > kShownChanges)
                changes_.resize(kShownChanges);   // the strongest
            std::stable_sort(changes_.begin(), changes_.end(), [](const auto& a, const auto& b) { return a.onset < b.onset; });
            if (known_)
                rebuild();
            Q_EMIT settledChanged();
        });
}

void ErrorGroupPanel::rebuild() {
    auto* page = new QWidget;
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, 2 * context_.theme.unit, 0);
    column->setSpacing(2 * context_.theme.unit);
    addHead(column);
    addFacts(column);
    addSamples(column);
    addChanges(column);
    column->addStretch(1);
    const int position = scroll_->verticalScrollBar()->value();
    delete scroll_->takeWidget();
    scroll_->setWidget(page);
    page->setAutoFillBackground(false);
    scroll_->verticalScrollBar()->setValue(position);
}

void ErrorGroupPanel::addHead(QVBoxLayout* column) {
    const Theme& theme = context_.theme;
    const query::Failure& group = shown_.group;
    const bool fresh = errorIsNew(group, context_.workspace.baseline()) && !shown_.muted;
    auto* title = new PlainLabel((fresh ? QStringLiteral("▲ ") : QString()) + breakable(errorGroupTitle(group)), theme.panelTitle, fresh ? "error" : "");
    title->setWordWrap(true);
    column->addWidget(title);
    QFont strong = theme.body;
    strong.setWeight(QFont::Medium);
    auto* says = new PlainLabel(sentence(), strong);
    says->setObjectName(QStringLiteral("errorSentence"));
    says->setWordWrap(true);
    column->addWidget(says);
    if (group.failedRequests + group.savedRequests == 0)
        return;
    column->addWidget(new SavedBar(group.savedRequests, group.failedRequests, theme, nullptr));
    auto* ends = new QHBoxLayout;
    ends->addWidget(new PlainLabel(tr("● %1 saved").arg(formatCount(group.savedRequests)), theme.table, "ok"));
    ends->addStretch(1);
    ends->addWidget(new PlainLabel(tr("▲ %1 failed").arg(formatCount(group.failedRequests)), theme.table, "error"));
    column->addLayout(ends);
}

void ErrorGroupPanel::addFacts(QVBoxLayout* column) {
    const query::Failure& group = shown_.group;
    const bool utc = context_.workspace.utc();
    InspectorSection facts{tr("Facts"), {}, {}};
    facts.rows.push_back({tr("seen"), formatClock(group.first, utc, kSecond) + QStringLiteral(" – ") + formatClock(group.last, utc, kSecond) + QLatin1Char(' ') + zoneName(group.first, utc), {}, false});
    facts.rows.push_back({QStringLiteral("service"), qText(group.service), QStringLiteral("service"), false});
    for (const query::ErrorWhere& where : group.where) {
        const QString value = qText(where.value).left(200);
        const QString share = formatShare(static_cast<double>(where.count) / static_cast<double>(std::max<uint64_t>(where.rows, 1)));
        facts.rows.push_back({qText(where.key), where.distinct > 1 ? tr("%1 %2, %3 others").arg(value, share, formatCount(where.distinct - 1)) : value + QLatin1Char(' ') + share, {}, false});
    }
    QStringList attempts;
    for (size_t i = 0; i < group.attempts.size(); ++i)
        attempts << tr("%1 × %2").arg(formatCount(group.attempts[i])).arg(i + 1);
    if (group.attempts.size() > 1)
        facts.rows.push_back({tr("rows × attempt"), attempts.join(QStringLiteral(", ")), {}, false});
    if (shown_.shareOfAttempts > 0)
        facts.rows.push_back({tr("of attempts then"), formatShare(shown_.shareOfAttempts), {}, false});
    const TwoLines against = errorAgainstBaseline(group, context_.workspace.baseline());
    facts.rows.push_back({tr("baseline"), against.first + QStringLiteral(", ") + against.second, {}, false});
    for (const query::Failure& told : shown_.toldBy)
        facts.rows.push_back({tr("also told by"), tr("%1: %2 × %3").arg(qText(told.service), formatCount(told.count), errorGroupTitle(told).left(60)), {}, false});
    auto* table = new AttributeTable(facts, context_.theme);
    connect(table, &AttributeTable::filterAsked, this, &ErrorGroupPanel::addTerm);
    column->addWidget(table);
}

void ErrorGroupPanel::addSamples(QVBoxLayout* column) {
    const Theme& theme = context_.theme;
    const query::Failure& group = shown_.group;
    if (group.samples.empty())
        return;
    auto* heading = new QHBoxLayout;
    heading->addWidget(new PlainLabel(tr("Sample rows"), theme.panelTitle));
    heading->addStretch(1);
    heading->addWidget(new PlainLabel(group.tracesKept > 0 ? tr("%1 of %2; %3 traces kept").arg(group.samples.size()).arg(formatCount(group.count), formatCount(group.tracesKept))
                                                           : tr("%1 of %2").arg(group.samples.size()).arg(formatCount(group.count)),
                                      theme.caption, "muted"));
    column->addLayout(heading);
    QFont small = theme.mono;
    small.setPixelSize(11);
    for (const query::ErrorSample& sample : group.samples) {
        QFrame* frame = box(theme);
        auto* lines = static_cast<QVBoxLayout*>(frame->layout());
        auto* top = new QHBoxLayout;
        top->addWidget(new PlainLabel(formatClock(sample.time, context_.workspace.utc(), kMillisecond), theme.table));
        top->addStretch(1);
        if (sample.attempt > 0)
            top->addWidget(new PlainLabel(tr("attempt %1").arg(sample.attempt), theme.table, "muted"));
        lines->addLayout(top);
        auto* text = new PlainLabel(breakable(qText(sample.text).left(300)), small);
        text->setWordWrap(true);
        lines->addWidget(text);
        auto* bottom = new FlowLayout(theme.unit + 2);
        QPushButton* row = linkButton(group.signal == Signal::kLog ? tr("Log record") : tr("Span"), "errorSampleRow");
        connect(row, &QPushButton::clicked, this, [this, sample] { openSample(sample, false); });
        bottom->addWidget(row);
        if (sample.traceKept) {
            QPushButton* trace = linkButton(tr("Trace %1…").arg(qText(sample.trace.hex()).left(8)), "errorSampleTrace");
            connect(trace, &QPushButton::clicked, this, [this, sample] { openSample(sample, true); });
            bottom->addWidget(trace);
        }
        if (sample.attempt > 0 && group.attempts.size() > 1) {
            const bool failed = sample.attempt >= group.attempts.size();
            bottom->addWidget(new PlainLabel(failed ? tr("▲ request failed") : sample.lastAttempt ? tr("● retry answered") : tr("◆ retried, failed again"), theme.table, failed ? "error" : sample.lastAttempt ? "ok" : "warning"));
        }
        lines->addLayout(bottom);
        column->addWidget(frame);
    }
}

void ErrorGroupPanel::addChanges(QVBoxLayout* column) {
    if (changes_.empty())
        return;
    const bool utc = context_.workspace.utc();
    InspectorSection section{tr("What moved before %1").arg(formatClock(shown_.group.first, utc)), {}, {}};
    for (const query::ChangeRow& change : changes_) {
        const QString unit = qText(change.unit);
        const QString value = change.kind == "event" ? qText(change.detail).simplified().left(60) : formatValue(change.before, unit) + QStringLiteral(" → ") + formatValue(change.after, unit);
        section.rows.push_back({formatClock(change.onset, utc) + QLatin1Char(' ') + qText(change.what).simplified().left(30), value, {}, false});
    }
    column->addWidget(new PlainLabel(section.title, context_.theme.panelTitle));
    column->addWidget(new AttributeTable(section, context_.theme));
}

void ErrorGroupPanel::openSample(const query::ErrorSample& sample, bool trace) {
    Workspace& workspace = context_.workspace;
    workspace.setCursor(sample.time);
    const bool span = shown_.group.signal == Signal::kSpan;
    workspace.setSelection({span ? Selection::Kind::kSpan : Selection::Kind::kLog, sample.seq, sample.trace, {}});
    if (trace || span)
        workspace.requestView(QString::fromLatin1(links::kTraces), links::trace(sample.trace, span ? sample.seq : -1));
    else
        workspace.requestView(QString::fromLatin1(links::kLogs), links::log(sample.seq));
}

void ErrorGroupPanel::addTerm(const QString& field, const QString& value, bool exclude) {
    const QString term = qText(query::searchTerm(field.toStdString(), value.toStdString(), exclude)), now = context_.workspace.filterText();
    if (!now.split(QLatin1Char(' ')).contains(term))
        context_.workspace.setFilterText(now.isEmpty() ? term : now + QLatin1Char(' ') + term);
}

}  // namespace nj::ui

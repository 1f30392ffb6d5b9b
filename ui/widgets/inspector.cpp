#include "widgets/inspector.h"

#include <QApplication>
#include <QClipboard>
#include <QDesktopServices>
#include <QMessageBox>
#include <QPainter>
#include <QPushButton>
#include <QScrollBar>
#include <QUrl>
#include <algorithm>
#include <cmath>

#include "query/search_syntax.h"
#include "theme/number_format.h"
#include "views/view.h"
#include "widgets/attribute_table.h"
#include "widgets/flow_layout.h"
#include "widgets/inspector_resource.h"
#include "widgets/inspector_sentence.h"
#include "widgets/lane_planner.h"
#include "widgets/plain_label.h"
#include "widgets/sparkline.h"
#include "widgets/tabular_text.h"

namespace nj::ui {

namespace {

constexpr size_t kMostLanes = 7;
constexpr int kLaneColumns = 120;
constexpr int kValueWidth = 70, kSparkWidth = 38;

// The stages of a request as one bar, each in a tone of the service's colour.
class StageBar : public QWidget {
public:
    StageBar(std::vector<query::TraceSpan::Stage> stages, QColor color, const Theme& theme, QWidget* parent)
        : QWidget(parent), stages_(std::move(stages)), color_(std::move(color)), theme_(theme) {
        setFixedHeight(theme.barHeight);
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        const TimeNs from = stages_.front().from;
        const double length = static_cast<double>(std::max<DurationNs>(1, stages_.back().to - from));
        for (size_t i = 0; i < stages_.size(); ++i) {
            const double left = width() * static_cast<double>(stages_[i].from - from) / length;
            const double right = width() * static_cast<double>(stages_[i].to - from) / length;
            QColor tone = color_;
            tone.setAlphaF(static_cast<float>(1.0 - 0.3 * static_cast<double>(i % 3)));
            p.fillRect(QRectF(left, 0, std::max(1.0, right - left - 1), height()), tone);
        }
    }

private:
    std::vector<query::TraceSpan::Stage> stages_;
    QColor color_;
    const Theme& theme_;
};

// One row of "same moment": name, value, the control's value, its line.
class MomentRow : public QWidget {
public:
    MomentRow(const MetricLane& lane, TimeRange range, TimeNs instant, const Theme& theme, QWidget* parent)
        : QWidget(parent), lane_(lane), range_(range), instant_(instant), theme_(theme) {
        setFixedHeight(theme.rowHeight);
        setAccessibleName(lane.title + QLatin1Char(' ') + lane.subtitle + QLatin1Char(' ') + value());
        if (!lane.controlName.isEmpty())
            setToolTip(plainToolTip(Inspector::tr("%1: %2 — beside it %3").arg(lane.subtitle, value(), lane.controlName)));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        p.fillRect(QRectF(0, height() - 1, width(), 1), theme_.grid);
        const QRectF spark(width() - kSparkWidth, 4, kSparkWidth, height() - 8);
        const QRectF control(spark.left() - 8 - kValueWidth, 0, kValueWidth, height());
        const QRectF own(control.left() - kValueWidth, 0, kValueWidth, height());
        p.setFont(theme_.table);
        p.setPen(theme_.text);
        const QString name = p.fontMetrics().elidedText(lane_.title + QStringLiteral("  ") + lane_.subtitle, Qt::ElideRight, static_cast<int>(own.left()) - 4);
        p.drawText(QRectF(0, 0, own.left(), height()), Qt::AlignLeft | Qt::AlignVCenter, name);
        drawTabular(p, own, Qt::AlignRight | Qt::AlignVCenter, value());
        p.setPen(theme_.muted);
        drawTabular(p, control, Qt::AlignRight | Qt::AlignVCenter, text(controlAt()));
        paintSparkLines(p, spark, {{lane_.points, theme_.accent, false}, {lane_.control, theme_.muted, true}}, range_, instant_, theme_, lane_.low, lane_.high);
    }

private:
    [[nodiscard]] QString text(std::optional<double> v) const { return v ? formatValue(*v, lane_.unit == u"reqs" ? QString() : lane_.unit) : QStringLiteral("–"); }
    [[nodiscard]] QString value() const { return text(lane_.at(instant_)); }
    [[nodiscard]] std::optional<double> controlAt() const {
        MetricLane copy;
        copy.points = lane_.control;
        return copy.at(instant_);
    }
    MetricLane lane_;
    TimeRange range_;
    TimeNs instant_;
    const Theme& theme_;
};

// What is shown around a selection.
struct InspectorScope {
    TimeRange all, range;
    std::optional<TimeNs> cursor;
};

constexpr int kSurveyColumns = 280, kMarkColumns = 8;

// A series that measures a device is that device's; else it is only itself.
Result<InspectorContent> seriesContent(query::Backend& backend, const query::SeriesInfo& series, const InspectorOptions& options, const InspectorScope& scope, std::stop_token stop) {
    Result<query::ResourceSurvey> survey = query::askResourceSurvey(backend, {scope.range, kSurveyColumns, series.id}, stop);
    if (!survey.ok() || survey->key.empty())
        return inspectSeries(series, options);
    ResourceInspection inspection{series, std::move(*survey), {}, scope.cursor};
    if (!inspection.survey.metrics.empty()) {
        NJ_ASSIGN(inspection.marks, query::askResourceGrid(backend, {inspection.survey.metrics.front().metric.id, scope.all, kMarkColumns, {inspection.survey.key}, true}, stop));
    }
    return inspectResource(inspection, options).value_or(inspectSeries(series, options));
}

Result<InspectorContent> contentFor(query::Backend& backend, const Selection& selection, const InspectorOptions& options, const InspectorScope& scope, std::stop_token stop) {
    switch (selection.kind) {
        case Selection::Kind::kSpan: {
            NJ_ASSIGN(const query::SpanDetail detail, backend.spanDetail(selection.seq, stop));
            InspectorOptions known = options;
            if (const auto filter = query::parseSearch("trace:" + detail.traceId.hex()); filter.ok()) {
                query::TraceListQuestion question;
                question.range = {detail.span.start, detail.span.start + 1};
                question.filter = *filter;
                question.limit = 1;
                // Only the sentence needs it: without an answer the share is the span's own.
                if (const auto traces = backend.traceList(question, stop); traces.ok() && !traces->rows.empty() && traces->rows.front().id == detail.traceId)
                    known.traceLength = traces->rows.front().duration;
            }
            return inspectSpan(detail, known);
        }
        case Selection::Kind::kLog: {
            NJ_ASSIGN(const query::LogDetail detail, backend.logDetail(selection.seq, stop));
            return inspectLog(detail, options);
        }
        case Selection::Kind::kEvent: {
            NJ_ASSIGN(const std::vector<query::EventMark> events, backend.events(scope.all, stop));
            for (const query::EventMark& event : events)
                if (event.seq == selection.seq) {
                    const auto log = event.logSeq >= 0 ? backend.logDetail(event.logSeq, stop) : Result<query::LogDetail>(makeError(ErrorCode::kNotFound, {}));
                    return inspectEvent(event, log.ok() ? &*log : nullptr, options);
                }
            return makeError(ErrorCode::kNotFound, "The event is no longer there.");
        }
        case Selection::Kind::kSeries: {
            query::SeriesQuestion every;
            every.limit = SIZE_MAX;
            NJ_ASSIGN(const std::vector<query::SeriesInfo> list, backend.series(every, stop));
            for (const query::SeriesInfo& info : list)
                if (info.id == selection.seq)
                    return seriesContent(backend, info, options, scope, stop);
            return makeError(ErrorCode::kNotFound, "The series is no longer there.");
        }
        default: return InspectorContent{};
    }
}

struct Moment {
    std::vector<LaneCandidate> candidates;
    std::vector<query::SeriesPoints> points;
};

Result<Moment> momentOf(query::Backend& backend, const std::vector<Entity>& entities, TimeRange range, std::stop_token stop) {
    Moment moment;
    NJ_ASSIGN(const std::vector<query::SeriesInfo> all, backend.series({}, stop));
    moment.candidates = laneCandidates(all, entities);
    for (const bool rate : {false, true}) {
        query::SeriesPointsQuestion question{{}, range, kLaneColumns, rate};
        for (const LaneCandidate& candidate : moment.candidates)
            if (laneIsRate(candidate.metric) == rate)
                question.series.push_back(candidate.series.id);
        if (question.series.empty())
            continue;
        NJ_ASSIGN(std::vector<query::SeriesPoints> points, backend.seriesPoints(question, stop));
        for (query::SeriesPoints& one : points)
            moment.points.push_back(std::move(one));
    }
    return moment;
}

}  // namespace

Inspector::Inspector(Workspace& workspace, QueryRunner& queries, const Theme& theme, QWidget* parent)
    : QWidget(parent), workspace_(workspace), queries_(queries), theme_(theme) {
    setObjectName(QStringLiteral("inspector"));
    setAccessibleName(tr("Inspector"));
    scroll_ = new QScrollArea(this);
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->viewport()->setAutoFillBackground(false);
    copyRow_ = new QWidget(this);
    auto* row = new QHBoxLayout(copyRow_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(theme.unit + 2);
    row->addWidget(new PlainLabel(tr("Copy as"), theme.table, "muted", copyRow_));
    const std::pair<QString, CopyForm> forms[] = {{tr("Text"), CopyForm::kText}, {tr("JSON"), CopyForm::kJson}, {tr("SQL"), CopyForm::kSql}, {tr("Markdown"), CopyForm::kMarkdown}};
    for (const auto& [text, form] : forms) {
        auto* button = new QPushButton(text, copyRow_);
        button->setProperty("role", QStringLiteral("segment"));
        connect(button, &QPushButton::clicked, this, [this, form = form] { copy(form); });
        row->addWidget(button);
    }
    row->addStretch(1);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding + 1, theme.padding, theme.unit, theme.padding);
    column->addWidget(scroll_, 1);
    column->addWidget(copyRow_);
    connect(&workspace_, &Workspace::selectionChanged, this, &Inspector::ask);
    connect(&workspace_, &Workspace::contentsShownChanged, this, &Inspector::ask);
    connect(&workspace_, &Workspace::utcChanged, this, &Inspector::ask);
}

bool Inspector::shows(const Selection& selection) const {
    using Kind = Selection::Kind;
    return (selection.kind == Kind::kSpan || selection.kind == Kind::kLog || selection.kind == Kind::kEvent || selection.kind == Kind::kSeries) && selection.seq >= 0;
}

void Inspector::ask() {
    const Selection selection = workspace_.selection();
    queries_.cancel(QStringLiteral("inspector/moment"));
    if (!shows(selection)) {
        queries_.cancel(QStringLiteral("inspector/main"));
        return;
    }
    const InspectorOptions options{workspace_.utc(), workspace_.contentsShown(), workspace_.cursor()};
    queries_.ask(QStringLiteral("inspector/main"), this,
                 [selection, options, scope = InspectorScope{workspace_.all(), workspace_.range(), workspace_.cursor()}](query::Backend& b, std::stop_token s) { return contentFor(b, selection, options, scope, s); },
                 [this](Result<InspectorContent>&& content) { show(std::move(content)); });
}

void Inspector::show(Result<InspectorContent>&& content) {
    problem_ = content.ok() ? QString() : QString::fromStdString(content.error().message);
    content_ = content.ok() ? std::move(*content) : InspectorContent{};
    lanes_.clear();
    rebuild();
    askMoment();
}

void Inspector::askMoment() {
    if (content_.moment.empty() || content_.entities.empty())
        return;
    queries_.ask(QStringLiteral("inspector/moment"), this,
                 [entities = content_.entities, range = content_.moment](query::Backend& b, std::stop_token s) { return momentOf(b, entities, range, s); },
                 [this](Result<Moment>&& moment) {
                     if (!moment.ok())
                         return;
                     lanes_ = planLanes(moment->candidates, moment->points, theme_, kMostLanes);
                     if (!lanes_.empty())
                         rebuild();
                 });
}

void Inspector::rebuild() {
    auto* page = new QWidget(scroll_->viewport());   // there from the start: moved there later, every child is styled twice
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(0, 0, theme_.unit * 2, 0);
    column->setSpacing(2 * theme_.unit);
    if (!problem_.isEmpty()) {
        auto* label = new PlainLabel(QStringLiteral("▲ ") + problem_, theme_.body, "error", page);
        label->setWordWrap(true);
        column->addWidget(label);
    } else {
        addHeader(column);
        addStages(column);
        addMoment(column);
        for (const InspectorSection& section : content_.sections) {
            addHeading(column, section.title, section.words);
            auto* table = new AttributeTable(section, theme_, page);
            connect(table, &AttributeTable::filterAsked, this, &Inspector::addTerm);
            connect(table, &AttributeTable::showContentsAsked, this, [this] { workspace_.setContentsShown(true); });
            column->addWidget(table);
        }
        addOriginal(column);
    }
    column->addStretch(1);
    const int position = scroll_->verticalScrollBar()->value();
    delete scroll_->takeWidget();
    scroll_->setWidget(page);
    page->setAutoFillBackground(false);
    scroll_->verticalScrollBar()->setValue(position);
}

void Inspector::addHeading(QVBoxLayout* column, const QString& title, const QString& words) {
    auto* row = new QHBoxLayout;
    row->setSpacing(2 * theme_.unit);
    auto* label = new PlainLabel(title, theme_.panelTitle);
    label->setElided(true);
    row->addWidget(label);
    row->addStretch(1);
    if (!words.isEmpty())
        row->addWidget(new PlainLabel(words, theme_.caption, "muted"));
    column->addSpacing(theme_.unit);
    column->addLayout(row);
}

void Inspector::addHeader(QVBoxLayout* column) {
    const QString mark = content_.mark.isEmpty() || content_.mark == u"·" ? QString() : content_.mark + QLatin1Char(' ');
    QFont font = theme_.title;
    font.setPixelSize(15);
    auto* title = new PlainLabel(mark + content_.title, font, content_.role.toLatin1().constData());
    title->setWordWrap(true);
    column->addWidget(title);
    if (!content_.subtitle.isEmpty()) {
        auto* subtitle = new PlainLabel(content_.subtitle, theme_.table, "muted");
        subtitle->setElided(true);
        column->addWidget(subtitle);
    }
    if (const QString sentence = wholeSentence(); !sentence.isEmpty()) {
        QFont strong = theme_.body;
        strong.setWeight(QFont::Medium);
        auto* label = new PlainLabel(sentence, strong);
        label->setWordWrap(true);
        column->addWidget(label);
    }
    auto* box = new QWidget;
    auto* flow = new FlowLayout(theme_.unit + 2, box);
    for (const InspectorLink& link : content_.links) {
        if (!link.view.isEmpty() && !findView(link.view))
            continue;   // a view that is not built is not offered
        auto* button = new QPushButton(link.text, box);
        button->setProperty("role", link.primary ? QStringLiteral("primary") : QStringLiteral("link"));
        connect(button, &QPushButton::clicked, this, [this, link] { follow(link); });
        flow->addWidget(button);
    }
    column->addWidget(box);
}

// Of a span with stages also what its engine's metrics said in the longest one, and where it ran.
QString Inspector::wholeSentence() const {
    QStringList parts;
    if (!content_.sentence.isEmpty())
        parts << content_.sentence;
    if (!content_.stages.empty()) {
        const auto longest = std::max_element(content_.stages.begin(), content_.stages.end(), [](const auto& a, const auto& b) { return a.to - a.from < b.to - b.from; });
        parts << meanwhileSentence(lanes_, longest->from + (longest->to - longest->from) / 2) << servedBySentence(content_.entities, content_.service);
    }
    parts.removeAll(QString());
    QString sentence = parts.join(QStringLiteral("; "));
    if (!sentence.isEmpty() && !sentence.endsWith(QLatin1Char('.')) && !sentence.endsWith(QLatin1Char('?')))
        sentence += QLatin1Char('.');
    return sentence;
}

void Inspector::addStages(QVBoxLayout* column) {
    if (content_.stages.empty())
        return;
    const DurationNs whole = content_.stages.back().to - content_.stages.front().from;
    addHeading(column, tr("Stages"), formatLength(whole));
    column->addWidget(new StageBar(content_.stages, theme_.seriesColor(workspace_.serviceRank(content_.service)), theme_, nullptr));
    InspectorSection section{tr("Stages"), {}, {}};
    for (const auto& stage : content_.stages) {
        const DurationNs length = stage.to - stage.from;
        const QString share = whole > 0 ? formatShare(double(length) / double(whole)) : QString();
        section.rows.push_back({QString::fromStdString(stage.name), formatLength(length) + QStringLiteral("  ") + share.rightJustified(5), {}, false});
    }
    column->addWidget(new AttributeTable(section, theme_));
}

void Inspector::addMoment(QVBoxLayout* column) {
    if (lanes_.empty())
        return;
    const TimeNs instant = content_.moment.from + content_.moment.length() / 2;
    const QString peer = lanes_.front().controlName;
    addHeading(column, tr("Same moment"), formatClock(instant, workspace_.utc(), kSecond) + QLatin1Char(' ') + zoneName(instant, workspace_.utc()));
    if (!peer.isEmpty()) {
        auto* words = new PlainLabel(tr("beside it, muted: %1 and other peers").arg(peer), theme_.caption, "muted");
        words->setElided(true);
        column->addWidget(words);
    }
    auto* rows = new QVBoxLayout;
    rows->setSpacing(0);
    for (const MetricLane& lane : lanes_)
        rows->addWidget(new MomentRow(lane, content_.moment, instant, theme_, nullptr));
    column->addLayout(rows);
}

void Inspector::addOriginal(QVBoxLayout* column) {
    if (content_.original.isEmpty())
        return;
    addHeading(column, tr("Original"), content_.originalWhere);
    QFont small = theme_.mono;
    small.setPixelSize(11);
    auto* label = new PlainLabel(content_.original, small);
    label->setWordWrap(true);
    label->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    column->addWidget(label);
}

void Inspector::addTerm(const QString& field, const QString& value, bool exclude) {
    const QString term = QString::fromStdString(query::searchTerm(field.toStdString(), value.toStdString(), exclude));
    const QString now = workspace_.filterText();
    if (now.split(QLatin1Char(' ')).contains(term))
        return;
    workspace_.setFilterText(now.isEmpty() ? term : now + QLatin1Char(' ') + term);
}

void Inspector::follow(const InspectorLink& link) {
    switch (link.kind) {
        case InspectorLink::Kind::kView: workspace_.requestView(link.view, link.parameter); break;
        case InspectorLink::Kind::kFilter:
            if (!link.range.empty())
                workspace_.setRange(link.range);
            addTerm(link.field, link.value, false);
            if (!link.view.isEmpty())
                workspace_.requestView(link.view, link.parameter);
            break;
        case InspectorLink::Kind::kRange: workspace_.setRange(link.range); break;
        case InspectorLink::Kind::kWeb: askToOpen(link.value); break;
    }
}

// The address stands in telemetry, so anybody may have written it: it is shown whole before a browser gets it.
void Inspector::askToOpen(const QString& address) {
    auto* question = new QMessageBox(QMessageBox::Question, tr("Open in the browser?"), address, QMessageBox::Open | QMessageBox::Cancel, this);
    question->setObjectName(QStringLiteral("openAddress"));
    question->setTextFormat(Qt::PlainText);
    question->setInformativeText(tr("The address comes from the data."));
    question->setAttribute(Qt::WA_DeleteOnClose);
    auto* copy = question->addButton(tr("Copy"), QMessageBox::ActionRole);
    connect(copy, &QAbstractButton::clicked, this, [address] { QApplication::clipboard()->setText(address); });
    connect(question, &QMessageBox::finished, this, [address](int answer) {
        if (answer == QMessageBox::Open)
            QDesktopServices::openUrl(QUrl(address, QUrl::StrictMode));
    });
    question->open();
}

QString Inspector::copyText(CopyForm form) const {
    switch (form) {
        case CopyForm::kText: return inspectorText(content_);
        case CopyForm::kJson: return inspectorJson(content_);
        case CopyForm::kSql: return content_.sql;
        case CopyForm::kMarkdown: return inspectorMarkdown(content_);
    }
    return {};
}

void Inspector::copy(CopyForm form) const { QApplication::clipboard()->setText(copyText(form)); }

// The values carry colours of the theme they were built under. Later, because the change is still being told to their widgets.
void Inspector::changeEvent(QEvent* event) {
    QWidget::changeEvent(event);
    if (event->type() == QEvent::PaletteChange && scroll_ && scroll_->widget())
        QMetaObject::invokeMethod(this, &Inspector::rebuild, Qt::QueuedConnection);
}

void Inspector::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.panel);
    p.fillRect(0, 0, 1, height(), theme_.line);
}

}  // namespace nj::ui

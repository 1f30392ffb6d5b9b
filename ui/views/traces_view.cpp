// Traces: the list of what the range and filter hold, and the waterfall of one. Registered as `traces_view` in views.inc.
#include <QCoreApplication>
#include <QKeyEvent>
#include <QStackedWidget>
#include <QVBoxLayout>

#include "state/links.h"
#include "views/view.h"
#include "widgets/trace_list_panel.h"
#include "widgets/trace_panel.h"
#include "widgets/waterfall_widget.h"

namespace nj::ui {
namespace {

class TracesView : public View {
    Q_OBJECT
public:
    TracesView(const ViewContext& context, QWidget* parent)
        : View(parent), workspace_(context.workspace), list_(new TraceListPanel(context.theme, context.workspace, context.queries)),
          trace_(new TracePanel(context.theme, context.workspace, context.queries)), pages_(new QStackedWidget) {
        auto* frame = new QVBoxLayout(this);
        const int margin = context.theme.padding;
        frame->setContentsMargins(margin, margin, margin, margin);
        frame->addWidget(pages_);
        pages_->addWidget(list_);
        pages_->addWidget(trace_);
        const auto stale = [this] {
            stale_ = true;
            refreshIfShown();
        };
        connect(&workspace_, &Workspace::rangeChanged, this, stale);
        connect(&workspace_, &Workspace::filterChanged, this, stale);
        connect(&workspace_, &Workspace::infoChanged, this, stale);
        connect(&workspace_, &Workspace::utcChanged, this, stale);
        connect(&workspace_, &Workspace::selectionChanged, this, &TracesView::followSelection);
        connect(list_, &TraceListPanel::traceChosen, this, [this](const TraceId& id) { openTrace(id, -1); });
        connect(list_, &TraceListPanel::settledChanged, this, &View::settledChanged);
        connect(trace_, &TracePanel::settledChanged, this, &View::settledChanged);
        connect(trace_, &TracePanel::backRequested, this, &TracesView::showList);
        connect(trace_, &TracePanel::neighbourRequested, this, [this](int step) {
            const TraceId next = list_->neighbour(trace_->trace(), step);
            if (!next.empty())
                openTrace(next, -1);
        });
    }

    void open(const QString& parameter) override {
        const QStringList parts = parameter.split(QLatin1Char(':'));
        if (parts.size() < 2 || parts[0] != QLatin1String("trace"))
            return;
        const auto id = TraceId::fromHex(parts[1].toStdString());
        if (!id)
            return;
        // "@<hex>" names the span by its own id, as links between spans do.
        const auto span = parts.size() > 2 && parts[2].startsWith(QLatin1Char('@')) ? SpanId::fromHex(parts[2].mid(1).toStdString()) : std::nullopt;
        openTrace(*id, !span && parts.size() > 2 ? parts[2].toLongLong() : -1);
        if (span)
            trace_->openSpan(*id, *span);
    }
    [[nodiscard]] QString opened() const override { return pages_->currentWidget() == trace_ && !trace_->trace().empty() ? links::trace(trace_->trace()) : QString(); }
    [[nodiscard]] bool settled() const override { return pages_->currentWidget() == trace_ ? trace_->settled() : list_->settled() && !stale_; }
    [[nodiscard]] QString shownSql() const override {
        return pages_->currentWidget() == trace_ && !trace_->trace().empty()
                   ? QStringLiteral("SELECT * FROM spans WHERE trace_id = '%1' ORDER BY start_time_unix_nano;").arg(QString::fromStdString(trace_->trace().hex()))
                   : QString();
    }
    [[nodiscard]] QString summary() const override { return pages_->currentWidget() == trace_ ? trace_->summary() : list_->title(); }

    static const KeyTable<TracesView>& keys() {
        static const auto inTrace = [](const TracesView& view) { return view.inTrace(); };
        static const KeyTable<TracesView> keys({{"Esc", QT_TR_NOOP("back to the list"), [](TracesView& view) { view.showList(); }, inTrace},
                                                {"Esc", QT_TR_NOOP("let go of the chosen field"), [](TracesView& view) { view.list_->clearBox(); }, [](const TracesView& view) { return !view.inTrace() && view.list_->hasBox(); }},
                                                {"E", QT_TR_NOOP("next, previous error"), [](TracesView& view) { view.trace_->nextError(false); }, inTrace},
                                                {"Shift+E", QT_TR_NOOP("next, previous error"), [](TracesView& view) { view.trace_->nextError(true); }, inTrace},
                                                {"N", QT_TR_NOOP("next, previous hit"), [](TracesView& view) { view.trace_->nextHit(false); }, inTrace},
                                                {"Shift+N", QT_TR_NOOP("next, previous hit"), [](TracesView& view) { view.trace_->nextHit(true); }, inTrace},
                                                {"/", QT_TR_NOOP("search the spans"), [](TracesView& view) { view.trace_->focusSearch(); }, inTrace}},
                                               false);
        return keys;
    }

protected:
    void showEvent(QShowEvent* event) override {
        View::showEvent(event);
        refreshIfShown();
    }
    void keyPressEvent(QKeyEvent* event) override {
        if (!keys().run(*this, *event))
            View::keyPressEvent(event);
    }

private:
    [[nodiscard]] bool inTrace() const { return pages_->currentWidget() == trace_; }
    void refreshIfShown() {
        if (!stale_ || !isVisible())
            return;
        stale_ = false;
        list_->refresh();
    }
    void openTrace(const TraceId& id, qint64 seq) {
        pages_->setCurrentWidget(trace_);
        trace_->open(id, seq);
        trace_->waterfall()->setFocus();
        Q_EMIT settledChanged();
    }
    void showList() {
        pages_->setCurrentWidget(list_);
        list_->table()->setFocus();
        Q_EMIT settledChanged();
    }
    // A span selected elsewhere (inspector, logs) is shown in its trace when that trace is open.
    void followSelection() {
        const Selection& selection = workspace_.selection();
        if (isVisible() && pages_->currentWidget() == trace_ && selection.kind == Selection::Kind::kSpan && selection.trace == trace_->trace())
            trace_->selectSpanSeq(selection.seq);
    }

    Workspace& workspace_;
    TraceListPanel* list_;
    TracePanel* trace_;
    QStackedWidget* pages_;
    bool stale_ = true;
};

}  // namespace

extern const ViewFactory traces_view;
const ViewFactory traces_view{
    "traces", QT_TRANSLATE_NOOP("nj::ui::View", "Traces"), "≡",
    [](const query::CapsuleInfo& info) { return info.spans > 0 ? QString() : QCoreApplication::translate("nj::ui::View", "Needs traces: import OTLP, Jaeger or Zipkin files."); },
    [](const ViewContext& context, QWidget* parent) -> View* { return new TracesView(context, parent); },
    [] { return withKeys(TracesView::keys().rows(), WaterfallWidget::keys().rows()); }};

}  // namespace nj::ui

#include "traces_view.moc"

#include "views/dashboards_view.h"

#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QScrollBar>
#include <QToolButton>
#include <QUrl>
#include <QVBoxLayout>
#include <algorithm>

#include "dashboard/resolve_variables.h"
#include "models/rule_board.h"
#include "query/definitions.h"
#include "state/links.h"
#include "views/dashboard_board.h"
#include "views/dashboard_chooser.h"
#include "views/dashboard_keeping.h"
#include "views/dashboard_links.h"
#include "views/dashboard_panel.h"
#include "widgets/no_data_panel.h"
#include "widgets/plain_label.h"
#include "widgets/remarks_panel.h"
#include "widgets/variable_bar.h"

namespace nj::ui {
namespace {

constexpr int kBarHeight = 28;

}  // namespace

DashboardsView::DashboardsView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context), book_(AnnotationBook::of(context.workspace)) {
    setObjectName(QStringLiteral("page"));
    setAcceptDrops(true);
    buildKeeping();
    build();
    connect(&context_.workspace, &Workspace::rangeChanged, this, &DashboardsView::takeRange);
    connect(&context_.workspace, &Workspace::utcChanged, this, &DashboardsView::takeRange);
    connect(&context_.workspace, &Workspace::infoChanged, this, [this] {
        chooser_->forget();   // more was read: there may be more series
        scheduleRefresh();
    });
    connect(&book_, &AnnotationBook::changed, this, [this] {
        chooser_->fill();
        // Taken back, or changed elsewhere.
        if (!current_.isEmpty() && !DashboardChooser::isBuiltIn(current_) && !chooser_->definition(current_))
            choose(chooser_->first());
        else if (!wanted_.isEmpty() || current_.isEmpty())
            chooseWanted();
        else if (const Definition* changed = chooser_->definition(current_); changed && changed->document != document_)
            askOpen();
    });
}

DashboardsView::~DashboardsView() = default;

void DashboardsView::build() {
    const Theme& theme = context_.theme;
    auto* outer = new QVBoxLayout(this);
    outer->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    outer->setSpacing(theme.gap);
    auto* bar = new QHBoxLayout;
    bar->setSpacing(theme.gap);
    chooser_ = new DashboardChooser(context_, this);
    connect(chooser_, &DashboardChooser::chosen, this, &DashboardsView::choose);
    connect(chooser_, &DashboardChooser::found, this, [this] {
        chooseWanted();
        announce();
    });
    variables_ = new VariableBar(theme, this);
    connect(variables_, &VariableBar::chosen, this, [this](const QString& name, const QStringList& values) {
        std::vector<std::string>& choice = choices_[name.toStdString()];
        choice.clear();
        for (const QString& value : values)
            choice.push_back(value.toStdString());
        remembered_[current_] = choices_;
        askOpen();
    });
    const auto button = [&](const QString& text, const char* name, const QString& tip) {
        auto* made = new QToolButton(this);
        made->setText(text);
        made->setObjectName(QLatin1String(name));
        made->setFont(theme.table);
        made->setToolTip(tip);
        made->setFocusPolicy(Qt::StrongFocus);
        return made;
    };
    remarksButton_ = button({}, "dashboardRemarks", tr("What could not be taken over, or was changed"));
    remarksButton_->setCheckable(true);
    connect(remarksButton_, &QToolButton::toggled, this, [this](bool on) { remarks_->setVisible(on); });
    importButton_ = button(tr("Import…"), "dashboardImport", tr("Grafana's dashboard JSON, or a Prometheus rule file (Shift+I)"));
    connect(importButton_, &QToolButton::clicked, keeping_, &DashboardKeeping::chooseFiles);
    menuButton_ = button(QStringLiteral("⋯"), "dashboardMenu", tr("Rename, copy, export, delete"));
    menuButton_->setAccessibleName(tr("Dashboard menu"));
    menuButton_->setPopupMode(QToolButton::InstantPopup);
    menuButton_->setMenu(buildMenu());
    bar->addWidget(chooser_, 0, Qt::AlignTop);
    verdict_ = new PlainLabel({}, theme.table, "muted", this);
    verdict_->setElided(true);
    verdict_->hide();
    bar->addWidget(variables_, 1);
    bar->addWidget(verdict_, 1);
    bar->addStretch(0);
    for (QToolButton* one : {remarksButton_, importButton_, menuButton_})
        bar->addWidget(one, 0, Qt::AlignTop);
    verdict_->setFixedHeight(kBarHeight);

    remarks_ = new RemarksPanel(theme, this);
    remarks_->hide();

    empty_ = new Panel(theme, this);
    empty_->setObjectName(QStringLiteral("dashboardProblem"));
    empty_->setHeaderShown(false);
    empty_->hide();

    panels_ = new DashboardBoard(context_, this);
    connect(panels_, &DashboardBoard::settledChanged, this, &DashboardsView::announce);

    noData_ = new NoDataPanel(theme);
    noData_->hide();
    panels_->setFooter(noData_);
    connect(noData_, &NoDataPanel::expressionOpened, this,
            [this](const QString& expression) { context_.workspace.requestView(QString::fromLatin1(links::kMetrics), links::promql({expression})); });

    outer->addLayout(bar);
    outer->addWidget(remarks_);
    outer->addWidget(empty_, 1);
    outer->addWidget(panels_, 1);
}

QMenu* DashboardsView::buildMenu() {
    auto* menu = new QMenu(menuButton_);
    // Of what is shown once it is chosen: it may have gone while the menu was open.
    const auto withBoard = [this](auto what) {
        return [this, what] {
            if (opened_)   // rules with those that have no data
                what(*opened_);
        };
    };
    const auto withDefinition = [this](auto what) {
        return [this, what] {
            if (const Definition* own = chooser_->definition(current_))
                what(*own);
        };
    };
    QAction* copyAction = menu->addAction(tr("Save a copy"), this, withBoard([this](const auto& board) { keeping_->saveCopy(board, resolved_.variables); }));
    QAction* renameAction = menu->addAction(tr("Rename…"), this, withDefinition([this](const auto& own) { keeping_->rename(own); }));
    QAction* exportAction = menu->addAction(tr("Export as JSON…"), this, withBoard([this](const auto& board) { keeping_->exportJson(board); }));
    QMenu* links = menu->addMenu(tr("Copy the address of"));
    menu->addSeparator();
    QAction* removeAction = menu->addAction(tr("Delete"), this, withDefinition([this](const auto& own) { keeping_->remove(own); }));
    connect(menu, &QMenu::aboutToShow, this, [=, this] {
        const bool own = chooser_->definition(current_) != nullptr;
        renameAction->setEnabled(own);
        removeAction->setEnabled(own);
        exportAction->setEnabled(board_.has_value());
        fillWithLinks(*links, board_ ? board_->links : std::vector<dashboard::Link>());
        copyAction->setEnabled(board_.has_value());
    });
    return menu;
}

// Imports, copies and deletes: what is kept is shown.
void DashboardsView::buildKeeping() {
    keeping_ = new DashboardKeeping(context_, this);
    connect(keeping_, &DashboardKeeping::kept, this, &DashboardsView::choose);
    connect(keeping_, &DashboardKeeping::settledChanged, this, &DashboardsView::announce);
    connect(keeping_, &DashboardKeeping::refused, this, [this](const QString& why, bool some) {
        empty_->show();
        panels_->setVisible(some);
        empty_->showError(why, tr("Choose another file"), [this] { keeping_->chooseFiles(); });
    });
    connect(keeping_, &DashboardKeeping::notWritten, this, [this](const QString& why) {
        empty_->show();
        empty_->showError(why, tr("Close"), [this] { empty_->hide(); });
    });
}

void DashboardsView::importFiles(const QStringList& paths) { keeping_->importFiles(paths); }

// ---------------------------------------------------------------- which is shown

void DashboardsView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    if (!chooser_->known())
        chooser_->askBuiltIn();
    else if (!current_.isEmpty())
        askAgain();
    announce();
}

// The one asked for; else the one that is open, over more rows; else the first.
void DashboardsView::chooseWanted() {
    const bool there = chooser_->has(wanted_);
    if (!chooser_->known() || (!wanted_.isEmpty() && !there && !book_.idle()))
        return;   // what is saved is still being read
    const QString first = chooser_->first(), wanted = wanted_;
    wanted_.clear();
    if (!wanted.isEmpty() && !there) {
        current_.clear();
        showEmpty();
        empty_->showError(tr("This capsule has no such dashboard: it may have been deleted."), tr("Show another"), [this, first] { choose(first); });
    } else if (wanted.isEmpty() && !current_.isEmpty() && chooser_->has(current_)) {
        askAgain();
    } else {
        choose(wanted.isEmpty() ? first : wanted);
    }
}

void DashboardsView::choose(const QString& id) {
    current_ = id;
    choices_ = remembered_.value(id);
    chooser_->setCurrent(id);
    panels_->verticalScrollBar()->setValue(0);
    if (id.isEmpty())
        showEmpty();
    else
        askOpen();
}

void DashboardsView::open(const QString& parameter) {
    const QString prefix = QStringLiteral("dashboard:");
    if (!parameter.startsWith(prefix))
        return;
    QStringList parts = parameter.mid(prefix.size()).split(QLatin1Char('&'));
    const QString id = parts.takeFirst();
    dashboard::Choices choices;
    for (const QString& part : parts)
        if (const qsizetype equals = part.indexOf(QLatin1Char('=')); equals > 0)
            choices[QUrl::fromPercentEncoding(part.left(equals).toUtf8()).toStdString()].push_back(QUrl::fromPercentEncoding(part.mid(equals + 1).toUtf8()).toStdString());
    if (!choices.empty())
        remembered_[id] = std::move(choices);
    wanted_ = id;
    chooseWanted();   // or once it is known which there are
}

QString DashboardsView::opened() const {
    if (current_.isEmpty())
        return {};
    QString text = links::dashboard(current_);
    for (const auto& [name, values] : choices_)
        for (const std::string& value : values.empty() ? std::vector<std::string>{""} : values)   // no filters at all are a choice too
            text += QLatin1Char('&') + QString::fromLatin1(QUrl::toPercentEncoding(QString::fromStdString(name))) + QLatin1Char('=') + QString::fromLatin1(QUrl::toPercentEncoding(QString::fromStdString(value)));
    return text;
}

// ---------------------------------------------------------------- the one shown

// Over more rows: the variables only where their answers may be others now. What is shown stays until something else is known.
void DashboardsView::askAgain() {
    const auto builtIn = chooser_->builtIn(current_);
    const dashboard::VariableBasis basis = dashboard::basisOf(resolved_.variables);
    const bool other = basis == dashboard::VariableBasis::kSamples || (basis == dashboard::VariableBasis::kSeries && context_.workspace.info().series != series_);
    if (!opened_ || shown_ != current_ || other || (builtIn && *builtIn != *opened_))
        askOpen(opened_ && shown_ == current_ && (!opening_ || again_));   // what is being picked goes before what was
    else
        takeRange();
}

void DashboardsView::askOpen(bool again) {
    const TimeRange range = context_.workspace.range();
    if (current_.isEmpty() || range.empty())
        return;
    std::optional<Definition> saved;
    dashboard::Dashboard builtIn;
    if (const Definition* found = chooser_->definition(current_))
        saved = *found;
    else if (auto known = chooser_->builtIn(current_))
        builtIn = std::move(*known);
    dashboard::Choices choices = choices_;
    if (again)
        for (const dashboard::Variable& variable : resolved_.variables)
            choices[variable.name] = variable.current;
    series_ = context_.workspace.info().series;
    again_ = again;
    document_ = saved ? saved->document : std::string();
    opening_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/open"), this,
        [saved = std::move(saved), builtIn = std::move(builtIn), choices = std::move(choices), range, again](query::Backend& backend, std::stop_token stop) -> Result<Opened> {
            auto* boards = query::DashboardBackend::of(backend);
            if (!boards)
                return makeError(ErrorCode::kUnsupported, "This source draws no dashboards.");
            Opened opened{builtIn, {}};
            if (saved) {
                NJ_ASSIGN(opened.board, query::dashboardOf(*saved));
            }
            NJ_ASSIGN(opened.variables, boards->variables({opened.board, choices, range, again}, stop));
            return opened;
        },
        [this](Result<Opened>&& opened) {
            opening_ = false;
            if (opened.ok()) {
                showOpened(std::move(*opened));
            } else {
                board_.reset();
                opened_.reset();
                panels_->hide();
                variables_->hide();
                empty_->show();
                empty_->showError(QString::fromStdString(opened.error().message));
            }
            announce();
        });
}

// Rules: when each would have fired, beside what it watches.
void DashboardsView::askCourses() {
    std::optional<Definition> rules;
    if (const Definition* saved = chooser_->definition(current_); saved && saved->kind == DefinitionKind::kRules) {
        rules = *saved;
    } else if (board_ && board_->uid.starts_with(query::kServerRules)) {
        rules.emplace();
        rules->kind = DefinitionKind::kRules;
        rules->name = board_->uid.substr(query::kServerRules.size());
    }
    context_.queries.cancel(QStringLiteral("dashboards/courses"));
    askingCourses_ = false;
    if (!rules) {
        for (DashboardPanel* panel : panels())
            panel->setCourse(std::nullopt);
        return;
    }
    askingCourses_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/courses"), this,
        [rules = *rules, range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::AlertCourse>> {
            auto* boards = query::DashboardBackend::of(backend);
            return boards ? boards->alertCourses(rules, range, stop) : std::vector<query::AlertCourse>();
        },
        [this](Result<std::vector<query::AlertCourse>>&& courses) {
            askingCourses_ = false;
            showCourses(courses.ok() ? std::move(*courses) : std::vector<query::AlertCourse>());
            announce();
        });
}

// What fired first, then what was pending; each panel with its course.
void DashboardsView::showCourses(const std::vector<query::AlertCourse>& courses) {
    if (!opened_)
        return;
    RuleBoard rules = ruleBoard(*opened_, courses);
    board_ = std::move(rules.board);
    showRows();
    for (size_t i = 0; i < panels().size() && i < rules.courses.size(); ++i)
        panels()[i]->setCourse(rules.courses[i]);
    verdict_->setPlain(verdictOf(rules));
    verdict_->setVisible(rules.alerts > 0);
    noData_->setAlerts(rules.withoutData, rules.alerts);
    noData_->setVisible(!rules.withoutData.empty());
}

void DashboardsView::showOpened(Opened&& opened) {
    empty_->hide();
    panels_->show();
    const bool same = opened_ == opened.board && resolved_.variables == opened.variables.variables && resolved_.problems == opened.variables.problems;
    opened_ = std::move(opened.board);
    shown_ = current_;
    resolved_ = std::move(opened.variables);
    variables_->setVariables(resolved_.variables);
    if (same && board_) {   // rules stay in the order they are shown in
        takeRange();
        return;
    }
    board_ = opened_;
    verdict_->hide();
    noData_->hide();
    showRows();
    showRemarks();
    askCourses();
    panels_->askEvents();
    if (board_->panelCount() == 0) {
        panels_->hide();
        empty_->show();
        empty_->showEmpty(tr("This dashboard has no panels."));
    }
}

void DashboardsView::showRows() {
    dashboard::Scope scope = resolved_.scope;
    scope.range = context_.workspace.range();
    panels_->setDashboard(*board_, scope);
}

void DashboardsView::takeRange() {
    if (!board_) {
        scheduleRefresh();
        return;
    }
    panels_->setRange(context_.workspace.range());
    askCourses();
    panels_->askEvents();
}

void DashboardsView::showRemarks() {
    std::vector<dashboard::Remark> remarks = resolved_.problems;
    remarks.insert(remarks.end(), board_->remarks.begin(), board_->remarks.end());
    if (panels_->notShown() > 0)
        remarks.push_back({"dashboard", std::to_string(panels_->notShown()) + " panels", "more than 300 panels are not drawn", true});
    remarksButton_->setText(remarks.size() == 1 ? tr("1 import note") : tr("%1 import notes").arg(remarks.size()));
    remarksButton_->setVisible(!remarks.empty());
    if (remarks.empty())
        remarksButton_->setChecked(false);
    remarks_->setRemarks(remarks);
}

void DashboardsView::showEmpty() {
    board_.reset();
    opened_.reset();
    panels_->clear();
    panels_->hide();
    variables_->hide();
    verdict_->hide();
    noData_->hide();
    remarksButton_->hide();
    remarksButton_->setChecked(false);
    empty_->show();
    empty_->showEmpty(tr("No dashboard in this capsule, and none that comes with Nightjar fits its series. Grafana's dashboards are imported as JSON; rule files as YAML."), tr("Import…"), [this] { keeping_->chooseFiles(); });
}

void DashboardsView::dragEnterEvent(QDragEnterEvent* event) {
    const QList<QUrl> urls = event->mimeData()->urls();
    const bool all = !urls.isEmpty() && std::all_of(urls.begin(), urls.end(), [](const QUrl& url) {
        const QString suffix = QFileInfo(url.toLocalFile()).suffix().toLower();
        return url.isLocalFile() && (suffix == QLatin1String("json") || suffix == QLatin1String("yml") || suffix == QLatin1String("yaml"));
    });
    event->setAccepted(all);   // else the window takes it, as telemetry
}

void DashboardsView::dropEvent(QDropEvent* event) {
    QStringList paths;
    for (const QUrl& url : event->mimeData()->urls())
        paths << url.toLocalFile();
    event->acceptProposedAction();
    importFiles(paths);
}

const KeyTable<DashboardsView>& DashboardsView::keys() {
    static const KeyTable<DashboardsView> keys({{"Shift+I", QT_TR_NOOP("import dashboards or rules"), [](DashboardsView& view) { view.keeping_->chooseFiles(); }}}, false);
    return keys;
}

void DashboardsView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        RefreshingView::keyPressEvent(event);
}

// ---------------------------------------------------------------- state

bool DashboardsView::settled() const {
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive();
    return !waiting && panels_->settled() && !chooser_->asking() && !opening_ && !askingCourses_ && !keeping_->importing() && book_.idle();
}

void DashboardsView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QComboBox& DashboardsView::chooser() { return *chooser_; }

const std::vector<DashboardPanel*>& DashboardsView::panels() const { return panels_->panels(); }

QString DashboardsView::summary() const {
    QStringList texts;
    if (board_)
        texts << oneLine(board_->title);
    else
        texts << empty_->message();
    for (const DashboardPanel* panel : panels())
        if (!panel->stale() && !panel->asking())
            texts << (panel->bodyShown() ? panel->title() : panel->title() + QStringLiteral(": ") + panel->message());
    return texts.join(QStringLiteral("; "));
}

std::optional<CopyTable> DashboardsView::shownTable() const {
    // The panel under the pointer, else the first that shows something.
    const DashboardPanel* first = nullptr;
    for (const DashboardPanel* panel : panels()) {
        if (!panel->bodyShown() || panel->stale())
            continue;
        if (panel->underMouse())
            return panel->table();
        first = first ? first : panel;
    }
    return first ? std::optional(first->table()) : std::nullopt;
}

namespace {

QString dashboardsNeeds(const query::CapsuleInfo& info) { return info.series > 0 ? QString() : DashboardsView::tr("Dashboards needs samples of metrics."); }

View* createDashboards(const ViewContext& context, QWidget* parent) { return new DashboardsView(context, parent); }

}  // namespace

extern const ViewFactory dashboards_view;
const ViewFactory dashboards_view{"dashboards", QT_TRANSLATE_NOOP("View", "Dashboards"), "▤", dashboardsNeeds, createDashboards, [] { return DashboardsView::keys().rows(); }};

}  // namespace nj::ui

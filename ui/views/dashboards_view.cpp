#include "views/dashboards_view.h"

#include <QComboBox>
#include <QDragEnterEvent>
#include <QDropEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QHBoxLayout>
#include <QInputDialog>
#include <QKeyEvent>
#include <QMenu>
#include <QMimeData>
#include <QSaveFile>
#include <QScrollArea>
#include <QScrollBar>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>

#include "dashboard/json/dashboard_json.h"
#include "models/rule_board.h"
#include "state/links.h"
#include "theme/number_format.h"
#include "views/dashboard_panel.h"
#include "widgets/chart_events.h"
#include "widgets/dashboard_grid.h"
#include "widgets/fact_table.h"
#include "widgets/panel.h"
#include "widgets/plain_label.h"
#include "widgets/variable_bar.h"

namespace nj::ui {
namespace {

constexpr size_t kMostPanels = 300, kMostFlags = 40;
constexpr int kChooserWidth = 300, kRemarksHeight = 190, kBarHeight = 28, kSeenDelayMs = 30, kShownName = 120;
constexpr const char* kBuiltIn = "builtin:";

QString plain(const std::string& text) { return QString::fromStdString(text.substr(0, 4000)).simplified(); }

}  // namespace

DashboardsView::DashboardsView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context), book_(AnnotationBook::of(context.workspace)) {
    setObjectName(QStringLiteral("page"));
    setAcceptDrops(true);
    build();
    seen_.setSingleShot(true);
    seen_.setInterval(kSeenDelayMs);
    connect(&seen_, &QTimer::timeout, this, &DashboardsView::askSeen);
    connect(&context_.workspace, &Workspace::rangeChanged, this, &DashboardsView::takeRange);
    connect(&context_.workspace, &Workspace::utcChanged, this, &DashboardsView::takeRange);
    connect(&context_.workspace, &Workspace::infoChanged, this, [this] {
        builtInKnown_ = false;   // more was read: there may be more series
        scheduleRefresh();
    });
    connect(&book_, &AnnotationBook::changed, this, [this] {
        fillChooser();
        // Taken back, or changed elsewhere.
        if (!current_.isEmpty() && !current_.startsWith(QLatin1String(kBuiltIn)) && !definition(current_))
            choose(chooser_->count() > 0 ? chooser_->itemData(0).toString() : QString());
        else if (!wanted_.isEmpty() || current_.isEmpty())
            chooseWanted();
        else if (const Definition* changed = definition(current_); changed && changed->document != document_)
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
    chooser_ = new QComboBox(this);
    chooser_->setObjectName(QStringLiteral("dashboardChooser"));
    chooser_->setAccessibleName(tr("Dashboard"));
    chooser_->setFont(theme.panelTitle);
    chooser_->setFixedWidth(kChooserWidth);
    chooser_->setProperty("role", QStringLiteral("title"));
    chooser_->setMaxVisibleItems(24);
    connect(chooser_, &QComboBox::activated, this, [this](int index) { choose(chooser_->itemData(index).toString()); });
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
    connect(importButton_, &QToolButton::clicked, this, &DashboardsView::chooseFiles);
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

    remarks_ = new Panel(theme, this);
    remarks_->setTitle(tr("Not taken over as it stood"));
    remarksTable_ = new FactTable({{tr("where"), 260}, {tr("what"), 340}, {tr("why"), 0}}, theme, remarks_);
    remarksTable_->setObjectName(QStringLiteral("remarksTable"));
    remarks_->setBody(remarksTable_);
    remarks_->setFixedHeight(kRemarksHeight);
    remarks_->hide();

    empty_ = new Panel(theme, this);
    empty_->setObjectName(QStringLiteral("dashboardProblem"));
    empty_->setHeaderShown(false);
    empty_->hide();

    scroll_ = new QScrollArea(this);
    scroll_->setObjectName(QStringLiteral("dashboardScroll"));
    scroll_->setFrameShape(QFrame::NoFrame);
    scroll_->setWidgetResizable(true);
    scroll_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll_->viewport()->setAutoFillBackground(false);
    grid_ = new DashboardGrid(theme);
    grid_->setAutoFillBackground(false);
    scroll_->setWidget(grid_);
    scroll_->viewport()->installEventFilter(this);
    connect(scroll_->verticalScrollBar(), &QScrollBar::valueChanged, &seen_, qOverload<>(&QTimer::start));
    connect(grid_, &DashboardGrid::foldChanged, &seen_, qOverload<>(&QTimer::start));

    outer->addLayout(bar);
    outer->addWidget(remarks_);
    outer->addWidget(empty_, 1);
    outer->addWidget(scroll_, 1);
}

QMenu* DashboardsView::buildMenu() {
    auto* menu = new QMenu(menuButton_);
    menu->addAction(tr("Save a copy"), this, &DashboardsView::saveCopy);
    QAction* renameAction = menu->addAction(tr("Rename…"), this, &DashboardsView::rename);
    QAction* exportAction = menu->addAction(tr("Export as JSON…"), this, &DashboardsView::exportJson);
    menu->addSeparator();
    QAction* removeAction = menu->addAction(tr("Delete"), this, &DashboardsView::remove);
    connect(menu, &QMenu::aboutToShow, this, [=, this] {
        const bool own = definition(current_) != nullptr;
        renameAction->setEnabled(own);
        removeAction->setEnabled(own);
        exportAction->setEnabled(board_.has_value());
        menu->actions().value(0)->setEnabled(board_.has_value());
    });
    return menu;
}

// ---------------------------------------------------------------- which there are

const Definition* DashboardsView::definition(const QString& id) const {
    const std::string wanted = id.toStdString();
    const auto& all = book_.definitions();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Definition& one) { return one.id == wanted; });
    return found == all.end() ? nullptr : &*found;
}

void DashboardsView::refresh() {
    if (context_.workspace.range().empty())
        return;
    stale_ = false;
    if (!builtInKnown_)
        askBuiltIn();
    else if (!current_.isEmpty())
        askOpen();
    announce();
}

void DashboardsView::askBuiltIn() {
    askingBuiltIn_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/builtin"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<std::vector<dashboard::Dashboard>> {
            auto* boards = query::DashboardBackend::of(backend);
            return boards ? boards->builtInDashboards(stop) : std::vector<dashboard::Dashboard>();
        },
        [this](Result<std::vector<dashboard::Dashboard>>&& found) {
            askingBuiltIn_ = false;
            builtInKnown_ = true;
            builtIn_ = found.ok() ? std::move(*found) : std::vector<dashboard::Dashboard>();
            fillChooser();
            chooseWanted();
            announce();
        });
}

// The one asked for; else the one that is open, over more rows; else the first.
void DashboardsView::chooseWanted() {
    const bool there = chooser_->findData(wanted_) >= 0;
    if (!builtInKnown_ || (!wanted_.isEmpty() && !there && !book_.idle()))
        return;   // what is saved is still being read
    const QString first = chooser_->count() > 0 ? chooser_->itemData(0).toString() : QString(), wanted = wanted_;
    wanted_.clear();
    if (!wanted.isEmpty() && !there) {
        current_.clear();
        showEmpty();
        empty_->showError(tr("This capsule has no such dashboard: it may have been deleted."), tr("Show another"), [this, first] { choose(first); });
    } else if (wanted.isEmpty() && !current_.isEmpty() && chooser_->findData(current_) >= 0) {
        askOpen();
    } else {
        choose(wanted.isEmpty() ? first : wanted);
    }
}

void DashboardsView::fillChooser() {
    const QSignalBlocker block(chooser_);
    chooser_->clear();
    for (const Definition& one : book_.definitions())
        chooser_->addItem(plain(one.name).left(kShownName) + (one.kind == DefinitionKind::kRules ? tr("  · rules") : QString()), QString::fromStdString(one.id));
    if (chooser_->count() > 0 && !builtIn_.empty())
        chooser_->insertSeparator(chooser_->count());
    for (const dashboard::Dashboard& one : builtIn_)
        chooser_->addItem((one.uid.starts_with(query::kServerRules) ? tr("%1  · its rules") : tr("%1  · built in")).arg(plain(one.title)), QLatin1String(kBuiltIn) + QString::fromStdString(one.uid));
    chooser_->setCurrentIndex(chooser_->findData(current_));
    chooser_->setVisible(chooser_->count() > 0);
}

void DashboardsView::choose(const QString& id) {
    current_ = id;
    choices_ = remembered_.value(id);
    chooser_->setCurrentIndex(chooser_->findData(id));
    scroll_->verticalScrollBar()->setValue(0);
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
        for (const std::string& value : values)
            text += QLatin1Char('&') + QString::fromLatin1(QUrl::toPercentEncoding(QString::fromStdString(name))) + QLatin1Char('=') + QString::fromLatin1(QUrl::toPercentEncoding(QString::fromStdString(value)));
    return text;
}

// ---------------------------------------------------------------- the one shown

void DashboardsView::askOpen() {
    const TimeRange range = context_.workspace.range();
    if (current_.isEmpty() || range.empty())
        return;
    std::optional<Definition> saved;
    dashboard::Dashboard builtIn;
    if (const Definition* found = definition(current_))
        saved = *found;
    else
        for (const dashboard::Dashboard& one : builtIn_)
            if (QLatin1String(kBuiltIn) + QString::fromStdString(one.uid) == current_)
                builtIn = one;
    document_ = saved ? saved->document : std::string();
    opening_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/open"), this,
        [saved = std::move(saved), builtIn = std::move(builtIn), choices = choices_, range](query::Backend& backend, std::stop_token stop) -> Result<Opened> {
            auto* boards = query::DashboardBackend::of(backend);
            if (!boards)
                return makeError(ErrorCode::kUnsupported, "This source draws no dashboards.");
            Opened opened{builtIn, {}};
            if (saved) {
                NJ_ASSIGN(opened.board, query::dashboardOf(*saved));
            }
            NJ_ASSIGN(opened.variables, boards->variables({opened.board, choices, range}, stop));
            return opened;
        },
        [this](Result<Opened>&& opened) {
            opening_ = false;
            if (opened.ok()) {
                showOpened(std::move(*opened));
            } else {
                board_.reset();
                scroll_->hide();
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
    if (const Definition* saved = definition(current_); saved && saved->kind == DefinitionKind::kRules) {
        rules = *saved;
    } else if (board_ && board_->uid.starts_with(query::kServerRules)) {
        rules.emplace();
        rules->kind = DefinitionKind::kRules;
        rules->name = board_->uid.substr(query::kServerRules.size());
    }
    courses_.clear();
    context_.queries.cancel(QStringLiteral("dashboards/courses"));
    askingCourses_ = false;
    verdict_->hide();
    if (!rules) {
        for (DashboardPanel* panel : panels_)
            panel->setCourse(std::nullopt);
        return;
    }
    if (!rules_)
        rules_ = board_;
    askingCourses_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/courses"), this,
        [rules = *rules, range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::AlertCourse>> {
            auto* boards = query::DashboardBackend::of(backend);
            return boards ? boards->alertCourses(rules, range, stop) : std::vector<query::AlertCourse>();
        },
        [this](Result<std::vector<query::AlertCourse>>&& courses) {
            askingCourses_ = false;
            if (courses.ok())
                courses_ = std::move(*courses);
            showCourses();
            announce();
        });
}

// What fired first, then what was pending; each panel with its course.
void DashboardsView::showCourses() {
    if (!rules_ || !board_)
        return;
    RuleBoard rules = ruleBoard(*rules_, courses_);
    board_ = std::move(rules.board);
    showRows();
    for (size_t i = 0; i < panels_.size() && i < rules.courses.size(); ++i)
        panels_[i]->setCourse(rules.courses[i]);
    verdict_->setPlain(tr("%1 alerts: %2 would have fired in this range, %3 only pending").arg(courses_.size()).arg(rules.fired).arg(rules.pending));
    verdict_->setVisible(!courses_.empty());
}

void DashboardsView::askEvents() {
    askingEvents_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/events"), this, [range = context_.workspace.range()](query::Backend& backend, std::stop_token stop) { return backend.events(range, stop); },
        [this](Result<std::vector<query::EventMark>>&& events) {
            askingEvents_ = false;
            std::vector<query::EventMark> shown = events.ok() ? std::move(*events) : std::vector<query::EventMark>();
            std::stable_sort(shown.begin(), shown.end(), [](const auto& a, const auto& b) { return a.severity > b.severity; });
            shown.resize(std::min(shown.size(), kMostFlags));
            flags_ = chartFlags(shown, context_.workspace.utc());
            for (DashboardPanel* panel : panels_)
                panel->setFlags(flags_);
            announce();
        });
}

void DashboardsView::showOpened(Opened&& opened) {
    board_ = std::move(opened.board);
    rules_.reset();
    resolved_ = std::move(opened.variables);
    variables_->setVariables(resolved_.variables);
    empty_->hide();
    scroll_->show();
    showRows();
    showRemarks();
    askCourses();
    askEvents();
    if (board_->panelCount() == 0) {
        scroll_->hide();
        empty_->show();
        empty_->showEmpty(tr("This dashboard has no panels."));
    }
}

void DashboardsView::showRows() {
    dashboard::Scope scope = resolved_.scope;
    scope.range = context_.workspace.range();
    std::vector<dashboard::RowOccurrence> rows = dashboard::unroll(*board_, scope);
    size_t count = 0, all = 0;
    for (dashboard::RowOccurrence& row : rows) {
        all += row.panels.size();
        row.panels.resize(std::min(row.panels.size(), kMostPanels - std::min(kMostPanels, count)));
        count += row.panels.size();
    }
    notShown_ = all - count;
    const auto asDrawn = [](const dashboard::Occurrence& occurrence) {
        dashboard::Panel panel = *occurrence.panel;
        panel.title = occurrence.title;
        return panel;
    };
    // The same places: the panels stay, with their pictures until the new ones are there.
    bool same = grid_->rows().size() == rows.size();
    for (size_t r = 0; same && r < rows.size(); ++r) {
        const DashboardGrid::Row& shown = grid_->rows()[r];
        same = shown.title == plain(rows[r].title) && shown.cells.size() == rows[r].panels.size();
        for (size_t p = 0; same && p < shown.cells.size(); ++p)
            same = shown.cells[p].place == rows[r].panels[p].place;
    }
    if (!same) {
        panels_.clear();
        std::vector<DashboardGrid::Row> cells;
        for (const dashboard::RowOccurrence& row : rows) {
            DashboardGrid::Row made{plain(row.title), row.row && row.row->collapsed, {}};
            for (const dashboard::Occurrence& occurrence : row.panels) {
                auto* panel = new DashboardPanel(context_, QStringLiteral("dashboards/panel/") + QString::number(panels_.size()));
                connect(panel, &DashboardPanel::settledChanged, this, &DashboardsView::announce);
                connect(panel, &DashboardPanel::exploreWanted, this, [this](const QStringList& expressions) { context_.workspace.requestView(QString::fromLatin1(links::kMetrics), links::promql(expressions)); });
                panels_.push_back(panel);
                made.cells.push_back({panel, occurrence.place});
            }
            cells.push_back(std::move(made));
        }
        grid_->setRows(std::move(cells));
    }
    size_t index = 0;
    for (const dashboard::RowOccurrence& row : rows)
        for (const dashboard::Occurrence& occurrence : row.panels)
            panels_[index++]->setPanel(asDrawn(occurrence), dashboard::narrowed(scope, occurrence));
    for (DashboardPanel* panel : panels_)
        panel->setFlags(flags_);
    seen_.start();
}

void DashboardsView::takeRange() {
    if (!board_ || panels_.empty()) {
        scheduleRefresh();
        return;
    }
    for (DashboardPanel* panel : panels_)
        panel->setRange(context_.workspace.range());
    askCourses();
    askEvents();
    seen_.start();
}

// The panels in sight, and those a short way off.
void DashboardsView::askSeen() {
    if (!isVisible())
        return;
    const int margin = scroll_->viewport()->height() / 3;
    const QRect seen = scroll_->viewport()->rect().adjusted(0, -margin, 0, margin);
    for (DashboardPanel* panel : panels_)
        if (panel->isVisible() && seen.intersects(QRect(panel->mapTo(scroll_->viewport(), QPoint()), panel->size())))
            panel->ask();
    announce();
}

bool DashboardsView::eventFilter(QObject* watched, QEvent* event) {
    if (watched == scroll_->viewport() && event->type() == QEvent::Resize)
        seen_.start();
    return RefreshingView::eventFilter(watched, event);
}

void DashboardsView::showRemarks() {
    std::vector<std::vector<FactCell>> rows;
    const auto add = [&](const dashboard::Remark& remark) {
        std::vector<FactCell> cells(3);
        cells[0].text = plain(remark.where);
        cells[1].text = plain(remark.what);
        cells[1].mark = remark.dropped ? QStringLiteral("◆") : QStringLiteral("·");
        cells[1].role = remark.dropped ? QStringLiteral("warning") : QString();
        cells[2].text = plain(remark.why);
        cells[2].muted = true;
        rows.push_back(std::move(cells));
    };
    for (const dashboard::Remark& remark : resolved_.problems)
        add(remark);
    for (const dashboard::Remark& remark : board_->remarks)
        add(remark);
    if (notShown_ > 0)
        add({"dashboard", std::to_string(notShown_) + " panels", "more than 300 panels are not drawn", true});
    remarksButton_->setText(rows.size() == 1 ? tr("1 import note") : tr("%1 import notes").arg(rows.size()));
    remarksButton_->setVisible(!rows.empty());
    if (rows.empty())
        remarksButton_->setChecked(false);
    remarksTable_->setRows(std::move(rows));
}

void DashboardsView::showEmpty() {
    board_.reset();
    panels_.clear();
    grid_->setRows({});
    scroll_->hide();
    variables_->hide();
    verdict_->hide();
    remarksButton_->hide();
    remarksButton_->setChecked(false);
    empty_->show();
    empty_->showEmpty(tr("No dashboard in this capsule, and none that comes with Nightjar fits its series. Grafana's dashboards are imported as JSON; rule files as YAML."), tr("Import…"), [this] { chooseFiles(); });
}

// ---------------------------------------------------------------- keeping

void DashboardsView::chooseFiles() {
    auto* dialog = new QFileDialog(window(), tr("Import dashboards or rules"), {}, tr("Dashboards and rules (*.json *.yml *.yaml);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &DashboardsView::importFiles);
    dialog->open();
}

void DashboardsView::importFiles(const QStringList& paths) {
    importing_ = true;
    std::vector<std::string> files;
    for (const QString& path : paths)
        files.push_back(path.toStdString());
    context_.queries.ask(
        QStringLiteral("dashboards/import"), this,
        [files](query::Backend& backend, std::stop_token stop) -> Result<std::vector<Result<query::ReadDefinition>>> {
            std::set<std::string, std::less<>> present;
            if (auto* boards = query::DashboardBackend::of(backend)) {
                NJ_ASSIGN(present, boards->metricNamesForDashboards(stop));
            }
            std::vector<Result<query::ReadDefinition>> read;
            for (const std::string& file : files)
                read.push_back(query::readDefinitionFile(file, present));
            return read;
        },
        [this, paths](Result<std::vector<Result<query::ReadDefinition>>>&& read) { imported(std::move(read), paths); });
}

void DashboardsView::imported(Result<std::vector<Result<query::ReadDefinition>>>&& read, const QStringList& paths) {
    importing_ = false;
    std::string last;
    QStringList failed;
    if (!read.ok()) {
        failed << QString::fromStdString(read.error().message);
    } else {
        for (qsizetype i = 0; i < paths.size(); ++i) {
            Result<query::ReadDefinition>& one = (*read)[static_cast<size_t>(i)];
            if (!one.ok()) {
                failed << QString::fromStdString(one.error().message).left(400);
                continue;
            }
            Definition& definition = one->definition;
            // The same file again replaces what it gave before.
            if (const Definition* known = query::replacedBy(definition, book_.definitions()))
                definition.id = known->id;
            last = book_.put(definition, tr("Import %1").arg(plain(definition.name)));
        }
    }
    if (!last.empty())
        choose(QString::fromStdString(last));
    if (!failed.isEmpty()) {
        empty_->show();
        scroll_->setVisible(!last.empty());
        empty_->showError(failed.join(QLatin1Char('\n')), tr("Choose another file"), [this] { chooseFiles(); });
    }
    announce();
}

void DashboardsView::saveCopy() {
    if (!board_)
        return;
    dashboard::Dashboard copy = *board_;
    copy.title += tr(" (copy)").toStdString();
    copy.variables = resolved_.variables;
    choose(QString::fromStdString(book_.put(query::definitionOf(copy, {}), tr("Save a copy"))));
}

void DashboardsView::rename() {
    const Definition* found = definition(current_);
    if (!found || !board_)
        return;
    auto* dialog = new QInputDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename"));
    dialog->setLabelText(tr("Name of the dashboard"));
    dialog->setTextValue(QString::fromStdString(found->name));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, id = current_](const QString& name) {
        const Definition* known = definition(id);
        if (!known || name.trimmed().isEmpty())
            return;
        Definition renamed = *known;
        renamed.name = name.trimmed().left(200).toStdString();
        if (renamed.kind == DefinitionKind::kDashboard && board_ && id == current_) {
            board_->title = renamed.name;
            renamed.document = dashboard::dashboardToJson(*board_);
        }
        book_.put(renamed, tr("Rename"));
    });
    dialog->open();
}

void DashboardsView::exportJson() {
    if (!board_)
        return;
    auto* dialog = new QFileDialog(window(), tr("Export the dashboard"), plain(board_->title).left(60) + QStringLiteral(".json"), tr("Dashboard (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, json = QByteArray::fromStdString(dashboard::dashboardToJson(*board_))](const QString& path) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit()) {
            empty_->show();
            empty_->showError(tr("%1 cannot be written: %2").arg(path, file.errorString()), tr("Close"), [this] { empty_->hide(); });
        }
    });
    dialog->open();
}

void DashboardsView::remove() {
    if (const Definition* found = definition(current_))
        book_.remove(found->id, tr("Delete %1").arg(plain(found->name)));
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
    static const KeyTable<DashboardsView> keys({{"Shift+I", QT_TR_NOOP("import dashboards or rules"), [](DashboardsView& view) { view.chooseFiles(); }}}, false);
    return keys;
}

void DashboardsView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        RefreshingView::keyPressEvent(event);
}

// ---------------------------------------------------------------- state

bool DashboardsView::settled() const {
    const bool asking = std::any_of(panels_.begin(), panels_.end(), [](const DashboardPanel* panel) { return panel->asking(); });
    const bool waiting = (stale_ && !context_.workspace.range().empty()) || soon_.isActive() || seen_.isActive();
    return !waiting && !asking && !askingBuiltIn_ && !opening_ && !askingCourses_ && !askingEvents_ && !importing_ && book_.idle();
}

void DashboardsView::announce() {
    if (settled())
        Q_EMIT settledChanged();
}

QString DashboardsView::summary() const {
    QStringList texts;
    if (board_)
        texts << plain(board_->title);
    else
        texts << empty_->message();
    for (const DashboardPanel* panel : panels_)
        if (!panel->stale() && !panel->asking())
            texts << (panel->bodyShown() ? panel->title() : panel->title() + QStringLiteral(": ") + panel->message());
    return texts.join(QStringLiteral("; "));
}

std::optional<CopyTable> DashboardsView::shownTable() const {
    // The panel under the pointer, else the first that shows something.
    const DashboardPanel* first = nullptr;
    for (const DashboardPanel* panel : panels_) {
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

#include "shell/main_window.h"

#include <QApplication>
#include <QClipboard>
#include <QCoreApplication>
#include <QDragEnterEvent>
#include <QFileDialog>
#include <QFileInfo>
#include <QLayout>
#include <QMimeData>

#include "shell/command_palette.h"
#include "shell/key_editor.h"
#include "shell/key_overlay.h"
#include "shell/live_clock.h"
#include "shell/note_actions.h"
#include "shell/objective_actions.h"
#include "shell/notice.h"
#include "shell/start_page.h"
#include "shell/status_line.h"
#include "shell/top_bar.h"
#include "shell/workbench.h"
#include "state/import_requests.h"
#include "state/time_text.h"
#include "theme/number_format.h"
#include "widgets/filter_terms.h"
#include "widgets/inspector.h"
#include "widgets/overview_strip.h"
#include "widgets/picture_copy.h"

namespace nj::ui {

namespace {

constexpr size_t kListed = 50;   // of the palette

QKeySequence keys(const char* text) { return QKeySequence(QString::fromLatin1(text)); }

Theme themeOf(ThemeKind kind) { return kind == ThemeKind::kDark ? Theme::dark() : Theme::light(); }

QStringList localPaths(const QMimeData* data) {
    QStringList paths;
    for (const QUrl& url : data->urls())
        if (url.isLocalFile())
            paths.append(url.toLocalFile());
    return paths;
}

}  // namespace

MainWindow::MainWindow(ThemeKind theme, QWidget* parent) : QMainWindow(parent), theme_(themeOf(theme)) {
    theme_.install();
    setWindowTitle(tr("Nightjar"));
    setAcceptDrops(true);
    resize(1600, 1000);
    actions_ = new ActionRegistry(this);
    stack_ = new QStackedWidget(this);
    start_ = new StartPage(theme_, stack_);
    stack_->addWidget(start_);
    setCentralWidget(stack_);
    commands_ = new CommandPalette(*actions_, theme_, this);
    overlay_ = new KeyOverlay(*actions_, theme_, this);
    keyEditor_ = new KeyEditor(*actions_, theme_, this);
    addViewActions();
    addTimeActions();
    addCopyActions();
    addActions();
    connect(start_, &StartPage::openFilesClicked, this, &MainWindow::chooseFiles);
    connect(start_, &StartPage::demoClicked, this, &MainWindow::demoRequested);
    connect(start_, &StartPage::liveClicked, this, &MainWindow::liveRequested);
    connect(start_, &StartPage::cancelClicked, this, &MainWindow::cancelImportRequested);
    connect(start_, &StartPage::recentClicked, this, [this](const QString& path) { Q_EMIT openRequested({path}); });
    const auto focusBack = [this] {
        if (bench_ && bench_->currentView())
            bench_->currentView()->setFocus(Qt::OtherFocusReason);
    };
    connect(commands_, &CommandPalette::closed, this, focusBack);
    connect(overlay_, &KeyOverlay::closed, this, focusBack);
    connect(keyEditor_, &KeyEditor::closed, this, focusBack);
    addPaletteSources();
    notes_ = new NoteActions(*actions_, *commands_, theme_, this);
    connect(notes_, &NoteActions::closed, this, focusBack);
    objectives_ = new ObjectiveActions(*actions_, *commands_, theme_, this);
    connect(objectives_, &ObjectiveActions::closed, this, focusBack);
    start_->setFocus();
}

// The overlays first: losing the focus, they would give it back to a view that is gone.
MainWindow::~MainWindow() {
    commands_->disconnect(this);
    overlay_->disconnect(this);
    keyEditor_->disconnect(this);
    for (QObject* part : {static_cast<QObject*>(notes_), static_cast<QObject*>(objectives_)})
        part->disconnect(this);
    notes_->setWorkbench(nullptr);
    objectives_->setWorkbench(nullptr);
    delete bench_;
    bench_ = nullptr;
}

void MainWindow::addPaletteSources() {
    const auto one = [](const QString& text, const QString& hint, std::function<void()> run) { return std::vector<PaletteEntry>{{text, hint, {}, std::move(run)}}; };
    commands_->addSource({QLatin1Char(':'), tr("service or id"), true, [this](const QString& typed) {
                              std::vector<PaletteEntry> entries;
                              if (!bench_)
                                  return entries;
                              for (const std::string& name : bench_->workspace().info().services) {
                                  const QString service = QString::fromStdString(name);
                                  entries.push_back({service, tr("service: add to the filter"), {}, [this, service] { bench_->addTerm(QStringLiteral("service"), service); }});
                              }
                              entries = ranked(std::move(entries), typed, kListed);
                              if (looksLikeId(typed))
                                  entries.insert(entries.begin(), {tr("Find %1").arg(typed), tr("trace, request or session id"), {}, [this, typed] { bench_->openId(typed); }});
                              return entries;
                          }});
    commands_->addSource({QLatin1Char('='), tr("time"), false, [this, one](const QString& typed) {
                              return one(tr("Go to time %1").arg(typed), tr("time"), [this, typed] {
                                  if (bench_)
                                      bench_->goToTime(typed);
                              });
                          }});
    commands_->addSource({QLatin1Char('/'), tr("filter"), false, [this, one](const QString& typed) {
                              return one(tr("Filter by %1").arg(typed), tr("filter"), [this, typed] {
                                  if (bench_)
                                      bench_->topBar()->filterBar()->apply(typed);
                              });
                          }});
    commands_->addSource({QLatin1Char('@'), tr("event"), false, [this](const QString& typed) {
                              std::vector<PaletteEntry> entries;
                              if (!bench_)
                                  return entries;
                              for (const query::EventMark& event : bench_->strip()->events()) {
                                  const QString text = formatDateTime(event.time, bench_->workspace().utc(), kSecond) + QStringLiteral("  ") + QString::fromStdString(event.title).left(80);
                                  entries.push_back({text, QString::fromStdString(event.kind), {}, [this, seq = event.seq, time = event.time] { bench_->goToEvent(seq, time); }});
                              }
                              return ranked(std::move(entries), typed, kListed);
                          }});
}

void MainWindow::addActions() {
    const QString file = tr("Window");
    actions_->add(QStringLiteral("file.open"), file, tr("Open files…"), {QKeySequence::Open}, [this] { chooseFiles(); });
    actions_->add(QStringLiteral("file.demo"), file, tr("Open demo incident"), {}, [this] { Q_EMIT demoRequested(); });
    actions_->add(QStringLiteral("file.close"), file, tr("Close the capsule"), {keys("Ctrl+W")}, [this] { closeCapsule(); });
    actions_->add(QStringLiteral("window.commands"), file, tr("Commands"), {keys("Ctrl+K"), keys("Ctrl+Shift+P")}, [this] { openPalette({}); });
    actions_->add(QStringLiteral("window.keys"), file, tr("Keys"), {keys("?")}, [this] { overlay_->open(bench_ ? findView(bench_->currentViewId()) : nullptr); });
    actions_->add(QStringLiteral("window.rebind"), file, tr("Change keys"), {keys("Ctrl+?")}, [this] { keyEditor_->open(); });
    actions_->add(QStringLiteral("window.inspector"), file, tr("Show or hide the inspector"), {keys("I")}, [this] {
        if (bench_)
            bench_->toggleInspector();
    });
    actions_->add(QStringLiteral("window.rail"), file, tr("Narrow or wide view list"), {keys("Ctrl+B")}, [this] {
        if (bench_)
            bench_->toggleRail();
    });
    actions_->add(QStringLiteral("window.theme"), file, tr("Dark or light"), {keys("Ctrl+Shift+L")},
                  [this] { setTheme(theme_.kind == ThemeKind::kDark ? ThemeKind::kLight : ThemeKind::kDark); });
    actions_->add(QStringLiteral("window.contents"), file, tr("Show or mask message contents"), {keys("Ctrl+Shift+U")}, [this] {
        if (bench_)
            bench_->workspace().setContentsShown(!bench_->workspace().contentsShown());
    });
    actions_->add(QStringLiteral("window.refresh"), file, tr("Ask again"), {keys("F5")}, [this] { refresh(); });
    actions_->add(QStringLiteral("window.escape"), file, tr("Leave one level"), {keys("Esc")}, [this] {
        if (bench_)
            bench_->escape();
    });
    actions_->add(QStringLiteral("window.quit"), file, tr("Quit"), {keys("Ctrl+Q")}, [this] { close(); });
}

void MainWindow::addTimeActions() {
    const QString time = tr("Time and filter");
    const auto add = [&](const char* id, const QString& text, const QList<QKeySequence>& sequences, void (*run)(Workbench&)) {
        actions_->add(QString::fromLatin1(id), time, text, sequences, [this, run] {
            if (bench_)
                run(*bench_);
        });
    };
    add("time.edit", tr("Type a time range"), {keys("Ctrl+L"), keys("T, T")}, [](Workbench& b) { b.topBar()->timeBox()->edit(); });
    add("time.all", tr("Show all time"), {keys("0"), keys("T, A")}, [](Workbench& b) { b.showAll(); });
    add("time.back", tr("Back: range, filter or view before"), {keys("Backspace"), keys("Ctrl+Z"), keys("T, Z"), keys("[")}, [](Workbench& b) { b.workspace().undo().undo(); });
    add("time.forward", tr("Forward"), {keys("Ctrl+Shift+Z"), keys("]")}, [](Workbench& b) { b.workspace().undo().redo(); });
    add("time.earlier", tr("Earlier by half a range"), {keys("T, Left")}, [](Workbench& b) { b.shiftRange(-0.5); });
    add("time.later", tr("Later by half a range"), {keys("T, Right")}, [](Workbench& b) { b.shiftRange(0.5); });
    add("time.in", tr("Zoom in"), {keys("T, Up"), keys("Ctrl++")}, [](Workbench& b) { b.zoomRange(0.5); });
    add("time.out", tr("Zoom out"), {keys("T, Down"), keys("Ctrl+-")}, [](Workbench& b) { b.zoomRange(2); });
    add("time.live", tr("Live: the range follows the clock"), {keys("T, L")}, [](Workbench& b) { b.live()->toggle(); });
    add("time.zone", tr("UTC or local time"), {keys("T, U")}, [](Workbench& b) { b.workspace().setUtc(!b.workspace().utc()); });
    add("time.incident", tr("The range it opened with"), {keys("T, I")}, [](Workbench& b) { b.goToTime(QStringLiteral("incident")); });
    add("baseline.pin", tr("Use this range as baseline"), {keys("T, B")}, [](Workbench& b) { b.workspace().setBaseline(b.workspace().range(), true); });
    add("baseline.follow", tr("Let the baseline follow"), {keys("T, F")}, [](Workbench& b) { b.followBaseline(); });
    add("compare.range", tr("What changed here? The range against its baseline"), {keys("X")}, [](Workbench& b) { b.compare(); });
    add("filter.edit", tr("Search: in the view, else the filter"), {keys("/")}, [](Workbench& b) { b.search(); });
    add("filter.type", tr("Type a filter"), {keys("Ctrl+F")}, [](Workbench& b) { b.topBar()->filterBar()->edit(); });
    add("filter.clear", tr("Clear the filter"), {keys("Ctrl+Shift+F")}, [](Workbench& b) { b.workspace().setFilterText({}); });
}

// One key by position and one by the first letter of its title that is still free: nothing here knows a view's name.
void MainWindow::addViewActions() {
    QString taken;
    int position = 0;
    for (const ViewFactory* factory : viewFactories()) {
        const QString id = QString::fromLatin1(factory->id);
        const QString title = QCoreApplication::translate("nj::ui::View", factory->title);
        QList<QKeySequence> sequences;
        for (const QChar c : title.toUpper())
            if (c.isLetter() && !taken.contains(c)) {
                taken += c;
                sequences.append(QKeySequence(QStringLiteral("G, ") + c));
                break;
            }
        if (++position <= 9)
            sequences.append(QKeySequence(QStringLiteral("Ctrl+") + QString::number(position)));
        actions_->add(QStringLiteral("view.") + id, tr("Go to"), title, sequences, [this, id] {
            if (bench_)
                bench_->showView(id);
        });
    }
}

void MainWindow::addCopyActions() {
    const QString group = tr("Copy the selection");
    const std::tuple<const char*, QString, const char*, Inspector::CopyForm> forms[] = {{"copy.text", tr("As text"), "C, T", Inspector::CopyForm::kText},
                                                                                        {"copy.json", tr("As JSON"), "C, J", Inspector::CopyForm::kJson}};
    for (const auto& [id, text, key, form] : forms)
        actions_->add(QString::fromLatin1(id), group, text, {keys(key)}, [this, form = form] {
            if (bench_)
                bench_->inspector()->copy(form);
        });
    actions_->add(QStringLiteral("copy.sql"), group, tr("As SQL; without one the rows of the view"), {keys("C, S")}, [this] { copyShown(true); });
    actions_->add(QStringLiteral("copy.markdown"), group, tr("As Markdown; without one the values of the view"), {keys("C, M")}, [this] { copyShown(false); });
    actions_->add(QStringLiteral("copy.picture"), tr("Copy"), tr("This view as a picture"), {keys("C, I")}, [this] { copyPicture(); });
    const std::tuple<const char*, QString, const char*, QString (*)(const ViewLink&)> views[] = {
        {"copy.link", tr("This view as a link"), "C, L", linkText},
        {"copy.command", tr("This view as a command"), "C, C", commandLine},
        {"copy.render", tr("This view as the command that draws it"), "C, R", renderCommandLine}};
    for (const auto& [id, text, key, form] : views)
        actions_->add(QString::fromLatin1(id), tr("Copy"), text, {keys(key)}, [this, form = form] {
            if (bench_)
                copied(form(bench_->link()));
        });
    actions_->add(QStringLiteral("copy.range"), tr("Copy"), tr("The time range"), {keys("T, C")}, [this] {
        if (bench_)
            copied(editableRangeText(bench_->workspace().range(), bench_->workspace().utc()));
    });
    actions_->add(QStringLiteral("time.paste"), tr("Time and filter"), tr("Go to the time range of the clipboard"), {keys("T, V")}, [this] {
        if (bench_)
            bench_->goToTime(QApplication::clipboard()->text().left(200).trimmed());
    });
}

void MainWindow::copied(const QString& text) {
    QApplication::clipboard()->setText(text);
    if (bench_)
        bench_->status()->flash(tr("Copied: %1").arg(text.left(160)));
}

void MainWindow::copyPicture() {
    View* view = bench_ ? bench_->currentView() : nullptr;
    if (!view)
        return;
    const QString caption = pictureCaption(bench_->workspace(), view->summary());
    QApplication::clipboard()->setImage(pictureWithCaption(*view, caption, theme_));
    bench_->status()->flash(tr("Copied a picture: %1").arg(caption.left(160)));
}

void MainWindow::copyShown(bool sql) {
    if (!bench_)
        return;
    if (bench_->inspector()->isVisible()) {
        bench_->inspector()->copy(sql ? Inspector::CopyForm::kSql : Inspector::CopyForm::kMarkdown);
        return;
    }
    const View* view = bench_->currentView();
    const auto table = view && !sql ? view->shownTable() : std::nullopt;
    const QString text = table ? copyText(*table, CopyForm::kMarkdown) : view && sql ? view->shownSql() : QString();
    if (text.isEmpty())
        bench_->status()->flash(sql ? tr("Nothing copied: this view is no single query. Select a row.") : tr("Nothing copied: this view is no table. Select a row."));
    else
        copied(text);
}

void MainWindow::openCapsule(const QString& path, QueryRunner::BackendFactory factory, const ViewLink& link, AnnotationBook::StoreFactory annotations) {
    closeCapsule();
    bench_ = new Workbench(path, std::move(factory), theme_, stack_);
    stack_->addWidget(bench_);
    stack_->setCurrentWidget(bench_);
    if (link != ViewLink{})
        bench_->go(link);
    setWindowTitle(QFileInfo(path).fileName() + QStringLiteral(" — ") + tr("Nightjar"));
    connect(bench_, &Workbench::commandsRequested, this, [this] { openPalette({}); });
    connect(bench_, &Workbench::cancelImportRequested, this, &MainWindow::cancelImportRequested);
    connect(bench_, &Workbench::settledChanged, this, &MainWindow::settledChanged);
    connect(&ImportRequests::of(bench_->workspace()), &ImportRequests::readRequested, this, &MainWindow::filesDropped);
    connect(&ImportRequests::of(bench_->workspace()), &ImportRequests::removalRequested, this, &MainWindow::importRemovalRequested);
    notes_->setWorkbench(bench_);
    objectives_->setWorkbench(bench_);
    if (annotations)
        bench_->openAnnotations(std::move(annotations));
}

void MainWindow::closeCapsule(const QString& problem) {
    commands_->close();
    if (bench_) {
        Q_EMIT capsuleLeaving();
        notes_->setWorkbench(nullptr);
        objectives_->setWorkbench(nullptr);
        delete bench_;
        bench_ = nullptr;
    }
    stack_->setCurrentWidget(start_);
    start_->setProblem(problem);
    start_->setFocus();
    setWindowTitle(tr("Nightjar"));
}

void MainWindow::setImportProgress(const ImportProgress& progress) {
    if (bench_)
        bench_->setImportProgress(progress);
    if (!bench_ || !progress.running)
        start_->setProgress(progress);
}

void MainWindow::refresh() {
    if (bench_)
        bench_->refresh();
}

void MainWindow::setRecent(const QStringList& paths) { start_->setRecent(paths); }

void MainWindow::say(const QString& text, bool problem) {
    if (bench_)
        bench_->notice()->say(text, problem);
    else if (problem)
        start_->setProblem(text);
}

void MainWindow::setTheme(ThemeKind kind) {
    if (kind == theme_.kind)
        return;
    theme_ = themeOf(kind);   // in place: every part holds a reference to it
    theme_.install();
    for (QWidget* widget : findChildren<QWidget*>())
        widget->update();
    Q_EMIT themeChanged(kind);
}

bool MainWindow::settled() const { return !bench_ || bench_->settled(); }

void MainWindow::chooseFiles() {
    auto* dialog = new QFileDialog(this, tr("Open files"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &MainWindow::openRequested);
    dialog->open();
}

void MainWindow::openPalette(const QString& text) { commands_->open(text); }

void MainWindow::closeEvent(QCloseEvent* event) {
    Q_EMIT capsuleLeaving();
    QMainWindow::closeEvent(event);
}

void MainWindow::dragEnterEvent(QDragEnterEvent* event) {
    if (localPaths(event->mimeData()).isEmpty())
        return;
    event->acceptProposedAction();
    start_->setDropping(true);
}

void MainWindow::dragLeaveEvent(QDragLeaveEvent*) { start_->setDropping(false); }

void MainWindow::dropEvent(QDropEvent* event) {
    start_->setDropping(false);
    const QStringList paths = localPaths(event->mimeData());
    if (paths.isEmpty())
        return;
    event->acceptProposedAction();
    Q_EMIT filesDropped(paths);
}

void MainWindow::resizeEvent(QResizeEvent* event) {
    QMainWindow::resizeEvent(event);
    if (overlay_->isVisible())
        overlay_->setGeometry(rect());
}

}  // namespace nj::ui

#include "window/window_session.h"

#include <QDateTime>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QStandardPaths>

#include "import_job.h"
#include "query/annotations.h"
#include "query/backend.h"
#include "shell/tour_bar.h"
#include "shell/workbench.h"
#include "state/links.h"
#include "views/dashboards_view.h"
#include "window/definition_files.h"
#include "window/demo_tour.h"

namespace nj::app {
namespace {

std::vector<std::string> toStd(const QStringList& list) {
    std::vector<std::string> out;
    for (const QString& text : list)
        out.push_back(QFile::encodeName(text).toStdString());
    return out;
}

bool looksLikeCapsule(const QString& path) { return isCapsule(QFile::encodeName(path).toStdString()); }

ui::ImportProgress shown(const ingest::ImportProgress& progress) {
    ui::ImportProgress out;
    out.running = !progress.finished;
    out.what = QFileInfo(QString::fromStdString(progress.member)).fileName();
    out.bytesDone = progress.bytesRead;
    out.bytesTotal = progress.bytesTotal;
    out.rows = progress.rows;
    out.rowsPerSecond = progress.rowsPerSecond;
    return out;
}

}  // namespace

WindowSession::WindowSession(ui::MainWindow& window, WindowSettings& settings, QObject* parent) : QObject(parent), window_(window), settings_(settings), live_(window, settings), mapping_(window, settings) {
    window_.restoreGeometry(settings_.geometry());
    window_.setRecent(settings_.recent());
    window_.actions().setBindings(settings_.keys());
    connect(&window_.actions(), &ui::ActionRegistry::bindingsChanged, this, [this] { settings_.setKeys(window_.actions().bindings()); });
    connect(&window_, &ui::MainWindow::capsuleLeaving, this, &WindowSession::remember);
    connect(&window_, &ui::MainWindow::themeChanged, this, [this](ui::ThemeKind theme) { settings_.setTheme(theme); });
    connect(&window_, &ui::MainWindow::filesDropped, this, &WindowSession::addFiles);
    connect(&window_, &ui::MainWindow::openRequested, this, [this](const QStringList& paths) { open(paths); });
    connect(&window_, &ui::MainWindow::demoRequested, this, [this] { openDemo({}); });
    connect(&window_, &ui::MainWindow::liveRequested, this, &WindowSession::openLive);
    connect(&window_, &ui::MainWindow::cancelImportRequested, this, &WindowSession::cancelImport);
    connect(&window_, &ui::MainWindow::importRemovalRequested, this, &WindowSession::removeImport);
}

WindowSession::~WindowSession() = default;   // the jthread asks its import to stop and waits

QString WindowSession::newCapsulePath(const QString& name) {
    const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation) + QStringLiteral("/capsules"));
    folder.mkpath(QStringLiteral("."));
    return folder.filePath(QStringLiteral("%1-%2.nightjar").arg(name, QDateTime::currentDateTime().toString(QStringLiteral("yyyyMMdd-HHmmss-zzz"))));
}

void WindowSession::open(const QStringList& paths, const ui::ViewLink& link) {
    tourWanted_ = false;
    if (paths.size() == 1 && ui::isLinkText(paths.front())) {
        openLink(paths.front());
        return;
    }
    if (paths.size() == 1 && looksLikeCapsule(paths.front())) {
        openCapsule(QFileInfo(paths.front()).absoluteFilePath(), link);
        return;
    }
    QStringList telemetry = paths;
    keepDefinitions(telemetry);
    if (telemetry.isEmpty())
        return;
    QString name = QFileInfo(telemetry.front()).baseName().left(40);
    if (name.isEmpty() || name == QLatin1String("-"))
        name = QStringLiteral("incident");
    startImport(newCapsulePath(name), telemetry, false);
}

void WindowSession::keepDefinitions(QStringList& paths) {
    const QStringList definitions = definitionsAmong(paths);
    if (definitions.isEmpty())
        return;
    for (const QString& one : definitions)
        paths.removeAll(one);
    if (ui::Workbench* bench = window_.workbench()) {
        bench->showView(QString::fromLatin1(ui::links::kDashboards));
        if (auto* view = qobject_cast<ui::DashboardsView*>(bench->currentView())) {
            view->importFiles(definitions);
            return;
        }
    }
    window_.say(tr("Dashboards and rules are kept in a capsule with metrics: open one first, then drop them on it."), true);
}

void WindowSession::addFiles(const QStringList& files) {
    QStringList paths = files;
    keepDefinitions(paths);
    if (paths.isEmpty())
        return;
    if (ownCapsule_ && !(paths.size() == 1 && looksLikeCapsule(paths.front())))
        startImport(capsule_, paths, false);
    else
        open(paths);
}

void WindowSession::openDemo(const QString& capsule) {
    tourWanted_ = true;
    QString path = capsule;
    if (path.isEmpty()) {
        const QDir folder(QStandardPaths::writableLocation(QStandardPaths::AppDataLocation));
        folder.mkpath(QStringLiteral("."));
        path = folder.filePath(QStringLiteral("demo.nightjar"));
    }
    // A demo that was built whole is opened again; a half-built one is made anew.
    if (auto backend = query::openCapsuleBackend(QFile::encodeName(path).toStdString()); backend.ok()) {
        const auto info = (*backend)->info({});
        if (info.ok() && info->spans > 0 && info->logs > 0 && info->series > 0) {
            openCapsule(path);
            return;
        }
    }
    QFile::remove(path);
    startImport(path, {}, true);
}

// A link comes from anywhere: it may open a capsule that is there, and imports nothing.
void WindowSession::openLink(const QString& text) {
    const auto link = ui::parseLink(text);
    if (!link.ok()) {
        window_.closeCapsule(QString::fromStdString(link.error().message));
        return;
    }
    if (!looksLikeCapsule(link->capsule)) {
        window_.closeCapsule(tr("The link's capsule is not here: %1").arg(link->capsule.left(300)));
        return;
    }
    openCapsule(QFileInfo(link->capsule).absoluteFilePath(), *link);
}

void WindowSession::remember() {
    settings_.setGeometry(window_.saveGeometry());
    ui::Workbench* bench = window_.workbench();
    if (!bench)
        return;
    settings_.setUtc(bench->workspace().utc());
    settings_.setRailCollapsed(bench->railCollapsed());
    if (bench->opened())
        settings_.setLeft(bench->link());
}

void WindowSession::openCapsule(const QString& path, const ui::ViewLink& link) {
    const std::string file = QFile::encodeName(path).toStdString();
    capsule_ = path;
    ownCapsule_ = false;
    const ui::ViewLink place = link == ui::ViewLink{} ? settings_.left(path) : link;
    window_.openCapsule(path, [file] { return query::openCapsuleBackend(file); }, place, [file] { return query::openAnnotations(file); });
    window_.workbench()->workspace().setUtc(settings_.utc());
    window_.workbench()->setRailCollapsed(settings_.railCollapsed());
    if (std::exchange(tourWanted_, false))
        window_.workbench()->tour()->start(demoTour(), demoTourEnd());
    live_.setCapsule(path);
    settings_.addRecent(path);
    window_.setRecent(settings_.recent());
}

void WindowSession::openLive() {
    const QString path = newCapsulePath(QStringLiteral("live"));
    live_.create(path, [this, path](const QString& problem) {
        if (!problem.isEmpty()) {
            window_.closeCapsule(problem);
            return;
        }
        ui::ViewLink link;
        link.view = QStringLiteral("sources");
        openCapsule(path, link);
        ownCapsule_ = true;
        window_.workbench()->showView(QStringLiteral("sources"), QStringLiteral("live:add"));
    });
}

void WindowSession::startImport(const QString& capsule, const QStringList& paths, bool demo, std::optional<std::vector<TableMapping>> mappings) {
    if (importing_ || mapping_.asking()) {
        window_.say(importing_ ? tr("Files are being read: wait for the end or cancel, then add more.") : tr("Say first how the database is to be read, then add more."));
        return;
    }
    importing_ = true;
    ui::ImportProgress begin;
    begin.running = true;
    begin.what = demo ? tr("Building the demo incident") : tr("Reading %n file(s)", nullptr, static_cast<int>(paths.size()));
    window_.setImportProgress(begin);
    // One writer at a time: live sources give the capsule away meanwhile.
    live_.pause([this, capsule, paths, demo, mappings = std::move(mappings)] { runImport(capsule, paths, demo, mappings); });
}

void WindowSession::runImport(const QString& capsule, const QStringList& paths, bool demo, const std::optional<std::vector<TableMapping>>& mappings) {
    // Values go to the thread; what comes back is queued to the UI thread and dropped when the session is gone.
    const std::string file = QFile::encodeName(capsule).toStdString();
    const bool known = capsule == capsule_;
    const auto opened = [this, capsule, known] {
        QMetaObject::invokeMethod(this, [this, capsule, known] {
            if (known)
                return;
            openCapsule(capsule);
            ownCapsule_ = true;
        });
    };
    const auto progress = [this](const ingest::ImportProgress& state) {
        QMetaObject::invokeMethod(this, [this, state = shown(state)] {
            window_.setImportProgress(state);
            window_.refresh();
        });
    };
    const auto writing = [this](std::string_view what, double share) {
        ui::ImportProgress state;
        state.running = true;
        state.what = tr("Writing the demo: %1").arg(QString::fromUtf8(what.data(), static_cast<qsizetype>(what.size())));
        state.bytesDone = static_cast<quint64>(share * 1000);
        state.bytesTotal = 1000;
        QMetaObject::invokeMethod(this, [this, state] { window_.setImportProgress(state); });
    };
    import_ = std::jthread([this, file, capsule, paths, demo, mappings, saved = mapping_.saved(), opened, progress, writing](std::stop_token stop) {
        const std::vector<std::string> files = toStd(paths);
        ImportJob job{file, files, {}, opened, progress};
        if (mappings) {
            job.options.mappings = *mappings;
        } else if (!demo) {
            auto survey = std::make_shared<DatabaseSurvey>(surveyDatabases(files, saved, stop));
            if (!survey->unknown.empty() && !stop.stop_requested()) {
                QMetaObject::invokeMethod(this, [this, capsule, paths, survey] { askMappings(capsule, paths, std::move(*survey)); });
                return;
            }
            job.options.mappings = std::move(survey->mappings);
        }
        auto report = std::make_shared<Result<ingest::ImportReport>>(demo ? runDemoImport(file, opened, writing, progress, stop) : nj::app::runImport(job, stop));
        QMetaObject::invokeMethod(this, [this, capsule, report] { importEnded(capsule, std::move(*report)); });
    });
}

void WindowSession::askMappings(const QString& capsule, const QStringList& paths, DatabaseSurvey survey) {
    importing_ = false;
    live_.resume();
    window_.setImportProgress({});
    mapping_.ask(std::move(survey.unknown), [this, capsule, paths, known = std::move(survey.mappings)](DatabaseMapping::Answer answer) {
        QStringList wanted = paths;
        for (const std::string& path : answer.leftOut)
            wanted.removeAll(QFile::decodeName(path.c_str()));
        if (wanted.isEmpty())
            return;
        answer.mappings.insert(answer.mappings.end(), known.begin(), known.end());
        startImport(capsule, wanted, false, std::move(answer.mappings));
    });
}

void WindowSession::removeImport(qint64 import) {
    if (importing_) {
        window_.say(tr("Files are being read: wait for the end or cancel, then remove."));
        return;
    }
    importing_ = true;
    ui::ImportProgress begin;
    begin.running = true;
    begin.what = tr("Removing a file's rows");
    window_.setImportProgress(begin);
    live_.pause([this, import] { runRemoval(import); });
}

void WindowSession::runRemoval(qint64 import) {
    const std::string file = QFile::encodeName(capsule_).toStdString();
    import_ = std::jthread([this, file, import](std::stop_token) {
        const Status removed = nj::app::removeImport(file, import);
        QMetaObject::invokeMethod(this, [this, removed] {
            importing_ = false;
            live_.resume();
            window_.setImportProgress({});
            if (!removed.ok())
                window_.say(tr("It could not be removed: %1").arg(QString::fromStdString(removed.error().message)), true);
            window_.refresh();
        });
    });
}

void WindowSession::importEnded(const QString& capsule, Result<ingest::ImportReport> report) {
    importing_ = false;
    live_.resume();
    window_.setImportProgress({});
    if (!report.ok()) {
        if (report.error().code != ErrorCode::kCancelled)
            window_.say(tr("Import failed: %1").arg(QString::fromStdString(report.error().message)), true);
        window_.refresh();
        return;
    }
    if (capsule_ != capsule)
        openCapsule(capsule);
    window_.refresh();
    QStringList problems;
    for (const auto& member : report->members)
        if (!member.problem.empty())
            problems << QString::fromStdString(member.path + ": " + member.problem);
    if (!problems.isEmpty())
        window_.say(tr("%n file(s) could not be read whole: %1", nullptr, static_cast<int>(problems.size())).arg(problems.front()), true);
}

void WindowSession::cancelImport() { import_.request_stop(); }

}  // namespace nj::app

// What one window works on: opens capsules, imports files on a thread of its own, and tells the window how far it is.
// UI thread; owns the import thread and joins it.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <optional>
#include <thread>

#include "ingest/importer.h"
#include "shell/main_window.h"
#include "window/database_mapping.h"
#include "window/live_session.h"
#include "window/window_settings.h"

namespace nj::app {

class WindowSession : public QObject {
    Q_OBJECT
public:
    // `settings` outlives the session.
    WindowSession(ui::MainWindow& window, WindowSettings& settings, QObject* parent = nullptr);
    ~WindowSession() override;

    // One capsule is opened, where it was left unless `link` says where; anything else is imported into a new capsule. A nightjar: link
    // among the paths names its capsule itself.
    void open(const QStringList& paths, const ui::ViewLink& link = {});
    void openDemo(const QString& capsule);
    [[nodiscard]] DatabaseMapping& databaseMapping() { return mapping_; }

private:
    void openCapsule(const QString& path, const ui::ViewLink& link = {});
    void openLink(const QString& text);
    // An empty capsule and the choice of what it takes.
    void openLive();
    void runImport(const QString& capsule, const QStringList& paths, bool demo, const std::optional<std::vector<TableMapping>>& mappings);
    void runRemoval(qint64 import);
    void remember();
    void addFiles(const QStringList& paths);
    // Takes dashboards and rules out of `paths` and puts them into the open capsule.
    void keepDefinitions(QStringList& paths);
    // `mappings`: how databases of no known tool are read; without it they are looked for and asked about first.
    void startImport(const QString& capsule, const QStringList& paths, bool demo, std::optional<std::vector<TableMapping>> mappings = {});
    // Some of the files are databases of no known tool: they are imported when the person has said how.
    void askMappings(const QString& capsule, const QStringList& paths, DatabaseSurvey survey);
    void importEnded(const QString& capsule, Result<ingest::ImportReport> report);
    void removeImport(qint64 import);
    void cancelImport();
    [[nodiscard]] static QString newCapsulePath(const QString& name);

    ui::MainWindow& window_;
    WindowSettings& settings_;
    LiveSession live_;
    DatabaseMapping mapping_;
    QString capsule_;
    bool ownCapsule_ = false;   // made by this session: dropped files are added to it
    std::jthread import_;
    bool importing_ = false, tourWanted_ = false;
};

}  // namespace nj::app

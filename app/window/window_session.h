// What one window works on: opens capsules, imports files on a thread of its own, and tells the window how far it is.
// UI thread; owns the import thread and joins it.
#pragma once

#include <QObject>
#include <QString>
#include <QStringList>
#include <memory>
#include <thread>

#include "ingest/importer.h"
#include "shell/main_window.h"

namespace nj::app {

class WindowSession : public QObject {
    Q_OBJECT
public:
    explicit WindowSession(ui::MainWindow& window, QObject* parent = nullptr);
    ~WindowSession() override;

    // One capsule is opened; anything else is imported into a new capsule.
    void open(const QStringList& paths);
    void openDemo(const QString& capsule);

private:
    void openCapsule(const QString& path);
    void addFiles(const QStringList& paths);
    void startImport(const QString& capsule, const QStringList& paths, bool demo);
    void importEnded(const QString& capsule, Result<ingest::ImportReport> report);
    void cancelImport();
    [[nodiscard]] static QString newCapsulePath(const QString& name);

    ui::MainWindow& window_;
    QString capsule_;
    bool ownCapsule_ = false;   // made by this session: dropped files are added to it
    std::jthread import_;
    bool importing_ = false;
};

}  // namespace nj::app

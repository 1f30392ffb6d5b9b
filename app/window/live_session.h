// Runs the live sources of the open capsule on a thread of their own and tells the window what they are doing. UI thread; the engine and all
// that may wait live on the worker. Sources of a capsule are remembered in the settings, their secrets in the secret store.
#pragma once

#include <QObject>
#include <QThreadPool>
#include <QTimer>
#include <functional>
#include <memory>
#include <thread>

#include "base/bounded_queue.h"
#include "live_engine.h"
#include "shell/main_window.h"
#include "state/live_sources.h"
#include "window/secret_store.h"
#include "window/window_settings.h"

namespace nj::app {

class LiveSession : public QObject {
    Q_OBJECT
public:
    // Both outlive it.
    LiveSession(ui::MainWindow& window, WindowSettings& settings, QObject* parent = nullptr);
    ~LiveSession() override;

    // The window shows this capsule now: what ran for another one is stopped, what is remembered of this one is listed, stopped.
    void setCapsule(const QString& path);
    // Takes the capsule away from the sources, then calls `go`; while it is away senders are told to come later.
    void pause(std::function<void()> go);
    void resume();
    // Makes an empty capsule, then calls `go` with what went wrong, "" = nothing.
    void create(const QString& path, std::function<void(const QString& problem)> go);
    [[nodiscard]] bool active() const { return active_; }

private:
    struct Source {
        int id = 0;
        source::SourceConfig config;   // without secrets
    };
    using Task = std::function<void(std::unique_ptr<LiveEngine>&)>;
    void post(Task task);
    void connectWorkspace();
    void keep(int id, const QString& kind, const ui::LiveValues& values);
    void start(int id);
    void test(int ticket, const QString& kind, const ui::LiveValues& values);
    void paste(const QString& text);
    void pull(const QString& expression, TimeRange range);
    void remember();
    void poll();
    void show(const std::vector<LiveEngine::Entry>& entries, const std::string& problem);
    // With the secrets of the source; they may come from the keyring, so later.
    void withSecrets(const Source& source, std::function<void(source::SourceConfig)> then);
    Source* find(int id);
    ui::LiveSources* book();

    ui::MainWindow& window_;
    WindowSettings& settings_;
    SecretStore secrets_;
    QString capsule_;
    std::vector<Source> sources_;
    int nextId_ = 1;
    bool active_ = false, polling_ = false;
    QTimer timer_;
    struct Last {
        uint64_t rows = 0;
        TimeNs at = 0;
        double rate = 0;
    };
    std::map<int, Last> last_;
    uint64_t rowsShown_ = 0;
    std::string problem_;
    BoundedQueue<Task> tasks_{10'000};   // each counts one
    std::stop_source ending_;
    QThreadPool probes_;
    std::jthread worker_;
};

}  // namespace nj::app

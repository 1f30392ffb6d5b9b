// The window: a start page, or the workbench of the open capsule, with the commands and keys around it. It reads no file: the app
// gives it capsules (openCapsule) and hears what the person dropped or chose. UI thread.
#pragma once

#include <QMainWindow>
#include <QStackedWidget>
#include <memory>

#include "bridge/query_runner.h"
#include "shell/action_registry.h"
#include "shell/import_progress.h"
#include "state/view_link.h"
#include "state/annotation_book.h"
#include "theme/theme.h"
#include "views/view.h"

namespace nj::ui {

class CommandPalette;
class KeyEditor;
class KeyOverlay;
class NoteActions;
class ObjectiveActions;
class StartPage;
class Workbench;

class MainWindow : public QMainWindow {
    Q_OBJECT
public:
    explicit MainWindow(ThemeKind theme = ThemeKind::kDark, QWidget* parent = nullptr);
    ~MainWindow() override;

    // Shows the capsule; a factory opens one read-only backend per query thread. Replaces what was open. Of `link` everything but the
    // capsule is taken, as far as it is there. `annotations` opens what keeps its notes; without one they go with the window.
    void openCapsule(const QString& path, QueryRunner::BackendFactory factory, const ViewLink& link = {}, AnnotationBook::StoreFactory annotations = {});
    // Back to the start page, with a sentence why when something failed.
    void closeCapsule(const QString& problem = {});
    // Progress of an import into the open capsule (or, before one is open, none).
    void setImportProgress(const ImportProgress& progress);
    // The import added rows: the window asks again, at most twice a second, and keeps what is read in place.
    void refresh();
    void setRecent(const QStringList& paths);
    // A sentence above the page.
    void say(const QString& text, bool problem = false);
    void setTheme(ThemeKind kind);
    [[nodiscard]] ThemeKind theme() const { return theme_.kind; }

    // nullptr while no capsule is open.
    [[nodiscard]] Workbench* workbench() { return bench_; }
    [[nodiscard]] ActionRegistry& actions() { return *actions_; }
    [[nodiscard]] CommandPalette* commands() { return commands_; }
    // Everything asked is answered and drawn.
    [[nodiscard]] bool settled() const;

Q_SIGNALS:
    // Files to open (dropped, chosen in the dialog, or recent).
    void openRequested(const QStringList& paths);
    void filesDropped(const QStringList& paths);
    void demoRequested();
    // An empty capsule that takes live sources.
    void liveRequested();
    void cancelImportRequested();
    void importRemovalRequested(qint64 import);
    void themeChanged(nj::ui::ThemeKind kind);
    void settledChanged();
    // The window closes, or the capsule that is still open goes: the time to remember where it was.
    void capsuleLeaving();

protected:
    void closeEvent(QCloseEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dragLeaveEvent(QDragLeaveEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void addActions();
    void addViewActions();
    void addTimeActions();
    void addCopyActions();
    void chooseFiles();
    void openPalette(const QString& text);
    void addPaletteSources();
    void copied(const QString& text);
    // The view as it looks, range and filter under it.
    void copyPicture();
    // The selection where the inspector shows one, else the view: as Markdown or SQL.
    void copyShown(bool sql);

    Theme theme_;
    ActionRegistry* actions_;
    QStackedWidget* stack_;
    StartPage* start_;
    Workbench* bench_ = nullptr;
    CommandPalette* commands_;
    KeyOverlay* overlay_;
    KeyEditor* keyEditor_;
    NoteActions* notes_;
    ObjectiveActions* objectives_;
};

}  // namespace nj::ui

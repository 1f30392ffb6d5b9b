// The window of one open capsule: workspace, query threads, top bar, strip, rail, pages, inspector, status. It docks what the view
// registry gives and knows no view by name. Owns all of it; destruction cancels every question. UI thread.
#pragma once

#include <QHash>
#include <QStackedWidget>
#include <QTimer>
#include <QWidget>

#include "bridge/query_runner.h"
#include "shell/import_progress.h"
#include "state/view_link.h"
#include "state/workspace.h"
#include "state/annotation_book.h"
#include "theme/theme.h"
#include "views/view.h"

namespace nj::ui {

class Inspector;
class LiveClock;
class Notice;
class OverviewStrip;
class StatusLine;
class TopBar;
class TourBar;
class ViewRail;

class Workbench : public QWidget {
    Q_OBJECT
public:
    Workbench(const QString& path, QueryRunner::BackendFactory factory, const Theme& theme, QWidget* parent = nullptr);
    ~Workbench() override;

    [[nodiscard]] Workspace& workspace() { return workspace_; }
    [[nodiscard]] const Workspace& workspace() const { return workspace_; }
    [[nodiscard]] QueryRunner& queries() { return queries_; }
    [[nodiscard]] TopBar* topBar() { return topBar_; }
    [[nodiscard]] OverviewStrip* strip() { return strip_; }
    [[nodiscard]] ViewRail* rail() { return rail_; }
    [[nodiscard]] Inspector* inspector() { return inspector_; }
    [[nodiscard]] StatusLine* status() { return status_; }
    [[nodiscard]] Notice* notice() { return notice_; }
    [[nodiscard]] TourBar* tour() { return tour_; }
    [[nodiscard]] LiveClock* live() { return live_; }

    // Where notes are kept; without it they live as long as the window.
    void openAnnotations(AnnotationBook::StoreFactory factory);
    // Undoable. Unknown ids do nothing.
    void showView(const QString& viewId, const QString& parameter = {});
    [[nodiscard]] QString currentViewId() const { return current_.id; }
    // The page shown; nullptr while its view lacks its signal.
    [[nodiscard]] View* currentView() const;
    // What is shown, as text can keep it.
    [[nodiscard]] ViewLink link() const;
    // Shows what the link says, as far as this capsule has it; before the capsule's first answer it waits for it. Ignores its capsule.
    void go(const ViewLink& link);
    // Looks a pasted id up and opens what has it; filters by the text when nothing has.
    void openId(const QString& text);
    void goToTime(const QString& text);
    // Selects the event and, where the range does not hold its instant, moves the range to it.
    void goToEvent(qint64 seq, TimeNs time);
    // The service becomes part of the filter.
    void addTerm(const QString& field, const QString& value, bool exclude = false);
    void showAll();
    void shiftRange(double lengths);
    void zoomRange(double factor);
    void followBaseline();
    // What differs between the range and its baseline: in the view shown where it can say, else on the overview.
    void compare();
    void toggleInspector();
    void toggleRail();
    void setRailCollapsed(bool collapsed);
    [[nodiscard]] bool railCollapsed() const { return railCollapsed_; }
    // Leaves one level: the selection, what the view has open, the notice.
    void escape();
    // '/': the view's own search where it has one, else the filter.
    void search();

    // Rows arrived: asks again, at most twice a second, and keeps what is read in place.
    void refresh();
    void setImportProgress(const ImportProgress& progress);
    // Nothing is asked, laid out or awaited.
    [[nodiscard]] bool settled() const;
    [[nodiscard]] bool opened() const { return opened_; }
    [[nodiscard]] QString problem() const { return problem_; }

Q_SIGNALS:
    void commandsRequested();
    void cancelImportRequested();
    void settledChanged();

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    friend class ViewCommand;
    struct Place {
        QString id, parameter;
    };
    void buildLayout();
    void connectParts();
    void askInfo();
    void askOpening();
    void askStrip();
    void showMarks();
    // True when the mark of that seq is a note, which the timeline then shows.
    bool openNote(qint64 seq);
    void applyOpening(const query::OpeningAnswer& opening);
    void applyInfo(const query::CapsuleInfo& info);
    void place(const Place& place);
    void placeFirst();
    void openPage(const Place& place);
    QWidget* pageOf(const ViewFactory& factory);
    void selectionChanged();
    // True when the view took the key. Window commands bound to plain keys ask it first.
    bool offerKey(Qt::Key key, const QString& text);
    [[nodiscard]] bool untouched();

    const Theme& theme_;
    Workspace workspace_;
    QueryRunner queries_;
    TopBar* topBar_;
    OverviewStrip* strip_;
    ViewRail* rail_;
    Notice* notice_;
    TourBar* tour_;
    QStackedWidget* pages_;
    Inspector* inspector_;
    StatusLine* status_;
    LiveClock* live_;
    AnnotationBook* annotations_;   // the workspace's
    QHash<QString, QWidget*> made_;
    std::vector<query::EventMark> events_;
    Place current_;
    QTimer refreshTimer_, stripTimer_;
    QString path_, problem_;
    std::optional<ViewLink> awaited_;
    bool opened_ = false, importing_ = false, grows_ = false, inspectorWanted_ = true, railCollapsed_ = false, openingBaseline_ = false, compareWhenBaseline_ = false;
    bool placedItself_ = false;   // the view was not asked for
};

}  // namespace nj::ui

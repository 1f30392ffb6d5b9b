// Dashboards: those of the capsule and those that come with Nightjar and whose series are there, one at a time: its variables above, its
// panels below. Panels ask once they are seen. UI thread only.
#pragma once

#include <QHash>
#include <optional>
#include <vector>

#include "query/dashboards.h"
#include "state/annotation_book.h"
#include "views/refreshing_view.h"

class QComboBox;
class QMenu;
class QToolButton;

namespace nj::ui {

class DashboardBoard;
class DashboardChooser;
class DashboardKeeping;
class DashboardPanel;
class NoDataPanel;
class Panel;
class PlainLabel;
class RemarksPanel;
class VariableBar;

class DashboardsView : public RefreshingView {
    Q_OBJECT
public:
    explicit DashboardsView(const ViewContext& context, QWidget* parent = nullptr);
    static const KeyTable<DashboardsView>& keys();
    ~DashboardsView() override;
    // "dashboard:<id>", with "&name=value" for variables: what opened() gives.
    void open(const QString& parameter) override;
    [[nodiscard]] QString opened() const override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] std::optional<CopyTable> shownTable() const override;

    [[nodiscard]] const std::vector<DashboardPanel*>& panels() const;
    [[nodiscard]] VariableBar& variables() { return *variables_; }
    [[nodiscard]] QComboBox& chooser();
    // Reads the files and keeps what they hold in the capsule.
    void importFiles(const QStringList& paths);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;

private:
    // What opening a dashboard answers.
    struct Opened {
        dashboard::Dashboard board;
        dashboard::ResolvedVariables variables;
    };
    void build();
    void buildKeeping();
    QMenu* buildMenu();
    void refresh() override;
    void choose(const QString& id);
    void chooseWanted();
    void askAgain();
    void askOpen(bool again = false);
    void askCourses();
    void showCourses(const std::vector<query::AlertCourse>& courses);
    void showOpened(Opened&& opened);
    void showRows();
    void showRemarks();
    void showEmpty();
    void takeRange();
    void announce();

    ViewContext context_;
    AnnotationBook& book_;
    DashboardKeeping* keeping_;
    DashboardChooser* chooser_;
    VariableBar* variables_;
    PlainLabel* verdict_;
    QToolButton *remarksButton_, *importButton_, *menuButton_;
    RemarksPanel* remarks_;
    Panel* empty_;
    DashboardBoard* panels_;
    NoDataPanel* noData_;     // below the panels
    std::optional<dashboard::Dashboard> opened_;      // as its author has it
    std::optional<dashboard::Dashboard> board_;       // as shown: rules by what they did
    dashboard::ResolvedVariables resolved_;
    dashboard::Choices choices_;
    QHash<QString, dashboard::Choices> remembered_;   // by dashboard
    QString current_, wanted_, shown_;                // shown_: of opened_
    uint64_t series_ = 0;                             // of the capsule, when the variables were asked for
    std::string document_;                            // of the definition that was opened
    bool opening_ = false, again_ = false, askingCourses_ = false;
};

}  // namespace nj::ui

// Dashboards: those of the capsule and those that come with Nightjar and whose series are there, one at a time: its variables above, its
// panels below. Panels ask once they are seen. UI thread only.
#pragma once

#include <QHash>
#include <optional>
#include <vector>

#include "query/dashboards.h"
#include "query/definitions.h"
#include "state/annotation_book.h"
#include "views/refreshing_view.h"
#include "widgets/chart_data.h"

class QComboBox;
class QMenu;
class QScrollArea;
class QToolButton;

namespace nj::ui {

class DashboardGrid;
class DashboardPanel;
class FactTable;
class Panel;
class PlainLabel;
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

    [[nodiscard]] const std::vector<DashboardPanel*>& panels() const { return panels_; }
    [[nodiscard]] VariableBar& variables() { return *variables_; }
    [[nodiscard]] QComboBox& chooser() { return *chooser_; }
    // Reads the files and keeps what they hold in the capsule.
    void importFiles(const QStringList& paths);

protected:
    void keyPressEvent(QKeyEvent* event) override;
    void dragEnterEvent(QDragEnterEvent* event) override;
    void dropEvent(QDropEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    // What opening a dashboard answers.
    struct Opened {
        dashboard::Dashboard board;
        dashboard::ResolvedVariables variables;
    };
    void build();
    QMenu* buildMenu();
    void refresh() override;
    void askBuiltIn();
    void fillChooser();
    void choose(const QString& id);
    void chooseWanted();
    void askOpen();
    void askCourses();
    void askEvents();
    void showCourses();
    void showOpened(Opened&& opened);
    void showRows();
    void showRemarks();
    void showEmpty();
    void askSeen();
    void takeRange();
    void chooseFiles();
    void imported(Result<std::vector<Result<query::ReadDefinition>>>&& read, const QStringList& paths);
    void saveCopy();
    void rename();
    void exportJson();
    void remove();
    void announce();
    [[nodiscard]] const Definition* definition(const QString& id) const;

    ViewContext context_;
    AnnotationBook& book_;
    QComboBox* chooser_;
    VariableBar* variables_;
    PlainLabel* verdict_;
    QToolButton *remarksButton_, *importButton_, *menuButton_;
    Panel* remarks_;
    FactTable* remarksTable_;
    Panel* empty_;
    QScrollArea* scroll_;
    DashboardGrid* grid_;
    std::vector<DashboardPanel*> panels_;
    std::vector<dashboard::Dashboard> builtIn_;
    std::optional<dashboard::Dashboard> board_;   // the one shown
    dashboard::ResolvedVariables resolved_;
    dashboard::Choices choices_;
    std::vector<query::AlertCourse> courses_;         // of rules
    std::optional<dashboard::Dashboard> rules_;       // the rules shown, in their file's order
    QVector<ChartFlag> flags_;
    QHash<QString, dashboard::Choices> remembered_;   // by dashboard
    QString current_, wanted_;
    std::string document_;                            // of the definition that was opened
    QTimer seen_;
    size_t notShown_ = 0;
    bool builtInKnown_ = false, askingBuiltIn_ = false, opening_ = false, askingCourses_ = false, askingEvents_ = false, importing_ = false;
};

}  // namespace nj::ui

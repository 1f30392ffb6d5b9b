// SQL: an editor, the tables there are, and every row a query gives, streamed; as a chart when the first column is a time. Read-only by
// construction: what it may ask is the backend's decision. UI thread only.
#pragma once

#include <QElapsedTimer>
#include <QTimer>
#include <atomic>
#include <memory>

#include "models/sql_result_model.h"
#include "state/copy_text.h"
#include "views/sql_pictures.h"
#include "views/view.h"

class QLabel;
class QPushButton;
class QStackedWidget;
class QTableView;
class QToolButton;
class QTreeWidget;
class QTreeWidgetItem;

namespace nj::ui {

class ChartChoice;
class Panel;
class PlainLabel;
class SqlEditor;
class TimeChart;

class SqlView : public View {
    Q_OBJECT
public:
    explicit SqlView(const ViewContext& context, QWidget* parent = nullptr);
    static const KeyTable<SqlView>& keys();
    // "sql:<query>": runs it.
    void open(const QString& parameter) override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QString shownSql() const override;
    void run(const QString& text);
    void cancel();
    [[nodiscard]] bool running() const { return running_; }
    [[nodiscard]] QString problem() const { return problem_; }
    [[nodiscard]] SqlEditor& editor() { return *editor_; }
    [[nodiscard]] QTableView& table() { return *table_; }
    [[nodiscard]] SqlResultModel& model() { return *model_; }
    [[nodiscard]] TimeChart& chart() { return *chart_; }
    [[nodiscard]] bool chartShown() const;
    // All rows into a file, off this thread; its ending says the form.
    void saveTo(const QString& path);
    [[nodiscard]] bool saving() const { return saving_; }
    // The rows selected, else all that fit a clipboard.
    void copy(CopyForm form);

protected:
    void showEvent(QShowEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    // What the query's thread tells besides rows.
    struct Run {
        std::shared_ptr<SqlResult> result = std::make_shared<SqlResult>();
        std::atomic<int> errorAt{-1};
    };
    QWidget* buildSide();
    QWidget* buildEditor();
    QWidget* buildResult();
    void askTables();
    void fillSide();
    void sideClicked(QTreeWidgetItem* item);
    void poll();
    void finished(const Status& status);
    void askChart();
    void showChart(std::optional<SqlChart> chart);
    void showState();
    void fitColumns();
    void follow(const QModelIndex& index);
    void chooseFile();
    [[nodiscard]] QString caption() const;
    void announce();

    ViewContext context_;
    QTreeWidget* side_;
    SqlEditor* editor_;
    QPushButton* run_;
    QPushButton* cancel_;
    PlainLabel* state_;
    Panel* resultPanel_;
    QStackedWidget* pages_;
    QTableView* table_;
    TimeChart* chart_;
    ChartChoice* pageChoice_;
    SqlResultModel* model_;
    std::vector<query::SqlTable> tables_;
    std::shared_ptr<Run> now_;
    QTimer poll_;
    QElapsedTimer clock_;
    QString text_, problem_;
    qint64 took_ = 0;
    std::optional<SqlChart> drawn_;
    bool askedTables_ = false, askingTables_ = false, running_ = false, cancelled_ = false, askingChart_ = false, saving_ = false, fitted_ = false, copying_ = false;
};

}  // namespace nj::ui

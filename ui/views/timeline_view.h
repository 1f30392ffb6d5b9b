// Timeline: events of the data and notes of people over time, in lanes and as one list; how long detection and mitigation took; the
// whole as Markdown. Notes are written and changed in place, with undo. UI thread only.
#pragma once

#include <QToolButton>
#include <QUndoStack>

#include "models/timeline_model.h"
#include "views/refreshing_view.h"

class QTableView;

namespace nj::ui {

class IncidentTimesBar;
class Panel;
class PlainLabel;
class TimelineLanes;

class TimelineView : public RefreshingView {
    Q_OBJECT
public:
    explicit TimelineView(const ViewContext& context, QWidget* parent = nullptr);
    static const KeyTable<TimelineView>& keys();
    // While the list has the focus.
    static const KeyTable<TimelineView>& listKeys();
    // "note:<id>" or "event:<seq>": selects the row.
    void open(const QString& parameter) override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;
    [[nodiscard]] QString markdown() const;
    [[nodiscard]] TimelineModel& model() { return *model_; }
    [[nodiscard]] QTableView* table() { return table_; }

protected:
    void keyPressEvent(QKeyEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void build();
    void buildControls();
    void buildTable();
    void connectWorkspace();
    void refresh() override;
    void showTitle();
    void selectRow(int row);
    void rowChosen(int row);
    void openRow(int row);
    void addNote(NoteKind kind);
    void removeNote();
    void copyMarkdown();
    [[nodiscard]] QString title() const;

    ViewContext context_;
    AnnotationBook& book_;
    Panel* panel_;
    IncidentTimesBar* times_;
    TimelineModel* model_;
    TimelineLanes* lanes_;
    PlainLabel* nothing_ = nullptr;   // instead of the table
    QTableView* table_;
    QList<QToolButton*> filters_;
    TimeNs start_ = 0;
    QString goal_;
    std::string current_;      // note selected before the list was built anew
    bool asking_ = false, selecting_ = false;
};

}  // namespace nj::ui

// One trace as a page: what took the time in one sentence, minimap, waterfall, and the metrics of what served it on the same axis.
// Answers come through the query runner; selection and cursor go to the workspace. UI thread.
#pragma once

#include <QLineEdit>
#include <QScrollArea>
#include <QToolButton>
#include <memory>

#include "bridge/query_runner.h"
#include "state/workspace.h"
#include "widgets/lane_planner.h"
#include "widgets/panel.h"
#include "widgets/plain_label.h"
#include "widgets/trace_copy.h"
#include "widgets/trace_minimap.h"
#include "widgets/waterfall_widget.h"

namespace nj::ui {

class TracePanel : public QWidget {
    Q_OBJECT
public:
    TracePanel(const Theme& theme, Workspace& workspace, QueryRunner& queries, QWidget* parent = nullptr);
    // Asks for the trace; once there, selects the span with that seq, or (−1) the one that took most of the critical path.
    void open(const TraceId& id, qint64 spanSeq = -1);
    // The same with the span's own id, as a link names it.
    void openSpan(const TraceId& id, const SpanId& span);
    [[nodiscard]] const TraceId& trace() const { return id_; }
    [[nodiscard]] bool settled() const { return !askingTree_ && !askingEntities_ && !askingLanes_; }
    [[nodiscard]] QString summary() const;
    // The line under the title: counts, times, sampling, warnings.
    [[nodiscard]] QString factsText() const { return facts_->plain(); }
    [[nodiscard]] QString hitsText() const { return hits_->plain(); }
    [[nodiscard]] WaterfallWidget* waterfall() const { return waterfall_; }
    [[nodiscard]] const MetricLanes* lanes() const { return lanes_; }
    void selectSpanSeq(qint64 seq);
    void nextError(bool backwards);
    // The next span the search found (n, N).
    void nextHit(bool backwards);
    void search(const QString& text);
    void focusSearch() { search_->setFocus(); }

Q_SIGNALS:
    void settledChanged();
    void backRequested();
    void neighbourRequested(int step);

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    QWidget* makeHeader();
    QWidget* makeToolbar();
    QToolButton* tool(const QString& text, const QString& toolTip, bool checkable, bool checked);
    void showTree(Result<query::TraceTree>&& answer);
    void describe();
    void spanSelected(int span);
    void askLanes(int span);
    void askLanePoints(std::vector<LaneCandidate> candidates);
    void showHits();
    void axisMoved();
    void copyAs(TraceCopy format);
    void done(bool& asking);
    [[nodiscard]] int32_t heaviestSpan() const;

    const Theme& theme_;
    Workspace& workspace_;
    QueryRunner& queries_;
    TraceId id_;
    qint64 wantedSeq_ = -1;
    SpanId wantedSpan_;
    std::shared_ptr<const query::TraceTree> tree_;
    std::vector<int32_t> found_;
    // One flag a question: a newer one of the same key replaces the older, which then never answers.
    bool askingTree_ = false, askingEntities_ = false, askingLanes_ = false;
    int lanesSpan_ = -1;

    Panel* header_;
    Panel* body_;
    PlainLabel* facts_;
    QLineEdit* search_;
    PlainLabel* hits_;
    QToolButton* collapse_;
    QToolButton* expand_;
    TraceMinimap* minimap_;
    WaterfallWidget* waterfall_;
    MetricLanes* lanes_;
    QScrollArea* laneArea_;
};

}  // namespace nj::ui

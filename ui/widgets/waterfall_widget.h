// The waterfall of one trace: names and numbers left, bars right on one ruler. Draws only the visible rows; no row has a widget.
// UI thread only. The trace is shared and immutable; selection, cursor and zoom are reported, the view decides.
#pragma once

#include <QAbstractScrollArea>
#include <functional>
#include <memory>
#include <optional>

#include "theme/theme.h"
#include "widgets/key_table.h"
#include "widgets/waterfall_layout.h"
#include "widgets/waterfall_painter.h"

namespace nj::ui {

class WaterfallWidget : public QAbstractScrollArea {
    Q_OBJECT
public:
    explicit WaterfallWidget(const Theme& theme, QWidget* parent = nullptr);

    void setTree(std::shared_ptr<const query::TraceTree> tree);
    [[nodiscard]] WaterfallLayout& layout() { return layout_; }
    void layoutChanged();
    // Colour of a service, the same in every view.
    void setServiceColor(std::function<QColor(const std::string&)> color) { serviceColor_ = std::move(color); }
    void setCriticalPathShown(bool shown);
    void setSelfTimeShown(bool shown);
    // Spans that match a search are marked; the others step back.
    void setMatches(std::vector<int32_t> spans);

    [[nodiscard]] int32_t selected() const { return selected_; }
    void select(int32_t span);                       // scrolls to it
    [[nodiscard]] TraceAxis axis() const;
    void setVisibleRange(TimeNs from, TimeNs to);    // clamped to the trace
    void fit();
    static const KeyTable<WaterfallWidget>& keys();
    // The selected span across most of the ruler.
    void focusSelected();
    void setCursor(std::optional<TimeNs> time);
    // Rectangle of a row's bar in viewport coordinates, for tests and tooltips; empty when not visible.
    [[nodiscard]] QRect barRect(int row) const;
    [[nodiscard]] QRect rowRect(int row) const;

Q_SIGNALS:
    void spanSelected(int span);
    void cursorMoved(std::optional<nj::TimeNs> time);
    void visibleRangeChanged();
    void logClicked(qint64 seq);
    void hitWanted(bool backwards);       // n, N
    void errorWanted(bool backwards);     // e, E

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    bool event(QEvent* event) override;
    bool viewportEvent(QEvent* event) override;
    void scrollContentsBy(int dx, int dy) override;

private:
    void describe();
    [[nodiscard]] WaterfallColumns columns() const;
    [[nodiscard]] int firstVisibleRow() const;
    [[nodiscard]] int rowAt(int y) const;
    void updateScrollBar();
    void zoom(double factor, TimeNs around);
    void pan(double share);
    void toggle(int row);
    void moveSelection(int rows);
    void changeLevels(void (WaterfallLayout::*change)());
    [[nodiscard]] TimeNs zoomCentre() const;
    // Record whose dot lies there, −1 = none.
    [[nodiscard]] qint64 logAt(const QPoint& at) const;
    // What the tick or dot there is, "" = none.
    [[nodiscard]] QString markText(const QPoint& at) const;

    [[nodiscard]] WaterfallScene scene() const;

    const Theme& theme_;
    WaterfallLayout layout_;
    std::function<QColor(const std::string&)> serviceColor_;
    TimeNs from_ = 0, to_ = 1;
    int nameWidth_ = 240;
    bool criticalPath_ = true, selfTime_ = true;
    int32_t selected_ = -1;
    bool focused_ = false, again_ = false;   // F was the last key: the next one fits
    int hovered_ = -1;
    std::optional<TimeNs> cursor_;
    std::vector<int32_t> matches_;
    std::unordered_map<int32_t, std::vector<uint32_t>> logsOfSpan_;   // indices into tree.logs
    // A drag under way: zooming on the bars, panning with Shift, or moving the column edge.
    enum class Drag { kNone, kZoom, kPan, kColumn } drag_ = Drag::kNone;
    int dragFrom_ = 0, dragTo_ = 0;
    TimeNs panFrom_ = 0, panTo_ = 0;
};

}  // namespace nj::ui

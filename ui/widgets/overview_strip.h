// The histogram of everything over all time, above every view: spans and logs, errors on a scale of their own, event flags, the
// range shown as a brush. Drag sets the range, its edges can be dragged, Shift+drag moves it, Alt+drag compares a stretch with the baseline, a double click shows all, Ctrl+wheel
// zooms at the pointer; arrow keys move, + and − zoom, Home shows all. UI thread; knows only the workspace.
#pragma once

#include <QWidget>
#include <optional>
#include <vector>

#include "query/backend.h"
#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/event_lane.h"

namespace nj::ui {

class OverviewStrip : public QWidget {
    Q_OBJECT
public:
    OverviewStrip(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr);

    void setVolume(const query::VolumeAnswer& volume);
    // Shows this stretch of all time; `note` says what lies outside it ("4 rows before"). Empty: everything.
    void setAxis(TimeRange axis, const QString& note = {});
    [[nodiscard]] TimeRange axis() const { return axis_.empty() ? workspace_.all() : axis_; }
    void setEvents(std::vector<query::EventMark> events);
    [[nodiscard]] const std::vector<query::EventMark>& events() const { return events_; }
    [[nodiscard]] double xOf(TimeNs time) const;
    [[nodiscard]] TimeNs timeAt(double x) const;
    // Columns worth asking for at this width.
    [[nodiscard]] int columns() const;
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void eventClicked(qint64 seq);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;
    void wheelEvent(QWheelEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void leaveEvent(QEvent* event) override;
    bool event(QEvent* event) override;

private:
    enum class Drag { kNone, kNew, kCompare, kLeft, kRight, kMove };
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] Drag dragAt(const QPointF& at, Qt::KeyboardModifiers modifiers) const;
    [[nodiscard]] TimeRange clamped(TimeRange range) const;
    [[nodiscard]] TimeRange shown() const { return preview_.value_or(workspace_.range()); }
    [[nodiscard]] const query::EventMark* eventAt(double x) const;
    void zoom(TimeNs at, double factor);
    void paintBars(QPainter& painter) const;
    void paintTicks(QPainter& painter) const;
    void paintBrush(QPainter& painter) const;
    void describe();

    Workspace& workspace_;
    const Theme& theme_;
    query::VolumeAnswer volume_;
    std::vector<query::EventMark> events_;
    Drag drag_ = Drag::kNone;
    QPointF pressed_;
    TimeRange atPress_;
    std::optional<TimeRange> preview_;
    TimeRange axis_;
    QString note_;
};

// The stretch that holds all but a thousandth of the rows, where the few others would squeeze it to less than half: a boot message
// weeks before the incident must not flatten it. Else the whole; `outside` counts the rows left out.
TimeRange denseRange(const query::VolumeAnswer& volume, uint64_t* outside = nullptr);

}  // namespace nj::ui

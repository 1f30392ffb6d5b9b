// The whole trace in 40 px with the critical path and a brush for the visible part. Spans are drawn once into an image per size.
// UI thread; shares the trace.
#pragma once

#include <QImage>
#include <QWidget>
#include <functional>
#include <memory>

#include "theme/theme.h"
#include "widgets/waterfall_layout.h"

namespace nj::ui {

class TraceMinimap : public QWidget {
    Q_OBJECT
public:
    explicit TraceMinimap(const Theme& theme, QWidget* parent = nullptr);
    void setTree(std::shared_ptr<const query::TraceTree> tree);
    void setServiceColor(std::function<QColor(const std::string&)> color) { serviceColor_ = std::move(color); }
    // Where the bars of the waterfall below lie, so that both line up.
    void setAxis(const TraceAxis& axis);
    void setSelected(int32_t span);
    [[nodiscard]] QSize sizeHint() const override { return {200, 44}; }

Q_SIGNALS:
    void rangeBrushed(nj::TimeNs from, nj::TimeNs to);
    void fitRequested();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    void mouseDoubleClickEvent(QMouseEvent* event) override;

private:
    [[nodiscard]] TraceAxis whole() const;
    void render();

    const Theme& theme_;
    std::shared_ptr<const query::TraceTree> tree_;
    std::function<QColor(const std::string&)> serviceColor_;
    TraceAxis axis_;
    QImage image_;
    int32_t selected_ = -1;
    bool dragging_ = false;
    int dragFrom_ = 0, dragTo_ = 0;
};

}  // namespace nj::ui

// How often values fall into each bucket: bars beside each other on an axis of values. A hover names a bucket. UI thread only.
#pragma once

#include <QWidget>

#include "models/panel_heatmap.h"
#include "theme/theme.h"

namespace nj::ui {

class BucketBars : public QWidget {
    Q_OBJECT
public:
    explicit BucketBars(const Theme& theme, QWidget* parent = nullptr);
    void setBars(const QVector<BucketBar>& bars, const QString& unit);
    [[nodiscard]] const QVector<BucketBar>& bars() const { return bars_; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {80, 60}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    bool event(QEvent* event) override;

private:
    [[nodiscard]] QRectF plot() const;
    [[nodiscard]] int barAt(const QPointF& at) const;
    const Theme& theme_;
    QVector<BucketBar> bars_;
    QString unit_;
    double most_ = 0;
};

}  // namespace nj::ui

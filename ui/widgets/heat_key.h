// The legend of a resource heatmap as one line: the scale with its ends, what a diamond, a box and a hatch mean. UI thread.
#pragma once

#include <QWidget>

#include "theme/heat_scale.h"

namespace nj::ui {

struct HeatKeyData {
    QString words;                     // "each cell its lowest sample"
    HeatScale scale;
    QString low, high;
    bool throttle = false, inferred = false, xid = false, missing = false;
};

class HeatKey : public QWidget {
    Q_OBJECT
public:
    explicit HeatKey(const Theme& theme, QWidget* parent = nullptr);
    void setData(const HeatKeyData& shown);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    HeatKeyData data_;
};

}  // namespace nj::ui

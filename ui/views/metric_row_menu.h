// The choices of a row that are rarely made, behind "⋯": the unit of its values, the step of its lines, and how an expression is shown. UI
// thread only.
#pragma once

#include <QToolButton>

#include "theme/theme.h"
#include "views/metric_spec.h"

class QActionGroup;
class QMenu;

namespace nj::ui {

class MetricRowMenu : public QToolButton {
    Q_OBJECT
public:
    explicit MetricRowMenu(const Theme& theme, QWidget* parent = nullptr);
    // Without a signal; marked where something is not as usual.
    void setSpec(const MetricSpec& spec);
    // What the unit is when it is left to the answer.
    void setAnswered(const std::string& unit);
    // With the choice made.
    [[nodiscard]] MetricSpec chosen(MetricSpec spec) const;

Q_SIGNALS:
    void changed();

private:
    QActionGroup* group(QMenu* menu);
    QMenu* pictures_;
    QActionGroup *unit_, *step_, *picture_;
};

}  // namespace nj::ui

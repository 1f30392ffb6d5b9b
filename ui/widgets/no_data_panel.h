// The alerts of a rule file whose series are not there, a line each: what it is called, what it asks, why there is nothing. A click or Enter
// opens its expression. UI thread only.
#pragma once

#include <vector>

#include "models/rule_board.h"
#include "widgets/panel.h"

namespace nj::ui {

class FactTable;

class NoDataPanel : public Panel {
    Q_OBJECT
public:
    explicit NoDataPanel(const Theme& theme, QWidget* parent = nullptr);
    // As tall as its lines. `inAll`: alerts.
    void setAlerts(const std::vector<AlertWithoutData>& alerts, size_t inAll);

Q_SIGNALS:
    void expressionOpened(const QString& expression);

private:
    const Theme& theme_;
    FactTable* table_;
    std::vector<AlertWithoutData> alerts_;
};

}  // namespace nj::ui

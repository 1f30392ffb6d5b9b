// What of a dashboard or of rules was not taken over, or not as it stood: where, what and why. UI thread only.
#pragma once

#include <vector>

#include "dashboard/dashboard.h"
#include "widgets/panel.h"

namespace nj::ui {

class FactTable;

class RemarksPanel : public Panel {
    Q_OBJECT
public:
    explicit RemarksPanel(const Theme& theme, QWidget* parent = nullptr);
    void setRemarks(const std::vector<dashboard::Remark>& remarks);

private:
    FactTable* table_;
};

}  // namespace nj::ui

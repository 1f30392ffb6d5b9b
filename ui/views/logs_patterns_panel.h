// The templates of the log records in a range beside those of the baseline: new ones first, then what grew, gone ones last. A row's
// click or Enter filters by its pattern, a second one takes that filter away. UI thread only.
#pragma once

#include "query/log_questions.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class FactTable;
struct FactCell;

// "2 patterns are new, 1 is gone": plain function.
QString logPatternsTitle(const query::LogPatternsAnswer& answer);

class LogsPatternsPanel : public Panel {
    Q_OBJECT
public:
    explicit LogsPatternsPanel(const ViewContext& context, QWidget* parent = nullptr);
    void refresh(TimeRange range);
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] const query::LogPatternsAnswer& answer() const { return answer_; }
    [[nodiscard]] FactTable& table() { return *table_; }

Q_SIGNALS:
    void settledChanged();
    void answered();
    void patternChosen(const QString& id);

private:
    void show();
    [[nodiscard]] std::vector<FactCell> cells(const query::LogPattern& pattern, uint64_t most) const;
    ViewContext context_;
    FactTable* table_;
    query::LogPatternsAnswer answer_;
    TimeRange range_;
    bool asking_ = false;
};

}  // namespace nj::ui

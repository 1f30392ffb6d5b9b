// An expression taken apart, as a tree: what each part is, how many series it gives in the range, how long it took, and what it did with
// those that went in. Where series vanish the row is marked. UI thread; it shows what it is given.
#pragma once

#include <QStandardItemModel>
#include <QTreeView>

#include "query/promql.h"
#include "theme/theme.h"

namespace nj::ui {

class ExplainTree : public QTreeView {
    Q_OBJECT
public:
    explicit ExplainTree(const Theme& theme, QWidget* parent = nullptr);
    void setExplanation(const query::PromqlExplanation& explanation);
    // One line instead of the tree.
    void setMessage(const QString& message);
    enum Column { kPart, kSeries, kWords, kTook, kColumns };
    // As tall as its rows, within bounds.
    [[nodiscard]] int wantedHeight() const;

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void fitColumns();
    const Theme& theme_;
    QStandardItemModel model_;
    int rows_ = 0;
};

}  // namespace nj::ui

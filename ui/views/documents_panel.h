// Documents of the capsule (YAML, JSON, text without times): a list, and a search through all of them whose hits open at their line.
// UI thread only.
#pragma once

#include <QLineEdit>
#include <QTimer>

#include "query/sources.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class FactTable;

class DocumentsPanel : public Panel {
    Q_OBJECT
public:
    explicit DocumentsPanel(const ViewContext& context, QWidget* parent = nullptr);
    void refresh();
    void focusSearch();
    [[nodiscard]] bool settled() const { return !asking_ && !soon_.isActive(); }
    [[nodiscard]] FactTable* table() { return table_; }

Q_SIGNALS:
    void documentChosen(qint64 id, const QString& path, int line);
    void settledChanged();

private:
    void search();
    void showList();
    void showHits(const std::vector<query::DocumentHit>& hits);

    ViewContext context_;
    QLineEdit* search_;
    FactTable* table_;
    QTimer soon_;
    std::vector<query::DocumentInfo> documents_;
    std::vector<query::DocumentHit> hits_;
    bool searching_ = false, asking_ = false;
};

}  // namespace nj::ui

// One file or stream: what was read from where, what was rejected and why, and its clock, which can be changed after the import and
// taken back: the zone its times were meant in, and a skew. UI thread only.
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>

#include "state/annotation_book.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class FactTable;
class PlainLabel;

class SourceDetailPanel : public Panel {
    Q_OBJECT
public:
    explicit SourceDetailPanel(const ViewContext& context, QWidget* parent = nullptr);
    // nullptr: nothing is chosen.
    void showImport(const query::ImportSummary* import);
    [[nodiscard]] qint64 import() const { return import_.id; }

private:
    QWidget* buildClock();
    QWidget* buildActions();
    void showClock();
    void showHealth();
    void apply();

    ViewContext context_;
    AnnotationBook& book_;
    query::ImportSummary import_;
    PlainLabel *path_, *facts_, *clock_;
    QComboBox* zone_;
    QLineEdit* skew_;
    QPushButton *apply_, *back_;
    FactTable* health_;
};

}  // namespace nj::ui

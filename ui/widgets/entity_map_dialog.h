// Says by hand what the texts are that no entity was found for, and takes such a mapping back. Knows no capsule: whoever shows it gives it the
// graph and does what it asks for. Blocks nothing. UI thread.
#pragma once

#include <QComboBox>
#include <QDialog>
#include <QPushButton>

#include "model/entity.h"
#include "theme/theme.h"
#include "widgets/fact_table.h"
#include "widgets/plain_label.h"

namespace nj::ui {

class EntityMapDialog : public QDialog {
    Q_OBJECT
public:
    explicit EntityMapDialog(const Theme& theme, QWidget* parent = nullptr);
    // Keeps the text that is selected, where it still stands in the graph.
    void setGraph(const EntityGraph& graph);
    // A sentence under the table; an empty one takes it away.
    void say(const QString& sentence, bool problem = false);

    [[nodiscard]] FactTable* texts() { return texts_; }
    [[nodiscard]] QComboBox* kinds() { return kinds_; }
    [[nodiscard]] QComboBox* targets() { return targets_; }
    [[nodiscard]] QPushButton* mapButton() { return map_; }
    [[nodiscard]] QPushButton* unmapButton() { return unmap_; }

Q_SIGNALS:
    void mapRequested(const nj::EntityEdge& edge);
    void unmapRequested(nj::EntityKind kind, const QString& text);

private:
    struct Row {
        EntityKind kind;
        std::string text;
        bool mapped;
    };
    [[nodiscard]] const Row* current() const;
    void chooseRow();
    void fillTargets();
    void requestMap();

    const Theme theme_;
    EntityGraph graph_;
    std::vector<Row> rows_;
    PlainLabel* lead_;
    FactTable* texts_;
    QComboBox *kinds_, *targets_;
    QPushButton *map_, *unmap_;
    PlainLabel* sentence_;
};

}  // namespace nj::ui

// The live sources of the capsule: what each is doing, how much and how late, and the buttons to add, test, start and stop them. UI thread.
#pragma once

#include <QPushButton>
#include <QVector>

#include "state/live_sources.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class FactTable;
class SourceEditor;

class LivePanel : public Panel {
    Q_OBJECT
public:
    explicit LivePanel(const ViewContext& context, QWidget* parent = nullptr);
    // Opens the editor for a new one.
    void add();

private:
    void showRows();
    void showButtons();
    void edit(const LiveRow* row);
    [[nodiscard]] const LiveRow* chosen() const;

    ViewContext context_;
    LiveSources& sources_;
    FactTable* table_;
    QPushButton *add_, *edit_, *toggle_, *remove_, *copy_;
    SourceEditor* editor_ = nullptr;
};

}  // namespace nj::ui

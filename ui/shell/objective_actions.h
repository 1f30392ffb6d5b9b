// The window's commands on objectives: B sets or changes the one of the measure shown, "%" in the palette lists them. Owned by the
// window. UI thread.
#pragma once

#include <QObject>

#include "state/annotation_book.h"
#include "theme/theme.h"

namespace nj::ui {

class ActionRegistry;
class CommandPalette;
class ObjectiveEditor;
class Workbench;

class ObjectiveActions : public QObject {
    Q_OBJECT
public:
    ObjectiveActions(ActionRegistry& actions, CommandPalette& palette, const Theme& theme, QWidget* window);
    // The workbench that is open now; nullptr while none is, before it is deleted.
    void setWorkbench(Workbench* bench);

Q_SIGNALS:
    // The editor gave the focus up.
    void closed();

private:
    void set();
    // Asks what there is to measure, then opens the editor on the draft; without one on what tells most.
    void edit(std::optional<Objective> draft);

    ObjectiveEditor* editor_;
    Workbench* bench_ = nullptr;
};

}  // namespace nj::ui

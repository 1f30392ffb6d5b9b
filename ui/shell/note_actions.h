// The window's commands on notes and saved views: M and Shift+M write a note, Ctrl+S saves the view, "#" in the palette opens a saved
// one. A saved view's state is a link without its capsule. Owned by the window. UI thread.
#pragma once

#include <QObject>

#include "state/annotation_book.h"
#include "theme/theme.h"

namespace nj::ui {

class ActionRegistry;
class CommandPalette;
class NoteEditor;
class Workbench;

class NoteActions : public QObject {
    Q_OBJECT
public:
    NoteActions(ActionRegistry& actions, CommandPalette& palette, const Theme& theme, QWidget* window);
    // The workbench that is open now; nullptr while none is, before it is deleted.
    void setWorkbench(Workbench* bench);

Q_SIGNALS:
    // The editor gave the focus up.
    void closed();

private:
    void addActions(ActionRegistry& actions);
    void addSavedViews(CommandPalette& palette);
    void writeNote(bool range);
    void saveView();
    void openView(const std::string& state);

    NoteEditor* editor_;
    Workbench* bench_ = nullptr;
};

}  // namespace nj::ui

// The small frame over the page in which keys are changed: a list of all commands with their keys, a filter, and a field that takes the
// next keys pressed. A key that another command has is refused and said. Esc leaves. Not a dialog: nothing behind it stops. UI thread.
#pragma once

#include <QKeySequenceEdit>
#include <QLineEdit>
#include <QPushButton>
#include <QTreeWidget>

#include "shell/action_registry.h"
#include "widgets/floating_sheet.h"

namespace nj::ui {

class PlainLabel;

class KeyEditor : public FloatingSheet {
    Q_OBJECT
public:
    KeyEditor(ActionRegistry& actions, const Theme& theme, QWidget* window);
    void open();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void list();
    void chosen();
    // The pressed keys become the command's only ones, or are added to them.
    void use(bool add);
    [[nodiscard]] QString current() const;
    void say(const QString& text, bool problem);

    ActionRegistry& actions_;
    QLineEdit* filter_;
    QTreeWidget* commands_;
    QKeySequenceEdit* keys_;
    QPushButton *use_, *add_, *none_, *reset_, *resetAll_;
    PlainLabel* words_;
};

}  // namespace nj::ui

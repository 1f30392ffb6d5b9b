// The small frame over the page in which a note is written: its kind, when it is about, one line of text. Enter keeps it, Esc leaves,
// Alt+1 … Alt+6 choose the kind. Not a dialog: nothing behind it stops. UI thread.
#pragma once

#include <QLineEdit>
#include <QToolButton>
#include <vector>

#include "state/annotation_book.h"
#include "widgets/floating_sheet.h"

namespace nj::ui {

class PlainLabel;

class NoteEditor : public FloatingSheet {
    Q_OBJECT
public:
    NoteEditor(const Theme& theme, QWidget* window);
    // A new note from the draft (time, end, entity, row), kept in the book.
    void open(AnnotationBook& book, const Note& draft, bool utc);
    [[nodiscard]] NoteKind kind() const { return draft_.kind; }

Q_SIGNALS:
    void kept(const QString& noteId);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void choose(NoteKind kind);
    void keep();

    AnnotationBook* book_ = nullptr;
    Note draft_;
    std::vector<QToolButton*> kinds_;
    PlainLabel* when_;
    QLineEdit* text_;
};

}  // namespace nj::ui

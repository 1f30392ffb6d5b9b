// Notes, saved views, objectives, clock corrections, dashboards and rules of the open capsule, as the window sees them: at once after a change, written
// behind on a thread of its own. Every change is a step of its own undo history (undo()), apart from that of ranges and filters.
// Without a store everything lives in memory. UI thread; owns its thread, and waits for what is being written when it goes.
#pragma once

#include <QObject>
#include <QString>
#include <QThreadPool>
#include <QUndoStack>
#include <functional>
#include <memory>
#include <vector>

#include "query/annotations.h"

namespace nj::ui {

class Workspace;

class AnnotationBook : public QObject {
    Q_OBJECT
public:
    using StoreFactory = std::function<Result<std::unique_ptr<query::AnnotationStore>>()>;
    explicit AnnotationBook(QObject* parent = nullptr);
    ~AnnotationBook() override;
    // The one of a workspace, its child; made at the first call. Every view may ask for it.
    static AnnotationBook& of(Workspace& workspace);

    // Opens and reads on the own thread; changed() follows.
    void open(StoreFactory factory);
    // Reads again: another program may have written.
    void reload();

    // What is not deleted: notes by time, views, objectives and definitions by name, corrections by what they correct.
    [[nodiscard]] const std::vector<Note>& notes() const { return shown_.notes; }
    [[nodiscard]] const std::vector<SavedView>& views() const { return shown_.views; }
    [[nodiscard]] const std::vector<Objective>& objectives() const { return shown_.objectives; }
    [[nodiscard]] const std::vector<TimeCorrection>& corrections() const { return shown_.corrections; }
    [[nodiscard]] const std::vector<Definition>& definitions() const { return shown_.definitions; }
    [[nodiscard]] const Note* note(const std::string& id) const;

    // Adds or replaces by id. A missing id, author and time of creation are filled in; returns the id. `what`: the undo text.
    std::string put(Annotation annotation, const QString& what);
    void remove(const std::string& id, const QString& what);
    // Asks the window to let the person write a note, beginning from this one.
    void wantNote(const Note& draft) { Q_EMIT noteWanted(draft); }
    // The same for an objective: one that has an id is changed, else a new one begins from this.
    void wantObjective(const Objective& draft) { Q_EMIT objectiveWanted(draft); }
    [[nodiscard]] QUndoStack& undo() { return undo_; }

    // Where notes are written; "" while nothing is open.
    [[nodiscard]] QString file() const { return file_; }
    [[nodiscard]] bool inSidecar() const { return inSidecar_; }
    // Nothing is read or written.
    [[nodiscard]] bool idle() const { return underway_ == 0; }

Q_SIGNALS:
    void changed();
    void noteWanted(const nj::Note& draft);
    void objectiveWanted(const nj::Objective& draft);
    // Corrections are in the file: times of rows are other ones from now on.
    void correctionsWritten();
    // A change could not be written; it is kept in the window.
    void failed(const QString& problem);

private:
    friend class AnnotationCommand;
    using Store = std::unique_ptr<query::AnnotationStore>;
    void apply(Annotation annotation);
    void refreshShown();
    void run(std::function<std::function<void()>(Store&)> work);

    Annotations all_, shown_;
    QUndoStack undo_;
    std::shared_ptr<Store> store_ = std::make_shared<Store>();   // touched by the own thread only
    QThreadPool thread_;
    QString file_;
    bool inSidecar_ = false, hasStore_ = false;
    int underway_ = 0;
};

// The notes as marks for event lanes: kind is the note's, the title begins with "✎", seq is noteSeq(index in book.notes()).
std::vector<query::EventMark> noteMarks(const AnnotationBook& book);
// The note of such a mark's seq; nullptr for an event's.
const Note* noteOfSeq(const AnnotationBook& book, qint64 seq);

}  // namespace nj::ui

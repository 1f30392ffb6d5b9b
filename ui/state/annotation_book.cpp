#include "state/annotation_book.h"

#include <algorithm>

#include "state/workspace.h"

namespace nj::ui {

// A change and its way back. Both are ordinary later changes: what others merge stays in order.
class AnnotationCommand : public QUndoCommand {
public:
    AnnotationCommand(AnnotationBook& book, Annotation before, Annotation after, const QString& what)
        : QUndoCommand(what), book_(book), before_(std::move(before)), after_(std::move(after)) {}
    void undo() override { book_.apply(before_); }
    void redo() override { book_.apply(after_); }

private:
    AnnotationBook& book_;
    Annotation before_, after_;
};

namespace {

constexpr int kUndoSteps = 200;
constexpr qint64 kFirstNoteSeq = -2;   // −1 is "no row"

QString authorName() {
    for (const char* variable : {"NIGHTJAR_AUTHOR", "USER", "LOGNAME"})
        if (const QString name = qEnvironmentVariable(variable); !name.isEmpty())
            return name.left(100);
    return {};
}

template <typename T>
void takeLiving(const std::vector<T>& all, std::vector<T>& living) {
    living.clear();
    std::copy_if(all.begin(), all.end(), std::back_inserter(living), [](const T& one) { return !one.deleted; });
}

std::optional<Annotation> find(const Annotations& all, const std::string& id) {
    std::optional<Annotation> found;
    const auto look = [&](const auto& list) {
        for (const auto& one : list)
            if (one.id == id)
                found = one;
    };
    look(all.notes);
    look(all.views);
    look(all.objectives);
    look(all.corrections);
    look(all.definitions);
    return found;
}

}  // namespace

AnnotationBook::AnnotationBook(QObject* parent) : QObject(parent) {
    undo_.setUndoLimit(kUndoSteps);
    thread_.setMaxThreadCount(1);
}

AnnotationBook& AnnotationBook::of(Workspace& workspace) {
    auto* book = workspace.findChild<AnnotationBook*>({}, Qt::FindDirectChildrenOnly);
    return book ? *book : *new AnnotationBook(&workspace);
}

AnnotationBook::~AnnotationBook() { thread_.waitForDone(); }

// `work` runs on the own thread, what it returns on the UI thread.
void AnnotationBook::run(std::function<std::function<void()>(Store&)> work) {
    ++underway_;
    thread_.start([this, store = store_, work = std::move(work)] {
        auto deliver = work(*store);
        QMetaObject::invokeMethod(
            this,
            [this, deliver = std::move(deliver)] {
                --underway_;
                deliver();
            },
            Qt::QueuedConnection);
    });
}

void AnnotationBook::open(StoreFactory factory) {
    hasStore_ = true;
    run([this, factory = std::move(factory)](Store& store) -> std::function<void()> {
        auto opened = factory();
        if (!opened.ok())
            return [this, problem = QString::fromStdString(opened.error().message)] { Q_EMIT failed(problem); };
        store = std::move(*opened);
        return [this, file = QString::fromStdString(store->file()), inSidecar = store->inSidecar()] {
            file_ = file;
            inSidecar_ = inSidecar;
        };
    });
    reload();
}

void AnnotationBook::reload() {
    run([this](Store& store) -> std::function<void()> {
        if (!store)
            return [] {};
        auto loaded = std::make_shared<Result<Annotations>>(store->load());
        return [this, loaded] {
            if (!loaded->ok()) {
                Q_EMIT failed(QString::fromStdString(loaded->error().message));
                return;
            }
            mergeInto(all_, **loaded);   // what is still being written is newer
            refreshShown();
        };
    });
}

void AnnotationBook::refreshShown() {
    takeLiving(all_.notes, shown_.notes);
    takeLiving(all_.views, shown_.views);
    takeLiving(all_.objectives, shown_.objectives);
    takeLiving(all_.corrections, shown_.corrections);
    takeLiving(all_.definitions, shown_.definitions);
    const auto byName = [](const auto& a, const auto& b) { return std::tie(a.name, a.id) < std::tie(b.name, b.id); };
    std::sort(shown_.notes.begin(), shown_.notes.end(), [](const Note& a, const Note& b) { return std::tie(a.time, a.created, a.id) < std::tie(b.time, b.created, b.id); });
    std::sort(shown_.views.begin(), shown_.views.end(), byName);
    std::sort(shown_.objectives.begin(), shown_.objectives.end(), byName);
    std::sort(shown_.definitions.begin(), shown_.definitions.end(), byName);
    std::sort(shown_.corrections.begin(), shown_.corrections.end(),
              [](const TimeCorrection& a, const TimeCorrection& b) { return std::tie(a.import, a.host) < std::tie(b.import, b.host); });
    Q_EMIT changed();
}

const Note* AnnotationBook::note(const std::string& id) const {
    const auto found = std::find_if(shown_.notes.begin(), shown_.notes.end(), [&](const Note& note) { return note.id == id; });
    return found == shown_.notes.end() ? nullptr : &*found;
}

std::string AnnotationBook::put(Annotation annotation, const QString& what) {
    AnnotationHead& head = headOf(annotation);
    if (head.id.empty())
        head.id = newAnnotationId();
    if (head.author.empty())
        head.author = authorName().toStdString();
    if (head.created == 0)
        head.created = nowNs();
    const std::string id = head.id;
    Annotation before = annotation;
    if (const auto known = find(all_, id))
        before = *known;
    else
        headOf(before).deleted = true;
    undo_.push(new AnnotationCommand(*this, std::move(before), std::move(annotation), what));
    return id;
}

void AnnotationBook::remove(const std::string& id, const QString& what) {
    const auto known = find(all_, id);
    if (!known || headOf(*known).deleted)
        return;
    Annotation gone = *known;
    headOf(gone).deleted = true;
    undo_.push(new AnnotationCommand(*this, *known, std::move(gone), what));
}

void AnnotationBook::apply(Annotation annotation) {
    AnnotationHead& head = headOf(annotation);
    const auto known = find(all_, head.id);
    head.modified = std::max(nowNs(), known ? headOf(*known).modified + 1 : 0);
    mergeInto(all_, annotation);
    refreshShown();
    const bool correction = std::holds_alternative<TimeCorrection>(annotation);
    if (!hasStore_)
        return;
    run([this, annotation = std::move(annotation), correction](Store& store) -> std::function<void()> {
        const Status written = store ? store->put(annotation) : Status(makeError(ErrorCode::kReadOnly, "notes cannot be written for this capsule"));
        return [this, written, correction] {
            if (!written.ok())
                Q_EMIT failed(QString::fromStdString(written.error().message));
            else if (correction)
                Q_EMIT correctionsWritten();
        };
    });
}

std::vector<query::EventMark> noteMarks(const AnnotationBook& book) {
    std::vector<query::EventMark> marks;
    qint64 seq = kFirstNoteSeq;
    for (const Note& note : book.notes())
        marks.push_back({seq--, note.time, note.end, std::string(noteKindName(note.kind)), "✎ " + note.text, note.entity, 9, -1});
    return marks;
}

const Note* noteOfSeq(const AnnotationBook& book, qint64 seq) {
    const auto index = static_cast<size_t>(kFirstNoteSeq - seq);
    return seq <= kFirstNoteSeq && index < book.notes().size() ? &book.notes()[index] : nullptr;
}

}  // namespace nj::ui

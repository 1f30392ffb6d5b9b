#include "shell/note_actions.h"

#include <QCoreApplication>

#include "shell/action_registry.h"
#include "shell/command_palette.h"
#include "shell/notice.h"
#include "shell/workbench.h"
#include "theme/number_format.h"
#include "widgets/note_editor.h"

namespace nj::ui {
namespace {

constexpr size_t kNotesListed = 50;
constexpr qsizetype kLongestName = 200;

QKeySequence sequence(const char* text) { return QKeySequence(QString::fromLatin1(text)); }

QString nameOf(const SavedView& view) { return QString::fromStdString(view.name).simplified().left(kLongestName); }

}  // namespace

NoteActions::NoteActions(ActionRegistry& actions, CommandPalette& palette, const Theme& theme, QWidget* window) : QObject(window), editor_(new NoteEditor(theme, window)) {
    connect(editor_, &NoteEditor::closed, this, &NoteActions::closed);
    addActions(actions);
    addSavedViews(palette);
}

void NoteActions::setWorkbench(Workbench* bench) {
    editor_->close();
    bench_ = bench;
    if (!bench)
        return;
    connect(&AnnotationBook::of(bench->workspace()), &AnnotationBook::noteWanted, this, [this](const Note& draft) {
        if (bench_)
            editor_->open(AnnotationBook::of(bench_->workspace()), draft, bench_->workspace().utc());
    });
}

void NoteActions::addActions(ActionRegistry& actions) {
    const QString group = tr("Notes and saved views");
    actions.add(QStringLiteral("note.add"), group, tr("Write a note at the cursor"), {sequence("M")}, [this] { writeNote(false); });
    actions.add(QStringLiteral("note.addRange"), group, tr("Write a note on this range"), {sequence("Shift+M")}, [this] { writeNote(true); });
    actions.add(QStringLiteral("note.undo"), group, tr("Take back the last change of notes"), {sequence("Ctrl+Alt+Z")}, [this] {
        if (bench_)
            AnnotationBook::of(bench_->workspace()).undo().undo();
    });
    actions.add(QStringLiteral("saved.add"), group, tr("Save this view"), {sequence("Ctrl+S")}, [this] { saveView(); });
}

void NoteActions::addSavedViews(CommandPalette& palette) {
    palette.addSource({QLatin1Char('#'), tr("saved view"), false, [this](const QString& typed) {
                           std::vector<PaletteEntry> entries;
                           if (!bench_)
                               return entries;
                           for (const SavedView& view : AnnotationBook::of(bench_->workspace()).views())
                               entries.push_back({nameOf(view), tr("saved view"), {}, [this, state = view.state] { openView(state); }});
                           const bool none = entries.empty();
                           entries = ranked(std::move(entries), typed, kNotesListed);
                           if (entries.empty())
                               entries.push_back({none ? tr("No view is saved yet: Ctrl+S saves the one shown") : tr("No saved view has that name"), {}, {}, [] {}});
                           return entries;
                       }});
}

void NoteActions::writeNote(bool range) {
    if (!bench_)
        return;
    const Workspace& workspace = bench_->workspace();
    const TimeRange shown = workspace.range();
    const Selection& selection = workspace.selection();
    Note note;
    note.time = range ? shown.from : workspace.cursor().value_or(shown.from + shown.length() / 2);
    note.end = range ? shown.to : 0;
    if (selection.seq >= 0 && (selection.kind == Selection::Kind::kSpan || selection.kind == Selection::Kind::kLog)) {
        note.signal = selection.kind == Selection::Kind::kSpan ? Signal::kSpan : Signal::kLog;
        note.seq = selection.seq;
    }
    AnnotationBook::of(bench_->workspace()).wantNote(note);
}

// Named by what it shows.
void NoteActions::saveView() {
    if (!bench_ || bench_->currentViewId().isEmpty())
        return;
    const Workspace& workspace = bench_->workspace();
    ViewLink link = bench_->link();
    link.capsule.clear();
    SavedView view;
    view.state = linkText(link).toStdString();
    const ViewFactory* factory = findView(link.view);
    QString name = (factory ? QCoreApplication::translate("nj::ui::View", factory->title) : link.view) + QLatin1Char(' ') + formatRange(workspace.range(), workspace.utc());
    if (!link.filter.isEmpty())
        name += QLatin1Char(' ') + link.filter;
    view.name = name.left(kLongestName).toStdString();
    AnnotationBook& book = AnnotationBook::of(bench_->workspace());
    for (const SavedView& known : book.views())
        if (known.state == view.state) {
            bench_->notice()->say(tr("This view is saved already as “%1”. # in the commands opens it.").arg(nameOf(known)), false);
            return;
        }
    const std::string id = book.put(view, tr("Save a view"));
    bench_->notice()->say(tr("Saved as “%1”. # in the commands opens it.").arg(name.left(kLongestName)), false, tr("Take it back"), [this, id] {
        if (bench_)
            AnnotationBook::of(bench_->workspace()).remove(id, tr("Remove a saved view"));
    });
}

void NoteActions::openView(const std::string& state) {
    if (!bench_)
        return;
    const auto link = parseLink(QString::fromStdString(state));
    if (link.ok())
        bench_->go(*link);
    else
        bench_->notice()->say(QString::fromStdString(link.error().message), true);
}

}  // namespace nj::ui

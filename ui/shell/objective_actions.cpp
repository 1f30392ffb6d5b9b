#include "shell/objective_actions.h"

#include "query/annotations.h"
#include "query/objectives.h"
#include "shell/action_registry.h"
#include "shell/command_palette.h"
#include "shell/notice.h"
#include "shell/workbench.h"
#include "widgets/objective_editor.h"

namespace nj::ui {
namespace {

constexpr size_t kObjectivesListed = 50;

}  // namespace

ObjectiveActions::ObjectiveActions(ActionRegistry& actions, CommandPalette& palette, const Theme& theme, QWidget* window) : QObject(window), editor_(new ObjectiveEditor(theme, window)) {
    connect(editor_, &ObjectiveEditor::closed, this, &ObjectiveActions::closed);
    actions.add(QStringLiteral("objective.set"), tr("Objectives"), tr("Set or change the objective of what is shown"), {QKeySequence(QStringLiteral("B"))}, [this] { set(); });
    palette.addSource({QLatin1Char('%'), tr("objective"), false, [this](const QString& typed) {
                           std::vector<PaletteEntry> entries;
                           if (!bench_)
                               return entries;
                           for (const Objective& objective : AnnotationBook::of(bench_->workspace()).objectives()) {
                               const QString text = QString::fromStdString(objective.name).simplified().left(120) + QStringLiteral(": ") + QString::fromStdString(query::objectiveSentence(objective));
                               entries.push_back({text, tr("objective"), {}, [this, objective] { edit(objective); }});
                           }
                           entries = ranked(std::move(entries), typed, kObjectivesListed);
                           entries.push_back({tr("Set a new objective"), tr("objective"), {}, [this] { edit({}); }});
                           return entries;
                       }});
}

void ObjectiveActions::setWorkbench(Workbench* bench) {
    editor_->close();
    bench_ = bench;
    if (bench)
        connect(&AnnotationBook::of(bench->workspace()), &AnnotationBook::objectiveWanted, this, [this](const Objective& draft) { edit(draft); });
}

void ObjectiveActions::set() {
    if (bench_)
        edit(bench_->currentView() ? bench_->currentView()->objectiveDraft() : std::nullopt);
}

void ObjectiveActions::edit(std::optional<Objective> draft) {
    if (!bench_)
        return;
    bench_->queries().ask(QStringLiteral("shell/objective"), this, [](query::Backend& b, std::stop_token s) { return b.measures(s); },
                          [this, draft = std::move(draft)](Result<std::vector<query::Measure>>&& measures) {
                              if (!bench_)
                                  return;
                              if (!measures.ok()) {
                                  bench_->notice()->say(QString::fromStdString(measures.error().message), true);
                                  return;
                              }
                              Objective shown = draft.value_or(Objective{});
                              if (!draft) {
                                  const auto first = std::find_if(measures->begin(), measures->end(), [](const query::Measure& m) { return m.title == "Time to first token"; });
                                  if (!measures->empty())
                                      query::setMeasure(shown, first == measures->end() ? measures->front() : *first);
                                  else
                                      shown.kind = ObjectiveKind::kErrors;
                                  shown.filter = bench_->workspace().filter().source;
                              }
                              editor_->open(AnnotationBook::of(bench_->workspace()), shown, *measures);
                          });
}

}  // namespace nj::ui

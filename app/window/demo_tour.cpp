#include "window/demo_tour.h"

#include <QCoreApplication>

#include "shell/workbench.h"
#include "state/links.h"

namespace nj::app {
namespace {

using ui::Selection;
using ui::Workbench;

QString tr(const char* text) { return QCoreApplication::translate("nj::app::DemoTour", text); }

bool showing(const Workbench& bench, const char* view) { return bench.currentViewId() == QLatin1String(view); }

bool selected(const Workbench& bench, Selection::Kind kind) { return bench.workspace().selection().kind == kind; }

}  // namespace

std::vector<ui::TourStep> demoTour() {
    return {
        {tr("the overview says what, since when and where. Open Latency to see who is slow."), QString::fromLatin1(ui::links::kLatency),
         [](const Workbench& b) { return showing(b, ui::links::kLatency); }},
        {tr("click the spike of vllm-a: its slow requests are listed. Open the slowest."), QString::fromLatin1(ui::links::kLatency),
         [](const Workbench& b) { return showing(b, ui::links::kTraces) && b.link().parameter.startsWith(QLatin1String("trace:")); }},
        {tr("select the span that waits in the engine's queue: the inspector says which GPUs served it."), QString::fromLatin1(ui::links::kTraces),
         [](const Workbench& b) { return selected(b, Selection::Kind::kSpan); }},
        {tr("Resources: all GPUs are busy. Find the one whose clock is unlike its peers."), QString::fromLatin1(ui::links::kResources),
         [](const Workbench& b) { return showing(b, ui::links::kResources) && b.currentView() != nullptr; }},
        {tr("what changed first? Select the deploy of retriever (09:58) on the event lane, or read Drift."), QStringLiteral("drift"),
         [](const Workbench& b) { return selected(b, Selection::Kind::kEvent) || showing(b, "drift"); }},
    };
}

QString demoTourEnd() {
    return tr("Cause: GPU 3 overheats and lowers its clock, so vllm-a falls behind. Trigger: the retriever deploy tripled its prompts; vllm-b has the deploy and no 504.");
}

}  // namespace nj::app

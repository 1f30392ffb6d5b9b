#include "views/add_to_dashboard.h"

#include <QMenu>
#include <QToolTip>
#include <algorithm>
#include <set>

#include "dashboard/json/dashboard_json.h"
#include "dashboard/unit.h"
#include "state/annotation_book.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kWidth = 12, kHeight = 8, kButtonWidth = 30;
constexpr size_t kMostOffered = 30, kLongestTitle = 120;

}  // namespace

dashboard::Panel dashboardPanel(const std::vector<MetricPart>& parts, bool log, bool stacked) {
    dashboard::Panel panel;
    panel.logarithmic = log;
    panel.stacked = stacked;
    panel.place = {0, 0, kWidth, kHeight};
    for (const MetricPart& part : parts) {
        const QString expression = part.spec.promql ? part.spec.expression : promqlOf(part.spec, part.answer);
        if (expression.isEmpty())
            continue;
        if (panel.targets.empty()) {
            panel.title = part.spec.name.simplified().toStdString().substr(0, kLongestTitle);
            panel.unit = dashboard::unitIdOf(part.unit());
        }
        dashboard::Target target;
        if (part.spec.promql && part.spec.picture != MetricSpec::Picture::kGraph) {
            const bool table = part.spec.picture == MetricSpec::Picture::kTable;
            panel.kind = table ? dashboard::PanelKind::kTable : dashboard::PanelKind::kHeatmap;
            target.format = table ? dashboard::TargetFormat::kTable : dashboard::TargetFormat::kHeatmap;
            target.instant = table;
        }
        target.refId = part.letter.toStdString();
        target.expr = expression.toStdString();
        target.legend = part.spec.legend.toStdString();
        if (part.spec.step > 0)
            target.minStep = std::to_string(part.spec.step / kSecond) + "s";
        panel.targets.push_back(std::move(target));
    }
    return panel;
}

void appendPanel(dashboard::Dashboard& dashboard, dashboard::Panel panel) {
    if (dashboard.rows.empty())
        dashboard.rows.emplace_back();
    std::vector<dashboard::Panel>& panels = dashboard.rows.back().panels;
    panel.place.x = panel.place.y = 0;
    for (const dashboard::Panel& one : panels)
        panel.place.y = std::max(panel.place.y, one.place.y + one.place.height);
    if (!panels.empty()) {
        const dashboard::GridPlace& last = panels.back().place;
        if (last.y + last.height == panel.place.y && last.x + last.width + panel.place.width <= dashboard::kGridColumns) {
            panel.place.x = last.x + last.width;
            panel.place.y = last.y;
        }
    }
    panels.push_back(std::move(panel));
}

AddToDashboard::AddToDashboard(Workspace& workspace, const Theme& theme, std::function<dashboard::Panel()> panel, QWidget* parent)
    : QToolButton(parent), workspace_(workspace), panel_(std::move(panel)) {
    setObjectName(QStringLiteral("addToDashboard"));
    setFont(theme.table);
    setText(QStringLiteral("+"));
    setFixedWidth(kButtonWidth);
    setToolTip(tr("Adds these queries to a dashboard"));
    setAccessibleName(tr("Add to a dashboard"));
    setPopupMode(InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    setMenu(new QMenu(this));
    connect(menu(), &QMenu::aboutToShow, this, &AddToDashboard::fill);
}

void AddToDashboard::fill() {
    menu()->clear();
    size_t offered = 0;
    for (const Definition& definition : AnnotationBook::of(workspace_).definitions())
        if (definition.kind == DefinitionKind::kDashboard && offered++ < kMostOffered) {
            QString name = QString::fromStdString(definition.name).simplified().left(80);
            menu()->addAction(name.replace(QLatin1Char('&'), QStringLiteral("&&")), this, [this, id = definition.id] { add(id); });
        }
    if (offered > 0)
        menu()->addSeparator();
    menu()->addAction(tr("A new dashboard"), this, [this] { add({}); });
}

void AddToDashboard::add(const std::string& id) {
    dashboard::Panel panel = panel_();
    if (panel.targets.empty()) {
        say(tr("There is no query to add."));
        return;
    }
    AnnotationBook& book = AnnotationBook::of(workspace_);
    Definition definition;
    dashboard::Dashboard dashboard;
    std::set<std::string> names;
    for (const Definition& one : book.definitions()) {
        names.insert(one.name);
        if (one.id == id && !id.empty())
            definition = one;
    }
    if (definition.document.empty()) {
        definition.kind = DefinitionKind::kDashboard;
        for (int number = 1; definition.name.empty() || names.contains(definition.name); ++number)
            definition.name = tr("Dashboard %1").arg(number).toStdString();
        dashboard.title = definition.name;
    } else {
        auto read = dashboard::dashboardFromJson(definition.document);
        if (!read.ok()) {
            say(QString::fromStdString(read.error().message));
            return;
        }
        dashboard = std::move(*read);
    }
    appendPanel(dashboard, std::move(panel));
    definition.document = dashboard::dashboardToJson(dashboard);
    const QString name = QString::fromStdString(definition.name).left(80);
    book.put(std::move(definition), tr("Add a panel to %1").arg(name));
    say(tr("Added to %1").arg(name));
}

void AddToDashboard::say(const QString& text) { QToolTip::showText(mapToGlobal(rect().bottomLeft()), plainToolTip(text), this); }

}  // namespace nj::ui

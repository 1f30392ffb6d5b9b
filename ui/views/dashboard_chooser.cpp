#include "views/dashboard_chooser.h"

#include <QSignalBlocker>
#include <algorithm>

#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kChooserWidth = 300, kShownName = 120, kShownItems = 24;
constexpr const char* kBuiltIn = "builtin:";

QString idOf(const dashboard::Dashboard& builtIn) { return QLatin1String(kBuiltIn) + QString::fromStdString(builtIn.uid); }

}  // namespace

DashboardChooser::DashboardChooser(const ViewContext& context, QWidget* parent) : QComboBox(parent), context_(context), book_(AnnotationBook::of(context.workspace)) {
    setObjectName(QStringLiteral("dashboardChooser"));
    setAccessibleName(tr("Dashboard"));
    setFont(context_.theme.panelTitle);
    setFixedWidth(kChooserWidth);
    setProperty("role", QStringLiteral("title"));
    setMaxVisibleItems(kShownItems);
    connect(this, &QComboBox::activated, this, [this](int index) { Q_EMIT chosen(itemData(index).toString()); });
}

void DashboardChooser::askBuiltIn() {
    asking_ = true;
    context_.queries.ask(
        QStringLiteral("dashboards/builtin"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<std::vector<dashboard::Dashboard>> {
            auto* boards = query::DashboardBackend::of(backend);
            return boards ? boards->builtInDashboards(stop) : std::vector<dashboard::Dashboard>();
        },
        [this](Result<std::vector<dashboard::Dashboard>>&& found) {
            asking_ = false;
            known_ = true;
            builtIn_ = found.ok() ? std::move(*found) : std::vector<dashboard::Dashboard>();
            fill();
            Q_EMIT this->found();
        });
}

void DashboardChooser::fill() {
    std::vector<std::pair<QString, QString>> items;   // text, id; a separator has none
    for (const Definition& one : book_.definitions())
        items.emplace_back(oneLine(one.name, kShownName) + (one.kind == DefinitionKind::kRules ? tr("  · rules") : QString()), QString::fromStdString(one.id));
    if (!items.empty() && !builtIn_.empty())
        items.emplace_back();
    for (const dashboard::Dashboard& one : builtIn_)
        items.emplace_back((one.uid.starts_with(query::kServerRules) ? tr("%1  · its rules") : tr("%1  · built in")).arg(oneLine(one.title)), idOf(one));
    if (items == filled_)
        return;
    filled_ = items;
    const QSignalBlocker block(this);
    clear();
    for (const auto& [text, id] : items)
        if (id.isEmpty())
            insertSeparator(count());
        else
            addItem(text, id);
    setCurrentIndex(findData(current_));
    setVisible(count() > 0);
}

void DashboardChooser::setCurrent(const QString& id) {
    current_ = id;
    setCurrentIndex(findData(id));
}

const Definition* DashboardChooser::definition(const QString& id) const {
    const std::string wanted = id.toStdString();
    const auto& all = book_.definitions();
    const auto found = std::find_if(all.begin(), all.end(), [&](const Definition& one) { return one.id == wanted; });
    return found == all.end() ? nullptr : &*found;
}

std::optional<dashboard::Dashboard> DashboardChooser::builtIn(const QString& id) const {
    const auto found = std::find_if(builtIn_.begin(), builtIn_.end(), [&](const dashboard::Dashboard& one) { return idOf(one) == id; });
    return found == builtIn_.end() ? std::nullopt : std::optional(*found);
}

bool DashboardChooser::isBuiltIn(const QString& id) { return id.startsWith(QLatin1String(kBuiltIn)); }

}  // namespace nj::ui

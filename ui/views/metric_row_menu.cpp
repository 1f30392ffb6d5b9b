#include "views/metric_row_menu.h"

#include <QActionGroup>
#include <QMenu>

namespace nj::ui {
namespace {

constexpr int kWidth = 32;

}  // namespace

MetricRowMenu::MetricRowMenu(const Theme& theme, QWidget* parent) : QToolButton(parent) {
    setObjectName(QStringLiteral("metricMore"));
    setFont(theme.table);
    setText(QStringLiteral("⋯"));
    setProperty("role", QStringLiteral("flat"));
    setToolTip(tr("Unit, step and how it is shown"));
    setAccessibleName(tr("More choices of the query"));
    setFixedWidth(kWidth);   // rows stay aligned
    setPopupMode(InstantPopup);
    setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(this);
    pictures_ = menu->addMenu(tr("Show as"));
    picture_ = group(pictures_);
    for (const auto& [picture, text] : {std::pair{MetricSpec::Picture::kGraph, tr("graph")}, std::pair{MetricSpec::Picture::kTable, tr("table of the last values")},
                                        std::pair{MetricSpec::Picture::kHeatmap, tr("heatmap of buckets")}})
        picture_->addAction(pictures_->addAction(text))->setData(static_cast<int>(picture));
    QMenu* units = menu->addMenu(tr("Unit"));
    unit_ = group(units);
    for (const auto& [unit, text] : metricUnits())
        unit_->addAction(units->addAction(text))->setData(unit);
    QMenu* steps = menu->addMenu(tr("Step"));
    step_ = group(steps);
    for (const DurationNs step : metricSteps())
        step_->addAction(steps->addAction(step == 0 ? tr("auto, by the width of the range") : tr("every %1").arg(stepText(step))))->setData(static_cast<qint64>(step));
    for (QActionGroup* one : {picture_, unit_, step_})
        for (QAction* action : one->actions())
            action->setCheckable(true);
    setMenu(menu);
}

QActionGroup* MetricRowMenu::group(QMenu* menu) {
    auto* group = new QActionGroup(menu);
    connect(group, &QActionGroup::triggered, this, &MetricRowMenu::changed);
    return group;
}

void MetricRowMenu::setSpec(const MetricSpec& spec) {
    const auto check = [](QActionGroup* actions, const QVariant& wanted) {
        for (QAction* action : actions->actions())
            action->setChecked(action->data() == wanted);
    };
    check(unit_, spec.unit);
    check(step_, static_cast<qint64>(spec.step));
    check(picture_, static_cast<int>(spec.picture));
    pictures_->menuAction()->setVisible(spec.promql);
    const bool usual = spec.unit.isEmpty() && spec.step == 0 && (!spec.promql || spec.picture == MetricSpec::Picture::kGraph);
    setText(usual ? QStringLiteral("⋯") : QStringLiteral("⋯*"));
}

void MetricRowMenu::setAnswered(const std::string& unit) {
    const QString text = shownMetricUnit(unit).first;
    unit_->actions().front()->setText(text.isEmpty() ? tr("auto: none") : tr("auto: %1").arg(text));
}

MetricSpec MetricRowMenu::chosen(MetricSpec spec) const {
    if (const QAction* unit = unit_->checkedAction())
        spec.unit = unit->data().toString();
    if (const QAction* step = step_->checkedAction())
        spec.step = step->data().toLongLong();
    if (const QAction* picture = picture_->checkedAction())
        spec.picture = static_cast<MetricSpec::Picture>(picture->data().toInt());
    return spec;
}

}  // namespace nj::ui

#include "models/rule_board.h"

#include <QObject>
#include <algorithm>

namespace nj::ui {
namespace {

struct Drawn {
    dashboard::Panel panel;
    std::optional<query::AlertCourse> course;
    [[nodiscard]] int rank() const { return !course ? 3 : !course->firing.empty() ? 0 : !course->pending.empty() ? 1 : 2; }
};

}  // namespace

RuleBoard ruleBoard(const dashboard::Dashboard& rules, const std::vector<query::AlertCourse>& courses) {
    RuleBoard out{rules, {}, {}, courses.size(), 0, 0};
    auto next = courses.begin();   // a name may come twice, as a warning and as a page
    for (dashboard::Row& row : out.board.rows) {
        std::vector<Drawn> drawn;
        std::vector<dashboard::GridPlace> places;
        for (dashboard::Panel& panel : row.panels) {
            const auto course = std::find_if(next, courses.end(), [&](const query::AlertCourse& one) { return one.name == panel.title; });
            places.push_back(panel.place);
            next = course == courses.end() ? next : course + 1;
            if (course != courses.end() && !course->absence.empty()) {
                out.withoutData.push_back({row.title, course->name, course->expression, course->absence});
                continue;
            }
            drawn.push_back({std::move(panel), course == courses.end() ? std::nullopt : std::optional(*course)});
            out.fired += drawn.back().rank() == 0 ? 1 : 0;
            out.pending += drawn.back().rank() == 1 ? 1 : 0;
        }
        std::stable_sort(drawn.begin(), drawn.end(), [](const Drawn& a, const Drawn& b) { return a.rank() < b.rank(); });
        row.panels.resize(drawn.size());
        for (size_t i = 0; i < drawn.size(); ++i) {
            row.panels[i] = std::move(drawn[i].panel);
            row.panels[i].place = places[i];
            out.courses.push_back(std::move(drawn[i].course));
        }
    }
    std::erase_if(out.board.rows, [](const dashboard::Row& row) { return row.panels.empty(); });
    return out;
}

QString verdictOf(const RuleBoard& rules) {
    QString text = QObject::tr("%1 alerts: %2 would have fired in this range").arg(rules.alerts).arg(rules.fired);
    if (rules.pending > 0)
        text += QObject::tr(", %1 only pending").arg(rules.pending);
    if (!rules.withoutData.empty())
        text += QObject::tr(", no data for %1").arg(rules.withoutData.size());
    return text;
}

}  // namespace nj::ui

#include "widgets/incident_times_bar.h"

#include <QHBoxLayout>
#include <QVBoxLayout>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {

IncidentTimesBar::IncidentTimesBar(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setObjectName(QStringLiteral("incidentTimes"));
    setAccessibleName(tr("Times of the incident"));
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, theme.unit, 0, theme.unit);
    row->setSpacing(theme.padding);
    const QString names[] = {tr("Began"), tr("Time to detect"), tr("Time to mitigate"), tr("Time to resolve")};
    const NoteKind kinds[] = {NoteKind::kFact, NoteKind::kDetected, NoteKind::kMitigated, NoteKind::kResolved};
    for (size_t i = 0; i < facts_.size(); ++i) {
        facts_[i] = addFact(row, names[i]);
        connect(facts_[i].mark, &QPushButton::clicked, this, [this, kind = kinds[i]] { Q_EMIT markWanted(kind); });
    }
}

IncidentTimesBar::Fact IncidentTimesBar::addFact(QHBoxLayout* row, const QString& name) {
    auto* box = new QWidget(this);
    auto* column = new QVBoxLayout(box);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2);
    Fact fact{};
    fact.name = new PlainLabel(name, theme_.caption, "muted", box);
    fact.value = new PlainLabel(QStringLiteral("–"), theme_.title, "", box);
    fact.words = new PlainLabel({}, theme_.caption, "muted", box);
    fact.words->setElided(true);
    fact.mark = new QPushButton(tr("Mark at the cursor"), box);
    fact.mark->setFont(theme_.caption);
    fact.mark->setAccessibleName(name + QStringLiteral(": ") + tr("Mark at the cursor"));
    auto* top = new QHBoxLayout;
    top->setSpacing(2 * theme_.unit);
    top->addWidget(fact.value);
    top->addWidget(fact.mark);
    top->addStretch(1);
    column->addWidget(fact.name);
    column->addLayout(top);
    column->addWidget(fact.words);
    row->addWidget(box, 1);
    return fact;
}

void IncidentTimesBar::showFact(Fact& fact, const std::optional<DurationNs>& took, const std::optional<TimeNs>& at, bool startKnown, bool utc) {
    fact.mark->setVisible(!at);
    fact.value->setRole(took ? "" : "muted");
    fact.value->setPlain(took ? formatLength(*took) : tr("unknown"));
    if (!at)
        fact.words->setPlain(tr("no note marks it"));
    else
        fact.words->setPlain(tr("marked %1 %2").arg(formatDateTime(*at, utc, kSecond), zoneName(*at, utc)) + (startKnown ? QString() : tr(", the start is not known")));
}

void IncidentTimesBar::setTimes(const analyze::IncidentTimes& times, bool utc) {
    const bool known = times.start != 0;
    facts_[0].mark->hide();
    facts_[0].value->setRole(known ? "" : "muted");
    facts_[0].value->setPlain(known ? formatClock(times.start, utc, kSecond) : tr("unknown"));
    facts_[0].words->setPlain(known ? tr("%1 %2, where the data departs from its baseline").arg(formatDate(times.start, utc), zoneName(times.start, utc))
                                    : tr("nothing in the data departs from its baseline"));
    showFact(facts_[1], times.toDetect(), times.detected, known, utc);
    showFact(facts_[2], times.toMitigate(), times.mitigated, known, utc);
    showFact(facts_[3], times.toResolve(), times.resolved, known, utc);
}

QString IncidentTimesBar::text() const {
    QStringList parts;
    for (const Fact& fact : facts_)
        parts << fact.name->plain() + QStringLiteral(": ") + fact.value->plain() + QStringLiteral(" (") + fact.words->plain() + QLatin1Char(')');
    return parts.join(QStringLiteral("; "));
}

}  // namespace nj::ui

// Four facts beside each other: when it began, and how long detection, mitigation and resolution took. What no note marks is said to
// be unknown, with the button that marks it. UI thread.
#pragma once

#include <QPushButton>
#include <QWidget>
#include <array>

#include "analyze/incident_timeline.h"
#include "theme/theme.h"

class QHBoxLayout;

namespace nj::ui {

class PlainLabel;

class IncidentTimesBar : public QWidget {
    Q_OBJECT
public:
    explicit IncidentTimesBar(const Theme& theme, QWidget* parent = nullptr);
    void setTimes(const analyze::IncidentTimes& times, bool utc);
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void markWanted(nj::NoteKind kind);

private:
    struct Fact {
        PlainLabel *name, *value, *words;
        QPushButton* mark;
    };
    Fact addFact(QHBoxLayout* row, const QString& name);
    void showFact(Fact& fact, const std::optional<DurationNs>& took, const std::optional<TimeNs>& at, bool startKnown, bool utc);

    const Theme& theme_;
    std::array<Fact, 4> facts_;
};

}  // namespace nj::ui

// The time range, as text: shows the resolved absolute range with its zone, edits what state/time_text understands. Enter applies,
// Esc leaves. UI thread; knows only the workspace.
#pragma once

#include <QLineEdit>

#include "state/workspace.h"
#include "theme/theme.h"

namespace nj::ui {

class TimeBox : public QLineEdit {
    Q_OBJECT
public:
    TimeBox(Workspace& workspace, const Theme& theme, QWidget* parent = nullptr);
    // What "incident" means: the range the window opened with.
    void setIncident(TimeRange incident) { incident_ = incident; }
    [[nodiscard]] TimeRange incident() const { return incident_; }
    void edit();
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    // Editing ended: the focus may go back to the view.
    void left();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void apply();
    void show();
    [[nodiscard]] QString rangeText() const;
    [[nodiscard]] QString detailText() const;

    Workspace& workspace_;
    const Theme& theme_;
    TimeRange incident_;
};

}  // namespace nj::ui

// The variables of a dashboard as a line of controls that wraps: a box of options, several of them to tick, a text, or filters over labels. UI thread only.
#pragma once

#include <QWidget>
#include <vector>

#include "dashboard/variable.h"
#include "theme/theme.h"

namespace nj::ui {

class VariableBar : public QWidget {
    Q_OBJECT
public:
    explicit VariableBar(const Theme& theme, QWidget* parent = nullptr);
    // With options and the choice that holds. Hidden ones, constants and data sources (the capsule is the only one) are not shown.
    void setVariables(const std::vector<dashboard::Variable>& variables);
    [[nodiscard]] bool anyShown() const { return shown_ > 0; }
    // The control of a variable; nullptr where it has none.
    [[nodiscard]] QWidget* control(const QString& name) const;

Q_SIGNALS:
    void chosen(const QString& name, const QStringList& values);

private:
    QWidget* makeControl(const dashboard::Variable& variable);
    QWidget* makeFilters(const dashboard::Variable& variable);
    QWidget* makeMany(const dashboard::Variable& variable);
    const Theme& theme_;
    std::vector<dashboard::Variable> variables_;
    QWidget* row_ = nullptr;
    int shown_ = 0;
};

}  // namespace nj::ui

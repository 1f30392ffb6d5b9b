// A row of small toggles in a panel's title row: one of several, or any of several. Keyboard: Tab to it, Space toggles. UI thread.
#pragma once

#include <QButtonGroup>
#include <QStringList>
#include <QVector>
#include <QWidget>

#include "theme/theme.h"

namespace nj::ui {

class ChartChoice : public QWidget {
    Q_OBJECT
public:
    // `exclusive`: exactly one is on; else any number, but never none.
    ChartChoice(const QStringList& texts, bool exclusive, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] bool chosen(int index) const;
    // The lowest one that is on.
    [[nodiscard]] int first() const;
    void choose(int index, bool on = true);

Q_SIGNALS:
    void changed();

private:
    QButtonGroup* group_;
    bool exclusive_;
};

}  // namespace nj::ui

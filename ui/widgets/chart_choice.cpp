#include "widgets/chart_choice.h"

#include <QHBoxLayout>
#include <QToolButton>

namespace nj::ui {

ChartChoice::ChartChoice(const QStringList& texts, bool exclusive, const Theme& theme, QWidget* parent)
    : QWidget(parent), group_(new QButtonGroup(this)), exclusive_(exclusive) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2);
    group_->setExclusive(exclusive);
    for (int i = 0; i < texts.size(); ++i) {
        auto* button = new QToolButton(this);
        button->setText(texts[i]);
        button->setCheckable(true);
        button->setFont(theme.table);
        button->setFocusPolicy(Qt::StrongFocus);
        group_->addButton(button, i);
        row->addWidget(button);
    }
    if (exclusive && !texts.isEmpty())
        group_->button(0)->setChecked(true);
    connect(group_, &QButtonGroup::idClicked, this, [this](int id) {
        if (!exclusive_ && first() < 0)
            group_->button(id)->setChecked(true);   // none at all would be an empty picture
        Q_EMIT changed();
    });
}

bool ChartChoice::chosen(int index) const {
    const QAbstractButton* button = group_->button(index);
    return button && button->isChecked();
}

int ChartChoice::first() const {
    for (int i = 0; i < group_->buttons().size(); ++i)
        if (chosen(i))
            return i;
    return -1;
}

void ChartChoice::choose(int index, bool on) {
    if (QAbstractButton* button = group_->button(index))
        button->setChecked(on);
}

}  // namespace nj::ui

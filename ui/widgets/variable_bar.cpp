#include "widgets/variable_bar.h"

#include <QComboBox>
#include <QFontMetrics>
#include <QHBoxLayout>
#include <QLineEdit>
#include <QListWidget>
#include <QMenu>
#include <QPushButton>
#include <QStyle>
#include <QToolButton>
#include <QVBoxLayout>
#include <QWidgetAction>
#include <algorithm>

#include "dashboard/label_filters.h"
#include "widgets/flow_layout.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

using dashboard::Variable;
using dashboard::VariableKind;

constexpr int kWidestBox = 220, kNarrowestBox = 90, kTextWidth = 140, kListHeight = 280, kMostOptions = 5'000, kShownText = 200;

bool shown(const Variable& variable) { return !variable.hidden && variable.kind != VariableKind::kConstant && variable.kind != VariableKind::kDataSource; }

bool isAll(const Variable& variable) { return variable.current.size() == 1 && variable.current.front() == dashboard::kAllValue; }

QString currentText(const Variable& variable) {
    if (isAll(variable))
        return VariableBar::tr("All");
    QStringList texts;
    for (const std::string& value : variable.current) {
        const auto option = std::find_if(variable.options.begin(), variable.options.end(), [&](const dashboard::VariableOption& one) { return one.value == value; });
        texts << oneLine(option == variable.options.end() ? value : option->text, kShownText);
    }
    if (texts.isEmpty())
        return VariableBar::tr("none");
    return texts.size() > 2 ? VariableBar::tr("%1 + %2").arg(texts.front()).arg(texts.size() - 1) : texts.join(QStringLiteral(", "));
}

}  // namespace

VariableBar::VariableBar(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    hide();
}

void VariableBar::setVariables(const std::vector<Variable>& variables) {
    if (variables == variables_) {
        setVisible(shown_ > 0);
        return;
    }
    variables_ = variables;
    delete row_;
    row_ = new FlowRow(theme_.gap, this);
    shown_ = 0;
    for (const Variable& variable : variables_) {
        if (!shown(variable))
            continue;
        ++shown_;
        auto* pair = new QWidget(row_);
        auto* line = new QHBoxLayout(pair);
        line->setContentsMargins(0, 0, theme_.gap, 0);
        line->setSpacing(theme_.unit + 2);
        const QString title = oneLine(variable.label.empty() ? variable.name : variable.label, kShownText);
        auto* label = new PlainLabel(title, theme_.table, "muted", pair);
        QWidget* control = makeControl(variable);
        control->setParent(pair);
        control->setObjectName(QStringLiteral("variable:") + oneLine(variable.name, kShownText));
        control->setAccessibleName(title);
        control->setFont(theme_.table);
        line->addWidget(label);
        line->addWidget(control);
        row_->layout()->addWidget(pair);
    }
    layout()->addWidget(row_);
    row_->show();
    setVisible(shown_ > 0);
}

QWidget* VariableBar::control(const QString& name) const { return row_ ? row_->findChild<QWidget*>(QStringLiteral("variable:") + name) : nullptr; }

QWidget* VariableBar::makeControl(const Variable& variable) {
    const QString name = QString::fromStdString(variable.name);
    if (variable.kind == VariableKind::kTextBox) {
        auto* edit = new QLineEdit(variable.current.empty() ? QString() : QString::fromStdString(variable.current.front()));
        edit->setFixedWidth(kTextWidth);
        connect(edit, &QLineEdit::editingFinished, this, [this, edit, name] {
            if (edit->isModified())
                Q_EMIT chosen(name, {edit->text()});
            edit->setModified(false);
        });
        return edit;
    }
    if (variable.kind == VariableKind::kFilters)
        return makeFilters(variable);
    if (variable.multi)
        return makeMany(variable);
    auto* box = new QComboBox;
    box->setMaxVisibleItems(20);
    box->setMinimumWidth(kNarrowestBox);
    box->setMaximumWidth(kWidestBox);
    if (variable.includeAll)
        box->addItem(tr("All"), QString::fromLatin1(dashboard::kAllValue.data(), static_cast<qsizetype>(dashboard::kAllValue.size())));
    for (const dashboard::VariableOption& option : variable.options)
        if (box->count() < kMostOptions)
            box->addItem(oneLine(option.text, kShownText), QString::fromStdString(option.value));
    const QString current = variable.current.empty() ? QString() : QString::fromStdString(variable.current.front());
    box->setCurrentIndex(box->findData(current));
    connect(box, &QComboBox::activated, this, [this, box, name] { Q_EMIT chosen(name, {box->currentData().toString()}); });
    return box;
}

// A button for each, which takes it away, and a line in which another is typed.
QWidget* VariableBar::makeFilters(const Variable& variable) {
    auto* row = new QWidget;
    auto* line = new QHBoxLayout(row);
    line->setContentsMargins(0, 0, 0, 0);
    line->setSpacing(theme_.unit);
    const QString name = QString::fromStdString(variable.name);
    QStringList filters;
    for (const std::string& filter : variable.current)
        filters << QString::fromStdString(filter);
    for (const QString& filter : filters) {
        auto* chip = new QToolButton(row);
        chip->setObjectName(QStringLiteral("filter"));
        chip->setText(QFontMetrics(theme_.table).elidedText(filter.simplified(), Qt::ElideRight, kWidestBox).replace(QLatin1Char('&'), QStringLiteral("&&")) + QStringLiteral("  ×"));
        chip->setFont(theme_.table);
        chip->setFocusPolicy(Qt::StrongFocus);
        chip->setToolTip(plainToolTip(tr("%1 holds for every query. A click takes it away.").arg(filter)));
        connect(chip, &QToolButton::clicked, this, [this, name, filters, filter] {
            QStringList left = filters;
            left.removeAll(filter);
            Q_EMIT chosen(name, left);
        });
        line->addWidget(chip);
    }
    auto* edit = new QLineEdit(row);
    edit->setObjectName(QStringLiteral("filterEdit"));
    edit->setFont(theme_.table);
    edit->setFixedWidth(kTextWidth);
    edit->setPlaceholderText(tr("label = value"));
    edit->setAccessibleName(tr("Filter every query"));
    edit->setToolTip(plainToolTip(tr("A filter that is added to every query: job=api, gpu!=3, pod=~\"vllm-.*\"")));
    connect(edit, &QLineEdit::returnPressed, this, [this, edit, name, filters] {
        const auto filter = dashboard::filterOf(edit->text().toStdString());
        edit->setProperty("invalid", !filter && !edit->text().isEmpty());
        edit->style()->unpolish(edit);
        edit->style()->polish(edit);
        if (filter)
            Q_EMIT chosen(name, QStringList(filters) << QString::fromStdString(*filter));
        else
            edit->setToolTip(plainToolTip(tr("This is no filter: a label, one of = != =~ !~, and a value.")));
    });
    line->addWidget(edit);
    return row;
}

// A button with the choice; its menu is a list to tick, searched by typing, taken when it closes.
QWidget* VariableBar::makeMany(const Variable& variable) {
    auto* button = new QToolButton;
    button->setText(currentText(variable));
    button->setMaximumWidth(kWidestBox);
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(button);
    auto* page = new QWidget(menu);
    auto* column = new QVBoxLayout(page);
    column->setContentsMargins(theme_.gap, theme_.gap, theme_.gap, theme_.gap);
    auto* search = new QLineEdit(page);
    search->setPlaceholderText(tr("Search"));
    search->setClearButtonEnabled(true);
    auto* list = new QListWidget(page);
    list->setObjectName(QStringLiteral("options"));
    list->setFixedHeight(kListHeight);
    list->setMinimumWidth(kWidestBox);
    list->setFont(theme_.table);
    const auto addOption = [&](const QString& text, const QString& value, bool ticked) {
        auto* item = new QListWidgetItem(text, list);
        item->setData(Qt::UserRole, value);
        item->setFlags(item->flags() | Qt::ItemIsUserCheckable);
        item->setCheckState(ticked ? Qt::Checked : Qt::Unchecked);
    };
    const QString allValue = QString::fromLatin1(dashboard::kAllValue.data(), static_cast<qsizetype>(dashboard::kAllValue.size()));
    if (variable.includeAll)
        addOption(tr("All"), allValue, isAll(variable));
    for (const dashboard::VariableOption& option : variable.options)
        if (list->count() < kMostOptions)
            addOption(oneLine(option.text, kShownText), QString::fromStdString(option.value), std::find(variable.current.begin(), variable.current.end(), option.value) != variable.current.end());
    connect(search, &QLineEdit::textChanged, list, [list](const QString& text) {
        for (int i = 0; i < list->count(); ++i)
            list->item(i)->setHidden(!list->item(i)->text().contains(text, Qt::CaseInsensitive));
    });
    // All and the single ones exclude each other.
    connect(list, &QListWidget::itemChanged, list, [list, allValue](QListWidgetItem* changed) {
        if (changed->checkState() != Qt::Checked)
            return;
        const QSignalBlocker block(list);
        const bool all = changed->data(Qt::UserRole).toString() == allValue;
        for (int i = 0; i < list->count(); ++i)
            if (QListWidgetItem* item = list->item(i); item != changed && (all || item->data(Qt::UserRole).toString() == allValue))
                item->setCheckState(Qt::Unchecked);
    });
    column->addWidget(search);
    column->addWidget(list);
    auto* action = new QWidgetAction(menu);
    action->setDefaultWidget(page);
    menu->addAction(action);
    button->setMenu(menu);
    const QString name = QString::fromStdString(variable.name);
    QStringList before;
    for (const std::string& value : variable.current)
        before << QString::fromStdString(value);
    connect(menu, &QMenu::aboutToShow, search, [search] {
        search->clear();
        search->setFocus();
    });
    connect(menu, &QMenu::aboutToHide, this, [this, list, name, before] {
        QStringList values;
        for (int i = 0; i < list->count(); ++i)
            if (list->item(i)->checkState() == Qt::Checked)
                values << list->item(i)->data(Qt::UserRole).toString();
        // Later: the control goes with the answer, and the menu is still closing.
        if (!values.isEmpty() && values != before)
            QMetaObject::invokeMethod(this, [this, name, values] { Q_EMIT chosen(name, values); }, Qt::QueuedConnection);
    });
    return button;
}

}  // namespace nj::ui

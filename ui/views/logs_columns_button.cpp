#include "views/logs_columns_button.h"

#include <QLineEdit>
#include <QMenu>
#include <QSettings>
#include <QWidgetAction>
#include <algorithm>
#include <memory>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

constexpr size_t kMostListed = 30;
const QString kRemembered = QStringLiteral("logs/columns");

// What the window remembers between starts.
std::unique_ptr<QSettings> settings() { return std::make_unique<QSettings>(QSettings::IniFormat, QSettings::UserScope, QStringLiteral("nightjar"), QStringLiteral("window")); }

}  // namespace

LogsColumnsButton::LogsColumnsButton(QueryRunner& queries, const Theme& theme, QWidget* parent) : QToolButton(parent), queries_(queries), theme_(theme), menu_(new QMenu(this)) {
    setObjectName(QStringLiteral("logColumns"));
    setText(tr("Columns"));
    setToolTip(tr("Attributes as columns; drag a column's head to move it, right-click it to take it away"));
    setFont(theme.table);
    setFocusPolicy(Qt::StrongFocus);
    setPopupMode(QToolButton::InstantPopup);
    setMenu(menu_);
    keys_ = settings()->value(kRemembered).toStringList().mid(0, kMostColumns);
    connect(menu_, &QMenu::aboutToShow, this, [this] {
        ask();
        filledMenu();
    });
}

void LogsColumnsButton::ask() {
    if (asked_)
        return;
    asked_ = true;
    queries_.ask(
        QStringLiteral("logs/keys"), this, [](query::Backend& backend, std::stop_token stop) { return backend.keys(stop); },
        [this](Result<std::vector<query::KeyInfo>>&& keys) {
            asked_ = keys.ok();
            if (!keys.ok())
                return;
            known_.clear();
            for (query::KeyInfo& key : *keys)
                if (key.signal == Signal::kLog)
                    known_.push_back(std::move(key));
            std::stable_sort(known_.begin(), known_.end(), [](const auto& a, const auto& b) { return a.rows > b.rows; });
            if (menu_->isVisible())
                filledMenu();
        });
}

QMenu* LogsColumnsButton::filledMenu() {
    menu_->clear();
    auto* edit = new QLineEdit;
    edit->setPlaceholderText(tr("an attribute's key, Enter adds it"));
    edit->setAccessibleName(tr("Attribute to show as a column"));
    edit->setFont(theme_.mono);
    edit->setMaxLength(256);
    auto* typed = new QWidgetAction(menu_);
    typed->setDefaultWidget(edit);
    menu_->addAction(typed);
    connect(edit, &QLineEdit::returnPressed, this, [this, edit] {
        const QString key = edit->text().trimmed();
        menu_->close();
        if (!key.isEmpty() && !keys_.contains(key))
            toggle(key);
    });
    const auto add = [this](const QString& key, const QString& words) {
        auto* action = menu_->addAction(key.left(60).replace(QLatin1Char('&'), QStringLiteral("&&")) + (words.isEmpty() ? QString() : QLatin1Char('\t') + words));
        action->setCheckable(true);
        action->setChecked(keys_.contains(key));
        action->setEnabled(action->isChecked() || keys_.size() < kMostColumns);
        connect(action, &QAction::triggered, this, [this, key] { toggle(key); });
    };
    menu_->addSeparator();
    for (const QString& key : std::as_const(keys_))
        add(key, {});
    if (!keys_.isEmpty())
        menu_->addSeparator();
    size_t listed = 0;
    for (const query::KeyInfo& info : known_)
        if (const QString key = QString::fromStdString(info.key); !keys_.contains(key) && listed++ < kMostListed)
            add(key, formatShort(static_cast<double>(info.rows)));
    return menu_;
}

void LogsColumnsButton::toggle(const QString& key) {
    QStringList keys = keys_;
    if (!keys.removeOne(key))
        keys.push_back(key);
    setKeys(keys);
}

void LogsColumnsButton::setKeys(const QStringList& keys) {
    if (keys == keys_)
        return;
    keys_ = keys.mid(0, kMostColumns);
    settings()->setValue(kRemembered, keys_);
    Q_EMIT keysChanged(keys_);
}

}  // namespace nj::ui

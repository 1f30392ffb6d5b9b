#include "shell/action_registry.h"

#include <algorithm>

namespace nj::ui {

ActionRegistry::ActionRegistry(QWidget* window) : QObject(window), window_(window) {}

QAction* ActionRegistry::add(const QString& id, const QString& group, const QString& text, const QList<QKeySequence>& keys, std::function<void()> callback) {
    auto* action = new QAction(text, window_);
    action->setObjectName(id);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [callback = std::move(callback)] { callback(); });
    window_->addAction(action);
    actions_.push_back({id, group, text, keys, action});
    return action;
}

void ActionRegistry::remove(const QString& group) {
    std::erase_if(actions_, [&](const ActionInfo& info) {
        if (info.group != group)
            return false;
        window_->removeAction(info.action);
        info.action->deleteLater();
        return true;
    });
}

QAction* ActionRegistry::find(const QString& id) const {
    const auto found = std::find_if(actions_.begin(), actions_.end(), [&](const ActionInfo& info) { return info.id == id; });
    return found == actions_.end() ? nullptr : found->action;
}

QString ActionRegistry::keyText(const QKeySequence& key) {
    QStringList parts;
    for (int i = 0; i < key.count(); ++i)
        parts.append(QKeySequence(key[static_cast<uint>(i)]).toString(QKeySequence::NativeText));
    return parts.join(QLatin1Char(' '));
}

}  // namespace nj::ui

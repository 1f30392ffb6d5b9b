#include "shell/action_registry.h"

#include <algorithm>

namespace nj::ui {
namespace {

QList<QKeySequence> parsed(const QStringList& texts) {
    QList<QKeySequence> keys;
    for (const QString& text : texts)
        if (const QKeySequence key = QKeySequence::fromString(text, QKeySequence::PortableText); !key.isEmpty() && key[0].key() != Qt::Key_unknown)
            keys << key;
    return keys;
}

}  // namespace

ActionRegistry::ActionRegistry(QWidget* window) : QObject(window), window_(window) {}

QAction* ActionRegistry::add(const QString& id, const QString& group, const QString& text, const QList<QKeySequence>& keys, std::function<void()> callback) {
    auto* action = new QAction(text, window_);
    action->setObjectName(id);
    action->setShortcuts(keys);
    action->setShortcutContext(Qt::WindowShortcut);
    connect(action, &QAction::triggered, this, [callback = std::move(callback)] { callback(); });
    window_->addAction(action);
    actions_.push_back({id, group, text, keys, keys, action});
    if (const auto wanted = wanted_.constFind(id); wanted != wanted_.constEnd())
        rebind(id, parsed(*wanted));
    return action;
}

void ActionRegistry::apply(ActionInfo& info, const QList<QKeySequence>& keys) {
    if (info.keys == keys)
        return;
    info.keys = keys;
    info.action->setShortcuts(keys);
    Q_EMIT bindingsChanged();
}

QString ActionRegistry::conflict(const QString& id, const QList<QKeySequence>& keys) const {
    for (const ActionInfo& info : actions_)
        for (const QKeySequence& theirs : info.keys)
            for (const QKeySequence& own : keys)
                if (info.id != id && (own.matches(theirs) != QKeySequence::NoMatch || theirs.matches(own) != QKeySequence::NoMatch))
                    return info.id;
    return {};
}

bool ActionRegistry::rebind(const QString& id, const QList<QKeySequence>& keys) {
    const auto found = std::find_if(actions_.begin(), actions_.end(), [&](const ActionInfo& info) { return info.id == id; });
    if (found == actions_.end() || !conflict(id, keys).isEmpty())
        return false;
    apply(*found, keys);
    return true;
}

void ActionRegistry::reset(const QString& id) {
    for (ActionInfo& info : actions_)
        if (info.id == id && conflict(id, info.defaults).isEmpty())
            apply(info, info.defaults);
}

void ActionRegistry::resetAll() {
    for (ActionInfo& info : actions_)
        apply(info, info.defaults);
}

QHash<QString, QStringList> ActionRegistry::bindings() const {
    QHash<QString, QStringList> changed;
    for (const ActionInfo& info : actions_) {
        if (info.keys == info.defaults)
            continue;
        QStringList& texts = changed[info.id];
        for (const QKeySequence& key : info.keys)
            texts << key.toString(QKeySequence::PortableText);
    }
    return changed;
}

// All at once: two actions may have changed keys with each other. What conflicts in the end stays as it came.
void ActionRegistry::setBindings(const QHash<QString, QStringList>& bindings) {
    wanted_ = bindings;
    for (ActionInfo& info : actions_)
        if (const auto wanted = bindings.constFind(info.id); wanted != bindings.constEnd())
            apply(info, parsed(*wanted));
    for (ActionInfo& info : actions_)
        if (bindings.contains(info.id) && !conflict(info.id, info.keys).isEmpty())
            apply(info, info.defaults);
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

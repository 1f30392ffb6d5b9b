// Every command of the window, once: menu, palette, key overlay and documentation are made from it. Its keys can be other ones than
// those it came with (rebind); the settings keep the difference. Owned by the window it binds its keys to. UI thread.
#pragma once

#include <QAction>
#include <QHash>
#include <QKeySequence>
#include <QObject>
#include <QWidget>
#include <functional>
#include <vector>

namespace nj::ui {

struct ActionInfo {
    QString id;        // "time.all": stable, for scripts and settings
    QString group;     // "Time"
    QString text;      // "Show all time"
    QList<QKeySequence> keys;       // that work now
    QList<QKeySequence> defaults;   // it came with
    QAction* action = nullptr;
};

class ActionRegistry : public QObject {
    Q_OBJECT
public:
    // Keys work while `window` is active.
    explicit ActionRegistry(QWidget* window);

    QAction* add(const QString& id, const QString& group, const QString& text, const QList<QKeySequence>& keys, std::function<void()> callback);
    void remove(const QString& group);
    // In the order they were added.
    [[nodiscard]] const std::vector<ActionInfo>& actions() const { return actions_; }
    [[nodiscard]] QAction* find(const QString& id) const;
    // The action that has one of the keys already, or a key that one of them begins or is the beginning of; "" = none.
    [[nodiscard]] QString conflict(const QString& id, const QList<QKeySequence>& keys) const;
    // False where another action has the key, or there is no such action: nothing changes. No key at all is allowed.
    bool rebind(const QString& id, const QList<QKeySequence>& keys);
    void reset(const QString& id);
    void resetAll();
    // Keys by id where they differ from those the action came with, as portable text; those of ids that are unknown yet wait for them.
    [[nodiscard]] QHash<QString, QStringList> bindings() const;
    void setBindings(const QHash<QString, QStringList>& bindings);
    // "T then Z" reads better than Qt's "T, Z".
    static QString keyText(const QKeySequence& key);

Q_SIGNALS:
    void bindingsChanged();

private:
    void apply(ActionInfo& info, const QList<QKeySequence>& keys);
    QWidget* window_;
    QHash<QString, QStringList> wanted_;   // as set
    std::vector<ActionInfo> actions_;
};

}  // namespace nj::ui

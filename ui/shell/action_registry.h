// Every command of the window, once: menu, palette, key overlay and documentation are made from it. Owned by the window it binds
// its keys to. UI thread.
#pragma once

#include <QAction>
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
    QList<QKeySequence> keys;
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
    // "T then Z" reads better than Qt's "T, Z".
    static QString keyText(const QKeySequence& key);

private:
    QWidget* window_;
    std::vector<ActionInfo> actions_;
};

}  // namespace nj::ui

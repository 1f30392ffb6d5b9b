// `?`: every key of the window by group, made from the action registry, and the gestures of time axes. Any key or click closes it.
// UI thread.
#pragma once

#include <QWidget>

#include "shell/action_registry.h"
#include "theme/theme.h"

namespace nj::ui {

class KeyOverlay : public QWidget {
    Q_OBJECT
public:
    KeyOverlay(const ActionRegistry& actions, const Theme& theme, QWidget* window);
    void open();
    // "key<TAB>what", group by group, as drawn.
    [[nodiscard]] QStringList lines() const;

Q_SIGNALS:
    void closed();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;

private:
    struct Group {
        QString name;
        QVector<std::pair<QString, QString>> rows;   // keys, text
    };
    [[nodiscard]] QVector<Group> groups() const;
    void leave();
    const ActionRegistry& actions_;
    const Theme& theme_;
};

}  // namespace nj::ui

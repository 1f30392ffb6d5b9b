// `?`: every key of the window by group, made from the action registry, the gestures of time axes, and the keys of the view shown, from the
// table by which it acts. Any key or click closes it. UI thread.
#pragma once

#include <QWidget>

#include "shell/action_registry.h"
#include "theme/theme.h"
#include "views/view.h"

namespace nj::ui {

class KeyOverlay : public QWidget {
    Q_OBJECT
public:
    KeyOverlay(const ActionRegistry& actions, const Theme& theme, QWidget* window);
    // view: the one shown; nullptr = none.
    void open(const ViewFactory* view);
    // "key<TAB>what", group by group, as drawn.
    [[nodiscard]] QStringList lines() const;
    // The same for the manual: of every view, its name before what its keys do.
    [[nodiscard]] QStringList allLines() const;

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
    [[nodiscard]] QVector<Group> commonGroups() const;
    [[nodiscard]] QVector<Group> groups() const;
    [[nodiscard]] static Group groupOf(const ViewFactory& view);
    void leave();
    const ActionRegistry& actions_;
    const Theme& theme_;
    const ViewFactory* view_ = nullptr;
};

}  // namespace nj::ui

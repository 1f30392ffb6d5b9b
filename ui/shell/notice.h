// One dismissible line above the page: what the window chose to show, or what went wrong, with one action. UI thread.
#pragma once

#include <QPushButton>
#include <QWidget>
#include <functional>

#include "theme/theme.h"

namespace nj::ui {

class PlainLabel;

class Notice : public QWidget {
    Q_OBJECT
public:
    explicit Notice(const Theme& theme, QWidget* parent = nullptr);
    void say(const QString& text, bool problem, const QString& actionText = {}, std::function<void()> action = {});
    void dismiss();
    [[nodiscard]] QString text() const;

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    PlainLabel* text_;
    QPushButton *action_, *close_;
    std::function<void()> onAction_;
};

}  // namespace nj::ui

// The frame of everything shown on a page: a title row (bold title, muted words, controls at the right), a body, and the states
// empty, error, partial and busy. While busy the old picture stays, dimmed, under a thin line. UI thread; owns its body.
#pragma once

#include <QFrame>
#include <QTimer>
#include <functional>

#include "theme/theme.h"

class QHBoxLayout;
class QStackedLayout;
class QPushButton;

namespace nj::ui {

class PlainLabel;

class Panel : public QFrame {
    Q_OBJECT
public:
    explicit Panel(const Theme& theme, QWidget* parent = nullptr);

    void setTitle(const QString& title);
    // What it shows in words, muted, beside the title: "p99 by model, 03:10–04:10 UTC".
    void setWords(const QString& words);
    // What is not the whole truth about the figures shown, "first 10,000"; "" when they are whole.
    void setPartial(const QString& text);
    [[nodiscard]] QString title() const;
    [[nodiscard]] QString words() const;
    // Where controls go, right in the title row.
    [[nodiscard]] QHBoxLayout* controls() { return controls_; }
    // Hides the title row where the body has its own.
    void setHeaderShown(bool shown);

    // Takes ownership.
    void setBody(QWidget* body);
    [[nodiscard]] QWidget* body() const { return body_; }
    void showBody();
    // One sentence why, one action.
    void showEmpty(const QString& sentence, const QString& actionText = {}, std::function<void()> action = {});
    void showError(const QString& sentence, const QString& actionText = {}, std::function<void()> action = {});
    [[nodiscard]] bool bodyShown() const;
    [[nodiscard]] QString message() const;

    // Off: the height is what the layout around it gives (a wrapping label inside would else dictate it).
    void setHeightFollowsWidth(bool follows) { heightFollowsWidth_ = follows; }
    [[nodiscard]] bool hasHeightForWidth() const override { return heightFollowsWidth_ && QFrame::hasHeightForWidth(); }

    // Drawn after 120 ms, so that quick answers do not flicker.
    void setBusy(bool busy);
    [[nodiscard]] bool busy() const { return busy_; }

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void keepTitle();
    void showMessage(const char* role, const QString& sentence, const QString& actionText, std::function<void()> action);
    void placeVeil();

    const Theme& theme_;
    PlainLabel* title_;
    PlainLabel* words_;
    PlainLabel* partial_;
    QWidget* header_;
    QHBoxLayout* controls_;
    QStackedLayout* stack_;
    QWidget* body_ = nullptr;
    QWidget* messagePage_;
    PlainLabel* message_;
    QPushButton* action_;
    std::function<void()> onAction_;
    QWidget* veil_;
    QTimer busyDelay_;
    bool busy_ = false, heightFollowsWidth_ = false;
};

}  // namespace nj::ui

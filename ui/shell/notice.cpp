#include "shell/notice.h"

#include <QHBoxLayout>
#include <QPainter>

#include "widgets/plain_label.h"

namespace nj::ui {

Notice::Notice(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setObjectName(QStringLiteral("notice"));
    setFixedHeight(7 * theme.unit);
    text_ = new PlainLabel({}, theme.table, "", this);
    text_->setElided(true);
    action_ = new QPushButton(this);
    close_ = new QPushButton(QStringLiteral("×"), this);
    close_->setAccessibleName(tr("Dismiss"));
    for (QPushButton* button : {action_, close_}) {
        button->setProperty("role", QStringLiteral("flat"));
        button->setFixedHeight(5 * theme.unit);
    }
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme.padding, 0, theme.unit, 0);
    row->setSpacing(theme.unit);
    row->addWidget(text_);
    row->addWidget(action_);
    row->addStretch(1);
    row->addWidget(close_);
    connect(close_, &QPushButton::clicked, this, &Notice::dismiss);
    connect(action_, &QPushButton::clicked, this, [this] {
        if (onAction_)
            onAction_();
    });
    hide();
}

void Notice::say(const QString& text, bool problem, const QString& actionText, std::function<void()> action) {
    text_->setRole(problem ? "error" : "");
    text_->setPlain(problem ? QStringLiteral("▲ ") + text : text);
    action_->setText(actionText);
    action_->setVisible(!actionText.isEmpty());
    onAction_ = std::move(action);
    show();
}

void Notice::dismiss() { hide(); }

QString Notice::text() const { return isHidden() ? QString() : text_->plain(); }

void Notice::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.raised);
    p.fillRect(0, height() - 1, width(), 1, theme_.line);
}

}  // namespace nj::ui

#include "widgets/panel.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>
#include <QStackedLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr int kBusyDelayMs = 120, kTitleLeast = 90;

// The dimming over the old picture and the thin line on its top; lets the mouse through.
class Veil : public QWidget {
public:
    Veil(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
        setAttribute(Qt::WA_TransparentForMouseEvents);
        hide();
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        QColor dim = theme_.panel;
        dim.setAlphaF(0.45F);
        p.fillRect(rect(), dim);
        p.fillRect(0, 0, width(), 2, theme_.accent);
    }

private:
    const Theme& theme_;
};

}  // namespace

Panel::Panel(const Theme& theme, QWidget* parent) : QFrame(parent), theme_(theme) {
    title_ = new PlainLabel({}, theme.panelTitle, "", this);
    words_ = new PlainLabel({}, theme.table, "muted", this);
    partial_ = new PlainLabel({}, theme.table, "warning", this);
    title_->setElided(true);
    words_->setElided(true);
    partial_->hide();

    header_ = new QWidget(this);
    auto* row = new QHBoxLayout(header_);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * theme.unit);
    row->addWidget(title_);
    row->addWidget(words_);
    row->addWidget(partial_);
    row->addStretch(1);
    controls_ = new QHBoxLayout;
    controls_->setSpacing(theme.unit + 2);
    row->addLayout(controls_);

    messagePage_ = new QWidget(this);
    message_ = new PlainLabel({}, theme.body, "muted", messagePage_);
    message_->setWordWrap(true);
    message_->setAlignment(Qt::AlignCenter);
    action_ = new QPushButton(messagePage_);
    auto* column = new QVBoxLayout(messagePage_);
    column->addStretch(1);
    column->addWidget(message_);
    column->addSpacing(2 * theme.unit);
    column->addWidget(action_, 0, Qt::AlignHCenter);
    column->addStretch(1);
    connect(action_, &QPushButton::clicked, this, [this] {
        if (onAction_)
            onAction_();
    });

    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme.padding, 2 * theme.unit, theme.padding, 2 * theme.unit + 2);
    layout->setSpacing(theme.unit + 2);
    layout->addWidget(header_);
    stack_ = new QStackedLayout;
    stack_->addWidget(messagePage_);
    layout->addLayout(stack_, 1);

    veil_ = new Veil(theme, this);
    busyDelay_.setSingleShot(true);
    busyDelay_.setInterval(kBusyDelayMs);
    connect(&busyDelay_, &QTimer::timeout, this, [this] {
        placeVeil();
        veil_->show();
        veil_->raise();
    });
}

void Panel::setTitle(const QString& title) {
    title_->setPlain(title);
    keepTitle();
    setAccessibleName(title);
}

// The title is cut after its words are: it has two thirds of what the controls leave, and in a panel too narrow for that a few letters.
void Panel::keepTitle() {
    const int whole = title_->fontMetrics().horizontalAdvance(title_->plain()) + 1;
    const int room = width() - controls_->sizeHint().width() - 2 * theme_.padding - 4 * theme_.unit;
    title_->setMinimumWidth(std::min(whole, std::max(kTitleLeast, room * 2 / 3)));
}

void Panel::setWords(const QString& words) {
    words_->setPlain(words);
    setAccessibleDescription(words);
}

void Panel::setPartial(const QString& text) {
    partial_->setPlain(text);
    partial_->setVisible(!text.isEmpty());
}

QString Panel::title() const { return title_->plain(); }
QString Panel::words() const { return words_->plain(); }
QString Panel::message() const { return bodyShown() ? QString() : message_->plain().remove(QChar(0x200B)); }
bool Panel::bodyShown() const { return body_ && stack_->currentWidget() == body_; }
void Panel::setHeaderShown(bool shown) { header_->setVisible(shown); }

void Panel::setBody(QWidget* body) {
    if (body_) {
        stack_->removeWidget(body_);
        body_->deleteLater();
    }
    body_ = body;
    stack_->addWidget(body);
    stack_->setCurrentWidget(body);
}

void Panel::showBody() {
    if (body_)
        stack_->setCurrentWidget(body_);
}

void Panel::showEmpty(const QString& sentence, const QString& actionText, std::function<void()> action) {
    showMessage("muted", sentence, actionText, std::move(action));
}

void Panel::showError(const QString& sentence, const QString& actionText, std::function<void()> action) {
    showMessage("error", QStringLiteral("▲ ") + sentence, actionText, std::move(action));
}

void Panel::showMessage(const char* role, const QString& sentence, const QString& actionText, std::function<void()> action) {
    message_->setRole(role);
    // The name of a metric may be wider than the panel: it may break after each part.
    message_->setPlain(QString(sentence).replace(QLatin1Char('_'), QStringLiteral("_\u200B")));
    action_->setText(actionText);
    action_->setVisible(!actionText.isEmpty());
    onAction_ = std::move(action);
    stack_->setCurrentWidget(messagePage_);
}

void Panel::setBusy(bool busy) {
    if (busy == busy_)
        return;
    busy_ = busy;
    if (busy) {
        busyDelay_.start();
    } else {
        busyDelay_.stop();
        veil_->hide();
    }
}

void Panel::placeVeil() { veil_->setGeometry(rect().adjusted(1, 1, -1, -1)); }

void Panel::resizeEvent(QResizeEvent* event) {
    QFrame::resizeEvent(event);
    keepTitle();
    placeVeil();
}

void Panel::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(QPen(theme_.line, 1));
    p.setBrush(theme_.panel);
    p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
}

}  // namespace nj::ui

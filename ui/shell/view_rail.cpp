#include "shell/view_rail.h"

#include <QCoreApplication>
#include <QPainter>

#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

class RailButton : public QPushButton {
public:
    RailButton(const Theme& theme, const QString& glyph, const QString& title, QWidget* parent) : QPushButton(title, parent), theme_(theme), glyph_(glyph) {
        setCheckable(true);
        setProperty("role", QStringLiteral("rail"));   // the style sheet gives its height
        setSizePolicy(QSizePolicy::Ignored, QSizePolicy::Fixed);
        setAccessibleName(title);
        setCursor(Qt::PointingHandCursor);
    }
    QString reason;
    bool collapsed = false;

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        const bool dim = !reason.isEmpty();
        if (isChecked() || underMouse())
            p.fillRect(rect(), theme_.raised);
        if (isChecked())
            p.fillRect(0, 0, 2, height(), theme_.accent);
        const auto ink = [&](const QColor& color) {
            QColor c = color;
            if (dim)
                c.setAlphaF(0.45F);
            return c;
        };
        p.setFont(theme_.body);
        p.setPen(ink(isChecked() ? theme_.accent : theme_.muted));
        const int left = collapsed ? 0 : 3 * theme_.unit + 2;
        p.drawText(QRect(left, 0, collapsed ? width() : 16, height()), Qt::AlignCenter, glyph_);
        if (!collapsed) {
            p.setPen(ink(isChecked() || underMouse() ? theme_.text : theme_.muted));
            p.drawText(QRect(left + 28, 0, width() - left - 28, height()), Qt::AlignLeft | Qt::AlignVCenter, text());
        }
        if (hasFocus()) {
            p.setPen(theme_.accent);
            p.drawRect(rect().adjusted(0, 0, -1, -1));
        }
    }

private:
    const Theme& theme_;
    QString glyph_;
};

}  // namespace

ViewRail::ViewRail(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setObjectName(QStringLiteral("rail"));
    setAccessibleName(tr("Views"));
    setFixedWidth(theme.railOpen);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 2 * theme.unit, 1, 2 * theme.unit);
    column->setSpacing(0);
    for (const ViewFactory* factory : viewFactories()) {
        const QString id = QString::fromLatin1(factory->id);
        auto* button = new RailButton(theme, QString::fromUtf8(factory->glyph), QCoreApplication::translate("nj::ui::View", factory->title), this);
        button->setObjectName(QStringLiteral("rail.") + id);
        connect(button, &QPushButton::clicked, this, [this, id] { Q_EMIT chosen(id); });
        column->addWidget(button);
        buttons_.push_back(button);
    }
    column->addStretch(1);
}

void ViewRail::setInfo(const query::CapsuleInfo& info) {
    const auto factories = viewFactories();
    for (size_t i = 0; i < factories.size(); ++i) {
        auto* button = static_cast<RailButton*>(buttons_[static_cast<qsizetype>(i)]);
        button->reason = factories[i]->needs ? factories[i]->needs(info) : QString();
        button->setToolTip(plainToolTip(button->reason.isEmpty() && button->collapsed ? button->text() : button->reason));
        button->setAccessibleDescription(button->reason);
        button->update();
    }
}

void ViewRail::setCurrent(const QString& viewId) {
    for (QPushButton* button : buttons_)
        button->setChecked(button->objectName() == QStringLiteral("rail.") + viewId);
}

void ViewRail::setCollapsed(bool collapsed) {
    setFixedWidth(collapsed ? theme_.railCollapsed : theme_.railOpen);
    for (QPushButton* button : buttons_) {
        static_cast<RailButton*>(button)->collapsed = collapsed;
        if (static_cast<RailButton*>(button)->reason.isEmpty())
            button->setToolTip(collapsed ? plainToolTip(button->text()) : QString());
        button->update();
    }
}

QString ViewRail::reasonAgainst(const QString& viewId) const {
    for (QPushButton* button : buttons_)
        if (button->objectName() == QStringLiteral("rail.") + viewId)
            return static_cast<RailButton*>(button)->reason;
    return {};
}

void ViewRail::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.panel);
    p.fillRect(width() - 1, 0, 1, height(), theme_.line);
}

}  // namespace nj::ui

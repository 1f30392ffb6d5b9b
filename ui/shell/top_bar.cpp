#include "shell/top_bar.h"

#include <QHBoxLayout>
#include <QMenu>
#include <QPainter>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr int kBarHeight = 40, kNameWidth = 220;

QPushButton* small(const QString& text, const QString& name, int height, QWidget* parent) {
    auto* button = new QPushButton(text, parent);
    button->setAccessibleName(name);
    button->setFixedHeight(height);
    return button;
}

}  // namespace

TopBar::TopBar(Workspace& workspace, QueryRunner& queries, const Theme& theme, QWidget* parent) : QWidget(parent), workspace_(workspace), theme_(theme) {
    setObjectName(QStringLiteral("topBar"));
    setFixedHeight(kBarHeight);
    const int tall = 7 * theme.unit;
    name_ = new PlainLabel({}, theme.panelTitle, "", this);
    name_->setMaximumWidth(kNameWidth);
    name_->setElided(true);
    back_ = small(QStringLiteral("‹"), tr("Back"), tall, this);
    forward_ = small(QStringLiteral("›"), tr("Forward"), tall, this);
    back_->setToolTip(plainToolTip(tr("Back (Backspace)")));
    forward_->setToolTip(plainToolTip(tr("Forward (Ctrl+Shift+Z)")));
    timeBox_ = new TimeBox(workspace, theme, this);
    baseline_ = small({}, tr("Baseline"), tall, this);
    baseline_->setToolTip(plainToolTip(tr("What the range is compared with")));
    live_ = small(tr("Live"), tr("Live"), tall, this);
    live_->setCheckable(true);
    live_->setToolTip(plainToolTip(tr("The range follows the clock, and what arrives is shown. Choosing a range ends it. (Ctrl+L)")));
    filterBar_ = new FilterBar(workspace, queries, theme, this);
    auto* commands = small(tr("Commands  Ctrl+K"), tr("Commands"), tall, this);

    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme.padding, 0, theme.padding, 1);
    row->setSpacing(2 * theme.unit);
    row->addWidget(name_);
    row->addSpacing(2 * theme.unit);
    for (QWidget* widget : {static_cast<QWidget*>(back_), static_cast<QWidget*>(forward_), static_cast<QWidget*>(timeBox_), static_cast<QWidget*>(live_), static_cast<QWidget*>(baseline_)})
        row->addWidget(widget);
    row->addWidget(filterBar_, 1);
    row->addWidget(commands);

    connect(back_, &QPushButton::clicked, this, [this] { workspace_.undo().undo(); });
    connect(forward_, &QPushButton::clicked, this, [this] { workspace_.undo().redo(); });
    connect(&workspace.undo(), &QUndoStack::indexChanged, this, &TopBar::showHistory);
    connect(&workspace, &Workspace::baselineChanged, this, &TopBar::showBaseline);
    connect(&workspace, &Workspace::utcChanged, this, &TopBar::showBaseline);
    connect(baseline_, &QPushButton::clicked, this, &TopBar::openBaselineMenu);
    connect(live_, &QPushButton::clicked, this, &TopBar::liveClicked);
    connect(commands, &QPushButton::clicked, this, &TopBar::commandsClicked);
    showBaseline();
    showHistory();
}

void TopBar::setCapsuleName(const QString& name, const QString& path) {
    name_->setPlain(name);
    name_->setToolTip(plainToolTip(path));
}

void TopBar::setLive(bool running) {
    live_->setChecked(running);
    live_->setText(running ? tr("● Live") : tr("Live"));
}

void TopBar::showHistory() {
    back_->setEnabled(workspace_.undo().canUndo());
    forward_->setEnabled(workspace_.undo().canRedo());
}

void TopBar::showBaseline() {
    const auto baseline = workspace_.baseline();
    QString text = baseline ? tr("baseline %1").arg(formatRange(*baseline, workspace_.utc())) : tr("no baseline");
    if (baseline && workspace_.baselinePinned())
        text += tr(", pinned");
    baseline_->setText(text);
}

void TopBar::openBaselineMenu() {
    QMenu menu(this);
    QAction* follow = menu.addAction(tr("Follow the range"));
    follow->setCheckable(true);
    follow->setChecked(!workspace_.baselinePinned());
    QAction* pin = menu.addAction(tr("Use the range shown as baseline"));
    QAction* keep = menu.addAction(tr("Pin this baseline"));
    keep->setEnabled(workspace_.baseline().has_value() && !workspace_.baselinePinned());
    QAction* none = menu.addAction(tr("No baseline"));
    QAction* go = menu.addAction(tr("Show the baseline's range"));
    go->setEnabled(workspace_.baseline().has_value());
    connect(follow, &QAction::triggered, this, &TopBar::followBaselineClicked);
    connect(pin, &QAction::triggered, this, [this] { workspace_.setBaseline(workspace_.range(), true); });
    connect(keep, &QAction::triggered, this, [this] { workspace_.setBaseline(workspace_.baseline(), true); });
    connect(none, &QAction::triggered, this, [this] { workspace_.setBaseline({}, true); });
    connect(go, &QAction::triggered, this, [this] {
        if (workspace_.baseline())
            workspace_.setRange(*workspace_.baseline());
    });
    menu.exec(baseline_->mapToGlobal(QPoint(0, baseline_->height())));
}

void TopBar::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.panel);
    p.fillRect(0, height() - 1, width(), 1, theme_.line);
}

}  // namespace nj::ui

#include "shell/tour_bar.h"

#include <QHBoxLayout>
#include <QPainter>

#include "shell/workbench.h"
#include "widgets/plain_label.h"

namespace nj::ui {

TourBar::TourBar(Workbench& bench, const Theme& theme) : QWidget(&bench), bench_(bench), theme_(theme) {
    setObjectName(QStringLiteral("tour"));
    setAccessibleName(tr("Tour"));
    setFixedHeight(8 * theme.unit);
    marks_ = new PlainLabel({}, theme.table, "ok", this);
    text_ = new PlainLabel({}, theme.table, "", this);
    text_->setElided(true);
    go_ = new QPushButton(tr("Show me"), this);
    close_ = new QPushButton(QStringLiteral("×"), this);
    close_->setAccessibleName(tr("End the tour"));
    for (QPushButton* button : {go_, close_}) {
        button->setProperty("role", QStringLiteral("flat"));
        button->setFixedHeight(5 * theme.unit);
    }
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme.padding, 0, theme.unit, 0);
    row->setSpacing(2 * theme.unit);
    row->addWidget(marks_);
    row->addWidget(text_);
    row->addWidget(go_);
    row->addStretch(1);
    row->addWidget(close_);
    connect(go_, &QPushButton::clicked, this, [this] {
        if (done_ < steps_.size())
            bench_.showView(steps_[done_].viewId);
    });
    connect(close_, &QPushButton::clicked, this, &QWidget::hide);
    connect(&bench, &Workbench::settledChanged, this, &TourBar::check);
    connect(&bench.workspace(), &Workspace::selectionChanged, this, &TourBar::check);
    connect(&bench.workspace(), &Workspace::rangeChanged, this, &TourBar::check);
    hide();
}

void TourBar::start(std::vector<TourStep> steps, const QString& end) {
    steps_ = std::move(steps);
    end_ = end;
    done_ = 0;
    showStep();
    setVisible(!steps_.empty());
    check();
}

void TourBar::check() {
    const size_t before = done_;
    while (!isHidden() && done_ < steps_.size() && steps_[done_].done(bench_))
        ++done_;
    if (done_ != before)
        showStep();
}

void TourBar::showStep() {
    const auto done = static_cast<int>(done_), all = static_cast<int>(steps_.size());
    marks_->setPlain(QString(done, QChar(0x25CF)) + QString(all - done, QChar(0x25CB)));
    marks_->setToolTip(plainToolTip(tr("%1 of %2 steps done").arg(done).arg(all)));
    text_->setPlain(done < all ? tr("Tour %1 of %2: %3").arg(done + 1).arg(all).arg(steps_[done_].text) : end_);
    go_->setVisible(done < all);
    setAccessibleDescription(text_->plain());
}

QString TourBar::text() const { return isHidden() ? QString() : text_->plain(); }

void TourBar::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.raised);
    p.fillRect(0, height() - 1, width(), 1, theme_.line);
}

}  // namespace nj::ui

#include "views/refreshing_view.h"

namespace nj::ui {

RefreshingView::RefreshingView(QWidget* parent) : View(parent) {
    soon_.setSingleShot(true);
    soon_.setInterval(0);   // one refresh for a change of range, baseline and filter together
    connect(&soon_, &QTimer::timeout, this, &RefreshingView::refresh);
}

void RefreshingView::scheduleRefresh() {
    stale_ = true;
    if (isVisible())
        soon_.start();
}

void RefreshingView::showEvent(QShowEvent* event) {
    View::showEvent(event);
    if (stale_)
        soon_.start();
}

}  // namespace nj::ui

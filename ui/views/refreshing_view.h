// A view that asks its questions again when what it shows is stale: once for all changes of one turn of the event loop, and only while
// it is seen; else when it is seen next. UI thread only.
#pragma once

#include <QTimer>

#include "views/view.h"

namespace nj::ui {

class RefreshingView : public View {
    Q_OBJECT
public:
    explicit RefreshingView(QWidget* parent);

protected:
    void scheduleRefresh();
    // Asks; it sets stale_ to false once it does.
    virtual void refresh() = 0;
    void showEvent(QShowEvent* event) override;

    bool stale_ = true;
    QTimer soon_;
};

}  // namespace nj::ui

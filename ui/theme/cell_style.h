// Fusion, with a delegate that cuts endless texts for every item view that has none of its own. UI thread; owned by the application
// once installed.
#pragma once

#include <QProxyStyle>

namespace nj::ui {

class CellStyle : public QProxyStyle {
    Q_OBJECT
public:
    CellStyle() : QProxyStyle(QStringLiteral("Fusion")) {}
    using QProxyStyle::polish;
    void polish(QWidget* widget) override;
};

}  // namespace nj::ui

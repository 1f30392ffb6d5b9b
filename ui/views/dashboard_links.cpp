#include "views/dashboard_links.h"

#include <QApplication>
#include <QClipboard>

#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kShownTitle = 60;

}  // namespace

void fillWithLinks(QMenu& menu, const std::vector<dashboard::Link>& links) {
    menu.clear();
    menu.setToolTipsVisible(true);
    menu.menuAction()->setVisible(!links.empty());
    for (const dashboard::Link& link : links) {
        const QString url = QString::fromStdString(link.url), title = QString::fromStdString(link.title.empty() ? link.url : link.title).simplified();
        // An ampersand is no key of the menu.
        QAction* action = menu.addAction(title.left(kShownTitle).replace(QLatin1Char('&'), QStringLiteral("&&")));
        action->setToolTip(plainToolTip(url));
        QObject::connect(action, &QAction::triggered, &menu, [url] { QApplication::clipboard()->setText(url); });
    }
}

}  // namespace nj::ui

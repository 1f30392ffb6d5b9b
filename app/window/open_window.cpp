#include "open_window.h"

#include <QApplication>
#include <QFile>

#include "commands/command.h"
#include "shell/main_window.h"
#include "window/entity_mapping.h"
#include "window/window_session.h"

namespace nj::app {

int openWindow(const WindowRequest& request, int argc, char** argv) {
    // QApplication keeps the references.
    static int count = argc > 0 ? 1 : 0;
    static char name[] = "nightjar";
    static char* arguments[] = {name, nullptr};
    count = 1;
    QApplication application(count, argv ? argv : arguments);
    QCoreApplication::setApplicationName(QStringLiteral("nightjar"));
    QCoreApplication::setApplicationVersion(QStringLiteral(NIGHTJAR_VERSION));
    QGuiApplication::setApplicationDisplayName(QStringLiteral("Nightjar"));
    ui::ViewLink link;
    link.view = QString::fromStdString(request.view);
    link.filter = QString::fromStdString(request.filter);
    ui::setOpen(link, QString::fromStdString(request.select));
    if (!request.range.empty()) {
        const auto range = parseTimeRange(request.range, nowNs());
        if (!range.ok())
            return fail(range.error());
        link.range = *range;
    }
    WindowSettings settings;
    const ui::ThemeKind theme = request.theme.empty() ? settings.theme() : request.theme == "light" ? ui::ThemeKind::kLight : ui::ThemeKind::kDark;
    ui::MainWindow window(theme);
    WindowSession session(window, settings);
    EntityMapping mapping(window);
    window.show();
    if (request.demo) {
        session.openDemo(QString::fromStdString(request.demoCapsule));
    } else if (!request.paths.empty()) {
        QStringList paths;
        for (const std::string& path : request.paths)
            paths << QFile::decodeName(path.c_str());
        session.open(paths, link);
    }
    return QApplication::exec();
}

}  // namespace nj::app

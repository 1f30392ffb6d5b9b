#include "shell/render.h"

#include <QElapsedTimer>
#include <QEventLoop>
#include <QTimer>

#include "shell/main_window.h"
#include "shell/notice.h"
#include "shell/workbench.h"

namespace nj::ui {

namespace {

constexpr int kQuietTurns = 3;   // settled for so many turns of the event loop: layouts asked for by the last answers are done
constexpr int kTurnMs = 15;

// False when the limit passed first.
bool waitUntilSettled(MainWindow& window, int limitMs) {
    QElapsedTimer timer;
    timer.start();
    int quiet = 0;
    QEventLoop loop;
    QTimer turn;
    turn.setInterval(kTurnMs);
    QObject::connect(&turn, &QTimer::timeout, &loop, [&] {
        quiet = window.settled() ? quiet + 1 : 0;
        if (quiet >= kQuietTurns || timer.elapsed() > limitMs)
            loop.quit();
    });
    turn.start();
    loop.exec();
    return quiet >= kQuietTurns;
}

}  // namespace

Result<QImage> renderView(QueryRunner::BackendFactory factory, const RenderOptions& options) {
    if (!options.view.isEmpty() && !findView(options.view))
        return makeError(ErrorCode::kInvalidArgument, "There is no view \"" + options.view.toStdString() + "\".");
    MainWindow window(options.theme);
    window.setAttribute(Qt::WA_DontShowOnScreen);
    // A picture may be smaller than a window can be made by hand.
    window.setMinimumSize(1, 1);
    window.resize(options.size);
    window.openCapsule(options.capsulePath, std::move(factory), {}, options.annotations);
    window.show();
    const auto tooLate = [&] { return makeError(ErrorCode::kLimit, "The view did not settle in " + std::to_string(options.limitMs / 1000) + " s."); };
    if (!waitUntilSettled(window, options.limitMs))
        return tooLate();
    Workbench& bench = *window.workbench();
    if (!bench.problem().isEmpty())
        return makeError(ErrorCode::kIo, bench.problem().toStdString());
    if (options.range)
        bench.workspace().setRange(*options.range);
    QString error;
    if (!options.filter.isEmpty() && !bench.workspace().setFilterText(options.filter, &error))
        return makeError(ErrorCode::kInvalidArgument, error.toStdString());
    if (!options.view.isEmpty())
        bench.showView(options.view, options.parameter);
    if (const auto selection = parseSelection(options.select))
        bench.workspace().setSelection(*selection);
    else if (!options.select.isEmpty())
        bench.openId(options.select);
    if (options.range)
        bench.notice()->dismiss();
    if (!waitUntilSettled(window, options.limitMs))
        return tooLate();
    QImage image(window.size() * options.scale, QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(options.scale);
    image.fill(Qt::black);
    window.render(&image, {}, {}, QWidget::DrawWindowBackground | QWidget::DrawChildren);
    return image.convertToFormat(QImage::Format_RGB32);
}

}  // namespace nj::ui

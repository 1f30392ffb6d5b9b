// nightjar render CAPSULE VIEW -o OUT.png: draws a view offscreen at any size and theme. nightjar views [CAPSULE]: their names, or the
// saved ones of a capsule.
#include <QApplication>
#include <QImage>

#include <fmt/format.h>

#include "commands/command.h"
#include "query/annotations.h"
#include "query/search_syntax.h"
#include "shell/render.h"
#include "state/view_link.h"
#include "views/view.h"

namespace nj::app {
namespace {

struct Options {
    std::string capsule, view, output, size = "1600x1000", theme = "dark", range, filter, select;
    double scale = 1;
};

Status run(const Options& options) {
    ui::RenderOptions request;
    request.capsulePath = QString::fromStdString(options.capsule);
    request.view = QString::fromStdString(options.view);
    if (!ui::findView(request.view))
        return makeError(ErrorCode::kInvalidArgument, fmt::format("there is no view '{}'; `nightjar views` lists them", options.view));
    int width = 0;
    int height = 0;
    if (std::sscanf(options.size.c_str(), "%dx%d", &width, &height) != 2 || width < 320 || height < 240 || width > 16384 || height > 16384)
        return makeError(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a size between 320x240 and 16384x16384", options.size));
    request.size = QSize(width, height);
    request.theme = options.theme == "light" ? ui::ThemeKind::kLight : ui::ThemeKind::kDark;
    request.scale = options.scale;
    request.filter = QString::fromStdString(options.filter);
    ui::ViewLink link;
    ui::setOpen(link, QString::fromStdString(options.select));
    request.parameter = link.parameter;
    request.select = link.select;
    if (!options.range.empty()) {
        NJ_ASSIGN(request.range, parseTimeRange(options.range, nowNs()));
    }
    NJ_RETURN_IF_ERROR([&]() -> Status {
        NJ_ASSIGN(const Filter parsed, query::parseSearch(options.filter));
        return {};
    }());
    // Drawing needs no display: offscreen unless the user chose a platform.
    if (!qEnvironmentVariableIsSet("QT_QPA_PLATFORM"))
        qputenv("QT_QPA_PLATFORM", "offscreen");
    // The window itself is laid out at that density: what charts keep between paint events has as many pixels as the picture.
    if (options.scale != 1 && !qEnvironmentVariableIsSet("QT_SCALE_FACTOR"))
        qputenv("QT_SCALE_FACTOR", QByteArray::number(options.scale));
    static int count = 1;
    static char name[] = "nightjar";
    static char* arguments[] = {name, nullptr};
    QApplication application(count, arguments);
    request.annotations = [path = options.capsule] { return query::openAnnotations(path); };
    NJ_ASSIGN(const QImage image, ui::renderView([path = options.capsule] { return query::openCapsuleBackend(path); }, request));
    if (!image.save(QString::fromStdString(options.output)))
        return makeError(ErrorCode::kIo, fmt::format("{} can't be written", options.output));
    return {};
}

Status printViews() {
    for (const ui::ViewFactory* factory : ui::viewFactories())
        print(fmt::format("{}\n", factory->id));
    return {};
}

// Each as the command that opens it again; its name as the shell's comment.
Status printSavedViews(const std::string& capsule) {
    NJ_ASSIGN(const auto store, query::openAnnotations(capsule));
    NJ_ASSIGN(const Annotations all, store->load());
    for (const SavedView& view : all.views) {
        auto link = ui::parseLink(QString::fromStdString(view.state));
        if (view.deleted || !link.ok())
            continue;
        link->capsule = QString::fromStdString(capsule);
        if (!print(fmt::format("{}  # {}\n", printable(ui::commandLine(*link).toStdString()), printable(view.name))))
            break;
    }
    return {};
}

}  // namespace

void addRenderCommand(CLI::App& parent, int& exitCode) {
    auto options = std::make_shared<Options>();
    CommandLine command(parent, "render", "Draw a view as a picture");
    command.option("CAPSULE", options->capsule, "capsule file").required();
    command.option("VIEW", options->view, "name of the view: overview, timeline, latency …; `nightjar views` lists them").required();
    command.option("-o,--output", options->output, "picture to write (PNG)").required();
    command.option("--size", options->size, "width x height");
    command.option("--theme", options->theme, "dark or light").oneOf({"dark", "light"});
    command.option("--scale", options->scale, "device pixels per pixel").within(0.5, 4.0);
    command.option("--range", options->range, "FROM..TO");
    command.option("--filter", options->filter, "search");
    command.option("--select", options->select, "what is open or selected: a trace id, trace:<id>, span:<seq>, log:<seq>, series:<id>, metric:<name>, promql:<expression>, dashboard:<name>, sql:<query>");
    command.callback([options, &exitCode] {
        const Status status = run(*options);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

void addViewsCommand(CLI::App& parent, int& exitCode) {
    auto capsule = std::make_shared<std::string>();
    CommandLine command(parent, "views", "The names of the views; with a capsule, the views saved in it as commands");
    command.option("CAPSULE", *capsule, "capsule file");
    command.callback([capsule, &exitCode] {
        const Status status = capsule->empty() ? printViews() : printSavedViews(*capsule);
        exitCode = status.ok() ? 0 : fail(status.error());
    });
}

}  // namespace nj::app

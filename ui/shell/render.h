// A picture of the whole window without a screen: opens a view over a capsule, waits until everything asked is answered, draws it.
// UI thread, inside a QApplication (platform "offscreen" will do); spins the event loop, never blocks it.
#pragma once

#include <QImage>
#include <QSize>
#include <QString>
#include <optional>

#include "base/result.h"
#include "bridge/query_runner.h"
#include "state/annotation_book.h"
#include "theme/theme.h"

namespace nj::ui {

struct RenderOptions {
    QString capsulePath;
    QString view;                       // "" = the first
    QString parameter;                  // "trace:<hex>" …
    QString select;                     // "span:<seq>", "log:<seq>", "event:<seq>", "series:<id>", or any id a person could paste
    QSize size = {1600, 1000};
    ThemeKind theme = ThemeKind::kDark;
    std::optional<TimeRange> range;
    QString filter;
    double scale = 1;
    int limitMs = 60'000;
    AnnotationBook::StoreFactory annotations;   // empty: no notes
};

Result<QImage> renderView(QueryRunner::BackendFactory factory, const RenderOptions& options);

}  // namespace nj::ui

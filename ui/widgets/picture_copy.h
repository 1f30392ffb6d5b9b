// "Copy as" for what a panel shows: its values as CSV, JSON or Markdown, its picture as PNG with range and query as a caption, and the
// command line that draws it again. A view gives a CopySource and puts the button into its panel's controls. UI thread.
#pragma once

#include <QImage>
#include <QPointer>
#include <QToolButton>
#include <functional>
#include <utility>
#include <vector>

#include "state/copy_text.h"
#include "theme/theme.h"
#include "widgets/chart_data.h"

namespace nj::ui {

// What there is to copy; what is not given is not offered.
struct CopySource {
    QPointer<QWidget> picture;                // drawn as it looks
    std::function<QString()> caption;         // below the picture, above a Markdown table
    std::function<CopyTable()> table;
    std::vector<std::pair<QString, std::function<QString()>>> texts;   // others, by their names in the menu
    std::function<QString()> command;         // the picture as a command line
    QString fileName;                         // offered when saving, without its ending
};

// The menu behind "Copy"; the functions are called when an entry is chosen. Owned by its parent.
QToolButton* copyButton(CopySource source, const Theme& theme, QWidget* parent);

// The widget at `scale`, on the panel's colour, with the caption in the last line.
QImage pictureWithCaption(QWidget& widget, const QString& caption, const Theme& theme, double scale = 2);
// A row per column of the chart, a column per series; times as RFC 3339.
CopyTable chartTable(const TimeChartData& data);

}  // namespace nj::ui

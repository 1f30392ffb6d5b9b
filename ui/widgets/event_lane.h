// Flags of events on a time axis: a thin vertical, a mark and words that never overlap. Layout is a plain function, tested apart from
// painting. UI thread for painting.
#pragma once

#include <QFontMetricsF>
#include <QPainter>
#include <QRectF>
#include <QString>
#include <QVector>
#include <vector>

#include "query/backend.h"
#include "theme/theme.h"

namespace nj::ui {

struct EventLook {
    QString mark;   // "▼" change, "◆" warning, "▲" error, "●" recovered, "" else
    QColor color;
};
EventLook eventLook(const query::EventMark& event, const Theme& theme);

// How much an event explains: changes people made, then machines in trouble, then what merely follows (probes, scaling).
int eventWeight(const query::EventMark& event);

struct LaneFlag {
    int event = -1;      // index in the list
    double x = 0;        // of the vertical
    QRectF label;        // empty: only the vertical is drawn
    QString text;
};

// Events that explain more place their words first; words that fit in none of `rows` rows, right or left of the line, are left out.
QVector<LaneFlag> layoutLane(const std::vector<query::EventMark>& events, const TimeRange& range, const QRectF& area, int rows, const QFontMetricsF& metrics,
                             const Theme& theme);
void paintLane(QPainter& painter, const QVector<LaneFlag>& flags, const std::vector<query::EventMark>& events, const QRectF& area, const Theme& theme);

}  // namespace nj::ui

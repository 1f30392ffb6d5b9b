// What the inspector says about a selection, as plain values, and the same as text, JSON, SQL and Markdown. Contents of messages are
// masked in all of them unless shown. Pure; any thread.
#pragma once

#include <QString>
#include <QVector>
#include <optional>
#include <vector>

#include "query/backend.h"
#include "state/workspace.h"

namespace nj::ui {

// Translates in the context of the inspector.
QString inspectorTr(const char* text);

struct InspectorRow {
    QString key, value;
    QString filterKey;      // field for include/exclude; "" = none
    bool masked = false;    // value is the mask; a click shows contents
};

struct InspectorSection {
    QString title, words;
    QVector<InspectorRow> rows;
};

// A button; the window carries it out.
struct InspectorLink {
    enum class Kind { kView, kFilter, kRange, kWeb } kind = Kind::kView;
    QString text;
    QString view, parameter;    // kView
    QString field, value;       // kFilter: added to the filter; `view` is shown after it when set. kWeb: value is an http or https address
    TimeRange range;            // kRange; with kFilter also set when not empty
    bool primary = false;
};

struct InspectorContent {
    QString mark;               // "▲" and the like, "" = none
    QString role;               // its colour: "error", "warning", ""
    QString service;            // a dot in its colour
    QString title, subtitle, sentence;
    QVector<InspectorLink> links;
    std::vector<query::TraceSpan::Stage> stages;
    QVector<InspectorSection> sections;
    QString original, originalWhere;
    TimeRange moment;           // when it was, for series; empty = no moment
    std::vector<Entity> entities;
    QString sql;                // the row by SQL
    bool masksAnything = false;
};

struct InspectorOptions {
    bool utc = true, contentsShown = false;
    std::optional<TimeNs> instant;   // of the cursor when a series was selected
    DurationNs traceLength = 0;   // of the span's trace; 0 = not known
};

InspectorContent inspectSpan(const query::SpanDetail& detail, const InspectorOptions& options);
InspectorContent inspectLog(const query::LogDetail& detail, const InspectorOptions& options);
// With the log record it was derived from, where there is one.
InspectorContent inspectEvent(const query::EventMark& event, const query::LogDetail* log, const InspectorOptions& options);
InspectorContent inspectSeries(const query::SeriesInfo& series, const InspectorOptions& options);

QString inspectorText(const InspectorContent& content);
QString inspectorJson(const InspectorContent& content);
QString inspectorMarkdown(const InspectorContent& content);

}  // namespace nj::ui

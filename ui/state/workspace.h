// The workspace shared by all views: time range with undo, cursor, filter, selection, baseline. Views know it and nothing of each other.
// UI thread only. Setters do nothing when the value is the same, so two views can be bound to one field without loops.
#pragma once

#include <QObject>
#include <QString>
#include <QUndoStack>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "model/filter.h"
#include "query/backend.h"

namespace nj::ui {

// What is selected, by stable reference.
struct Selection {
    enum class Kind { kNone, kSpan, kLog, kTrace, kSeries, kEvent } kind = Kind::kNone;
    qint64 seq = -1;            // span, log or event; series id
    TraceId trace;              // kTrace, and the trace of a span
    QString text;               // label of a series
    bool operator==(const Selection&) const = default;
};

// "span:<seq>", "log:<seq>", "event:<seq>", "series:<id>"; "" for what text can't name.
QString selectionText(const Selection& selection);
std::optional<Selection> parseSelection(const QString& text);

class Workspace : public QObject {
    Q_OBJECT
public:
    explicit Workspace(QObject* parent = nullptr);

    [[nodiscard]] TimeRange range() const { return range_; }
    [[nodiscard]] TimeRange all() const { return all_; }                       // of the capsule
    [[nodiscard]] std::optional<TimeRange> baseline() const { return baseline_; }
    [[nodiscard]] std::optional<TimeNs> cursor() const { return cursor_; }
    [[nodiscard]] const Filter& filter() const { return filter_; }
    [[nodiscard]] QString filterText() const { return QString::fromStdString(filter_.source); }
    [[nodiscard]] const Selection& selection() const { return selection_; }
    [[nodiscard]] const query::CapsuleInfo& info() const { return info_; }
    [[nodiscard]] bool contentsShown() const { return contentsShown_; }        // message contents unmasked
    [[nodiscard]] bool utc() const { return utc_; }
    // Rank of a service in the capsule's colour order; services beyond keep counting.
    [[nodiscard]] int serviceRank(const QString& service) const;

    void setInfo(const query::CapsuleInfo& info);
    void setAll(TimeRange all);
    // Undoable. A baseline not set by hand follows by the backend's rule (the shell asks for it and calls setBaseline(…, false)).
    void setRange(TimeRange range);
    // Not undoable: what the window opens with, or follows while data arrives.
    void openRange(TimeRange range);
    void setBaseline(std::optional<TimeRange> baseline, bool pinned);
    // Makes the stretch the range and compares it with the baseline there is, which stays from now on; where the two overlap the
    // baseline follows by the backend's rule. An empty one compares the range as it is.
    void compare(TimeRange range);
    [[nodiscard]] bool baselinePinned() const { return baselinePinned_; }
    void setCursor(std::optional<TimeNs> cursor);
    // Undoable. False and `error` set when the text does not parse; the filter stays.
    bool setFilterText(const QString& text, QString* error = nullptr);
    void setSelection(const Selection& selection);
    void setContentsShown(bool shown);
    void setUtc(bool utc);
    // Ask the shell to show a view, with an optional parameter of that view ("trace:<hex>", "log:<seq>", "series:<id>").
    void requestView(const QString& viewId, const QString& parameter = {});
    [[nodiscard]] QUndoStack& undo() { return undo_; }

Q_SIGNALS:
    void rangeChanged();
    void baselineChanged();
    // The shell finds the place that shows what differs.
    void compareWanted();
    void cursorChanged();
    void filterChanged();
    void selectionChanged();
    void infoChanged();
    void contentsShownChanged();
    void utcChanged();
    void viewRequested(const QString& viewId, const QString& parameter);

private:
    friend class RangeCommand;
    friend class FilterCommand;
    void applyRange(TimeRange range);
    void applyFilter(const Filter& filter);

    TimeRange range_, all_;
    std::optional<TimeRange> baseline_;
    bool baselinePinned_ = false;
    std::optional<TimeNs> cursor_;
    Filter filter_;
    Selection selection_;
    query::CapsuleInfo info_;
    bool contentsShown_ = false;
    bool utc_ = true;
    mutable std::vector<std::string> extraServices_;   // seen by a view, not (yet) in info: in the order of first sight
    QUndoStack undo_;
};

}  // namespace nj::ui

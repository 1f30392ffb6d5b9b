// Events of the data and notes of people as one list by time. Notes are edited in place: text, kind and what they are about; every
// change goes to the annotation book, whose undo history it becomes part of. UI thread.
#pragma once

#include <QAbstractTableModel>
#include <QStringList>
#include <set>
#include <vector>

#include "analyze/incident_timeline.h"
#include "query/backend.h"
#include "state/annotation_book.h"
#include "theme/theme.h"

namespace nj::ui {

// What rows of the timeline are grouped by: one lane and one filter each.
enum class TimelineGroup { kNotes, kAlerts, kChanges, kRestarts, kHardware, kOther };
inline constexpr int kTimelineGroups = 6;
TimelineGroup timelineGroup(const std::string& eventKind);
QString timelineGroupName(TimelineGroup group);

struct TimelineRow {
    query::EventMark event;        // of a note: its mark
    TimelineGroup group = TimelineGroup::kOther;
    Note note;                     // id "" = an event of the data
    [[nodiscard]] bool isNote() const { return !note.id.empty(); }
};

class TimelineModel : public QAbstractTableModel {
    Q_OBJECT
public:
    enum Column { kTime, kKind, kWhat, kWhere, kWho, kColumns };
    TimelineModel(AnnotationBook& book, const Theme& theme, QObject* parent = nullptr);

    void setEvents(std::vector<query::EventMark> events);
    // Rows that begin in or reach into the range are listed.
    void setRange(TimeRange range);
    void setShown(const std::set<TimelineGroup>& groups);
    void setUtc(bool utc);
    [[nodiscard]] const TimelineRow& row(int row) const { return rows_.at(static_cast<size_t>(row)); }
    [[nodiscard]] const std::vector<TimelineRow>& rows() const { return rows_; }
    // Of the range, whether their group is shown or not.
    [[nodiscard]] int countOf(TimelineGroup group) const { return counts_[static_cast<size_t>(group)]; }
    // Row of a note or of an event's seq; −1 where it is not listed.
    [[nodiscard]] int rowOfNote(const std::string& id) const;
    [[nodiscard]] int rowOfEvent(qint64 seq) const;
    [[nodiscard]] std::vector<analyze::TimelineEntry> entries() const;

    [[nodiscard]] int rowCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] int columnCount(const QModelIndex& parent = {}) const override;
    [[nodiscard]] QVariant data(const QModelIndex& index, int role) const override;
    bool setData(const QModelIndex& index, const QVariant& value, int role) override;
    [[nodiscard]] Qt::ItemFlags flags(const QModelIndex& index) const override;
    [[nodiscard]] QVariant headerData(int section, Qt::Orientation orientation, int role) const override;

private:
    void rebuild();
    [[nodiscard]] QString cell(int row, int column) const;
    [[nodiscard]] QString timeText(int row) const;

    AnnotationBook& book_;
    const Theme& theme_;
    std::vector<query::EventMark> events_;
    std::vector<TimelineRow> rows_;
    std::set<TimelineGroup> shown_;
    int counts_[kTimelineGroups] = {};
    TimeRange range_;
    bool utc_ = true;
};

// "hypothesis" in the person's language, and its mark.
QString noteKindText(NoteKind kind);
QString noteKindMark(NoteKind kind);

}  // namespace nj::ui

#include "models/timeline_model.h"

#include <algorithm>

#include "theme/number_format.h"
#include "widgets/event_lane.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

bool lies(const query::EventMark& event, const TimeRange& range) {
    return range.contains(event.time) || (event.end > event.time && TimeRange{event.time, event.end}.overlaps(range));
}

}  // namespace

TimelineGroup timelineGroup(const std::string& kind) {
    static const std::pair<TimelineGroup, std::vector<std::string>> kGroups[] = {
        {TimelineGroup::kAlerts, {"alert"}},
        {TimelineGroup::kChanges, {"deploy", "rollback", "config", "scale"}},
        {TimelineGroup::kRestarts, {"restart", "oom", "probe", "boot", "crash"}},
        {TimelineGroup::kHardware, {"xid", "throttle", "hardware", "gpu", "thermal"}},
    };
    for (const auto& [group, kinds] : kGroups)
        if (std::find(kinds.begin(), kinds.end(), kind) != kinds.end())
            return group;
    return TimelineGroup::kOther;
}

QString timelineGroupName(TimelineGroup group) {
    switch (group) {
    case TimelineGroup::kNotes: return TimelineModel::tr("Notes");
    case TimelineGroup::kAlerts: return TimelineModel::tr("Alerts");
    case TimelineGroup::kChanges: return TimelineModel::tr("Changes");
    case TimelineGroup::kRestarts: return TimelineModel::tr("Restarts");
    case TimelineGroup::kHardware: return TimelineModel::tr("Hardware");
    case TimelineGroup::kOther: break;
    }
    return TimelineModel::tr("Other");
}

QString noteKindText(NoteKind kind) {
    switch (kind) {
    case NoteKind::kFact: return TimelineModel::tr("fact");
    case NoteKind::kHypothesis: return TimelineModel::tr("hypothesis");
    case NoteKind::kAction: return TimelineModel::tr("action");
    case NoteKind::kDetected: return TimelineModel::tr("detected");
    case NoteKind::kMitigated: return TimelineModel::tr("mitigated");
    case NoteKind::kResolved: return TimelineModel::tr("resolved");
    }
    return {};
}

QString noteKindMark(NoteKind kind) {
    switch (kind) {
    case NoteKind::kFact: return QStringLiteral("✎");
    case NoteKind::kHypothesis: return QStringLiteral("?");
    case NoteKind::kAction: return QStringLiteral("▶");
    case NoteKind::kDetected: return QStringLiteral("◆");
    case NoteKind::kMitigated: return QStringLiteral("◐");
    case NoteKind::kResolved: return QStringLiteral("●");
    }
    return {};
}

TimelineModel::TimelineModel(AnnotationBook& book, const Theme& theme, QObject* parent) : QAbstractTableModel(parent), book_(book), theme_(theme) {
    for (int i = 0; i < kTimelineGroups; ++i)
        shown_.insert(static_cast<TimelineGroup>(i));
    connect(&book, &AnnotationBook::changed, this, &TimelineModel::rebuild);
    rebuild();
}

void TimelineModel::setEvents(std::vector<query::EventMark> events) {
    events_ = std::move(events);
    rebuild();
}

void TimelineModel::setRange(TimeRange range) {
    range_ = range;
    rebuild();
}

void TimelineModel::setShown(const std::set<TimelineGroup>& groups) {
    shown_ = groups;
    rebuild();
}

void TimelineModel::setUtc(bool utc) {
    utc_ = utc;
    if (!rows_.empty())
        Q_EMIT dataChanged(index(0, 0), index(rowCount() - 1, kColumns - 1));
    Q_EMIT headerDataChanged(Qt::Horizontal, kTime, kTime);
}

void TimelineModel::rebuild() {
    beginResetModel();
    rows_.clear();
    std::fill(std::begin(counts_), std::end(counts_), 0);
    const auto take = [&](TimelineRow row) {
        if (!range_.empty() && !lies(row.event, range_))
            return;
        ++counts_[static_cast<size_t>(row.group)];
        if (shown_.count(row.group) > 0)
            rows_.push_back(std::move(row));
    };
    for (const query::EventMark& event : events_)
        take({event, timelineGroup(event.kind), {}});
    const auto marks = noteMarks(book_);
    for (size_t i = 0; i < marks.size(); ++i)
        take({marks[i], TimelineGroup::kNotes, book_.notes()[i]});
    std::stable_sort(rows_.begin(), rows_.end(), [](const TimelineRow& a, const TimelineRow& b) { return a.event.time < b.event.time; });
    endResetModel();
}

int TimelineModel::rowOfNote(const std::string& id) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const TimelineRow& row) { return row.note.id == id; });
    return found == rows_.end() || id.empty() ? -1 : static_cast<int>(found - rows_.begin());
}

int TimelineModel::rowOfEvent(qint64 seq) const {
    const auto found = std::find_if(rows_.begin(), rows_.end(), [&](const TimelineRow& row) { return !row.isNote() && row.event.seq == seq; });
    return found == rows_.end() ? -1 : static_cast<int>(found - rows_.begin());
}

std::vector<analyze::TimelineEntry> TimelineModel::entries() const {
    std::vector<analyze::TimelineEntry> entries;
    for (const TimelineRow& row : rows_)
        entries.push_back({row.event.time, row.event.end, row.event.kind, row.isNote() ? row.note.text : row.event.title, row.event.entity, row.note.author});
    return entries;
}

int TimelineModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(rows_.size()); }
int TimelineModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

// The date only where it changes.
QString TimelineModel::timeText(int at) const {
    const query::EventMark& event = row(at).event;
    const QString date = formatDate(event.time, utc_);
    const bool newDay = at == 0 || formatDate(row(at - 1).event.time, utc_) != date;
    QString text = (newDay ? date + QLatin1Char(' ') : QString()) + formatClock(event.time, utc_, kSecond);
    if (event.end > event.time)
        text += QStringLiteral(" + ") + formatLength(event.end - event.time);
    return text;
}

QString TimelineModel::cell(int at, int column) const {
    const TimelineRow& r = row(at);
    switch (column) {
    case kTime: return timeText(at);
    case kKind: {
        if (r.isNote())
            return noteKindMark(r.note.kind) + QLatin1Char(' ') + noteKindText(r.note.kind);
        const QString mark = eventLook(r.event, theme_).mark;
        return (mark.isEmpty() ? QStringLiteral("·") : mark) + QLatin1Char(' ') + oneLine(r.event.kind);
    }
    case kWhat: return oneLine(r.isNote() ? r.note.text : r.event.title);
    case kWhere: return oneLine(r.event.entity);
    case kWho: return r.isNote() ? oneLine(r.note.author) : QString();
    default: return {};
    }
}

QVariant TimelineModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const TimelineRow& r = row(index.row());
    switch (role) {
    case Qt::DisplayRole: return cell(index.row(), index.column());
    case Qt::EditRole:
        if (index.column() == kKind)
            return static_cast<int>(r.note.kind);
        return index.column() == kWhat ? QString::fromStdString(r.note.text) : QString::fromStdString(r.note.entity);
    case Qt::ToolTipRole: return plainToolTip(formatDateTime(r.event.time, utc_) + QLatin1Char(' ') + zoneName(r.event.time, utc_) + QLatin1Char('\n') + cell(index.row(), kWhat));
    case Qt::AccessibleTextRole: return cell(index.row(), index.column());
    case Qt::FontRole: {
        QFont font = theme_.table;
        if (r.isNote() && index.column() == kWhat)
            font.setWeight(QFont::DemiBold);
        return font;
    }
    case Qt::ForegroundRole:
        if (index.column() == kKind)
            return r.isNote() && eventLook(r.event, theme_).mark.isEmpty() ? theme_.accent : eventLook(r.event, theme_).color;
        return index.column() == kWhat ? theme_.text : theme_.muted;
    default: return {};
    }
}

bool TimelineModel::setData(const QModelIndex& index, const QVariant& value, int role) {
    if (role != Qt::EditRole || !(flags(index) & Qt::ItemIsEditable))
        return false;
    Note note = row(index.row()).note;
    const Note before = note;
    switch (index.column()) {
    case kKind: note.kind = static_cast<NoteKind>(std::clamp(value.toInt(), 0, static_cast<int>(kNoteKinds.size()) - 1)); break;
    case kWhat: note.text = value.toString().trimmed().toStdString(); break;
    case kWhere: note.entity = value.toString().trimmed().toStdString(); break;
    default: return false;
    }
    if (note == before || (index.column() == kWhat && note.text.empty()))
        return false;
    book_.put(note, tr("Change a note"));
    return true;
}

Qt::ItemFlags TimelineModel::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return Qt::NoItemFlags;
    const bool editable = row(index.row()).isNote() && (index.column() == kKind || index.column() == kWhat || index.column() == kWhere);
    return Qt::ItemIsEnabled | Qt::ItemIsSelectable | (editable ? Qt::ItemIsEditable : Qt::NoItemFlags);
}

QVariant TimelineModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant::fromValue((section == kTime ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case kTime: return utc_ ? tr("time, UTC") : tr("time, local");
    case kKind: return tr("kind");
    case kWhat: return tr("what");
    case kWhere: return tr("where");
    case kWho: return tr("who");
    default: return {};
    }
}

}  // namespace nj::ui

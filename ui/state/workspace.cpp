#include "state/workspace.h"

#include <algorithm>

#include "query/search_syntax.h"

namespace nj::ui {

// One step back returns to the range before; the shell asks for its baseline again.
class RangeCommand : public QUndoCommand {
public:
    RangeCommand(Workspace& workspace, TimeRange after) : workspace_(workspace), before_(workspace.range_), after_(after) {}
    void undo() override { workspace_.applyRange(before_); }
    void redo() override { workspace_.applyRange(after_); }

private:
    Workspace& workspace_;
    TimeRange before_, after_;
};

class FilterCommand : public QUndoCommand {
public:
    FilterCommand(Workspace& workspace, Filter after) : workspace_(workspace), before_(workspace.filter_), after_(std::move(after)) {}
    void undo() override { workspace_.applyFilter(before_); }
    void redo() override { workspace_.applyFilter(after_); }

private:
    Workspace& workspace_;
    Filter before_, after_;
};

namespace {

constexpr int kUndoSteps = 200;

constexpr std::pair<const char*, Selection::Kind> kSelectionKinds[] = {
    {"span", Selection::Kind::kSpan}, {"log", Selection::Kind::kLog}, {"event", Selection::Kind::kEvent}, {"series", Selection::Kind::kSeries}};

}  // namespace

QString selectionText(const Selection& selection) {
    for (const auto& [name, kind] : kSelectionKinds)
        if (selection.kind == kind && selection.seq >= 0)
            return QString::fromLatin1(name) + QLatin1Char(':') + QString::number(selection.seq);
    return {};
}

std::optional<Selection> parseSelection(const QString& text) {
    const auto colon = text.indexOf(QLatin1Char(':'));
    bool number = false;
    const qint64 seq = text.mid(colon + 1).toLongLong(&number);
    for (const auto& [name, kind] : kSelectionKinds)
        if (colon > 0 && number && text.left(colon) == QLatin1String(name)) {
            Selection selection;
            selection.kind = kind;
            selection.seq = seq;
            return selection;
        }
    return {};
}

Workspace::Workspace(QObject* parent) : QObject(parent) { undo_.setUndoLimit(kUndoSteps); }

int Workspace::serviceRank(const QString& service) const {
    const std::string name = service.toStdString();
    const auto& known = info_.services;
    const auto found = std::find(known.begin(), known.end(), name);
    if (found != known.end())
        return static_cast<int>(found - known.begin());
    const auto extra = std::find(extraServices_.begin(), extraServices_.end(), name);
    const auto position = extra - extraServices_.begin();
    if (extra == extraServices_.end())
        extraServices_.push_back(name);
    return static_cast<int>(known.size()) + static_cast<int>(position);
}

void Workspace::setInfo(const query::CapsuleInfo& info) {
    info_ = info;
    Q_EMIT infoChanged();
}

void Workspace::setAll(TimeRange all) { all_ = all; }

void Workspace::setRange(TimeRange range) {
    if (range.empty() || range == range_)
        return;
    if (range_.empty()) {   // the first range is where the history begins
        applyRange(range);
        return;
    }
    undo_.push(new RangeCommand(*this, range));
}

void Workspace::openRange(TimeRange range) {
    if (!range.empty() && range != range_)
        applyRange(range);
}

void Workspace::applyRange(TimeRange range) {
    range_ = range;
    Q_EMIT rangeChanged();
}

void Workspace::setBaseline(std::optional<TimeRange> baseline, bool pinned) {
    if (baseline && baseline->empty())
        baseline.reset();
    if (baseline == baseline_ && pinned == baselinePinned_)
        return;
    baseline_ = baseline;
    baselinePinned_ = pinned;
    Q_EMIT baselineChanged();
}

void Workspace::compare(TimeRange range) {
    if (!range.empty()) {
        setBaseline(baseline_, baseline_ && !baseline_->overlaps(range));
        setRange(range);
    }
    Q_EMIT compareWanted();
}

void Workspace::setCursor(std::optional<TimeNs> cursor) {
    if (cursor == cursor_)
        return;
    cursor_ = cursor;
    Q_EMIT cursorChanged();
}

bool Workspace::setFilterText(const QString& text, QString* error) {
    const QString trimmed = text.trimmed();
    auto parsed = query::parseSearch(trimmed.toStdString());
    if (!parsed.ok()) {
        if (error)
            *error = QString::fromStdString(parsed.error().message);
        return false;
    }
    parsed->source = trimmed.toStdString();
    if (parsed->source != filter_.source)
        undo_.push(new FilterCommand(*this, std::move(*parsed)));
    return true;
}

void Workspace::applyFilter(const Filter& filter) {
    filter_ = filter;
    Q_EMIT filterChanged();
}

void Workspace::setSelection(const Selection& selection) {
    if (selection == selection_)
        return;
    selection_ = selection;
    Q_EMIT selectionChanged();
}

void Workspace::setContentsShown(bool shown) {
    if (shown == contentsShown_)
        return;
    contentsShown_ = shown;
    Q_EMIT contentsShownChanged();
}

void Workspace::setUtc(bool utc) {
    if (utc == utc_)
        return;
    utc_ = utc;
    Q_EMIT utcChanged();
}

void Workspace::requestView(const QString& viewId, const QString& parameter) { Q_EMIT viewRequested(viewId, parameter); }

}  // namespace nj::ui

#include "models/log_table_model.h"

#include <algorithm>
#include <limits>

#include "models/log_text.h"
#include "query/search_syntax.h"
#include "state/masking.h"
#include "theme/number_format.h"

namespace nj::ui {
namespace {

constexpr int kMostPages = 100;      // 20,000 rows held
constexpr qsizetype kMostWanted = 4;
const QString kPageKey = QStringLiteral("logs/page");

QString severityName(uint8_t severity) {
    if (severity >= 21)
        return LogTableModel::tr("fatal");
    if (severity >= 17)
        return LogTableModel::tr("error");
    if (severity >= 13)
        return LogTableModel::tr("warning");
    if (severity >= 9)
        return LogTableModel::tr("info");
    return severity > 0 ? LogTableModel::tr("debug") : LogTableModel::tr("no severity");
}

}  // namespace

LogTableModel::LogTableModel(QueryRunner& queries, const Theme& theme, QObject* parent)
    : QAbstractTableModel(parent), queries_(queries), theme_(theme), pages_(kMostPages) {
    wantSoon_.setSingleShot(true);
    wantSoon_.setInterval(0);
    connect(&wantSoon_, &QTimer::timeout, this, &LogTableModel::askWanted);
}

void LogTableModel::setQuestion(TimeRange range, const Filter& filter, quint64 around) {
    range_ = range;
    filter_ = filter;
    wanted_.clear();
    askPage(around / kPageRows, true);
}

void LogTableModel::setUtc(bool utc) {
    utc_ = utc;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, kTime), index(rowCount() - 1, kTime));
    Q_EMIT headerDataChanged(Qt::Horizontal, kTime, kTime);
}

void LogTableModel::setHit(const QString& words) {
    const auto parsed = query::parseSearch(words.toStdString());
    hitWords_ = parsed.ok() ? searchedWords(*parsed) : QStringList();
    words_ = searchedWords(filter_) + hitWords_;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, kBody), index(rowCount() - 1, kBody));
}

void LogTableModel::setContentsShown(bool shown) {
    beginResetModel();   // opened records close: their heights go with the rows
    contents_ = shown;
    open_.clear();
    endResetModel();
}

void LogTableModel::setKeys(const QStringList& keys) {
    if (keys == keys_)
        return;
    beginResetModel();
    keys_ = keys;
    pages_.clear();   // their rows lack the new columns
    open_.clear();
    contextAt_.reset();
    context_ = {};
    endResetModel();
    if (!range_.empty())
        setQuestion(range_, filter_);
}

void LogTableModel::askPage(quint64 page, bool first) {
    query::LogRowsQuestion question{{range_, filter_, page * kPageRows, kPageRows}, {}, false};
    for (const QString& key : keys_)
        question.columns.push_back(key.toStdString());
    asking_ = true;
    queries_.ask(
        kPageKey, this, [question](query::Backend& backend, std::stop_token stop) { return query::askLogRows(backend, question, stop); },
        [this, page, first](Result<query::LogRowsAnswer>&& answer) { pageArrived(page, first, std::move(answer)); });
}

void LogTableModel::pageArrived(quint64 page, bool first, Result<query::LogRowsAnswer>&& answer) {
    asking_ = false;
    if (!answer.ok()) {
        Q_EMIT failed(QString::fromStdString(answer.error().message));
        Q_EMIT settledChanged();
        return;
    }
    // The count of a live range grows; rows are addressed by position, so a changed count is a new table.
    if (first || answer->total != total_) {
        beginResetModel();
        open_.clear();
        pages_.clear();
        contextAt_.reset();
        context_ = {};
        words_ = searchedWords(filter_) + hitWords_;
        total_ = answer->total;
        partial_ = answer->totalPartial;
        pages_.insert(page, new Page(std::move(answer->rows)));
        endResetModel();
        Q_EMIT reloaded();
    } else {
        pages_.insert(page, new Page(std::move(answer->rows)));
        const int from = rowOfPosition(page * kPageRows), to = std::min(rowCount() - 1, rowOfPosition((page + 1) * kPageRows - 1));
        if (from <= to)
            Q_EMIT dataChanged(index(from, 0), index(to, columnCount() - 1));
    }
    if (!wanted_.isEmpty())
        askWanted();
    else
        Q_EMIT settledChanged();
}

void LogTableModel::want(quint64 page) const {
    wanted_.removeAll(page);
    wanted_.push_back(page);
    if (wanted_.size() > kMostWanted)   // scrolled past: not worth a question any more
        wanted_.removeFirst();
    wantSoon_.start();
}

void LogTableModel::askWanted() {
    if (asking_ || wanted_.isEmpty())
        return;
    const quint64 page = wanted_.takeLast();
    if (pages_.contains(page))
        askWanted();
    else
        askPage(page, false);
}

// ---------------------------------------------------------------- rows

int LogTableModel::contextRows() const { return static_cast<int>(context_.before.size() + context_.after.size()); }

bool LogTableModel::isContext(int row) const { return contextAt_ && !positionOfRow(row); }

std::optional<quint64> LogTableModel::positionOfRow(int row) const {
    const auto at = static_cast<quint64>(row);
    if (!contextAt_ || at < *contextAt_)
        return at;
    const quint64 middle = *contextAt_ + context_.before.size(), end = middle + context_.after.size();
    if (at == middle)
        return *contextAt_;
    if (at > end)
        return at - static_cast<quint64>(contextRows());
    return {};
}

bool LogTableModel::loaded(int row) const {
    const auto position = positionOfRow(row);
    return !position || pages_.contains(*position / kPageRows);
}

int LogTableModel::rowOfPosition(quint64 position) const {
    quint64 row = position;
    if (contextAt_ && position == *contextAt_)
        row += context_.before.size();
    else if (contextAt_ && position > *contextAt_)
        row += static_cast<quint64>(contextRows());
    return static_cast<int>(std::min<quint64>(row, std::numeric_limits<int>::max() - 1));
}

const query::DetailedLogRow* LogTableModel::record(int row) const {
    const auto position = positionOfRow(row);
    if (!position) {
        const size_t i = static_cast<size_t>(row) - static_cast<size_t>(*contextAt_);
        if (i < context_.before.size())
            return &context_.before[i];
        const size_t after = i - context_.before.size() - 1;
        return after < context_.after.size() ? &context_.after[after] : nullptr;
    }
    const Page* page = pages_.object(*position / kPageRows);
    if (!page) {
        if (*position < total_)
            want(*position / kPageRows);
        return nullptr;
    }
    const size_t at = *position % kPageRows;
    return at < page->size() ? &(*page)[at] : nullptr;
}

std::optional<quint64> LogTableModel::contextPosition() const { return contextAt_; }

void LogTableModel::setContext(quint64 position, LogContext context) {
    clearContext();
    if (position >= total_ || (context.before.empty() && context.after.empty()))
        return;
    const int at = static_cast<int>(position);
    contextAt_ = position;
    if (!context.before.empty()) {
        beginInsertRows({}, at, at + static_cast<int>(context.before.size()) - 1);
        context_.before = std::move(context.before);
        context_.moreBefore = context.moreBefore;
        endInsertRows();
    }
    if (!context.after.empty()) {
        const int first = at + static_cast<int>(context_.before.size()) + 1;
        beginInsertRows({}, first, first + static_cast<int>(context.after.size()) - 1);
        context_.after = std::move(context.after);
        context_.moreAfter = context.moreAfter;
        endInsertRows();
    }
}

void LogTableModel::clearContext() {
    if (!contextAt_)
        return;
    const int at = static_cast<int>(*contextAt_), before = static_cast<int>(context_.before.size()), after = static_cast<int>(context_.after.size());
    if (after > 0) {
        beginRemoveRows({}, at + before + 1, at + before + after);
        context_.after.clear();
        endRemoveRows();
    }
    if (before > 0) {
        beginRemoveRows({}, at, at + before - 1);
        context_.before.clear();
        endRemoveRows();
    }
    contextAt_.reset();
    context_ = {};
}

int LogTableModel::rowCount(const QModelIndex& parent) const {
    if (parent.isValid())
        return 0;
    constexpr quint64 kMost = std::numeric_limits<int>::max() - 64;
    return static_cast<int>(std::min<quint64>(total_, kMost)) + contextRows();
}

int LogTableModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns + static_cast<int>(keys_.size()); }

int LogTableModel::lineCount(const query::LogRow& row) {
    const std::string_view body(row.body.data(), row.body.find_last_not_of("\r\n") + 1);   // npos + 1 = 0: nothing but line ends
    return 1 + static_cast<int>(std::count(body.begin(), body.end(), '\n'));
}

bool LogTableModel::isOpen(int row) const {
    const query::LogRow* one = record(row);
    return one && open_.contains(one->seq);
}

void LogTableModel::openRecord(qint64 seq, const std::string& body) {
    constexpr qsizetype kMost = 64 * 1024;
    QStringList lines;
    qsizetype shown = 0;
    for (size_t from = 0; from <= body.size();) {
        const size_t end = std::min(body.find('\n', from), body.size());
        if (lines.size() == kMostLines || shown > kMost) {
            lines.push_back(tr("… %1 more lines, in the inspector").arg(formatCount(static_cast<quint64>(std::count(body.begin() + static_cast<std::ptrdiff_t>(from), body.end(), '\n') + 1))));
            break;
        }
        std::string_view line = std::string_view(body).substr(from, end - from);
        if (line.ends_with('\r'))
            line.remove_suffix(1);
        lines.push_back(cellLine(std::string(line.substr(0, 8192))));
        shown += lines.back().size();
        from = end + 1;
    }
    while (lines.size() > 1 && lines.back().isEmpty())
        lines.pop_back();
    open_[seq] = lines;
    if (rowCount() > 0)
        Q_EMIT dataChanged(index(0, kBody), index(rowCount() - 1, kBody));
}

void LogTableModel::closeRecord(qint64 seq) {
    if (open_.erase(seq) > 0 && rowCount() > 0)
        Q_EMIT dataChanged(index(0, kBody), index(rowCount() - 1, kBody));
}

// A record of several lines is named by its first and its last: of a stack trace, where and why.
QString LogTableModel::bodyText(const query::LogRow& row) const {
    if (!contents_ && isMessageEvent(row.eventName))
        return maskText();
    const std::string& body = row.body.empty() ? row.eventName : row.body;
    if (lineCount(row) < 2) {
        const QString line = cellLine(body.substr(0, body.find_last_not_of("\r\n") + 1));
        return row.bodyCut || body.size() > 4096 ? line + QStringLiteral(" …") : line;
    }
    const size_t begin = body.find_first_not_of("\r\n"), end = body.find_last_not_of("\r\n") + 1;
    const size_t firstEnd = body.find('\n', begin), lastBegin = body.rfind('\n', end - 1) + 1;
    const QString first = cellLine(body.substr(begin, firstEnd - begin)).trimmed();
    return firstEnd >= end ? first : first + QStringLiteral(" ⋯ ") + (row.bodyCut ? QStringLiteral("…") : cellLine(body.substr(lastBegin, end - lastBegin)).trimmed());
}

QVariant LogTableModel::text(const query::DetailedLogRow& row, int column) const {
    switch (column) {
    case kTime: {
        if (row.timeFlags & kTimeNone)
            return QStringLiteral("–");
        const QString clock = formatClock(row.time, utc_, kMillisecond);
        return row.timeFlags & kTimeFromNeighbour ? clock + QStringLiteral(" ≈") : clock;
    }
    case kMark: return Theme::severityMark(row.severity);
    case kService: return cellLine(row.service.substr(0, 200));
    case kBody: return bodyText(row);
    case kTrace: return row.traceId.empty() ? QString() : QStringLiteral("≡");
    default: {
        const auto key = static_cast<size_t>(column - kColumns);
        if (!contents_ && key < row.cells.size() && !row.cells[key].empty() && isMessageContent(keys_[column - kColumns].toStdString()))
            return maskText();
        return key < row.cells.size() ? cellLine(row.cells[key]) : QString();
    }
    }
}

QColor LogTableModel::color(const query::LogRow& row, int column, bool context) const {
    if (column == kMark)
        return theme_.severityColor(row.severity);
    if (column == kTrace)
        return theme_.accent;
    return context || column == kTime || column >= kColumns ? theme_.muted : theme_.text;
}

QVariant LogTableModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const query::DetailedLogRow* row = record(index.row());
    if (role == kLoadedRole)
        return row != nullptr;
    if (!row)
        return role == Qt::DisplayRole && index.column() == kBody ? QVariant(QStringLiteral("…")) : QVariant();
    switch (role) {
    case Qt::DisplayRole: return text(*row, index.column());
    case Qt::ForegroundRole: return color(*row, index.column(), isContext(index.row()));
    case Qt::FontRole: return index.column() == kTime || index.column() == kBody || index.column() >= kColumns ? theme_.mono : theme_.table;
    case Qt::TextAlignmentRole:
        return QVariant(Qt::AlignVCenter | (index.column() == kMark || index.column() == kTrace ? Qt::AlignHCenter : Qt::AlignLeft));
    case Qt::AccessibleTextRole:
        return index.column() == kMark ? QVariant(severityName(row->severity))
                                       : index.column() == kTrace ? QVariant(row->traceId.empty() ? tr("no trace") : tr("has a trace")) : text(*row, index.column());
    case Qt::ToolTipRole:
        if (index.column() == kTime)
            return QVariant(formatDateTime(row->time, utc_, 1) + QLatin1Char(' ') + zoneName(row->time, utc_) +
                            (row->timeFlags & kTimeFromNeighbour ? tr(", no time of its own: placed by its neighbour") : QString()));
        return index.column() == kTrace && !row->traceId.empty() ? QVariant(tr("Has a trace: T opens it")) : QVariant();
    case kContextRole: return isContext(index.row());
    case kLineCountRole: return lineCount(*row);
    case kLinesRole: {
        const auto open = open_.find(row->seq);
        return open == open_.end() ? QVariant() : QVariant(open->second);
    }
    default: return {};
    }
}

QVariant LogTableModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignLeft | Qt::AlignVCenter);
    if (role != Qt::DisplayRole)
        return {};
    switch (section) {
    case kTime: return tr("time, %1").arg(zoneName(range_.from, utc_));
    case kService: return tr("service");
    case kBody: return tr("body");
    default: return section >= kColumns && section - kColumns < keys_.size() ? keys_[section - kColumns] : QString();
    }
}

}  // namespace nj::ui

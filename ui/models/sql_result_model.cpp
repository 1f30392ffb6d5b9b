#include "models/sql_result_model.h"

#include <QRegularExpression>
#include <QTimer>
#include <algorithm>
#include <limits>

#include "state/links.h"
#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr size_t kMostBlocks = 24;
constexpr qint64 kLikelyNs = 100'000'000 * kSecond;   // 1973 on: a number of ns since 1970, not a count

bool isTimeColumn(const QString& name) { return name == u"time" || name.contains(QLatin1String("time")) || name.endsWith(QLatin1String("_at")) || name == u"start" || name == u"end"; }

}  // namespace

SqlLink sqlLinkOf(const QStringList& columns, int column, const QString& text) {
    static const QRegularExpression kTrace(QStringLiteral("^[0-9a-f]{32}$"));
    const QString name = columns.value(column);
    if (text.isEmpty())
        return {};
    if (name.endsWith(QLatin1String("trace_id")) && kTrace.match(text).hasMatch())
        return {QString::fromLatin1(links::kTraces), QStringLiteral("trace:") + text};
    bool number = false;
    const qlonglong id = text.toLongLong(&number);
    if (!number || id < 0)
        return {};
    const auto has = [&](const char* one) { return columns.contains(QLatin1String(one)); };
    if (name == u"series_id" || (name == u"id" && has("name") && has("labels")))
        return {QStringLiteral("metrics"), links::series(id)};
    if (name == u"log_rowid" || ((name == u"rowid" || name == u"seq") && (has("body") || has("severity_text") || has("severity_number"))))
        return {QString::fromLatin1(links::kLogs), links::log(id)};
    return {};
}

SqlResultModel::SqlResultModel(QueryRunner& queries, const Theme& theme, QObject* parent) : QAbstractTableModel(parent), queries_(queries), theme_(theme) {}

void SqlResultModel::setResult(std::shared_ptr<const SqlResult> result) {
    queries_.cancel(QStringLiteral("sql/block"));
    beginResetModel();
    result_ = std::move(result);
    columns_ = {};
    blocks_.clear();
    rows_ = 0;
    wanted_ = -1;
    asking_ = false;
    endResetModel();
}

void SqlResultModel::poll() {
    if (!result_ || !result_->hasColumns())
        return;
    if (columns_.isEmpty() && !result_->columns().isEmpty()) {
        beginResetModel();
        columns_ = result_->columns();
        endResetModel();
    }
    const int now = static_cast<int>(std::min<qint64>(result_->rows(), std::numeric_limits<int>::max()));
    if (now <= rows_)
        return;
    // A block that was read while it grew is read again.
    std::erase_if(blocks_, [this](const Block& block) { return block.first + static_cast<int>(block.rows.size()) == rows_; });
    beginInsertRows({}, rows_, now - 1);
    const bool first = rows_ == 0;
    rows_ = now;
    endInsertRows();
    if (first)
        want(0);
}

int SqlResultModel::rowCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : rows_; }
int SqlResultModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : static_cast<int>(columns_.size()); }

const SqlResultModel::Cell* SqlResultModel::cellAt(int row, int column) const {
    for (const Block& block : blocks_)
        if (row >= block.first && static_cast<size_t>(row - block.first) < block.rows.size()) {
            const auto& cells = block.rows[static_cast<size_t>(row - block.first)];
            return static_cast<size_t>(column) < cells.size() ? &cells[static_cast<size_t>(column)] : nullptr;
        }
    return nullptr;
}

bool SqlResultModel::loaded(int row) const { return cellAt(row, 0) != nullptr; }

// The last row asked for is what is in sight; rows that scrolled past are not read.
void SqlResultModel::want(int row) const {
    const bool idle = wanted_ < 0;
    wanted_ = row;
    auto* self = const_cast<SqlResultModel*>(this);
    if (idle && !asking_)
        QTimer::singleShot(0, self, [self] {
            if (self->wanted_ >= 0 && !self->asking_)
                self->ask(self->wanted_);
        });
}

void SqlResultModel::ask(int row) {
    wanted_ = -1;
    if (!result_)
        return;
    asking_ = true;
    queries_.ask(
        QStringLiteral("sql/block"), this, [result = result_, row](query::Backend&, std::stop_token) -> Result<SqlBlock> {
            NJ_ASSIGN(SqlBlock block, result->block(row));
            // What is shown is cut here, off the UI thread: a value may be 64 MiB.
            for (SqlRow& one : block.rows)
                for (query::SqlCell& cell : one)
                    cell.text.resize(std::min<size_t>(cell.text.size(), 4 * kCellCharacters));
            return block;
        },
        [this](Result<SqlBlock>&& block) {
            asking_ = false;
            if (block.ok())
                keep(*block);
            if (wanted_ >= 0 && !cellAt(wanted_, 0))
                ask(wanted_);
            else
                wanted_ = -1;
            Q_EMIT blockRead();
        });
}

void SqlResultModel::keep(const SqlBlock& block) {
    if (block.rows.empty())
        return;
    Block kept;
    kept.first = static_cast<int>(block.first);
    for (const SqlRow& row : block.rows) {
        std::vector<Cell> cells;
        for (const query::SqlCell& cell : row)
            cells.push_back({cutForCell(sqlCellText(cell)), cell.type});
        kept.rows.push_back(std::move(cells));
    }
    std::erase_if(blocks_, [&](const Block& other) { return other.first == kept.first; });
    const int first = kept.first, last = std::min(rows_, first + static_cast<int>(kept.rows.size())) - 1;
    blocks_.insert(blocks_.begin(), std::move(kept));
    if (blocks_.size() > kMostBlocks)
        blocks_.pop_back();
    if (last >= first)
        Q_EMIT dataChanged(index(first, 0), index(last, columnCount() - 1));
}

SqlLink SqlResultModel::linkAt(const QModelIndex& index) const {
    const Cell* cell = index.isValid() ? cellAt(index.row(), index.column()) : nullptr;
    return cell ? sqlLinkOf(columns_, index.column(), cell->text) : SqlLink();
}

QVariant SqlResultModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    const Cell* cell = cellAt(index.row(), index.column());
    if (!cell) {
        if (role == Qt::DisplayRole)
            want(index.row());
        return role == Qt::DisplayRole ? QVariant(QStringLiteral("…")) : QVariant();
    }
    const bool number = cell->type == query::SqlCell::Type::kInteger || cell->type == query::SqlCell::Type::kNumber;
    switch (role) {
    case Qt::DisplayRole: return cell->type == query::SqlCell::Type::kNull ? QStringLiteral("NULL") : cell->text.simplified().left(kCellCharacters);
    case Qt::FontRole: return theme_.mono;
    case Qt::TextAlignmentRole: return QVariant(Qt::AlignVCenter | (number ? Qt::AlignRight : Qt::AlignLeft));
    case Qt::ForegroundRole:
        return cell->type == query::SqlCell::Type::kNull ? theme_.muted : sqlLinkOf(columns_, index.column(), cell->text).empty() ? theme_.text : theme_.accent;
    case Qt::ToolTipRole: {
        const qlonglong value = cell->text.toLongLong();
        if (cell->type == query::SqlCell::Type::kInteger && isTimeColumn(columns_.value(index.column())) && value > kLikelyNs)
            return plainToolTip(QString::fromStdString(formatRfc3339(value, 9)));
        return sqlLinkOf(columns_, index.column(), cell->text).empty() ? plainToolTip(cell->text) : plainToolTip(tr("Double click or Enter opens it"));
    }
    default: return {};
    }
}

bool SqlResultModel::isNumber(int column) const {
    const Cell* cell = rows_ > 0 ? cellAt(0, column) : nullptr;
    return cell && (cell->type == query::SqlCell::Type::kInteger || cell->type == query::SqlCell::Type::kNumber);
}

QVariant SqlResultModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation == Qt::Vertical)
        return role == Qt::DisplayRole ? QVariant(formatCount(static_cast<quint64>(section) + 1)) : QVariant();
    if (role == Qt::DisplayRole)
        return cutForCell(columns_.value(section)).simplified();
    return role == Qt::TextAlignmentRole ? QVariant(Qt::AlignVCenter | (isNumber(section) ? Qt::AlignRight : Qt::AlignLeft)) : QVariant();
}

}  // namespace nj::ui

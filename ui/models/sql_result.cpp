#include "models/sql_result.h"

#include <QCoreApplication>
#include <QDataStream>
#include <QLocale>
#include <algorithm>

namespace nj::ui {
namespace {

using Type = query::SqlCell::Type;

void put(QByteArray& out, const SqlRow& row) {
    QDataStream stream(&out, QIODevice::Append);
    stream << static_cast<quint32>(row.size());
    for (const query::SqlCell& cell : row) {
        stream << static_cast<quint8>(cell.type);
        switch (cell.type) {
        case Type::kInteger: stream << static_cast<qint64>(cell.integer); break;
        case Type::kNumber: stream << cell.number; break;
        case Type::kText:
        case Type::kBlob: stream.writeBytes(cell.text.data(), static_cast<uint>(cell.text.size())); break;
        case Type::kNull: break;
        }
    }
}

SqlRow take(QDataStream& stream) {
    quint32 count = 0;
    stream >> count;
    SqlRow row;
    for (quint32 i = 0; i < count && stream.status() == QDataStream::Ok; ++i) {
        query::SqlCell cell;
        quint8 type = 0;
        stream >> type;
        cell.type = static_cast<Type>(type);
        if (cell.type == Type::kInteger) {
            qint64 value = 0;
            stream >> value;
            cell.integer = value;
            cell.number = static_cast<double>(value);
        } else if (cell.type == Type::kNumber) {
            stream >> cell.number;
        } else if (cell.type != Type::kNull) {
            QByteArray bytes;
            stream >> bytes;
            cell.text = bytes.toStdString();
        }
        row.push_back(std::move(cell));
    }
    return row;
}

}  // namespace

QString sqlCellText(const query::SqlCell& cell) {
    switch (cell.type) {
    case Type::kInteger: return QString::number(cell.integer);
    case Type::kNumber: return QString::number(cell.number, 'g', QLocale::FloatingPointShortest);
    case Type::kText: return QString::fromStdString(cell.text);
    case Type::kBlob: return QStringLiteral("x'") + QString::fromLatin1(QByteArray::fromStdString(cell.text).toHex()) + QLatin1Char('\'');
    case Type::kNull: break;
    }
    return {};
}

void SqlResult::setColumns(const std::vector<std::string>& columns) {
    for (const std::string& column : columns)
        columns_ << QString::fromStdString(column);
    columnsKnown_.store(true, std::memory_order_release);
}

bool SqlResult::append(const SqlRow& row) {
    const std::lock_guard lock(mutex_);
    const qint64 number = rows_.load(std::memory_order_relaxed);
    const qint64 offset = written_ + tail_.size();
    if (blocks_.empty() || number - blocks_.back().row >= kBlockRows || offset - blocks_.back().offset >= kBlockBytes)
        blocks_.push_back({number, offset});
    put(tail_, row);
    rows_.store(number + 1, std::memory_order_release);
    return tail_.size() < kWriteBytes || write();
}

bool SqlResult::write() {
    if (!file_.isOpen() && !file_.open()) {
        why_ = QCoreApplication::translate("nj::ui::SqlResult", "No temporary file: %1").arg(file_.errorString());
        return false;
    }
    if (written_ + tail_.size() > kMostBytes) {
        why_ = QCoreApplication::translate("nj::ui::SqlResult", "over 8 GiB of rows: the rest was not read");
        return false;
    }
    if (!file_.seek(written_) || file_.write(tail_) != tail_.size() || !file_.flush()) {
        why_ = QCoreApplication::translate("nj::ui::SqlResult", "the temporary file: %1").arg(file_.errorString());
        return false;
    }
    written_ += tail_.size();
    tail_.clear();
    return true;
}

QString SqlResult::why() const {
    const std::lock_guard lock(mutex_);
    return why_;
}

Result<SqlBlock> SqlResult::readBlock(size_t index) const {
    const std::lock_guard lock(mutex_);
    SqlBlock block;
    if (index >= blocks_.size())
        return block;
    const bool last = index + 1 == blocks_.size();
    const qint64 from = blocks_[index].offset, to = last ? written_ + tail_.size() : blocks_[index + 1].offset;
    const qint64 count = (last ? rows_.load() : blocks_[index + 1].row) - blocks_[index].row;
    QByteArray bytes;
    if (from < written_) {
        if (!file_.seek(from))
            return makeError(ErrorCode::kIo, "the temporary file cannot be read");
        bytes = file_.read(std::min(to, written_) - from);
    }
    if (to > written_)
        bytes += tail_.mid(std::max<qint64>(0, from - written_), to - std::max(from, written_));
    if (bytes.size() != to - from)
        return makeError(ErrorCode::kIo, "the temporary file is shorter than what was written to it");
    block.first = blocks_[index].row;
    QDataStream stream(bytes);
    for (qint64 i = 0; i < count; ++i)
        block.rows.push_back(take(stream));
    return block;
}

Result<SqlBlock> SqlResult::block(qint64 row) const {
    size_t index = 0;
    {
        const std::lock_guard lock(mutex_);
        const auto after = std::upper_bound(blocks_.begin(), blocks_.end(), row, [](qint64 r, const Place& place) { return r < place.row; });
        if (after == blocks_.begin() || row >= rows_.load())
            return SqlBlock{};
        index = static_cast<size_t>(after - blocks_.begin()) - 1;
    }
    return readBlock(index);
}

Status SqlResult::forEach(const std::function<bool(const SqlRow& row)>& visit) const {
    for (qint64 row = 0; row < rows();) {
        NJ_ASSIGN(const SqlBlock found, block(row));
        if (found.rows.empty())
            break;
        for (const SqlRow& one : found.rows)
            if (!visit(one))
                return {};
        row = found.first + static_cast<qint64>(found.rows.size());
    }
    return {};
}

}  // namespace nj::ui

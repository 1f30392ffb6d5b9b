#include "models/document_model.h"

#include <algorithm>

#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

}  // namespace

DocumentModel::DocumentModel(const Theme& theme, QObject* parent) : QAbstractTableModel(parent), theme_(theme) {}

void DocumentModel::setText(std::string text) {
    beginResetModel();
    text_ = std::move(text);
    starts_.clear();
    longest_ = 0;
    for (size_t at = 0; at < text_.size();) {
        starts_.push_back(at);
        const size_t end = text_.find('\n', at);
        const size_t length = (end == std::string::npos ? text_.size() : end) - at;
        longest_ = std::max(longest_, static_cast<int>(std::min<size_t>(length, kCellCharacters)));
        at = end == std::string::npos ? text_.size() : end + 1;
    }
    starts_.push_back(text_.size());
    endResetModel();
}

std::string_view DocumentModel::bytes(int row) const {
    const size_t from = starts_[static_cast<size_t>(row)];
    size_t to = starts_[static_cast<size_t>(row) + 1];
    while (to > from && (text_[to - 1] == '\n' || text_[to - 1] == '\r'))
        --to;
    return std::string_view(text_).substr(from, to - from);
}

QString DocumentModel::line(int row) const {
    const std::string_view whole = bytes(row);
    // Four bytes a character at most: what is cut cannot be drawn anyway.
    QString text = cutForCell(QString::fromUtf8(whole.data(), static_cast<qsizetype>(std::min<size_t>(whole.size(), 4UL * kCellCharacters))));
    text.replace(QLatin1Char('\t'), QStringLiteral("    "));
    for (QChar& c : text)   // escapes and the like are shown, not obeyed
        if (c.category() == QChar::Other_Control)
            c = QChar(0x2400 + (c.unicode() & 0x1f));
    return text;
}

int DocumentModel::find(const QString& text, int from, bool forward) const {
    std::string wanted = text.toStdString();
    std::transform(wanted.begin(), wanted.end(), wanted.begin(), lower);
    const int rows = rowCount();
    if (wanted.empty() || rows == 0)
        return -1;
    for (int step = 1; step <= rows; ++step) {
        const int row = ((from + (forward ? step : -step)) % rows + rows) % rows;
        const std::string_view one = bytes(row);
        if (std::search(one.begin(), one.end(), wanted.begin(), wanted.end(), [](char a, char b) { return lower(a) == b; }) != one.end())
            return row;
    }
    return -1;
}

int DocumentModel::rowCount(const QModelIndex& parent) const { return parent.isValid() || starts_.empty() ? 0 : static_cast<int>(starts_.size()) - 1; }
int DocumentModel::columnCount(const QModelIndex& parent) const { return parent.isValid() ? 0 : kColumns; }

QVariant DocumentModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid() || index.row() >= rowCount())
        return {};
    const bool number = index.column() == kNumber;
    switch (role) {
    case Qt::DisplayRole:
    case Qt::AccessibleTextRole: return number ? QVariant(QString::number(index.row() + 1)) : QVariant(line(index.row()));
    case Qt::FontRole: return theme_.mono;
    case Qt::ForegroundRole: return number ? theme_.muted : theme_.text;
    case Qt::TextAlignmentRole: return QVariant::fromValue((number ? Qt::AlignRight : Qt::AlignLeft) | Qt::AlignVCenter);
    default: return {};
    }
}

}  // namespace nj::ui

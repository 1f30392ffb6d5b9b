#include "models/metric_tree_model.h"

#include <QMap>
#include <algorithm>

#include "models/metric_type.h"
#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

QString firstWord(const std::string& name) {
    const size_t end = name.find_first_of("_:.");
    return QString::fromStdString(name.substr(0, end == std::string::npos ? name.size() : end)).left(40);
}

// Up to the end of a word that both have, never all of a name.
int sharedStart(const QString& a, const QString& b) {
    const auto common = std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin();
    qsizetype end = std::min<qsizetype>(common, std::min(a.size(), b.size()) - 1);
    while (end > 0 && !QStringLiteral("_:./").contains(a[end - 1]))
        --end;
    return static_cast<int>(std::max<qsizetype>(end, 0));
}

QString shown(const std::string& text) { return cutForCell(QString::fromStdString(text)).simplified(); }

}  // namespace

MetricTreeModel::MetricTreeModel(const Theme& theme, QObject* parent) : QAbstractItemModel(parent), theme_(theme) {}

void MetricTreeModel::setNames(std::vector<query::MetricName> names) {
    beginResetModel();
    names_ = std::move(names);
    rebuild();
    endResetModel();
}

void MetricTreeModel::setMoved(std::vector<query::ChangeRow> moved) {
    beginResetModel();
    std::erase_if(moved, [](const query::ChangeRow& change) { return change.series < 0; });
    moved_ = std::move(moved);
    rebuild();
    endResetModel();
}

void MetricTreeModel::setSearch(const QString& text) {
    if (text == search_)
        return;
    beginResetModel();
    search_ = text;
    rebuild();
    endResetModel();
}

bool MetricTreeModel::found(const QString& text, const QStringList& words) const {
    return std::all_of(words.begin(), words.end(), [&](const QString& word) { return text.contains(word, Qt::CaseInsensitive); });
}

void MetricTreeModel::rebuild() {
    const QStringList words = search_.split(QLatin1Char(' '), Qt::SkipEmptyParts);
    groups_.clear();
    matches_ = 0;
    Group moved{tr("Moved most"), true, {}, {}};
    for (size_t i = 0; i < moved_.size(); ++i)
        if (found(QString::fromStdString(moved_[i].what + " " + moved_[i].detail), words))
            moved.rows.push_back(static_cast<int>(i));
    if (!moved.rows.empty())
        groups_.push_back(std::move(moved));
    QMap<QString, Group> families;
    for (size_t i = 0; i < names_.size(); ++i) {
        if (!found(QString::fromStdString(names_[i].name + " " + names_[i].description), words))
            continue;
        Group& group = families[firstWord(names_[i].name)];
        group.rows.push_back(static_cast<int>(i));
        ++matches_;
    }
    // A family of one is no family.
    Group others{tr("others"), false, {}, {}};
    for (auto family = families.begin(); family != families.end(); ++family) {
        if (family->rows.size() < 2 && families.size() > 3) {
            others.rows.push_back(family->rows.front());
            continue;
        }
        family->title = family.key();
        groups_.push_back(std::move(*family));
    }
    if (!others.rows.empty())
        groups_.push_back(std::move(others));
    for (Group& group : groups_)
        findShared(group);
}

void MetricTreeModel::findShared(Group& group) const {
    if (group.moved)
        return;
    group.shared.assign(group.rows.size(), 0);
    QString above;
    for (size_t row = 0; row < group.rows.size(); ++row) {
        const QString name = shown(names_[static_cast<size_t>(group.rows[row])].name);
        if (row > 0) {
            const int shared = sharedStart(above, name);
            for (const size_t of : {row - 1, row})
                group.shared[of] = std::max(group.shared[of], shared);
        }
        above = name;
    }
}

const query::MetricName* MetricTreeModel::find(const QString& name) const {
    const std::string wanted = name.toStdString();
    const auto at = std::lower_bound(names_.begin(), names_.end(), wanted, [](const query::MetricName& a, const std::string& b) { return a.name < b; });
    return at != names_.end() && at->name == wanted ? &*at : nullptr;
}

QModelIndex MetricTreeModel::indexOf(const QString& name) const {
    for (size_t g = 0; g < groups_.size(); ++g)
        for (size_t r = 0; r < groups_[g].rows.size() && !groups_[g].moved; ++r)
            if (names_[static_cast<size_t>(groups_[g].rows[r])].name == name.toStdString())
                return createIndex(static_cast<int>(r), 0, static_cast<quintptr>(g + 1));
    return {};
}

// A heading's id is 0, a metric's the number of its heading.
QModelIndex MetricTreeModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent))
        return {};
    return createIndex(row, column, parent.isValid() ? static_cast<quintptr>(parent.row() + 1) : quintptr{0});
}

QModelIndex MetricTreeModel::parent(const QModelIndex& index) const {
    return index.isValid() && index.internalId() > 0 ? createIndex(static_cast<int>(index.internalId()) - 1, 0, quintptr{0}) : QModelIndex();
}

int MetricTreeModel::rowCount(const QModelIndex& parent) const {
    if (!parent.isValid())
        return static_cast<int>(groups_.size());
    return parent.internalId() == 0 && parent.column() == 0 ? static_cast<int>(groups_[static_cast<size_t>(parent.row())].rows.size()) : 0;
}

int MetricTreeModel::columnCount(const QModelIndex&) const { return kColumns; }

QVariant MetricTreeModel::groupData(const Group& group, int column, int role) const {
    switch (role) {
    case Qt::DisplayRole: return column == kName ? QVariant(group.title) : column == kSeries ? QVariant(formatCount(group.rows.size())) : QVariant();
    case Qt::FontRole: {
        QFont font = theme_.table;
        font.setWeight(column == kName ? QFont::DemiBold : QFont::Normal);
        return font;
    }
    case Qt::ForegroundRole: return theme_.muted;
    case kMetricRole: return QString();
    case kSeriesRole: return qint64{-1};
    default: return {};
    }
}

QVariant MetricTreeModel::nameData(const query::MetricName& metric, int column, int role) const {
    switch (role) {
    case Qt::DisplayRole: return column == kName ? shown(metric.name) : column == kType ? metricTypeText(metric) : formatCount(metric.series);
    case Qt::ToolTipRole: {
        QStringList lines{shown(metric.name), metricTypeWords(metric), shown(metric.description)};
        lines.removeAll(QString());
        return plainToolTip(lines.join(QLatin1Char('\n')));
    }
    case Qt::FontRole: {
        QFont font = theme_.table;
        font.setItalic(column == kType && metric.inferred);   // no one declared it
        return font;
    }
    case Qt::ForegroundRole: return column == kName ? theme_.text : theme_.muted;
    case kMetricRole: return QString::fromStdString(metric.name);
    case kSeriesRole: return qint64{-1};
    default: return {};
    }
}

QVariant MetricTreeModel::movedData(const query::ChangeRow& change, int column, int role) const {
    const QString unit = QString::fromStdString(change.unit);
    switch (role) {
    case Qt::DisplayRole: return column == kName ? shown(change.what) : column == kType ? shown(change.detail) : formatFactor(change.before, change.after);
    case Qt::ToolTipRole:
        return plainToolTip(tr("%1 %2: %3 in the baseline, %4 now").arg(shown(change.what), shown(change.detail), formatValue(change.before, unit), formatValue(change.after, unit)));
    case Qt::FontRole: return theme_.table;
    case Qt::ForegroundRole: return column == kType ? theme_.muted : theme_.text;
    case kMetricRole: return QString::fromStdString(change.what);
    case kSeriesRole: return static_cast<qint64>(change.series);
    default: return {};
    }
}

QVariant MetricTreeModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid())
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (index.column() == kSeries ? Qt::AlignRight : Qt::AlignLeft));
    if (index.internalId() == 0)
        return groupData(groups_[static_cast<size_t>(index.row())], index.column(), role);
    const Group& group = groups_[static_cast<size_t>(index.internalId() - 1)];
    if (role == kSharedRole)
        return index.column() == kName && !group.moved ? group.shared[static_cast<size_t>(index.row())] : 0;
    const auto row = static_cast<size_t>(group.rows[static_cast<size_t>(index.row())]);
    return group.moved ? movedData(moved_[row], index.column(), role) : nameData(names_[row], index.column(), role);
}

QVariant MetricTreeModel::headerData(int section, Qt::Orientation orientation, int role) const {
    if (orientation != Qt::Horizontal)
        return {};
    if (role == Qt::TextAlignmentRole)
        return QVariant(Qt::AlignVCenter | (section == kSeries ? Qt::AlignRight : Qt::AlignLeft));
    if (role != Qt::DisplayRole)
        return {};
    return section == kName ? tr("metric") : section == kType ? tr("type") : tr("series");
}

Qt::ItemFlags MetricTreeModel::flags(const QModelIndex& index) const {
    if (!index.isValid())
        return Qt::NoItemFlags;
    return index.internalId() == 0 ? Qt::ItemIsEnabled : Qt::ItemIsEnabled | Qt::ItemIsSelectable;
}

}  // namespace nj::ui

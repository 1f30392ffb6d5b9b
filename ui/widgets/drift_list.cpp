#include "widgets/drift_list.h"

#include <QPainter>
#include <QSignalBlocker>
#include <QStyledItemDelegate>
#include <cmath>

#include "models/drift_text.h"
#include "theme/number_format.h"
#include "widgets/tabular_text.h"

namespace nj::ui {
namespace {

constexpr int kRowHeight = 41, kHeadingHeight = 25;

QColor colorOf(const Theme& theme, const char* role) {
    const QLatin1String name(role);
    return name == QLatin1String("error") ? theme.error : name == QLatin1String("warning") ? theme.warning : name == QLatin1String("ok") ? theme.ok : theme.muted;
}

class DriftDelegate : public QStyledItemDelegate {
public:
    DriftDelegate(const Theme& theme, DriftListModel& model, QObject* parent) : QStyledItemDelegate(parent), theme_(theme), model_(model) {}

    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex& index) const override { return {200, model_.result(index.row()) ? kRowHeight : kHeadingHeight}; }

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        painter->save();
        painter->setRenderHint(QPainter::Antialiasing, true);
        const QRectF row(option.rect);
        if (const query::DriftResult* result = model_.result(index.row()))
            paintFeature(*painter, row, option, *result);
        else
            paintHeading(*painter, row, index);
        painter->fillRect(QRectF(row.left(), row.bottom() - 0.5, row.width(), 1), theme_.line);
        painter->restore();
    }

private:
    void paintHeading(QPainter& painter, const QRectF& row, const QModelIndex& index) const {
        const QRectF inner = row.adjusted(6, 0, -6, 0);
        painter.setFont(theme_.panelTitle);
        painter.setPen(theme_.text);
        const QString title = index.data(Qt::DisplayRole).toString(), words = index.data(DriftListModel::kWordsRole).toString();
        painter.drawText(inner, Qt::AlignLeft | Qt::AlignVCenter, title);
        const double used = QFontMetricsF(theme_.panelTitle).horizontalAdvance(title) + 12;
        painter.setFont(theme_.caption);
        painter.setPen(theme_.muted);
        painter.drawText(inner.adjusted(used, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter, QFontMetricsF(theme_.caption).elidedText(words, Qt::ElideRight, std::max(inner.width() - used, 0.0)));
    }

    void paintFeature(QPainter& painter, const QRectF& row, const QStyleOptionViewItem& option, const query::DriftResult& result) const {
        if (option.state & QStyle::State_Selected)
            painter.fillRect(row, theme_.selection);
        else if (option.state & QStyle::State_MouseOver)
            painter.fillRect(row, theme_.raised);
        if (option.state & QStyle::State_Selected)
            painter.fillRect(QRectF(row.left(), row.top(), 2, row.height()), theme_.accent);
        const DriftRowLayout at = DriftRowLayout::of(row, theme_);
        const auto text = [&](const QRectF& where, const QFont& font, const QColor& color, Qt::Alignment alignment, const QString& words) {
            painter.setFont(font);
            painter.setPen(color);
            drawTabular(painter, where, alignment | Qt::AlignVCenter, QFontMetricsF(font).elidedText(words, Qt::ElideRight, where.width() + 1));
        };
        const QColor color = colorOf(theme_, driftRole(result.verdict));
        const bool judged = driftJudged(result);
        text(at.name, theme_.body, theme_.text, Qt::AlignLeft, QString::fromStdString(result.feature.title).simplified());
        text(at.counts, theme_.caption, theme_.muted, Qt::AlignLeft, driftCounts(result));
        if (at.picture.width() > 0) {
            paintPicture(painter, at.picture, result);
            text(at.change, theme_.caption, theme_.muted, Qt::AlignLeft, judged ? driftChange(result) : tr("not drawn"));
        }
        QFont bold = theme_.table;
        bold.setWeight(QFont::DemiBold);
        text(at.value, bold, color, Qt::AlignRight, judged ? driftMark(result.verdict) + QLatin1Char(' ') + driftNumber(result.shown()) : QStringLiteral("–"));
        text(at.word, theme_.caption, theme_.muted, Qt::AlignRight, driftWord(result));
        text(at.since, theme_.table, driftMoved(result) ? theme_.text : theme_.muted, Qt::AlignRight,
             driftMoved(result) && result.since ? formatClock(*result.since, model_.utc()) : QStringLiteral("–"));
    }

    void paintPicture(QPainter& painter, const QRectF& area, const query::DriftResult& result) const {
        if (!driftJudged(result)) {
            painter.fillRect(area, QBrush(theme_.muted, Qt::BDiagPattern));
            return;
        }
        std::vector<double> reference = result.picture.reference, current = result.picture.current;
        for (const query::DriftCategory& category : result.categories) {
            reference.push_back(category.reference);
            current.push_back(category.current);
            if (reference.size() >= 12)
                break;
        }
        double most = 1e-9;
        for (size_t i = 0; i < reference.size(); ++i)
            most = std::max({most, reference[i], current[i]});
        if (reference.empty())
            return;
        const bool bars = !result.categories.empty();
        const double width = std::min(area.width() / static_cast<double>(reference.size()), bars ? 12.0 : 1e9);
        QColor fill = theme_.seriesColor(0);
        fill.setAlphaF(0.65F);
        QPolygonF outline;
        for (size_t i = 0; i < reference.size(); ++i) {
            const double x = area.left() + width * static_cast<double>(i), height = area.height() * current[i] / most, before = area.height() * reference[i] / most;
            painter.fillRect(QRectF(x, area.bottom() - height, bars ? width - 2 : width, height), fill);
            outline << QPointF(x, area.bottom() - before) << QPointF(x + (bars ? width - 2 : width), area.bottom() - before);
            if (bars)
                outline << QPointF(x + width - 2, area.bottom()) << QPointF(x + width, area.bottom());
        }
        painter.setPen(QPen(theme_.text, 1));
        painter.drawPolyline(outline);
    }

    const Theme& theme_;
    DriftListModel& model_;
};

}  // namespace

DriftRowLayout DriftRowLayout::of(const QRectF& row, const Theme& theme) {
    DriftRowLayout out;
    const QRectF inner = row.adjusted(10, 3, -8, -3);
    const double since = 44, value = 84, half = inner.height() / 2;
    const double picture = inner.width() > 330 ? 104 : 0, gap = 2.0 * theme.unit;
    double right = inner.right();
    out.since = QRectF(right - since, inner.top(), since, half);
    right -= since + gap;
    out.value = QRectF(right - value, inner.top(), value, half);
    out.word = QRectF(right - value, inner.top() + half, value, half);
    right -= value + gap;
    if (picture > 0) {
        out.picture = QRectF(right - picture, inner.top() + 1, picture, half);
        out.change = QRectF(right - picture, inner.top() + half + 1, picture, half);
        right -= picture + gap;
    }
    out.name = QRectF(inner.left(), inner.top(), std::max(right - inner.left(), 0.0), half);
    out.counts = QRectF(inner.left(), inner.top() + half, out.name.width(), half);
    return out;
}

DriftList::DriftList(const Theme& theme, QWidget* parent) : QListView(parent), model_(new DriftListModel(this)) {
    setModel(model_);
    setItemDelegate(new DriftDelegate(theme, *model_, this));
    setFrameShape(QFrame::NoFrame);
    setMouseTracking(true);
    setVerticalScrollMode(QAbstractItemView::ScrollPerPixel);
    setSelectionMode(QAbstractItemView::SingleSelection);
    setUniformItemSizes(false);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
}

void DriftList::choose(const std::string& featureId) {
    int row = model_->rowOf(featureId);
    if (row < 0)
        row = model_->firstFeature();
    quiet_ = true;
    setCurrentIndex(row < 0 ? QModelIndex() : model_->index(row));
    quiet_ = false;
}

const query::DriftResult* DriftList::chosen() const { return model_->result(currentIndex().row()); }

void DriftList::currentChanged(const QModelIndex& current, const QModelIndex& previous) {
    QListView::currentChanged(current, previous);
    if (!quiet_ && model_->result(current.row()))
        Q_EMIT featureChosen();
}

}  // namespace nj::ui

#include "widgets/timeline_delegate.h"

#include <QComboBox>
#include <QLineEdit>
#include <QPainter>

#include "models/timeline_model.h"
#include "widgets/cell_delegate.h"
#include "widgets/tabular_text.h"

namespace nj::ui {
namespace {

constexpr int kPad = 6;

}  // namespace

void TimelineDelegate::paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const {
    p->save();
    p->setClipRect(option.rect);
    paintRowGround(*p, option, theme_);
    const QRectF area = QRectF(option.rect).adjusted(kPad, 0, -kPad, 0);
    const QFont font = index.data(Qt::FontRole).value<QFont>();
    p->setFont(font);
    p->setPen(index.data(Qt::ForegroundRole).value<QColor>());
    const QString text = index.data(Qt::DisplayRole).toString();
    if (index.column() == TimelineModel::kTime)
        drawTabular(*p, area, Qt::AlignRight | Qt::AlignVCenter, text);
    else
        p->drawText(area, static_cast<int>(Qt::AlignLeft | Qt::AlignVCenter) | Qt::TextSingleLine, QFontMetricsF(font).elidedText(text.left(2000), Qt::ElideRight, area.width()));
    p->restore();
}

QSize TimelineDelegate::sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const { return {60, theme_.rowHeight}; }

QWidget* TimelineDelegate::createEditor(QWidget* parent, const QStyleOptionViewItem&, const QModelIndex& index) const {
    if (index.column() == TimelineModel::kKind) {
        auto* box = new QComboBox(parent);
        for (const NoteKind kind : kNoteKinds)
            box->addItem(noteKindMark(kind) + QLatin1Char(' ') + noteKindText(kind));
        box->setFont(theme_.table);
        return box;
    }
    auto* edit = new QLineEdit(parent);
    edit->setFont(theme_.table);
    edit->setMaxLength(4000);
    edit->setFrame(false);
    return edit;
}

void TimelineDelegate::setEditorData(QWidget* editor, const QModelIndex& index) const {
    if (auto* box = qobject_cast<QComboBox*>(editor))
        box->setCurrentIndex(index.data(Qt::EditRole).toInt());
    else if (auto* edit = qobject_cast<QLineEdit*>(editor))
        edit->setText(index.data(Qt::EditRole).toString());
}

void TimelineDelegate::setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const {
    if (auto* box = qobject_cast<QComboBox*>(editor))
        model->setData(index, box->currentIndex(), Qt::EditRole);
    else if (auto* edit = qobject_cast<QLineEdit*>(editor))
        model->setData(index, edit->text(), Qt::EditRole);
}

}  // namespace nj::ui

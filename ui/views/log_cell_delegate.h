// Paints the cells of the logs table: marked words in monospace bodies, service colours, records of several lines with their count or,
// opened, line under line. Measures and draws only what can be seen of a text. UI thread only.
#pragma once

#include <QStyledItemDelegate>
#include <functional>

#include "models/log_table_model.h"

namespace nj::ui {

class LogCellDelegate final : public QStyledItemDelegate {
    Q_OBJECT
public:
    using ServiceColor = std::function<QColor(const QString&)>;
    static constexpr int kLineHeight = 18, kPad = 6;
    LogCellDelegate(const LogTableModel& model, const Theme& theme, ServiceColor color, QObject* parent);
    // Height of a record with that many lines shown.
    [[nodiscard]] int heightOf(int lines) const { return std::max(theme_.rowHeight, lines * kLineHeight + kPad); }
    // The chip "▸ 23 lines" of a body's cell, where a click opens it; empty without one.
    [[nodiscard]] QRectF chip(const QRect& cell, int lines) const;

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    QSize sizeHint(const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    [[nodiscard]] QString chipText(int lines, bool open) const;
    void paintChip(QPainter& painter, const QRectF& place, const QString& text) const;
    void paintLine(QPainter& painter, const QRectF& place, const QString& text) const;
    void paintBody(QPainter& painter, const QRectF& place, const QModelIndex& index, const QString& text) const;

    const LogTableModel& model_;
    const Theme& theme_;
    ServiceColor serviceColor_;
};

}  // namespace nj::ui

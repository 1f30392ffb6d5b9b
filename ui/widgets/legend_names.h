// A chart's legend as names in lines, for charts that are small: swatch and name, as many as fit, "+ 12" for the others. A click isolates
// a series, Ctrl+click toggles it; a second click on the isolated one shows all again. UI thread only.
#pragma once

#include <QSet>
#include <QWidget>

#include "theme/theme.h"

namespace nj::ui {

class LegendNames : public QWidget {
    Q_OBJECT
public:
    explicit LegendNames(const Theme& theme, QWidget* parent = nullptr);
    struct Entry {
        QString name;
        QColor color;
        Qt::PenStyle dash = Qt::SolidLine;
    };
    void setEntries(const QVector<Entry>& entries, int mostLines);
    [[nodiscard]] const QSet<int>& hidden() const { return hidden_; }
    [[nodiscard]] QSize sizeHint() const override { return {120, height()}; }

Q_SIGNALS:
    void hiddenChanged();

protected:
    void paintEvent(QPaintEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;
    void mouseReleaseEvent(QMouseEvent* event) override;
    bool event(QEvent* event) override;

private:
    void layoutEntries();
    [[nodiscard]] int entryAt(const QPointF& at) const;
    const Theme& theme_;
    QVector<Entry> entries_;
    QVector<QRectF> places_;   // of the first entries; the others are counted
    QSet<int> hidden_;
    int mostLines_ = 2;
};

}  // namespace nj::ui

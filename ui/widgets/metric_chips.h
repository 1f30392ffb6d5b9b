// The choice of a metric as chips: name, unit, the rows in small, and in a few words who departs. What does not fit the width is in a
// menu. Arrow keys move between chips. UI thread.
#pragma once

#include <QAbstractButton>
#include <QImage>
#include <QString>
#include <QVector>
#include <QWidget>

#include "theme/theme.h"

class QToolButton;

namespace nj::ui {

struct MetricChipData {
    QString id, title, unit, words;
    QImage mini;                       // cells, transparent where there is no sample
    bool departs = false;
};

class MetricChip : public QAbstractButton {
    Q_OBJECT
public:
    MetricChip(MetricChipData data, const Theme& theme, QWidget* parent);
    [[nodiscard]] const MetricChipData& data() const { return data_; }
    [[nodiscard]] QSize sizeHint() const override { return {152, 62}; }

protected:
    void paintEvent(QPaintEvent* event) override;
    // The row of chips moves the choice; a lone button would move the focus out of it.
    void keyPressEvent(QKeyEvent* event) override;

private:
    MetricChipData data_;
    const Theme& theme_;
};

class MetricChips : public QWidget {
    Q_OBJECT
public:
    explicit MetricChips(const Theme& theme, QWidget* parent = nullptr);
    void setChips(const QVector<MetricChipData>& chips);
    void choose(const QString& id);
    [[nodiscard]] QString chosen() const { return chosen_; }
    [[nodiscard]] QVector<MetricChip*> visibleChips() const;
    [[nodiscard]] QToolButton* moreButton() const { return more_; }
    [[nodiscard]] QSize sizeHint() const override { return {400, 62}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 62}; }

Q_SIGNALS:
    void chipChosen(const QString& id);

protected:
    void resizeEvent(QResizeEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    void arrange();
    void pick(const QString& id);
    const Theme& theme_;
    QVector<MetricChip*> chips_;
    QToolButton* more_;
    QString chosen_;
};

}  // namespace nj::ui

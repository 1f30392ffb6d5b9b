// Children left to right, wrapped into lines, for rows of buttons in a narrow place. UI thread.
#pragma once

#include <QLayout>
#include <QVector>
#include <QWidget>

namespace nj::ui {

class FlowLayout : public QLayout {
public:
    explicit FlowLayout(int spacing, QWidget* parent = nullptr);
    ~FlowLayout() override;
    void addItem(QLayoutItem* item) override { items_.push_back(item); }
    [[nodiscard]] int count() const override { return static_cast<int>(items_.size()); }
    [[nodiscard]] QLayoutItem* itemAt(int index) const override { return items_.value(index); }
    QLayoutItem* takeAt(int index) override;
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override { return arrange(QRect(0, 0, width, 0), false); }
    [[nodiscard]] QSize sizeHint() const override { return minimumSize(); }
    [[nodiscard]] QSize minimumSize() const override;
    void setGeometry(const QRect& rect) override;

private:
    int arrange(const QRect& rect, bool apply) const;
    QVector<QLayoutItem*> items_;
};

// A row that wraps and insists on the lines it needs: a splitter asks for no height by width.
class FlowRow : public QWidget {
public:
    FlowRow(int spacing, QWidget* parent) : QWidget(parent) { new FlowLayout(spacing, this); }

protected:
    bool event(QEvent* event) override;
};

}  // namespace nj::ui

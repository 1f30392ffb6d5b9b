// A sentence with parts that lead somewhere: dotted underlines, clicks, and Tab then Enter. Wraps; plain text only. UI thread.
#pragma once

#include <QWidget>
#include <vector>

#include "theme/theme.h"
#include "views/overview_story.h"

namespace nj::ui {

class StoryLine : public QWidget {
    Q_OBJECT
public:
    explicit StoryLine(const Theme& theme, QWidget* parent = nullptr);
    void setStory(const QString& mark, const QString& role, const QVector<StoryPart>& parts, const QString& whole);
    [[nodiscard]] bool hasHeightForWidth() const override { return true; }
    [[nodiscard]] int heightForWidth(int width) const override;
    [[nodiscard]] QSize sizeHint() const override;

Q_SIGNALS:
    void linkFollowed(const nj::ui::StoryLink& link);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void leaveEvent(QEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Word {
        QString text;
        int part = -1;
        QRectF rect;   // of the measured, only the size
    };
    void measure();
    [[nodiscard]] std::vector<Word> layoutWords(double width, double* height) const;
    [[nodiscard]] int partAt(const QPointF& at) const;
    [[nodiscard]] bool leads(int part) const;
    const Theme& theme_;
    QString mark_, role_;
    QVector<StoryPart> parts_;
    std::vector<Word> words_;
    double space_ = 0, line_ = 0;
    int hovered_ = -1, focused_ = -1;
};

}  // namespace nj::ui

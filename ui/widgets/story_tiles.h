// A row of tiles: a number, its baseline beside it, two lines, a small line of it over the range. A click follows. UI thread.
#pragma once

#include <QWidget>

#include "theme/theme.h"
#include "views/overview_story.h"

namespace nj::ui {

class StoryTiles : public QWidget {
    Q_OBJECT
public:
    explicit StoryTiles(const Theme& theme, QWidget* parent = nullptr);
    void setTiles(const QVector<StoryTile>& tiles);

Q_SIGNALS:
    void linkFollowed(const nj::ui::StoryLink& link);

private:
    const Theme& theme_;
};

// Facts in a row: a muted caption over a line of text. Shows as many as fit. A click follows; so do the arrow keys and Enter.
class StoryFacts : public QWidget {
    Q_OBJECT
public:
    explicit StoryFacts(const Theme& theme, QWidget* parent = nullptr);
    void setFacts(const QVector<StoryFact>& facts);

Q_SIGNALS:
    void linkFollowed(const nj::ui::StoryLink& link);

protected:
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;

private:
    // The next fact that leads somewhere, from `from` on in that direction; −1 = none.
    [[nodiscard]] int nextLink(int from, int step) const;
    [[nodiscard]] QVector<QRectF> places() const;
    [[nodiscard]] int factAt(const QPointF& at) const;
    const Theme& theme_;
    QVector<StoryFact> facts_;
    int current_ = -1;   // the fact the arrow keys are at
};

}  // namespace nj::ui

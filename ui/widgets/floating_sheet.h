// A sheet that lies over the window near its top, not modal: the palette, the editors of notes, objectives and keys. It comes with
// rise(), goes with close(). UI thread; owned by the window it lies over.
#pragma once

#include <QFrame>

#include "theme/theme.h"

namespace nj::ui {

class FloatingSheet : public QFrame {
    Q_OBJECT
public:
    FloatingSheet(const Theme& theme, QWidget* window);
    // Hides it; nothing where it is hidden.
    void close();

Q_SIGNALS:
    void closed();

protected:
    // Shows it in the middle, at most as wide as the window leaves.
    void rise(int width, int height);
    void paintEvent(QPaintEvent* event) override;

    const Theme& theme_;
};

}  // namespace nj::ui

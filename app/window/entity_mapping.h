// The window's command "Names that were not resolved": shows the dialog on the open capsule's entities and writes what the person says into the
// capsule, on a thread of its own. Adds itself to the window's actions. UI thread.
#pragma once

#include <QObject>
#include <QPointer>
#include <functional>
#include <thread>

#include "base/result.h"
#include "shell/main_window.h"

namespace nj::store {
class CapsuleWriter;
}

namespace nj::ui {
class EntityMapDialog;
}

namespace nj::app {

class EntityMapping : public QObject {
    Q_OBJECT
public:
    explicit EntityMapping(ui::MainWindow& window, QObject* parent = nullptr);
    ~EntityMapping() override;

private:
    using Change = std::function<Status(store::CapsuleWriter&)>;
    void show();
    void ask();
    void write(Change change);
    void written(const Status& status);

    ui::MainWindow& window_;
    QPointer<ui::EntityMapDialog> dialog_;
    std::jthread writing_;
};

}  // namespace nj::app

// Ctrl+K: everything reachable by typing. No prefix searches commands and views; ">" commands only, ":" services and ids, "=" times,
// "/" a filter. A frame over the window, not a dialog: nothing behind it stops. UI thread.
#pragma once

#include <QFrame>
#include <QLineEdit>
#include <QListWidget>
#include <functional>
#include <vector>

#include "shell/action_registry.h"
#include "theme/theme.h"

namespace nj::ui {

struct PaletteEntry {
    QString text, hint, keys;
    std::function<void()> run;
};

class CommandPalette : public QFrame {
    Q_OBJECT
public:
    CommandPalette(ActionRegistry& actions, const Theme& theme, QWidget* window);

    // Services to go to with ":".
    void setServices(const QStringList& services) { services_ = services; }
    void open(const QString& text = {});
    void close();
    [[nodiscard]] QStringList shownEntries() const;

Q_SIGNALS:
    void timeEntered(const QString& text);
    void filterEntered(const QString& text);
    void serviceChosen(const QString& service);
    void idEntered(const QString& text);
    void closed();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;

private:
    void update(const QString& text);
    void runCurrent();
    [[nodiscard]] std::vector<PaletteEntry> entriesFor(const QString& text);

    ActionRegistry& actions_;
    const Theme& theme_;
    QStringList services_;
    QLineEdit* edit_;
    QListWidget* list_;
    std::vector<PaletteEntry> entries_;
};

// How well `text` fits the typed words: −1 not at all, else smaller is better. Every typed word must begin a word or stand inside.
int matchRank(const QString& text, const QString& typed);

}  // namespace nj::ui

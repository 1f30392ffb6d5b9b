// Ctrl+K: everything reachable by typing. No prefix searches commands, views and what answers to ":"; ">" commands only; the window
// adds what other prefixes list (":" services and ids, "=" times, "/" a filter, "@" events …). A frame over the window, not a dialog:
// nothing behind it stops. UI thread.
#pragma once

#include <QLineEdit>
#include <QListWidget>
#include <functional>
#include <vector>

#include "shell/action_registry.h"
#include "widgets/floating_sheet.h"

namespace nj::ui {

struct PaletteEntry {
    QString text, hint, keys;
    std::function<void()> run;
};
// What a prefix lists for the text typed after it, best first.
struct PaletteSource {
    QChar prefix;
    QString word;                     // of the placeholder: "time"
    bool unasked = false;             // also listed below the commands when no prefix is typed
    std::function<std::vector<PaletteEntry>(const QString& typed)> entries;
};

class CommandPalette : public FloatingSheet {
    Q_OBJECT
public:
    CommandPalette(ActionRegistry& actions, const Theme& theme, QWidget* window);

    void addSource(PaletteSource source);
    void open(const QString& text = {});
    [[nodiscard]] QStringList shownEntries() const;

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void update(const QString& text);
    void runCurrent();
    [[nodiscard]] std::vector<PaletteEntry> commandEntries(const QString& typed) const;
    [[nodiscard]] std::vector<PaletteEntry> entriesFor(const QString& text) const;

    ActionRegistry& actions_;
    std::vector<PaletteSource> sources_;
    QLineEdit* edit_;
    QListWidget* list_;
    std::vector<PaletteEntry> entries_;
};

// How well `text` fits the typed words: −1 not at all, else smaller is better. Every typed word must begin a word or stand inside.
int matchRank(const QString& text, const QString& typed);
// The entries whose text fits, best first, at most `limit`.
std::vector<PaletteEntry> ranked(std::vector<PaletteEntry> entries, const QString& typed, size_t limit);

}  // namespace nj::ui

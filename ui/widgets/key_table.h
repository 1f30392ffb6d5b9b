// The keys that a view or a widget has beside the window's, once: it acts by this table, and the key overlay and the manual list it.
// Plain values; UI thread.
#pragma once

#include <QCoreApplication>
#include <QKeyEvent>
#include <QKeySequence>
#include <QString>
#include <QVector>
#include <vector>

namespace nj::ui {

// As listed: keys with the same words stand together.
struct KeyRow {
    QList<QKeySequence> keys;
    QString text;
    bool own = false;   // taken before the window's commands see it, while the widget has the focus
    [[nodiscard]] QString keyText() const;
};

// What was pressed, as a sequence: without the keypad, and without the Shift that only makes the character.
QKeySequence pressedKey(const QKeyEvent& event);
// Adds keys, to the row that has the words already.
void addKeyRow(QVector<KeyRow>& rows, const KeyRow& added);
// The rows of a view with those of a part of it.
QVector<KeyRow> withKeys(QVector<KeyRow> rows, const QVector<KeyRow>& more);

template <typename Owner>
class KeyTable {
public:
    struct Binding {
        const char* keys;                              // "E", "Return; Enter"
        const char* text;                              // translatable
        void (*run)(Owner&);
        bool (*can)(const Owner&) = nullptr;           // nullptr: always; while it says no the key is anybody's
    };
    // own: see KeyRow.
    KeyTable(std::vector<Binding> bindings, bool own) : bindings_(std::move(bindings)), own_(own) {
        for (const Binding& binding : bindings_)
            keys_.push_back(QKeySequence::listFromString(QString::fromLatin1(binding.keys)));
    }
    [[nodiscard]] bool has(const Owner& owner, const QKeyEvent& event) const { return find(owner, event) != nullptr; }
    // False where no binding has the key.
    bool run(Owner& owner, const QKeyEvent& event) const {
        const Binding* binding = find(owner, event);
        if (binding)
            binding->run(owner);
        return binding != nullptr;
    }
    [[nodiscard]] QVector<KeyRow> rows() const {
        QVector<KeyRow> rows;
        for (size_t i = 0; i < bindings_.size(); ++i)
            addKeyRow(rows, {keys_[i], QCoreApplication::translate(Owner::staticMetaObject.className(), bindings_[i].text), own_});
        return rows;
    }

private:
    const Binding* find(const Owner& owner, const QKeyEvent& event) const {
        const QKeySequence pressed = pressedKey(event);
        for (size_t i = 0; i < bindings_.size(); ++i)
            if (keys_[i].contains(pressed) && (!bindings_[i].can || bindings_[i].can(owner)))
                return &bindings_[i];
        return nullptr;
    }
    std::vector<Binding> bindings_;
    std::vector<QList<QKeySequence>> keys_;
    bool own_;
};

}  // namespace nj::ui

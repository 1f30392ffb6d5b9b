#include "widgets/key_table.h"

#include <algorithm>

namespace nj::ui {

QString KeyRow::keyText() const {
    QStringList texts;
    for (const QKeySequence& key : keys)
        texts << key.toString(QKeySequence::NativeText);
    return texts.join(QStringLiteral(" · "));
}

QKeySequence pressedKey(const QKeyEvent& event) {
    Qt::KeyboardModifiers modifiers = event.modifiers() & ~Qt::KeypadModifier;
    const int key = event.key();
    const bool letter = key >= Qt::Key_A && key <= Qt::Key_Z;
    if (!letter && key > Qt::Key_Space && key <= Qt::Key_AsciiTilde)
        modifiers &= ~Qt::ShiftModifier;
    return QKeySequence(QKeyCombination(modifiers, static_cast<Qt::Key>(key)));
}

void addKeyRow(QVector<KeyRow>& rows, const KeyRow& added) {
    const auto there = std::find_if(rows.begin(), rows.end(), [&](const KeyRow& row) { return row.text == added.text; });
    if (there == rows.end()) {
        rows.push_back(added);
        return;
    }
    for (const QKeySequence& key : added.keys)
        if (!there->keys.contains(key))
            there->keys.push_back(key);
    there->own = there->own && added.own;
}

QVector<KeyRow> withKeys(QVector<KeyRow> rows, const QVector<KeyRow>& more) {
    for (const KeyRow& row : more)
        addKeyRow(rows, row);
    return rows;
}

}  // namespace nj::ui

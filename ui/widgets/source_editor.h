// Sets a live source: its kind, that kind's fields, a test before it is kept. Knows no source: whoever shows it gives it the kinds and does
// what it asks for. Not modal. UI thread.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QPushButton>

#include "state/live_sources.h"
#include "theme/theme.h"

class QGridLayout;

namespace nj::ui {

class PlainLabel;

class SourceEditor : public QDialog {
    Q_OBJECT
public:
    SourceEditor(const Theme& theme, LiveSources& sources, QWidget* parent = nullptr);
    // A new one, of the first kind; or what `row` is set to.
    void openNew();
    void openRow(const LiveRow& row);

    [[nodiscard]] QComboBox* kind() { return kind_; }
    [[nodiscard]] QLineEdit* pasteField() { return pasted_; }
    [[nodiscard]] QString sentence() const;
    // The widget of a field of the kind shown, nullptr where it has none of that name.
    [[nodiscard]] QWidget* field(const QString& name) const;
    [[nodiscard]] LiveValues values() const;

private:
    void showKind();
    void fill(const LiveValues& values);
    void test();
    void keep();
    void say(const QString& sentence, const char* role);
    [[nodiscard]] const LiveKind* current() const;
    QWidget* widgetFor(const LiveField& field);

    const Theme theme_;
    LiveSources& sources_;
    int id_ = 0;
    int ticket_ = 0;
    QLineEdit* pasted_;
    QComboBox* kind_;
    PlainLabel *about_, *sentence_;
    QWidget* form_;
    QGridLayout* grid_;
    QPushButton *test_, *keep_;
    QHash<QString, QWidget*> fields_;
};

}  // namespace nj::ui

// One document as plain text: line numbers, search with Enter and Shift+Enter, copying of lines. Nothing in it is obeyed: no markup, no
// links, no escapes. UI thread.
#pragma once

#include <QLineEdit>
#include <QTableView>
#include <QWidget>

#include "models/document_model.h"
#include "theme/theme.h"

namespace nj::ui {

class PlainLabel;

class DocumentViewer : public QWidget {
    Q_OBJECT
public:
    explicit DocumentViewer(const Theme& theme, QWidget* parent = nullptr);
    void setText(std::string text);
    // 1-based; out of range does nothing.
    void goToLine(int line);
    void focusSearch();
    [[nodiscard]] DocumentModel& model() { return *model_; }
    [[nodiscard]] int currentLine() const;
    [[nodiscard]] QLineEdit* search() { return search_; }

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    void findNext(bool forward);
    void copyLines();

    const Theme& theme_;
    DocumentModel* model_;
    QTableView* lines_;
    QLineEdit* search_;
    PlainLabel* note_;
};

}  // namespace nj::ui

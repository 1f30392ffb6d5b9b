// The filter as text and as chips: one language, both ways. Unfocused it shows a chip per term, each with a cross; focused the text,
// with completion of keys and values. Enter applies; a pasted id is looked up first (idPasted). UI thread.
#pragma once

#include <QCompleter>
#include <QLineEdit>
#include <QStringListModel>
#include <vector>

#include "bridge/query_runner.h"
#include "state/workspace.h"
#include "theme/theme.h"

namespace nj::ui {

class FilterBar : public QLineEdit {
    Q_OBJECT
public:
    FilterBar(Workspace& workspace, QueryRunner& queries, const Theme& theme, QWidget* parent = nullptr);
    void edit();
    // Filters by the text as it is, without looking for an id.
    void apply(const QString& text);
    [[nodiscard]] QStringList completions() const { return model_.stringList(); }

Q_SIGNALS:
    // The text looks like an id; answer by opening what has it or by apply(text).
    void idPasted(const QString& text);
    void left();

protected:
    bool event(QEvent* event) override;
    void paintEvent(QPaintEvent* event) override;
    void mousePressEvent(QMouseEvent* event) override;
    void mouseMoveEvent(QMouseEvent* event) override;
    void focusInEvent(QFocusEvent* event) override;
    void focusOutEvent(QFocusEvent* event) override;
    void keyPressEvent(QKeyEvent* event) override;

private:
    struct Chip {
        qsizetype term = 0;
        QRectF rect, cross;
        QString text;
        bool joint = false;
    };
    [[nodiscard]] std::vector<Chip> chips() const;
    void complete();
    void offer(const QStringList& words);
    void insert(const QString& completion);
    void show();

    Workspace& workspace_;
    QueryRunner& queries_;
    const Theme& theme_;
    QStringListModel model_;
    QCompleter completer_;
    std::vector<query::KeyInfo> keys_;
    bool keysKnown_ = false;
};

}  // namespace nj::ui

// The small frame over the page in which an objective is set or changed: which measure, its threshold, target, window and filter. Enter
// keeps it, Esc leaves, "Remove" takes an existing one away; what cannot be read is said under the fields. Not a dialog: nothing behind
// it stops. UI thread.
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <vector>

#include "query/backend.h"
#include "state/annotation_book.h"
#include "widgets/floating_sheet.h"

namespace nj::ui {

class PlainLabel;

class ObjectiveEditor : public FloatingSheet {
    Q_OBJECT
public:
    ObjectiveEditor(const Theme& theme, QWidget* window);
    // A draft with the id of a known one changes that. `measures` are offered beside errors; the draft's own always is.
    void open(AnnotationBook& book, const Objective& draft, const std::vector<query::Measure>& measures);

Q_SIGNALS:
    void kept(const QString& objectiveId);

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QLineEdit* line(const char* name, const QString& label, const QString& hint, int width);
    void chooseMeasure(int index);
    void keep();
    // What the fields say, or why not.
    [[nodiscard]] Result<Objective> read() const;
    void say(const QString& text, bool problem);

    AnnotationBook* book_ = nullptr;
    Objective draft_;
    std::vector<Objective> choices_;   // kind, key and unit per entry of the box
    QComboBox* measure_;
    QLineEdit *name_, *threshold_, *target_, *window_, *filter_;
    QPushButton *keep_, *remove_;
    PlainLabel* words_;
};

}  // namespace nj::ui

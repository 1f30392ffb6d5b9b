// The bar between volume and table: a search field, the filter's terms as chips, severities with their counts, and what the table
// does. Says what was wished; the view does it. UI thread only.
#pragma once

#include <QWidget>

#include "views/view.h"

class QHBoxLayout;
class QLineEdit;
class QPushButton;
class QToolButton;

namespace nj::ui {

class PlainLabel;

class LogsBar : public QWidget {
    Q_OBJECT
public:
    explicit LogsBar(const ViewContext& context, QWidget* parent = nullptr);
    // Error, warning, info, other.
    void setCounts(const QVector<quint64>& counts);
    void setFilterText(const QString& text);
    // "2,376 in the brush", "saved 1,200 …"
    void setNote(const QString& note, const char* role = "muted");
    [[nodiscard]] QString note() const;
    void setContextShown(bool shown);
    [[nodiscard]] bool follows() const;
    void focusSearch();
    void setSaving(bool saving);

Q_SIGNALS:
    void filterWanted(const QString& text);      // the whole new filter text
    void contextToggled();
    void followToggled(bool follows);
    void saveClicked();

private:
    void buildSeverities();
    void buildActions(QHBoxLayout* row);
    void showChips();
    void addTerm(const QString& term);
    void toggleSeverity(int index);
    ViewContext context_;
    QLineEdit* search_;
    QHBoxLayout* chips_;
    QVector<QToolButton*> severities_;
    PlainLabel* note_;
    QToolButton* contextButton_;
    QToolButton* followButton_;
    QPushButton* saveButton_;
    QString filter_;
};

}  // namespace nj::ui

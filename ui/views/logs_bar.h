// The bar between volume and table. First row: search, severities with their counts, what the table does; second row: the filter's terms
// and the services as chips, and what is shown. Says what was wished; the view does it. UI thread only.
#pragma once

#include <QWidget>

#include "models/log_export.h"
#include "views/view.h"

class QHBoxLayout;
class QLineEdit;
class QMenu;
class QToolButton;

namespace nj::ui {

class PlainLabel;

class LogsBar : public QWidget {
    Q_OBJECT
public:
    enum class Shown { kRows, kPatterns, kBoth };
    explicit LogsBar(const ViewContext& context, QWidget* parent = nullptr);
    // Error, warning, info, other.
    void setCounts(const QVector<quint64>& counts);
    // Of the records in the range, most first; those that fit are shown.
    void setServices(const std::vector<std::pair<std::string, uint64_t>>& services);
    void setFilterText(const QString& text);
    // "2,376 in the brush", "saved 1,200 …"
    void setNote(const QString& note, const char* role = "muted");
    [[nodiscard]] QString note() const;
    void setContextShown(bool shown);
    [[nodiscard]] bool follows() const;
    void focusSearch();
    // While a copy or a file is under way its button cancels.
    void setExporting(bool exporting);
    // Puts a control of the view's beside the others.
    void addControl(QWidget* control);
    [[nodiscard]] Shown shown() const { return shown_; }

Q_SIGNALS:
    void filterWanted(const QString& text);      // the whole new filter text
    void hitWanted(const QString& words, bool forward);   // Shift+Enter in the search: jump, do not filter
    void contextToggled(bool sameSource);
    void followToggled(bool follows);
    void saveAllWanted(nj::ui::LogFormat format);
    void copyAllWanted(nj::ui::LogFormat format);
    void cancelWanted();
    void shownChanged();

protected:
    bool eventFilter(QObject* watched, QEvent* event) override;
    void resizeEvent(QResizeEvent* event) override;

private:
    void buildSeverities();
    void buildActions(QHBoxLayout* row);
    void buildShown(QHBoxLayout* row);
    [[nodiscard]] QMenu* exportMenu();
    QToolButton* toggle(QHBoxLayout* row, const char* name, const QString& text, const QString& tip);
    void showChips();
    void addServiceChips();
    [[nodiscard]] int servicesThatFit() const;
    [[nodiscard]] QToolButton* chip(const char* name, const QString& text);
    void addTerm(const QString& term);
    [[nodiscard]] bool parses(const QString& term);
    void toggleSeverity(int index);
    void toggleService(const QString& service);
    ViewContext context_;
    QLineEdit* search_;
    QHBoxLayout* chips_;
    QHBoxLayout* controls_;
    QVector<QToolButton*> severities_;
    PlainLabel* note_;
    QToolButton* contextButton_;
    QToolButton* followButton_;
    QToolButton* exportButton_;
    QMenu* exportMenu_ = nullptr;
    std::vector<std::pair<std::string, uint64_t>> services_;
    QString filter_;
    Shown shown_ = Shown::kBoth;
    int fit_ = 0;                 // service chips there is room for
    bool shiftHeld_ = false;      // with the last key in the search
};

}  // namespace nj::ui

// Keeps dashboards and rules in the capsule: imports files, saves copies, renames, exports, deletes. Each change is a step that can be
// undone. UI thread only.
#pragma once

#include <QObject>
#include <QStringList>
#include <vector>

#include "dashboard/dashboard.h"
#include "query/definitions.h"
#include "state/annotation_book.h"
#include "views/view.h"

namespace nj::ui {

class DashboardKeeping : public QObject {
    Q_OBJECT
public:
    // `parent`: over whose window its dialogs open.
    DashboardKeeping(const ViewContext& context, QWidget* parent);
    // Asks which files, then reads them.
    void chooseFiles();
    // Reads the files and keeps what they hold; kept() or refused() follows, or both.
    void importFiles(const QStringList& paths);
    [[nodiscard]] bool importing() const { return importing_; }
    // With the choice of variables that holds.
    void saveCopy(dashboard::Dashboard board, const std::vector<dashboard::Variable>& variables);
    void rename(const Definition& definition);
    void exportJson(const dashboard::Dashboard& board);
    void remove(const Definition& definition);

Q_SIGNALS:
    // It is in the capsule now, and to be shown.
    void kept(const QString& id);
    // No dashboard could be read from a file; `some`: from others one was.
    void refused(const QString& why, bool some);
    void notWritten(const QString& why);
    void settledChanged();

private:
    void imported(Result<std::vector<Result<query::ReadDefinition>>>&& read, const QStringList& paths);
    [[nodiscard]] QWidget* window() const;

    ViewContext context_;
    AnnotationBook& book_;
    bool importing_ = false;
};

}  // namespace nj::ui

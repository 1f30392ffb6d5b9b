// A view: one entry of the left rail, one page of the window. One .cpp per view, one line in views.inc. UI thread only.
#pragma once

#include <QString>
#include <QWidget>
#include <functional>
#include <optional>
#include <span>

#include "bridge/query_runner.h"
#include "model/annotation.h"
#include "state/copy_text.h"
#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/key_table.h"

namespace nj::ui {

struct ViewContext {
    Workspace& workspace;
    QueryRunner& queries;
    const Theme& theme;
};

class View : public QWidget {
    Q_OBJECT
public:
    using QWidget::QWidget;
    // "trace:<hex>", "log:<seq>" …: what another view's link asked for. Unknown parameters are ignored.
    virtual void open(const QString& parameter) { Q_UNUSED(parameter); }
    // What open() would bring back: part of a link to what is shown. "" = nothing is open.
    [[nodiscard]] virtual QString opened() const { return {}; }
    // The objective on what is shown, or one to begin from; nothing where the view shows no measure.
    [[nodiscard]] virtual std::optional<Objective> objectiveDraft() const { return {}; }
    // Compares the workspace's range with its baseline: true where the view shows what differs, false where it cannot.
    virtual bool compare() { return false; }
    // What is shown as a table, for text, and as a query that answers it again; nothing where it is neither.
    [[nodiscard]] virtual std::optional<CopyTable> shownTable() const { return {}; }
    [[nodiscard]] virtual QString shownSql() const { return {}; }
    // True once nothing more is being asked or laid out: pictures and tests wait for it.
    [[nodiscard]] virtual bool settled() const = 0;
    // The main title row as plain text, for accessibility and picture captions.
    [[nodiscard]] virtual QString summary() const = 0;

Q_SIGNALS:
    void settledChanged();
};

struct ViewFactory {
    const char* id;                      // "latency": command line, links, palette
    const char* title;                   // translatable, "Latency"
    const char* glyph;                   // one character for the rail
    // Which signal is missing, as a sentence, or "" when the view can show something of this capsule.
    QString (*needs)(const query::CapsuleInfo& info);
    View* (*create)(const ViewContext& context, QWidget* parent);
    // Its keys and those of its parts; nullptr: none of its own.
    QVector<KeyRow> (*keys)() = nullptr;
};

// All views in the order of views.inc.
std::span<const ViewFactory* const> viewFactories();
const ViewFactory* findView(const QString& id);

}  // namespace nj::ui

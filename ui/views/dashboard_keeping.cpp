#include "views/dashboard_keeping.h"

#include <QFileDialog>
#include <QInputDialog>
#include <QSaveFile>
#include <algorithm>
#include <set>

#include "dashboard/json/dashboard_json.h"
#include "query/dashboards.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kLongestName = 200, kLongestFileName = 60, kShownProblem = 400;

}  // namespace

DashboardKeeping::DashboardKeeping(const ViewContext& context, QWidget* parent) : QObject(parent), context_(context), book_(AnnotationBook::of(context.workspace)) {}

QWidget* DashboardKeeping::window() const { return qobject_cast<QWidget*>(parent())->window(); }

void DashboardKeeping::chooseFiles() {
    auto* dialog = new QFileDialog(window(), tr("Import dashboards or rules"), {}, tr("Dashboards and rules (*.json *.yml *.yaml);;All files (*)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setFileMode(QFileDialog::ExistingFiles);
    connect(dialog, &QFileDialog::filesSelected, this, &DashboardKeeping::importFiles);
    dialog->open();
}

void DashboardKeeping::importFiles(const QStringList& paths) {
    importing_ = true;
    std::vector<std::string> files;
    for (const QString& path : paths)
        files.push_back(path.toStdString());
    context_.queries.ask(
        QStringLiteral("dashboards/import"), this,
        [files](query::Backend& backend, std::stop_token stop) -> Result<std::vector<Result<query::ReadDefinition>>> {
            std::set<std::string, std::less<>> present;
            if (auto* boards = query::DashboardBackend::of(backend)) {
                NJ_ASSIGN(present, boards->metricNamesForDashboards(stop));
            }
            std::vector<Result<query::ReadDefinition>> read;
            for (const std::string& file : files)
                read.push_back(query::readDefinitionFile(file, present));
            return read;
        },
        [this, paths](Result<std::vector<Result<query::ReadDefinition>>>&& read) { imported(std::move(read), paths); });
}

void DashboardKeeping::imported(Result<std::vector<Result<query::ReadDefinition>>>&& read, const QStringList& paths) {
    importing_ = false;
    std::string last;
    QStringList failed;
    if (!read.ok()) {
        failed << QString::fromStdString(read.error().message);
    } else {
        for (qsizetype i = 0; i < paths.size(); ++i) {
            Result<query::ReadDefinition>& one = (*read)[static_cast<size_t>(i)];
            if (!one.ok()) {
                failed << QString::fromStdString(one.error().message).left(kShownProblem);
                continue;
            }
            Definition& definition = one->definition;
            // The same file again replaces what it gave before.
            if (const Definition* known = query::replacedBy(definition, book_.definitions()))
                definition.id = known->id;
            last = book_.put(definition, tr("Import %1").arg(oneLine(definition.name)));
        }
    }
    if (!last.empty())
        Q_EMIT kept(QString::fromStdString(last));
    if (!failed.isEmpty())
        Q_EMIT refused(failed.join(QLatin1Char('\n')), !last.empty());
    Q_EMIT settledChanged();
}

void DashboardKeeping::saveCopy(dashboard::Dashboard board, const std::vector<dashboard::Variable>& variables) {
    board.title += tr(" (copy)").toStdString();
    board.variables = variables;
    Q_EMIT kept(QString::fromStdString(book_.put(query::definitionOf(board, {}), tr("Save a copy"))));
}

void DashboardKeeping::rename(const Definition& definition) {
    auto* dialog = new QInputDialog(window());
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(tr("Rename"));
    dialog->setLabelText(tr("Name of the dashboard"));
    dialog->setTextValue(QString::fromStdString(definition.name));
    connect(dialog, &QInputDialog::textValueSelected, this, [this, id = definition.id](const QString& name) {
        const auto& all = book_.definitions();
        const auto known = std::find_if(all.begin(), all.end(), [&](const Definition& one) { return one.id == id; });
        if (known == all.end() || name.trimmed().isEmpty())
            return;
        Definition renamed = *known;
        renamed.name = name.trimmed().left(kLongestName).toStdString();
        if (renamed.kind == DefinitionKind::kDashboard) {
            auto board = query::dashboardOf(renamed);
            if (board.ok()) {
                board->title = renamed.name;
                renamed.document = dashboard::dashboardToJson(*board);
            }
        }
        book_.put(renamed, tr("Rename"));
    });
    dialog->open();
}

void DashboardKeeping::exportJson(const dashboard::Dashboard& board) {
    auto* dialog = new QFileDialog(window(), tr("Export the dashboard"), oneLine(board.title, kLongestFileName) + QStringLiteral(".json"), tr("Dashboard (*.json)"));
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    connect(dialog, &QFileDialog::fileSelected, this, [this, json = QByteArray::fromStdString(dashboard::dashboardToJson(board))](const QString& path) {
        QSaveFile file(path);
        if (!file.open(QIODevice::WriteOnly) || file.write(json) != json.size() || !file.commit())
            Q_EMIT notWritten(tr("%1 cannot be written: %2").arg(path, file.errorString()));
    });
    dialog->open();
}

void DashboardKeeping::remove(const Definition& definition) { book_.remove(definition.id, tr("Delete %1").arg(oneLine(definition.name))); }

}  // namespace nj::ui

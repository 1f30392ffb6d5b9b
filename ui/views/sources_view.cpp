#include "views/sources_view.h"

#include <QFileInfo>
#include <QGridLayout>
#include <QKeyEvent>
#include <QPushButton>
#include <algorithm>

#include "state/zone_correction.h"
#include "theme/number_format.h"
#include "views/documents_panel.h"
#include "views/live_panel.h"
#include "views/source_detail_panel.h"
#include "widgets/document_viewer.h"
#include "widgets/fact_table.h"
#include "widgets/panel.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

FactCell number(uint64_t value) {
    FactCell cell;
    cell.text = value == 0 ? QString() : formatCount(value);
    cell.order = static_cast<double>(value);
    return cell;
}

FactCell stateCell(const query::ImportSummary& import) {
    FactCell cell;
    if (import.state == "failed") {
        cell.mark = QStringLiteral("▲");
        cell.role = QStringLiteral("error");
        cell.text = SourcesView::tr("not read to its end");
    } else if (import.state == "running") {
        cell.mark = QStringLiteral("◆");
        cell.role = QStringLiteral("warning");
        cell.text = SourcesView::tr("being read");
    } else if (import.state == "live") {
        cell.mark = QStringLiteral("●");
        cell.role = QStringLiteral("ok");
        cell.text = SourcesView::tr("live");
    } else {
        cell.text = SourcesView::tr("read");
        cell.muted = true;
    }
    return cell;
}

// `host`: what its rows name alone; "" = none.
FactCell zoneCell(const query::ImportSummary& import, const AnnotationBook& book, const std::string& host) {
    FactCell cell;
    const auto& corrections = book.corrections();
    auto found = std::find_if(corrections.begin(), corrections.end(), [&](const TimeCorrection& one) { return one.import == import.id; });
    if (found == corrections.end())
        found = std::find_if(corrections.begin(), corrections.end(), [&](const TimeCorrection& one) { return one.import == 0 && !host.empty() && one.host == host; });
    if (found != corrections.end()) {
        const TimeCorrection& correction = *found;
        cell.mark = QStringLiteral("◆");
        cell.role = QStringLiteral("warning");
        cell.text = correction.zone.empty() ? skewText(correction.shift) : oneLine(correction.zone).replace(QLatin1Char('-'), QChar(0x2212));
        cell.detail = correction.import == 0 ? SourcesView::tr("by host") : SourcesView::tr("corrected");
        return cell;
    }
    const auto assumed = zoneMinutes(QString::fromStdString(import.assumedZone));
    cell.text = assumed ? zoneLabel(*assumed) : SourcesView::tr("stated");
    cell.detail = assumed ? SourcesView::tr("assumed") : QString();
    cell.muted = !assumed;
    return cell;
}

}  // namespace

SourcesView::SourcesView(const ViewContext& context, QWidget* parent) : RefreshingView(parent), context_(context), book_(AnnotationBook::of(context.workspace)) {
    setObjectName(QStringLiteral("page"));
    build();
    connect(&context.workspace, &Workspace::infoChanged, this, &SourcesView::scheduleRefresh);
    connect(&context.workspace, &Workspace::utcChanged, this, &SourcesView::scheduleRefresh);
    connect(&book_, &AnnotationBook::changed, this, [this] {
        if (isVisible())
            showFiles();
        else
            stale_ = true;
    });
}

void SourcesView::build() {
    const Theme& theme = context_.theme;
    files_ = new Panel(theme, this);
    table_ = new FactTable({{tr("file or stream"), 0},
                            {tr("recognised as"), 150},
                            {tr("spans"), 84, true, 2},
                            {tr("logs"), 84, true, 2},
                            {tr("samples"), 96, true, 2},
                            {tr("first row – last row"), 250, false, 1},
                            {tr("zone"), 150},
                            {tr("rejected"), 84, true},
                            {tr("twice"), 72, true, 3},
                            {tr("state"), 140, false, 2}},
                           theme);
    table_->setObjectName(QStringLiteral("sourcesTable"));
    table_->setAccessibleName(tr("Files and streams"));
    files_->setBody(table_);
    connect(table_, &FactTable::rowOpened, this, [this](int row) { chooseImport(imports_.at(static_cast<size_t>(row))); });
    connect(table_, &QTableWidget::currentCellChanged, this, [this](int row) {
        if (row >= 0 && table_->hasFocus())
            chooseImport(imports_.at(static_cast<size_t>(table_->sourceRow(row))));
    });

    missing_ = new Panel(theme, this);
    missing_->setTitle(tr("What is missing"));
    missingTable_ = new FactTable({{tr("what, and an example"), 0}}, theme);
    missingTable_->setObjectName(QStringLiteral("missingTable"));
    missingTable_->setAccessibleName(tr("What is missing or doubtful"));
    missing_->setBody(missingTable_);

    detail_ = new SourceDetailPanel(context_, this);
    reader_ = new Panel(theme, this);
    viewer_ = new DocumentViewer(theme);
    reader_->setBody(viewer_);
    auto* back = new QPushButton(tr("Back to the file"), reader_);
    back->setFont(theme.table);
    back->setToolTip(tr("Esc"));
    reader_->controls()->addWidget(back);
    connect(back, &QPushButton::clicked, this, [this] { lower_->setCurrentWidget(detail_); });
    lower_ = new QStackedWidget(this);
    lower_->addWidget(detail_);
    lower_->addWidget(reader_);

    documents_ = new DocumentsPanel(context_, this);
    connect(documents_, &DocumentsPanel::documentChosen, this, &SourcesView::openDocument);
    connect(documents_, &DocumentsPanel::settledChanged, this, &View::settledChanged);

    live_ = new LivePanel(context_, this);   // last, so that Tab comes to it after the files, where the view begins

    auto* grid = new QGridLayout(this);
    grid->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    grid->setSpacing(theme.gap);
    grid->addWidget(live_, 0, 0, 1, 2);
    grid->addWidget(files_, 1, 0, 1, 2);
    grid->addWidget(lower_, 2, 0, 2, 1);
    grid->addWidget(missing_, 2, 1);
    grid->addWidget(documents_, 3, 1);
    grid->setColumnStretch(0, 5);
    grid->setColumnStretch(1, 4);
    grid->setRowStretch(0, 5);
    grid->setRowStretch(1, 8);
    grid->setRowStretch(2, 6);
    grid->setRowStretch(3, 5);
    setFocusProxy(table_);
}

void SourcesView::refresh() {
    stale_ = false;
    showFiles();
    documents_->refresh();
    askMissing();
    askHosts();
}

void SourcesView::showFiles() {
    const query::CapsuleInfo& info = context_.workspace.info();
    const bool utc = context_.workspace.utc();
    std::vector<std::vector<FactCell>> rows;
    imports_.clear();
    uint64_t bytes = 0, rejected = 0;
    for (const query::ImportSummary& import : info.imports) {
        imports_.push_back(import.id);
        bytes += import.bytes;
        rejected += import.rejected;
        FactCell name, format, range, bad = number(import.rejected);
        const QString path = oneLine(import.path);
        const bool stream = path.contains(QLatin1String("://")) || import.state == "live";
        name.text = stream ? path : QFileInfo(path).fileName();
        name.detail = stream || QFileInfo(path).path() == QLatin1String(".") ? QString() : QFileInfo(path).path();
        format.text = import.format.empty() ? tr("not recognised") : oneLine(import.format);
        format.muted = import.format.empty();
        range.text = import.range.empty() ? QString() : formatDateTime(import.range.from, utc, kSecond) + QStringLiteral(" – ") +
                                                            (formatDate(import.range.from, utc) == formatDate(import.range.to, utc) ? formatClock(import.range.to, utc, kSecond)
                                                                                                                                    : formatDateTime(import.range.to, utc, kMinute));
        range.order = static_cast<double>(import.range.from);
        if (import.rejected > 0) {
            bad.mark = QStringLiteral("◆");
            bad.role = QStringLiteral("warning");
        }
        rows.push_back({name, format, number(import.spans), number(import.logs), number(import.samples), range, zoneCell(import, book_, hosts_.contains(import.id) ? hosts_.at(import.id) : std::string()), bad, number(import.duplicates), stateCell(import)});
    }
    files_->setTitle(tr("%1 files and streams, %2 read").arg(formatCount(rows.size()), formatValue(static_cast<double>(bytes), QStringLiteral("By"))));
    files_->setWords(rejected > 0 ? tr("%1 pieces rejected; times in %2").arg(formatCount(rejected), zoneName(context_.workspace.range().from, utc))
                                  : tr("nothing rejected; times in %1").arg(zoneName(context_.workspace.range().from, utc)));
    const bool empty = rows.empty();
    table_->setRows(std::move(rows));
    if (empty)
        files_->showEmpty(tr("Nothing was read into this capsule yet. Drop files on the window."));
    else
        files_->showBody();
    chooseImport(std::find(imports_.begin(), imports_.end(), chosen_) != imports_.end() ? chosen_ : imports_.empty() ? 0 : imports_.front());
}

void SourcesView::chooseImport(qint64 id) {
    chosen_ = id;
    const auto& imports = context_.workspace.info().imports;
    const auto found = std::find_if(imports.begin(), imports.end(), [&](const query::ImportSummary& import) { return import.id == id; });
    detail_->showImport(found == imports.end() ? nullptr : &*found);
    for (int row = 0; row < table_->rowCount(); ++row)
        if (imports_.at(static_cast<size_t>(table_->sourceRow(row))) == id && table_->currentRow() != row)
            table_->selectRow(row);
    if (!reading_)
        lower_->setCurrentWidget(detail_);
}

void SourcesView::askMissing() {
    askingMissing_ = true;
    missing_->setBusy(true);
    context_.queries.ask(
        QStringLiteral("sources/missing"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::MissingFact>> {
            auto* files = query::SourceQuestions::of(backend);
            return files ? files->missingFacts(stop) : std::vector<query::MissingFact>();
        },
        [this](Result<std::vector<query::MissingFact>>&& answer) {
            askingMissing_ = false;
            missing_->setBusy(false);
            if (answer.ok())
                showMissing(*answer);
            else
                missing_->showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { askMissing(); });
            Q_EMIT settledChanged();
        });
}

// Which host a file's rows name: a clock can be corrected for all of them at once.
void SourcesView::askHosts() {
    askingHosts_ = true;
    context_.queries.ask(
        QStringLiteral("sources/hosts"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<std::map<int64_t, std::string>> {
            auto* files = query::SourceQuestions::of(backend);
            return files ? files->importHosts(stop) : std::map<int64_t, std::string>();
        },
        [this](Result<std::map<int64_t, std::string>>&& answer) {
            askingHosts_ = false;
            hosts_ = answer.ok() ? std::move(*answer) : std::map<int64_t, std::string>();   // without it each file stands alone
            detail_->setHosts(hosts_);
            showFiles();
            Q_EMIT settledChanged();
        });
}

void SourcesView::showMissing(const std::vector<query::MissingFact>& facts) {
    std::vector<std::vector<FactCell>> rows;
    int serious = 0;
    for (const query::MissingFact& fact : facts) {
        FactCell what;
        what.text = oneLine(fact.what);
        what.mark = fact.serious ? QStringLiteral("◆") : QStringLiteral("·");
        what.role = fact.serious ? QStringLiteral("warning") : QString();
        what.detail = oneLine(fact.example);
        serious += fact.serious ? 1 : 0;
        rows.push_back({what});
    }
    missing_->setWords(serious > 0 ? tr("%1 of them change numbers elsewhere").arg(serious) : QString());
    const bool none = rows.empty();
    missingTable_->setRows(std::move(rows));
    if (none)
        missing_->showEmpty(tr("Nothing known: all signals are here, whole and with clocks that agree."));
    else
        missing_->showBody();
}

void SourcesView::openDocument(qint64 id, const QString& path, int line) {
    reading_ = true;
    context_.queries.ask(
        QStringLiteral("sources/document"), this,
        [id](query::Backend& backend, std::stop_token stop) -> Result<std::string> {
            auto* files = query::SourceQuestions::of(backend);
            return files ? files->documentText(id, stop) : Result<std::string>(makeError(ErrorCode::kUnsupported, "this capsule keeps no documents"));
        },
        [this, path, line](Result<std::string>&& text) {
            reading_ = false;
            reader_->setTitle(QFileInfo(path).fileName().left(200));
            reader_->setWords(QFileInfo(path).path().left(400));
            lower_->setCurrentWidget(reader_);
            if (text.ok()) {
                viewer_->setText(std::move(*text));
                viewer_->goToLine(line);
                reader_->showBody();
                viewer_->setFocus();
            } else {
                reader_->showError(QString::fromStdString(text.error().message));
            }
            Q_EMIT settledChanged();
        });
}

void SourcesView::open(const QString& parameter) {
    if (parameter.startsWith(QLatin1String("import:")))
        chooseImport(parameter.mid(7).toLongLong());
    else if (parameter == QLatin1String("live:add"))
        live_->add();
    else if (parameter.startsWith(QLatin1String("document:")))
        openDocument(parameter.mid(9).toLongLong(), {}, 1);
}

const KeyTable<SourcesView>& SourcesView::keys() {
    static const KeyTable<SourcesView> keys(
        {{"/", QT_TR_NOOP("search the documents"), [](SourcesView& view) { view.documents_->focusSearch(); }},
         {"Esc", QT_TR_NOOP("close the document"), [](SourcesView& view) { view.lower_->setCurrentWidget(view.detail_); }, [](const SourcesView& view) { return view.lower_->currentWidget() == view.reader_; }}}, false);
    return keys;
}

void SourcesView::keyPressEvent(QKeyEvent* event) {
    if (!keys().run(*this, *event))
        View::keyPressEvent(event);
}

bool SourcesView::settled() const { return !stale_ && !soon_.isActive() && !askingMissing_ && !askingHosts_ && !reading_ && documents_->settled() && book_.idle(); }

QString SourcesView::summary() const { return files_->title(); }

namespace {

QString sourcesNeeds(const query::CapsuleInfo&) { return {}; }
View* createSources(const ViewContext& context, QWidget* parent) { return new SourcesView(context, parent); }

}  // namespace

extern const ViewFactory sources_view;
const ViewFactory sources_view{"sources", QT_TRANSLATE_NOOP("View", "Sources"), "⇣", sourcesNeeds, createSources, [] { return SourcesView::keys().rows(); }};

}  // namespace nj::ui

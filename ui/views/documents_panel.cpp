#include "views/documents_panel.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <algorithm>

#include "theme/number_format.h"
#include "widgets/fact_table.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kSearchDelayMs = 150, kSearchWidth = 220;
constexpr size_t kMostHits = 500;

}  // namespace

DocumentsPanel::DocumentsPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    const Theme& theme = context.theme;
    setTitle(tr("Documents"));
    search_ = new QLineEdit(this);
    search_->setObjectName(QStringLiteral("documentsSearch"));
    search_->setPlaceholderText(tr("search all documents"));
    search_->setAccessibleName(tr("Search all documents"));
    search_->setFont(theme.table);
    search_->setMaxLength(1024);
    search_->setFixedWidth(kSearchWidth);
    controls()->addWidget(search_);
    table_ = new FactTable({{tr("document"), 0}, {tr("kind"), 130, false, 1}, {tr("size"), 84, true}}, theme);
    table_->setObjectName(QStringLiteral("documentsTable"));
    table_->setAccessibleName(tr("Documents"));
    setBody(table_);
    soon_.setSingleShot(true);
    soon_.setInterval(kSearchDelayMs);
    connect(search_, &QLineEdit::textChanged, this, [this] { soon_.start(); });
    connect(&soon_, &QTimer::timeout, this, &DocumentsPanel::search);
    connect(table_, &FactTable::rowOpened, this, [this](int row) {
        const auto at = static_cast<size_t>(row);
        const int64_t id = searching_ ? hits_.at(at).document : documents_.at(at).id;
        const auto known = std::find_if(documents_.begin(), documents_.end(), [&](const query::DocumentInfo& d) { return d.id == id; });
        Q_EMIT documentChosen(id, known == documents_.end() ? QString() : QString::fromStdString(known->path), searching_ ? static_cast<int>(hits_.at(at).line) : 1);
    });
}

void DocumentsPanel::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

void DocumentsPanel::refresh() {
    asking_ = true;
    context_.queries.ask(
        QStringLiteral("sources/documents"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::DocumentInfo>> {
            auto* files = query::SourceQuestions::of(backend);
            return files ? files->documents(stop) : std::vector<query::DocumentInfo>();
        },
        [this](Result<std::vector<query::DocumentInfo>>&& answer) {
            asking_ = false;
            if (answer.ok()) {
                documents_ = std::move(*answer);
                search();
            } else {
                showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { refresh(); });
            }
            Q_EMIT settledChanged();
        });
}

void DocumentsPanel::search() {
    if (search_->text().isEmpty()) {
        showList();
        Q_EMIT settledChanged();
        return;
    }
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("sources/search"), this,
        [text = search_->text().toStdString()](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::DocumentHit>> {
            auto* files = query::SourceQuestions::of(backend);
            return files ? files->searchDocuments(text, kMostHits, stop) : std::vector<query::DocumentHit>();
        },
        [this](Result<std::vector<query::DocumentHit>>&& answer) {
            asking_ = false;
            setBusy(false);
            if (answer.ok())
                showHits(*answer);
            else
                showError(QString::fromStdString(answer.error().message), tr("Try again"), [this] { search(); });
            Q_EMIT settledChanged();
        });
}

void DocumentsPanel::showList() {
    searching_ = false;
    setWords(documents_.empty() ? QString() : tr("%1 without times: listed, searchable, never log rows").arg(formatCount(documents_.size())));
    setPartial({});
    search_->setVisible(!documents_.empty());
    if (documents_.empty()) {
        showEmpty(tr("No file without times was read: YAML, JSON and plain text that hold no rows are kept here."));
        return;
    }
    std::vector<std::vector<FactCell>> rows;
    for (const query::DocumentInfo& document : documents_) {
        FactCell name, kind, size;
        const QString path = oneLine(document.path);
        name.text = QFileInfo(path).fileName();
        name.detail = QFileInfo(path).path();
        kind.text = oneLine(document.mediaType);
        kind.muted = true;
        size.text = formatValue(static_cast<double>(document.size), QStringLiteral("By"));
        size.order = static_cast<double>(document.size);
        rows.push_back({name, kind, size});
    }
    table_->setRows(std::move(rows));
    showBody();
}

void DocumentsPanel::showHits(const std::vector<query::DocumentHit>& hits) {
    searching_ = true;
    hits_ = hits;
    setWords(tr("%1 lines hold it").arg(formatCount(hits.size())));
    setPartial(hits.size() >= kMostHits ? tr("first %1").arg(formatCount(kMostHits)) : QString());
    std::vector<std::vector<FactCell>> rows;
    for (const query::DocumentHit& hit : hits) {
        FactCell text, where, line;
        text.text = oneLine(hit.text);
        const auto known = std::find_if(documents_.begin(), documents_.end(), [&](const query::DocumentInfo& d) { return d.id == hit.document; });
        where.text = known == documents_.end() ? QString() : QFileInfo(oneLine(known->path)).fileName();
        where.muted = true;
        line.text = formatCount(hit.line);
        line.order = static_cast<double>(hit.line);
        rows.push_back({text, where, line});
    }
    table_->setRows(std::move(rows));
    if (hits.empty())
        showEmpty(tr("No document holds “%1”.").arg(search_->text().left(80)), tr("Show all documents"), [this] { search_->clear(); });
    else
        showBody();
}

}  // namespace nj::ui

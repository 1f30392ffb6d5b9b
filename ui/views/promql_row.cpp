#include "views/promql_row.h"

#include <QHBoxLayout>
#include <QLineEdit>
#include <QToolButton>

#include "query/promql.h"
#include "widgets/explain_tree.h"
#include "widgets/plain_label.h"
#include "widgets/promql_edit.h"

namespace nj::ui {
namespace {

constexpr int kSideWidth = 172, kProblemHeight = 16;

}  // namespace

PromqlRow::PromqlRow(const ViewContext& context, const QString& key, QWidget* parent) : QWidget(parent), context_(context), key_(key) {
    const Theme& theme = context_.theme;
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(theme.unit);
    edit_ = new PromqlEdit(theme, this);
    edit_->setObjectName(QStringLiteral("metricPromql"));
    edit_->setFixedHeight(lineHeight());
    edit_->installEventFilter(this);
    legend_ = new QLineEdit(this);
    legend_->setObjectName(QStringLiteral("metricLegendFormat"));
    legend_->setFont(theme.mono);
    legend_->setPlaceholderText(tr("legend, {{pod}}"));
    legend_->setAccessibleName(tr("Legend of the lines"));
    legend_->setToolTip(tr("What the lines are called: {{label}} stands for a label's value. Empty: the labels in which they differ."));
    legend_->installEventFilter(this);
    explain_ = new QToolButton(this);
    explain_->setObjectName(QStringLiteral("metricExplain"));
    explain_->setFont(theme.table);
    explain_->setCheckable(true);
    explain_->setText(tr("explain"));
    explain_->setToolTip(tr("Takes the expression apart: how many series each part gives, and where they vanish"));
    problem_ = new PlainLabel({}, theme.table, "error", this);
    problem_->setObjectName(QStringLiteral("metricProblem"));
    problem_->setElided(true);
    problem_->setFixedHeight(kProblemHeight);
    problem_->hide();
    tree_ = new ExplainTree(theme, this);
    tree_->hide();
    auto* side = new QVBoxLayout;
    side->setContentsMargins(0, 0, 0, 0);
    side->setSpacing(theme.unit);
    side->addWidget(explain_, 0, Qt::AlignLeft);
    side->addWidget(legend_);
    legend_->setFixedWidth(kSideWidth);
    for (QWidget* control : {static_cast<QWidget*>(explain_), static_cast<QWidget*>(legend_)})
        control->setFixedHeight(theme.rowHeight);
    auto* line = new QHBoxLayout;
    line->setSpacing(theme.unit + 2);
    line->addWidget(edit_, 1);
    line->addLayout(side);
    column->addLayout(line);
    column->addWidget(problem_);
    column->addWidget(tree_);
    connect(edit_, &CodeEditor::runAsked, this, &PromqlRow::runAsked);
    connect(edit_, &PromqlEdit::checked, this, [this] {
        edit_->setToolTip(edit_->problem());
        if (!problem_->isHidden())   // what is half written is marked, not complained of
            showProblem(edit_->problem());
    });
    connect(edit_, &PromqlEdit::labelsWanted, this, &PromqlRow::askLabels);
    connect(legend_, &QLineEdit::editingFinished, this, [this] {
        if (legend_->isModified()) {
            legend_->setModified(false);
            Q_EMIT runAsked();
        }
    });
    connect(explain_, &QToolButton::toggled, this, &PromqlRow::fold);
    fit();
}

// Of two controls below each other, so that all of a row stands on one grid.
int PromqlRow::lineHeight() const { return 2 * context_.theme.rowHeight + context_.theme.unit; }

void PromqlRow::setSpec(const MetricSpec& spec) {
    if (edit_->expression() != spec.expression)
        edit_->setPlainText(spec.expression);
    if (legend_->text() != spec.legend)
        legend_->setText(spec.legend);
}

bool PromqlRow::read(MetricSpec& spec) {
    const bool right = edit_->check();
    showProblem(edit_->problem());
    if (!right)
        return false;
    spec.expression = edit_->expression();
    spec.legend = legend_->text().trimmed();
    return true;
}

void PromqlRow::setQuestion(const query::PromqlQuestion& question) {
    question_ = question;
    if (explain_->isChecked())
        askExplanation();
}

void PromqlRow::showProblem(const QString& problem) {
    problem_->setPlain(problem.isEmpty() ? QString() : QStringLiteral("▲ ") + problem);
    problem_->setVisible(!problem.isEmpty());
    fit();
}

void PromqlRow::fold(bool out) {
    tree_->setVisible(out);
    if (out)
        askExplanation();
    else
        context_.queries.cancel(key_ + QStringLiteral("/explain"));
    explaining_ = explaining_ && out;
    fit();
    Q_EMIT settledChanged();
}

void PromqlRow::fit() {
    tree_->setFixedHeight(tree_->wantedHeight());
    setFixedHeight(lineHeight() + (problem_->isHidden() ? 0 : context_.theme.unit + kProblemHeight) + (explain_->isChecked() ? context_.theme.unit + tree_->wantedHeight() : 0));
    Q_EMIT heightChanged();
}

void PromqlRow::askNames() {
    if (namesKnown_ || namesAsked_)
        return;
    namesAsked_ = true;
    ++asking_;
    context_.queries.ask(
        key_ + QStringLiteral("/names"), this,
        [](query::Backend& backend, std::stop_token stop) -> Result<query::PromqlNames> {
            auto* promql = query::PromqlBackend::of(backend);
            return promql ? promql->promqlNames(stop) : query::PromqlNames();
        },
        [this](Result<query::PromqlNames>&& names) {
            --asking_;
            namesAsked_ = false;
            namesKnown_ = names.ok();
            if (names.ok())
                edit_->setNames(*names);
            Q_EMIT settledChanged();
        });
}

void PromqlRow::askLabels(const QString& metric) {
    ++asking_;
    context_.queries.ask(
        key_ + QStringLiteral("/labels/") + metric.left(200), this,
        [name = metric.toStdString()](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::MetricLabel>> {
            auto* promql = query::PromqlBackend::of(backend);
            return promql ? promql->promqlLabels(name, stop) : std::vector<query::MetricLabel>();
        },
        [this, metric](Result<std::vector<query::MetricLabel>>&& labels) {
            --asking_;
            if (labels.ok())
                edit_->setLabels(metric, *labels);
            Q_EMIT settledChanged();
        });
}

void PromqlRow::askExplanation() {
    if (question_.expression.empty() || question_.range.empty())
        return;
    explaining_ = true;
    context_.queries.ask(
        key_ + QStringLiteral("/explain"), this,
        [question = question_](query::Backend& backend, std::stop_token stop) -> Result<query::PromqlExplanation> {
            auto* promql = query::PromqlBackend::of(backend);
            return promql ? promql->promqlExplain(question, stop) : Result<query::PromqlExplanation>(makeError(ErrorCode::kUnsupported, "This source answers no PromQL."));
        },
        [this](Result<query::PromqlExplanation>&& answer) {
            explaining_ = false;
            if (answer.ok())
                tree_->setExplanation(*answer);
            else
                tree_->setMessage(QString::fromStdString(answer.error().message));
            fit();
            Q_EMIT settledChanged();
        });
}

bool PromqlRow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn)
        Q_EMIT touched();
    return QWidget::eventFilter(watched, event);
}

}  // namespace nj::ui

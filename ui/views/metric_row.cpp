#include "views/metric_row.h"

#include <QComboBox>
#include <QHBoxLayout>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolButton>

#include "views/metric_row_menu.h"
#include "views/promql_row.h"
#include "widgets/label_filter_edit.h"
#include "widgets/plain_label.h"
#include "widgets/promql_edit.h"

namespace nj::ui {
namespace {

using Show = MetricSpec::Show;
using Combine = query::MetricCombine;

constexpr int kRemoveWidth = 28, kLabelsWidth = 88, kNarrow = 860, kNarrowName = 196, kLetterWidth = 22, kMostKeys = 60, kNameWidth = 300;
constexpr Combine kCombines[] = {Combine::kNone, Combine::kSum, Combine::kAvg, Combine::kMin, Combine::kMax, Combine::kP50, Combine::kP95, Combine::kCount};

QString showText(Show show) {
    switch (show) {
    case Show::kAuto: return MetricRow::tr("auto");
    case Show::kValue: return MetricRow::tr("value");
    case Show::kRate: return MetricRow::tr("rate");
    case Show::kQuantiles: return MetricRow::tr("quantiles");
    case Show::kHeatmap: return MetricRow::tr("heatmap");
    }
    return {};
}

}  // namespace

MetricRow::MetricRow(const ViewContext& context, const QString& letter, QWidget* parent) : QWidget(parent), context_(context), letter_(letter) {
    build();
    for (QComboBox* box : {showBox_, combineBox_, byBox_})
        connect(box, &QComboBox::activated, this, &MetricRow::read);
    connect(labels_, &LabelFilterEdit::appliedChanged, this, &MetricRow::read);
    connect(name_, &QToolButton::clicked, this, &MetricRow::touched);
    connect(remove_, &QToolButton::clicked, this, &MetricRow::removed);
    connect(switch_, &QToolButton::clicked, this, &MetricRow::switchTo);
    connect(promql_, &PromqlRow::runAsked, this, &MetricRow::runExpression);
    connect(promql_, &PromqlRow::touched, this, &MetricRow::touched);
    connect(promql_, &PromqlRow::settledChanged, this, &MetricRow::settledChanged);
    connect(promql_, &PromqlRow::heightChanged, this, &MetricRow::fitHeight);
    connect(more_, &MetricRowMenu::changed, this, [this] {
        spec_ = more_->chosen(spec_);
        show();
        Q_EMIT changed();
    });
}

void MetricRow::build() {
    const Theme& theme = context_.theme;
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(kLetterWidth + theme.unit, theme.unit, 0, theme.unit);
    row->setSpacing(theme.unit + 2);
    name_ = new QToolButton(this);
    name_->setObjectName(QStringLiteral("metricName"));
    name_->setFont(theme.mono);
    name_->setToolTip(tr("What is chosen at the left goes here"));
    labels_ = new LabelFilterEdit(this);
    labels_->setObjectName(QStringLiteral("metricLabels"));
    labels_->setFont(theme.mono);
    labels_->setPlaceholderText(tr("labels, gpu:3 -pod:b"));
    labels_->setAccessibleName(tr("Labels of query %1").arg(letter_));
    showBox_ = new QComboBox(this);
    combineBox_ = new QComboBox(this);
    byBox_ = new QComboBox(this);
    showBox_->setObjectName(QStringLiteral("metricShow"));
    combineBox_->setObjectName(QStringLiteral("metricCombine"));
    byBox_->setObjectName(QStringLiteral("metricBy"));
    showBox_->setAccessibleName(tr("Read as"));
    combineBox_->setAccessibleName(tr("Combine series"));
    byBox_->setAccessibleName(tr("Group by"));
    for (QComboBox* box : {showBox_, combineBox_, byBox_}) {
        box->setFont(theme.table);
        box->setMaxVisibleItems(24);
        box->installEventFilter(this);
    }
    labels_->setMinimumWidth(kLabelsWidth);
    fitBoxes();
    for (const Show show : {Show::kAuto, Show::kValue, Show::kRate, Show::kQuantiles, Show::kHeatmap})
        showBox_->addItem(showText(show), static_cast<int>(show));
    combineBox_->addItem(tr("auto"), -1);
    for (const Combine combine : kCombines)
        combineBox_->addItem(combineText(combine), static_cast<int>(combine));
    static int rowsMade = 0;   // letters pass from row to row, keys of questions must not
    promql_ = new PromqlRow(context_, QStringLiteral("metrics/promql/") + QString::number(rowsMade++), this);
    promql_->hide();
    more_ = new MetricRowMenu(theme, this);
    switch_ = new QToolButton(this);
    switch_->setObjectName(QStringLiteral("metricPromqlSwitch"));
    switch_->setFont(theme.table);
    switch_->setCheckable(true);
    switch_->setProperty("role", QStringLiteral("flat"));
    switch_->setText(tr("PromQL"));
    switch_->setToolTip(tr("Write the query as PromQL; Enter runs it"));
    remove_ = new QToolButton(this);
    remove_->setText(QStringLiteral("×"));
    remove_->setFixedWidth(kRemoveWidth);
    remove_->setProperty("role", QStringLiteral("flat"));
    remove_->setToolTip(tr("Remove this query"));
    remove_->setAccessibleName(tr("Remove query %1").arg(letter_));
    name_->installEventFilter(this);
    labels_->installEventFilter(this);
    row->addWidget(name_);
    row->addWidget(labels_, 1);
    row->addWidget(showBox_);
    row->addWidget(combineBox_);
    row->addWidget(byBox_);
    row->addWidget(promql_, 1);
    // The buttons stay on the first line when an expression folds out.
    auto* side = new QVBoxLayout;
    auto* buttons = new QHBoxLayout;
    buttons->setSpacing(theme.unit + 2);
    buttons->addStrut(theme.rowHeight);
    for (QToolButton* button : std::initializer_list<QToolButton*>{switch_, more_, remove_})
        buttons->addWidget(button);
    side->addLayout(buttons);
    side->addStretch(1);
    row->addLayout(side);
    for (QWidget* control : std::initializer_list<QWidget*>{name_, labels_, showBox_, combineBox_, byBox_, switch_, more_, remove_})
        control->setMaximumHeight(theme.rowHeight);
    fitHeight();
}

// Where it is narrow the boxes give way to the labels.
void MetricRow::fitBoxes() {
    narrow_ = width() < kNarrow;
    showBox_->setFixedWidth(narrow_ ? 94 : 112);
    combineBox_->setFixedWidth(narrow_ ? 118 : 142);
    byBox_->setFixedWidth(narrow_ ? 108 : 112);
    name_->setMaximumWidth(narrow_ ? kNarrowName : kNameWidth);
    nameAutomatics();
    name_->setText(name_->fontMetrics().elidedText(cutForCell(spec_.name), Qt::ElideMiddle, name_->maximumWidth() - 24));
}

// What was chosen by the answer; that it was is not said where there is no room for it.
void MetricRow::nameAutomatics() {
    if (!answered_)
        return;
    const QString reading = answer_.reading == query::MetricReading::kRate ? tr("rate") : answer_.reading == query::MetricReading::kQuantiles ? tr("quantiles") : tr("value");
    showBox_->setItemText(0, narrow_ ? reading : tr("auto: %1").arg(reading));
    combineBox_->setItemText(0, answer_.histogram ? tr("auto") : narrow_ ? combineText(answer_.combine) : tr("auto: %1").arg(combineText(answer_.combine)));
}

void MetricRow::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    fitBoxes();
}

void MetricRow::setLetter(const QString& letter) {
    letter_ = letter;
    update();
}

void MetricRow::setRemovable(bool removable) { remove_->setEnabled(removable); }

void MetricRow::setCurrent(bool current) {
    current_ = current;
    update();
}

void MetricRow::setSpec(const MetricSpec& spec) {
    spec_ = spec;
    show();
    if (spec_.promql)
        promql_->askNames();
    else
        askLabels();
}

bool MetricRow::settled() const { return !asking_ && promql_->settled(); }

PromqlEdit& MetricRow::promql() { return promql_->edit(); }

void MetricRow::setQuestion(const query::PromqlQuestion& question) { promql_->setQuestion(question); }

QString MetricRow::asPromql() const { return spec_.promql ? spec_.expression : promqlOf(spec_, answer_); }

// What the controls say, as an expression; back again they are as they were.
void MetricRow::switchTo(bool promql) {
    MetricSpec spec = spec_;
    spec.promql = promql;
    if (promql && spec.expression.isEmpty())
        spec.expression = promqlOf(spec_, answer_);
    setSpec(spec);
    if (promql)
        promql_->edit().setFocus();
    Q_EMIT changed();
}

void MetricRow::runExpression() {
    if (promql_->read(spec_))
        Q_EMIT changed();
}

void MetricRow::showNotes(const std::vector<std::string>& notes) {
    QStringList texts;
    for (const std::string& note : notes)
        texts << QString::fromStdString(note).left(300);
    switch_->setText(texts.isEmpty() ? tr("PromQL") : tr("◆ PromQL"));
    switch_->setToolTip(texts.isEmpty() ? tr("Write the query as PromQL; Enter runs it") : plainToolTip(texts.join(QLatin1Char('\n'))));
}

void MetricRow::show() {
    for (QWidget* control : std::initializer_list<QWidget*>{name_, labels_, showBox_, combineBox_, byBox_})
        control->setVisible(!spec_.promql);
    promql_->setVisible(spec_.promql);
    switch_->setChecked(spec_.promql);
    fitHeight();
    if (spec_.promql)
        promql_->setSpec(spec_);
    more_->setSpec(spec_);
    name_->setText(name_->fontMetrics().elidedText(cutForCell(spec_.name), Qt::ElideMiddle, name_->maximumWidth() - 24));
    name_->setAccessibleName(spec_.name.left(200));
    labels_->setApplied(spec_.labels);
    const QSignalBlocker blockers[] = {QSignalBlocker(showBox_), QSignalBlocker(combineBox_), QSignalBlocker(byBox_)};
    showBox_->setCurrentIndex(showBox_->findData(static_cast<int>(spec_.show)));
    combineBox_->setCurrentIndex(combineBox_->findData(spec_.combine ? static_cast<int>(*spec_.combine) : -1));
    byBox_->setCurrentIndex(std::max(0, byBox_->findData(spec_.by)));
}

void MetricRow::fitHeight() { setFixedHeight((spec_.promql ? promql_->maximumHeight() : context_.theme.rowHeight) + 2 * context_.theme.unit); }

void MetricRow::askLabels() {
    if (spec_.name.isEmpty() || asked_ == spec_.name)
        return;
    asked_ = spec_.name;
    asking_ = true;
    query::MetricLabelsQuestion question{spec_.name.toStdString(), {}};
    context_.queries.ask(
        QStringLiteral("metrics/labels/") + letter_, this,
        [question](query::Backend& backend, std::stop_token stop) -> Result<std::vector<query::MetricLabel>> {
            NJ_ASSIGN(query::MetricsBackend * metrics, query::metricsOf(backend));
            return metrics->metricLabels(question, stop);
        },
        [this](Result<std::vector<query::MetricLabel>>&& labels) {
            asking_ = false;
            offerKeys(labels.ok() ? *labels : std::vector<query::MetricLabel>());
            if (labels.ok())
                labels_->setLabels(std::move(*labels));
            Q_EMIT settledChanged();
        });
}

void MetricRow::offerKeys(const std::vector<query::MetricLabel>& labels) {
    const QSignalBlocker block(byBox_);
    byBox_->clear();
    byBox_->addItem(tr("by …"), QString());
    // Keys with one value would not part anything.
    for (const query::MetricLabel& label : labels)
        if ((label.valueCount > 1 || QString::fromStdString(label.key) == spec_.by) && byBox_->count() < kMostKeys) {
            const QString key = QString::fromStdString(label.key);
            byBox_->addItem(tr("by %1 (%2)").arg(key.left(60)).arg(label.valueCount), key);
        }
    if (!spec_.by.isEmpty() && byBox_->findData(spec_.by) < 0)
        byBox_->addItem(tr("by %1").arg(spec_.by.left(60)), spec_.by);
    nameBy();
    byBox_->setCurrentIndex(std::max(0, byBox_->findData(spec_.by)));
}

void MetricRow::read() {
    MetricSpec spec = spec_;
    spec.labels = labels_->applied();
    spec.show = static_cast<Show>(showBox_->currentData().toInt());
    const int combine = combineBox_->currentData().toInt();
    spec.combine = combine < 0 ? std::nullopt : std::optional(static_cast<Combine>(combine));
    const QString by = byBox_->currentData().toString();
    // Choosing a key says that there is to be one line for each of its values.
    if (by != spec.by && !by.isEmpty() && (!spec.combine || *spec.combine == Combine::kNone))
        spec.combine = Combine::kAvg;
    spec.by = by;
    if (spec == spec_)
        return;
    spec_ = spec;
    show();
    Q_EMIT changed();
}

void MetricRow::showAnswer(const query::MetricAnswer& answer) {
    answer_ = answer;
    answer_.lines.clear();   // how it was read is what counts
    histogram_ = answer.histogram;
    answered_ = true;
    nameAutomatics();
    more_->setAnswered(answer.unit);
    combineBox_->setEnabled(!histogram_);
    nameBy();
}

// What the answer grouped by, whichever of answer and keys came first.
void MetricRow::nameBy() {
    const bool chosen = answered_ && spec_.by.isEmpty() && !answer_.by.empty() && !spec_.combine;
    byBox_->setItemText(0, chosen ? tr("by %1").arg(QString::fromStdString(answer_.by.front()).left(60)) : tr("by …"));
}

void MetricRow::showAnswer(const query::PromqlAnswer& answer) {
    showNotes(answer.notes);
    more_->setAnswered(answer.lines.unit);
}

bool MetricRow::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() == QEvent::FocusIn)
        Q_EMIT touched();
    if (event->type() == QEvent::Wheel && qobject_cast<QComboBox*>(watched)) {
        event->ignore();   // scrolling past it must not change it
        return true;
    }
    return QWidget::eventFilter(watched, event);
}

void MetricRow::paintEvent(QPaintEvent*) {
    const Theme& theme = context_.theme;
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const QRectF box(0.5, theme.unit + 0.5, kLetterWidth - 1, theme.rowHeight - 1);
    painter.setPen(QPen(current_ ? theme.accent : theme.line, 1));
    painter.setBrush(current_ ? QBrush(theme.selection) : QBrush(theme.raised));
    painter.drawRoundedRect(box, theme.radius, theme.radius);
    painter.setFont(theme.panelTitle);
    painter.setPen(theme.text);
    painter.drawText(box, Qt::AlignCenter, letter_);
}

}  // namespace nj::ui

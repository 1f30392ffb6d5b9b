#include "views/latency_differences_panel.h"

#include <QKeyEvent>
#include <QPainter>
#include <QVBoxLayout>
#include <algorithm>
#include <limits>

#include "query/search_syntax.h"
#include "theme/number_format.h"
#include "widgets/plain_label.h"
#include "widgets/tabular_text.h"

namespace nj::ui {
namespace {

constexpr int kRow = 34, kShare = 44;

}  // namespace

// Rows of name, shares and two bars; the arrow keys move, Enter and a click choose.
class LatencyDifferencesPanel::List : public QWidget {
public:
    List(const Theme& theme, LatencyDifferencesPanel* panel) : QWidget(panel), panel_(panel), theme_(theme) {
        setFocusPolicy(Qt::StrongFocus);
        setMouseTracking(true);
        setObjectName(QStringLiteral("differences"));
        setAccessibleName(LatencyDifferencesPanel::tr("What differs"));
    }
    [[nodiscard]] QSize sizeHint() const override { return {240, static_cast<int>(panel_->answer().differences.size()) * kRow}; }
    [[nodiscard]] QSize minimumSizeHint() const override { return {160, 3 * kRow}; }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        const auto& rows = panel_->answer().differences;
        for (size_t i = 0; i < rows.size(); ++i) {
            const QRectF row(0, static_cast<double>(i) * kRow, width(), kRow);
            if (static_cast<int>(i) == current_ && hasFocus())
                p.fillRect(row, theme_.selection);
            else if (static_cast<int>(i) == hovered_)
                p.fillRect(row, theme_.grid);
            p.setFont(theme_.table);
            p.setPen(theme_.text);
            const QRectF words = row.adjusted(4, 2, -4, -12);
            const QString name = QFontMetricsF(theme_.table).elidedText(nameOf(rows[i]), Qt::ElideLeft, words.width() - 2 * kShare - 8);
            p.drawText(words, Qt::AlignLeft | Qt::AlignVCenter, name);
            drawTabular(p, words.adjusted(words.width() - 2 * kShare, 0, -kShare, 0), Qt::AlignRight | Qt::AlignVCenter, formatShare(rows[i].selectionShare));
            p.setPen(theme_.muted);
            drawTabular(p, words.adjusted(words.width() - kShare, 0, 0, 0), Qt::AlignRight | Qt::AlignVCenter, formatShare(rows[i].restShare));
            const QRectF bars(4, row.bottom() - 11, width() - 8, 8);
            p.fillRect(QRectF(bars.left(), bars.top(), bars.width() * std::clamp(rows[i].selectionShare, 0.0, 1.0), 3), theme_.accent);
            p.fillRect(QRectF(bars.left(), bars.top() + 4, bars.width() * std::clamp(rows[i].restShare, 0.0, 1.0), 3), theme_.muted);
        }
    }
    void mouseMoveEvent(QMouseEvent* event) override {
        hovered_ = rowAt(event->position());
        const auto& rows = panel_->answer().differences;
        QString tip;
        if (hovered_ >= 0) {
            tip = nameOf(rows[static_cast<size_t>(hovered_)]);
            for (const std::string& key : rows[static_cast<size_t>(hovered_)].alike)
                tip += QLatin1Char('\n') + LatencyDifferencesPanel::tr("same rows: %1").arg(QString::fromStdString(key).left(80));
        }
        setToolTip(tip.isEmpty() ? QString() : plainToolTip(tip));
        update();
    }
    void mousePressEvent(QMouseEvent* event) override {
        current_ = rowAt(event->position());
        if (current_ >= 0)
            panel_->filterBy(current_);
    }
    void leaveEvent(QEvent*) override {
        hovered_ = -1;
        update();
    }
    void keyPressEvent(QKeyEvent* event) override {
        const int count = static_cast<int>(panel_->answer().differences.size());
        if (event->key() == Qt::Key_Down)
            current_ = std::min(current_ + 1, count - 1);
        else if (event->key() == Qt::Key_Up)
            current_ = std::max(current_ - 1, 0);
        else if ((event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter) && current_ >= 0 && current_ < count)
            panel_->filterBy(current_);
        else
            QWidget::keyPressEvent(event);
        update();
    }

private:
    [[nodiscard]] int rowAt(const QPointF& at) const {
        const int row = static_cast<int>(at.y()) / kRow;
        return at.y() >= 0 && row < static_cast<int>(panel_->answer().differences.size()) ? row : -1;
    }
    LatencyDifferencesPanel* panel_;
    const Theme& theme_;
    int current_ = -1, hovered_ = -1;
};

LatencyDifferencesPanel::LatencyDifferencesPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context) {
    auto* body = new QWidget(this);
    list_ = new List(context.theme, this);
    against_ = new PlainLabel({}, context.theme.caption, "muted", body);
    against_->setObjectName(QStringLiteral("differencesAgainst"));
    against_->setWordWrap(true);
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(context.theme.unit);
    column->addWidget(against_);
    column->addWidget(list_, 1);
    setBody(body);
    setHeightFollowsWidth(false);
    setTitle(tr("What differs"));
}

QString LatencyDifferencesPanel::nameOf(const query::Difference& difference) {
    bool number = false;
    const double value = QString::fromStdString(difference.value).toDouble(&number);
    if (difference.above && number)   // a bound found between values: its last digits say nothing
        return QString::fromStdString(difference.key).left(80) + QStringLiteral(" > ") + QString::number(value, 'g', 4);
    return QString::fromStdString(difference.key).left(80) + (difference.above ? QStringLiteral(" > ") : QStringLiteral(" = ")) + QString::fromStdString(difference.value).left(120).simplified();
}

void LatencyDifferencesPanel::askBox(TimeRange box, double low, double high, const query::Measure& measure) {
    ofRange_ = false;
    question_ = {};
    question_.range = context_.workspace.range();
    question_.filter = context_.workspace.filter();
    question_.selection = box;
    question_.byDuration = measure.kind == query::Measure::Kind::kSpanDuration;
    question_.attribute = measure.key;
    question_.low = low;
    question_.high = high;
    ask();
}

void LatencyDifferencesPanel::askRange(const std::optional<query::Measure>& measure) {
    const Workspace& workspace = context_.workspace;
    ofRange_ = true;
    question_ = {};
    question_.filter = workspace.filter();
    question_.selection = workspace.range();
    question_.rest = workspace.baseline();
    const TimeRange other = workspace.baseline().value_or(workspace.all());
    question_.range = {std::min(workspace.range().from, other.from), std::max(workspace.range().to, other.to)};
    question_.byDuration = !measure || measure->kind == query::Measure::Kind::kSpanDuration;
    question_.attribute = measure ? measure->key : std::string();
    question_.low = -std::numeric_limits<double>::max();
    question_.high = std::numeric_limits<double>::max();
    ask();
}

void LatencyDifferencesPanel::ask() {
    asking_ = true;
    setBusy(true);
    context_.queries.ask(
        QStringLiteral("latency/differences"), this, [q = question_](query::Backend& backend, std::stop_token stop) { return query::askDifferences(backend, q, stop); },
        [this](Result<query::DifferencesAnswer>&& answer) {
            asking_ = false;
            setBusy(false);
            if (answer.ok()) {
                answer_ = std::move(*answer);
                showAnswer();
            } else {
                showWhyNot(QString::fromStdString(answer.error().message));
            }
            Q_EMIT settledChanged();
        });
}

void LatencyDifferencesPanel::showWhyNot(const QString& sentence) {
    answer_ = {};
    setWords({});
    against_->setPlain({});
    showEmpty(sentence);
}

void LatencyDifferencesPanel::showAnswer() {
    const bool utc = context_.workspace.utc();
    const auto stretch = [utc](const TimeRange& range) { return formatRange(range, utc); };
    setWords(!ofRange_        ? tr("box n = %1, rest n = %2").arg(formatCount(answer_.selected), formatCount(answer_.rest))
             : question_.rest ? tr("n = %1, baseline n = %2").arg(formatCount(answer_.selected), formatCount(answer_.rest))
                              : tr("n = %1, rest n = %2").arg(formatCount(answer_.selected), formatCount(answer_.rest)));
    const QString zone = zoneName(question_.selection.from, utc);
    against_->setPlain(!ofRange_        ? tr("Share of spans that have it, in the box against the rest of the range")
                       : question_.rest ? tr("Share of spans that have it, %1 against baseline %2 %3").arg(stretch(question_.selection), stretch(*question_.rest), zone)
                                        : tr("Share of spans that have it, %1 %2 against all other time").arg(stretch(question_.selection), zone));
    if (ofRange_ && (answer_.selected == 0 || answer_.rest == 0)) {
        showEmpty(answer_.selected == 0 ? tr("No span in this range and filter.") : tr("The baseline has no span to compare with."));
        return;
    }
    if (answer_.selected == 0 || answer_.rest == 0) {
        showEmpty(answer_.selected == 0 ? tr("No span lies in the box.") : tr("Every span lies in the box: there is nothing to compare with."));
        return;
    }
    if (answer_.differences.empty()) {
        showEmpty(ofRange_ ? tr("Nothing: the spans have the same attributes as those of the baseline, to a tenth.") : tr("Nothing: the box's spans have the same attributes as the rest."));
        return;
    }
    QStringList said;
    for (const query::Difference& one : answer_.differences)
        said << tr("%1: %2 against %3").arg(nameOf(one), formatShare(one.selectionShare), formatShare(one.restShare));
    list_->setAccessibleDescription(said.join(QStringLiteral("; ")));
    list_->updateGeometry();
    list_->update();
    showBody();
}

void LatencyDifferencesPanel::filterBy(int index) {
    const query::Difference& one = answer_.differences[static_cast<size_t>(index)];
    const QString term = one.above ? QString::fromStdString(one.key) + QStringLiteral(":>") + QString::fromStdString(one.value)
                                   : QString::fromStdString(query::searchTerm(one.key, one.value, false));
    const QString now = context_.workspace.filterText();
    if (!now.contains(term))
        context_.workspace.setFilterText(now.isEmpty() ? term : now + QLatin1Char(' ') + term);
}

}  // namespace nj::ui

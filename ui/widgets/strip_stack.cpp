#include "widgets/strip_stack.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QVBoxLayout>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/plain_label.h"
#include "widgets/tabular_text.h"
#include "widgets/time_chart.h"

namespace nj::ui {

namespace {

constexpr int kLeast = 34, kFirstLeast = 56, kLastLeast = 58;   // the first carries the flags, the last the time axis
constexpr int kRow = 15, kNumber = 70, kHeading = 16, kBaselineFrom = 200;

}  // namespace

class StripStack::Names : public QWidget {
public:
    Names(const Strip& strip, int width, const Theme& theme, QWidget* parent) : QWidget(parent), strip_(strip), theme_(theme) {
        setFixedWidth(width);
        setToolTip(plainToolTip(strip.title + QLatin1Char('\n') + strip.words));
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        QFont strong = theme_.table;
        strong.setWeight(QFont::Medium);
        p.setFont(theme_.caption);
        const bool wraps = height() >= 44 && p.fontMetrics().horizontalAdvance(strip_.words) > width();
        const int top = std::max(0, (height() - (wraps ? 44 : 30)) / 2);
        p.setFont(strong);
        p.setPen(theme_.text);
        p.drawText(QRect(0, top, width(), 16), Qt::AlignLeft | Qt::AlignVCenter, p.fontMetrics().elidedText(strip_.title, Qt::ElideRight, width()));
        p.setFont(theme_.caption);
        p.setPen(theme_.muted);
        const QString words = wraps ? strip_.words : p.fontMetrics().elidedText(strip_.words, Qt::ElideRight, width());
        p.drawText(QRect(0, top + 16, width(), std::min(28, height() - top - 16)), Qt::AlignLeft | Qt::AlignTop | (wraps ? Qt::TextWordWrap : Qt::TextSingleLine), words);
    }

private:
    Strip strip_;
    const Theme& theme_;
};

class StripStack::Values : public QWidget {
public:
    Values(const Strip& strip, Workspace& workspace, int width, const Theme& theme, QWidget* parent) : QWidget(parent), strip_(strip), workspace_(workspace), theme_(theme) {
        setFixedWidth(width);
        connect(&workspace, &Workspace::cursorChanged, this, [this] { update(); });
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        const int fit = std::max(1, height() / kRow);
        const int shown = std::min<int>(fit, static_cast<int>(strip_.rows.size()));
        double y = std::max(0.0, (height() - shown * kRow) / 2.0);
        for (int i = 0; i < shown; ++i, y += kRow)
            paintRow(p, strip_.rows[i], y);
    }

private:
    void paintRow(QPainter& p, const StripRow& row, double y) {
        p.fillRect(QRectF(10, y + kRow / 2.0 - 3.5, 7, 7), row.color);
        p.setFont(theme_.caption);
        p.setPen(theme_.muted);
        const bool baseline = width() >= kBaselineFrom;
        const QRectF name(22, y, width() - 22 - (baseline ? 2 : 1) * kNumber, kRow);
        p.drawText(name, Qt::AlignLeft | Qt::AlignVCenter, p.fontMetrics().elidedText(row.name, Qt::ElideRight, static_cast<int>(name.width())));
        QFont strong = theme_.caption;
        strong.setWeight(QFont::DemiBold);
        p.setFont(strong);
        p.setPen(theme_.text);
        drawTabular(p, QRectF(name.right(), y, kNumber - 6, kRow), Qt::AlignRight | Qt::AlignVCenter, text(valueOf(row), row.unit));
        if (!baseline)
            return;
        p.setFont(theme_.caption);
        p.setPen(theme_.muted);
        drawTabular(p, QRectF(name.right() + kNumber, y, kNumber, kRow), Qt::AlignRight | Qt::AlignVCenter, std::isfinite(row.baseline) ? text(row.baseline, row.unit) : QString());
    }
    [[nodiscard]] static QString text(double value, const QString& unit) {
        if (unit == u"%")
            return formatNumber(value) + QStringLiteral("\u00A0%");
        return unit.startsWith(QLatin1Char('/')) ? formatNumber(value) + QLatin1Char(' ') + unit : formatValue(value, unit);
    }
    // At the cursor, else the last value there is.
    [[nodiscard]] double valueOf(const StripRow& row) const {
        const auto cursor = workspace_.cursor();
        if (cursor && strip_.chart.width > 0 && *cursor >= strip_.chart.from)
            if (const auto column = (*cursor - strip_.chart.from) / strip_.chart.width; column < row.values.size())
                return row.values[static_cast<qsizetype>(column)];
        for (qsizetype i = row.values.size() - 1; i >= 0; --i)
            if (std::isfinite(row.values[i]))
                return row.values[i];
        return std::nan("");
    }
    Strip strip_;
    Workspace& workspace_;
    const Theme& theme_;
};

namespace {

// Names the column of values: "At 11:12   value   baseline".
class Heading : public QWidget {
public:
    Heading(Workspace& workspace, int width, const Theme& theme, QWidget* parent) : QWidget(parent), workspace_(workspace), theme_(theme), width_(width) {
        setFixedHeight(kHeading);
        QObject::connect(&workspace, &Workspace::cursorChanged, this, [this] { update(); });
    }

protected:
    void paintEvent(QPaintEvent*) override {
        QPainter p(this);
        p.setFont(theme_.caption);
        p.setPen(theme_.muted);
        const QRectF area(width() - width_, 0, width_, height());
        const auto cursor = workspace_.cursor();
        const QString when = cursor ? QObject::tr("At %1").arg(formatClock(*cursor, workspace_.utc(), kSecond)) : QObject::tr("Last");
        p.drawText(area.adjusted(10, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, when);
        if (width_ < kBaselineFrom)
            return;
        p.drawText(area.adjusted(0, 0, -kNumber - 6, 0), Qt::AlignRight | Qt::AlignVCenter, QObject::tr("value"));
        p.drawText(area, Qt::AlignRight | Qt::AlignVCenter, QObject::tr("baseline"));
    }

private:
    Workspace& workspace_;
    const Theme& theme_;
    int width_;
};

}  // namespace

StripStack::StripStack(Workspace& workspace, const Theme& theme, QWidget* parent, StripColumns columns)
    : QWidget(parent), workspace_(workspace), theme_(theme), columns_(columns) {
    column_ = new QVBoxLayout(this);
    column_->setContentsMargins(0, 0, 0, 0);
    column_->setSpacing(0);
    heading_ = new Heading(workspace, columns_.values, theme, this);
    column_->addWidget(heading_);
}

void StripStack::setStrips(const QVector<Strip>& strips) {
    const bool sameShape = strips.size() == strips_.size();
    strips_ = strips;
    if (!sameShape)
        rebuild();
    for (int i = 0; i < strips_.size(); ++i) {
        const auto at = static_cast<size_t>(i);
        charts_[at]->setData(strips_[i].chart);
        auto* row = charts_[at]->parentWidget()->layout();
        // Names and values are painted from copies: new ones for new data.
        auto* names = new Names(strips_[i], columns_.names, theme_, charts_[at]->parentWidget());
        auto* values = new Values(strips_[i], workspace_, columns_.values, theme_, charts_[at]->parentWidget());
        delete row->replaceWidget(names_[at], names);
        delete row->replaceWidget(values_[at], values);
        delete names_[at];
        delete values_[at];
        names_[at] = names;
        values_[at] = values;
        names->show();
        values->show();
    }
}

void StripStack::rebuild() {
    while (column_->count() > 1) {
        QLayoutItem* item = column_->takeAt(1);
        delete item->widget();
        delete item;
    }
    charts_.clear();
    names_.clear();
    values_.clear();
    for (int i = 0; i < strips_.size(); ++i) {
        auto* holder = new QWidget(this);
        auto* row = new QHBoxLayout(holder);
        row->setContentsMargins(0, 0, 0, 0);
        row->setSpacing(0);
        auto* chart = new TimeChart(workspace_, theme_, holder);
        chart->setMargins(kAxisWidth, 1);
        chart->setTimeAxisShown(i + 1 == strips_.size());
        chart->setCardShown(false);
        chart->setMinimumHeight(i == 0 && strips_[0].chart.marks.flagLabels ? kFirstLeast : i + 1 == strips_.size() ? kLastLeast : kLeast);
        connect(chart, &ChartFrame::flagClicked, this, &StripStack::flagClicked);
        connect(chart, &ChartFrame::pointClicked, this, [this, i](TimeNs time) { Q_EMIT pointClicked(time, i); });
        names_.push_back(new QWidget(holder));
        values_.push_back(new QWidget(holder));
        row->addWidget(names_.back());
        row->addWidget(chart, 1);
        row->addWidget(values_.back());
        charts_.push_back(chart);
        // The first carries the flags' words, the last the time axis: both need the room.
        holder->show();
        column_->addWidget(holder, i == 0 || i + 1 == strips_.size() ? 4 : 3);
    }
}

}  // namespace nj::ui

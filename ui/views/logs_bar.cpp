#include "views/logs_bar.h"

#include <QHBoxLayout>
#include <QIcon>
#include <QLineEdit>
#include <QPainter>
#include <QPushButton>
#include <QSignalBlocker>
#include <QToolButton>
#include <algorithm>
#include <array>

#include "query/search_syntax.h"
#include "theme/number_format.h"
#include "widgets/filter_terms.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kMostChips = 6, kLongestChip = 32;

// What a severity chip adds to the filter.
constexpr std::array<const char*, 3> kSeverityTerms = {"severity>=error", "severity:warn", "severity:info"};

constexpr std::array<char16_t, 3> kMarks = {u'▲', u'◆', u'·'};

QIcon markIcon(char16_t mark, const QColor& color, const QFont& font) {
    QPixmap pixmap(24, 24);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    painter.setFont(font);
    painter.setPen(color);
    painter.drawText(QRectF(0, 0, 12, 12), Qt::AlignCenter, QString(QChar(mark)));
    return QIcon(pixmap);
}

}  // namespace

LogsBar::LogsBar(const ViewContext& context, QWidget* parent) : QWidget(parent), context_(context) {
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(context.theme.unit + 2);
    search_ = new QLineEdit(this);
    search_->setObjectName(QStringLiteral("logSearch"));
    search_->setPlaceholderText(tr("search these logs  /"));
    search_->setAccessibleName(tr("Search these logs"));
    search_->setFont(context.theme.mono);
    search_->setMinimumWidth(140);
    search_->setMaximumWidth(280);
    search_->setMaxLength(4096);
    connect(search_, &QLineEdit::returnPressed, this, [this] { addTerm(search_->text().trimmed()); });
    connect(search_, &QLineEdit::textEdited, this, [this] {
        search_->setProperty("invalid", false);
        search_->setStyleSheet({});
    });
    row->addWidget(search_, 1);
    chips_ = new QHBoxLayout;
    chips_->setSpacing(context.theme.unit);
    row->addLayout(chips_);
    buildSeverities();
    for (QToolButton* button : severities_)
        row->addWidget(button);
    note_ = new PlainLabel({}, context.theme.table, "muted", this);
    note_->setElided(true);
    note_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    row->addWidget(note_, 1);
    buildActions(row);
}

void LogsBar::buildSeverities() {
    const Theme& theme = context_.theme;
    const std::array<QColor, 3> colors = {theme.error, theme.warning, theme.muted};
    for (int i = 0; i < 3; ++i) {
        auto* button = new QToolButton(this);
        button->setCheckable(true);
        button->setFont(theme.table);
        button->setFocusPolicy(Qt::StrongFocus);
        button->setObjectName(QStringLiteral("severity%1").arg(i));
        button->setIcon(markIcon(kMarks[static_cast<size_t>(i)], colors[static_cast<size_t>(i)], theme.table));
        button->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        button->setIconSize(QSize(12, 12));
        connect(button, &QToolButton::clicked, this, [this, i] { toggleSeverity(i); });
        severities_.push_back(button);
    }
    setCounts({0, 0, 0, 0});
}

void LogsBar::buildActions(QHBoxLayout* row) {
    const auto toggle = [&](const QString& text, const QString& tip) {
        auto* button = new QToolButton(this);
        button->setText(text);
        button->setToolTip(tip);
        button->setCheckable(true);
        button->setFont(context_.theme.table);
        button->setFocusPolicy(Qt::StrongFocus);
        row->addWidget(button);
        return button;
    };
    contextButton_ = toggle(tr("Context 4 + 4"), tr("All records around the selected one (C)"));
    contextButton_->setObjectName(QStringLiteral("logContext"));
    followButton_ = toggle(tr("Follow cursor"), tr("The table moves to the instant under the pointer of any chart"));
    followButton_->setObjectName(QStringLiteral("logFollow"));
    followButton_->setChecked(true);
    saveButton_ = new QPushButton(tr("Save all…"), this);
    saveButton_->setFont(context_.theme.table);
    saveButton_->setObjectName(QStringLiteral("logSave"));
    saveButton_->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
    row->addWidget(saveButton_);
    connect(contextButton_, &QToolButton::clicked, this, &LogsBar::contextToggled);
    connect(followButton_, &QToolButton::toggled, this, &LogsBar::followToggled);
    connect(saveButton_, &QPushButton::clicked, this, &LogsBar::saveClicked);
}

void LogsBar::setCounts(const QVector<quint64>& counts) {
    const std::array<QString, 3> names = {tr("error"), tr("warn"), tr("info")};
    for (int i = 0; i < severities_.size(); ++i)
        severities_[i]->setText(names[static_cast<size_t>(i)] + QLatin1Char(' ') + formatShort(static_cast<double>(counts.value(i))));
}

void LogsBar::setFilterText(const QString& text) {
    filter_ = text;
    showChips();
}

void LogsBar::showChips() {
    while (QLayoutItem* item = chips_->takeAt(0)) {
        if (item->widget())
            item->widget()->deleteLater();
        delete item;
    }
    for (QToolButton* button : severities_)
        button->setChecked(false);
    const QVector<FilterTerm> terms = filterTerms(filter_);
    int shown = 0;
    for (qsizetype i = 0; i < terms.size(); ++i) {
        const auto severity = std::find(kSeverityTerms.begin(), kSeverityTerms.end(), terms[i].text.toStdString());
        if (severity != kSeverityTerms.end()) {
            severities_[severity - kSeverityTerms.begin()]->setChecked(true);
            continue;
        }
        if (terms[i].joint || ++shown > kMostChips)
            continue;
        auto* chip = new QToolButton(this);
        const QString text = terms[i].text.size() > kLongestChip ? terms[i].text.left(kLongestChip - 1) + QChar(0x2026) : terms[i].text;
        chip->setText(QString(text).replace(QLatin1Char('&'), QStringLiteral("&&")) + QStringLiteral("  ×"));
        chip->setFont(context_.theme.mono);
        chip->setAccessibleName(tr("Remove %1 from the filter").arg(terms[i].text));
        chip->setFocusPolicy(Qt::StrongFocus);
        chip->setObjectName(QStringLiteral("logChip"));
        connect(chip, &QToolButton::clicked, this, [this, i] { Q_EMIT filterWanted(withoutTerm(filter_, i)); });
        chips_->addWidget(chip);
    }
}

void LogsBar::addTerm(const QString& term) {
    if (term.isEmpty())
        return;
    if (!query::parseSearch(term.toStdString()).ok()) {
        search_->setProperty("invalid", true);
        search_->setStyleSheet(QStringLiteral(" "));   // has the style look at the property again
        setNote(tr("This search does not parse."), "error");
        return;
    }
    search_->clear();
    Q_EMIT filterWanted(filter_.isEmpty() ? term : filter_ + QLatin1Char(' ') + term);
}

void LogsBar::toggleSeverity(int index) {
    const QVector<FilterTerm> terms = filterTerms(filter_);
    const QString own = QLatin1String(kSeverityTerms[static_cast<size_t>(index)]);
    for (qsizetype i = 0; i < terms.size(); ++i)
        if (terms[i].text == own) {
            Q_EMIT filterWanted(withoutTerm(filter_, i));
            return;
        }
    // One severity at a time: two together would match nothing.
    QString text = filter_;
    for (const char* other : kSeverityTerms) {
        const QVector<FilterTerm> now = filterTerms(text);
        for (qsizetype i = 0; i < now.size(); ++i)
            if (now[i].text == QLatin1String(other)) {
                text = withoutTerm(text, i);
                break;
            }
    }
    Q_EMIT filterWanted(text.isEmpty() ? own : text + QLatin1Char(' ') + own);
}

void LogsBar::setNote(const QString& note, const char* role) {
    note_->setRole(role);
    note_->setPlain(note);
}

QString LogsBar::note() const { return note_->plain(); }

void LogsBar::setContextShown(bool shown) {
    const QSignalBlocker block(contextButton_);
    contextButton_->setChecked(shown);
}

bool LogsBar::follows() const { return followButton_->isChecked(); }

void LogsBar::focusSearch() {
    search_->setFocus(Qt::ShortcutFocusReason);
    search_->selectAll();
}

void LogsBar::setSaving(bool saving) { saveButton_->setText(saving ? tr("Cancel saving") : tr("Save all…")); }

}  // namespace nj::ui

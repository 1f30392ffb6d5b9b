#include "views/logs_bar.h"

#include <QButtonGroup>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QIcon>
#include <QKeyEvent>
#include <QLineEdit>
#include <QMenu>
#include <QPainter>
#include <QSignalBlocker>
#include <QToolButton>
#include <QVBoxLayout>
#include <algorithm>
#include <array>

#include "models/log_text.h"
#include "query/search_syntax.h"
#include "theme/number_format.h"
#include "widgets/filter_terms.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kMostChips = 5, kLongestChip = 32, kMostServices = 6, kServiceWidth = 140, kOtherWidth = 520;

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

QIcon dotIcon(const QColor& color) {
    QPixmap pixmap(20, 20);
    pixmap.setDevicePixelRatio(2);
    pixmap.fill(Qt::transparent);
    QPainter(&pixmap).fillRect(QRectF(1, 1, 8, 8), color);
    return QIcon(pixmap);
}

QString serviceTerm(const std::string& service) { return QString::fromStdString(query::searchTerm("service", service, false)); }

}  // namespace

LogsBar::LogsBar(const ViewContext& context, QWidget* parent) : QWidget(parent), context_(context) {
    auto* rows = new QVBoxLayout(this);
    rows->setContentsMargins(0, 0, 0, 0);
    rows->setSpacing(context.theme.unit + 2);
    auto* row = new QHBoxLayout;
    row->setSpacing(context.theme.unit + 2);
    rows->addLayout(row);
    search_ = new QLineEdit(this);
    search_->setObjectName(QStringLiteral("logSearch"));
    search_->setPlaceholderText(tr("search these logs  /"));
    search_->setToolTip(tr("Enter filters, Shift+Enter jumps to the next record with these words; n and N go on"));
    search_->setAccessibleName(tr("Search these logs"));
    search_->setFont(context.theme.mono);
    search_->setMinimumWidth(120);
    search_->setMaximumWidth(320);
    search_->setMaxLength(4096);
    search_->installEventFilter(this);
    connect(search_, &QLineEdit::returnPressed, this, [this] {
        const QString words = search_->text().trimmed();
        if (!shiftHeld_)
            addTerm(words);
        else if (!words.isEmpty() && parses(words))
            Q_EMIT hitWanted(words, true);
    });
    connect(search_, &QLineEdit::textEdited, this, [this] {
        search_->setProperty("invalid", false);
        search_->setStyleSheet({});
    });
    row->addWidget(search_, 2);
    row->addStretch(1);
    buildActions(row);
    auto* second = new QHBoxLayout;
    second->setSpacing(context.theme.unit + 2);
    rows->addLayout(second);
    buildSeverities();
    for (QToolButton* button : severities_)
        second->addWidget(button);
    chips_ = new QHBoxLayout;
    chips_->setSpacing(context.theme.unit);
    second->addLayout(chips_);
    note_ = new PlainLabel({}, context.theme.table, "muted", this);
    note_->setElided(true);
    note_->setAlignment(Qt::AlignRight | Qt::AlignVCenter);
    note_->setFixedHeight(context.theme.rowHeight);
    note_->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    second->addWidget(note_, 1);
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

QToolButton* LogsBar::toggle(QHBoxLayout* row, const char* name, const QString& text, const QString& tip) {
    auto* button = new QToolButton(this);
    button->setObjectName(QString::fromLatin1(name));
    button->setText(text);
    button->setToolTip(tip);
    button->setCheckable(true);
    button->setFont(context_.theme.table);
    button->setFocusPolicy(Qt::StrongFocus);
    row->addWidget(button);
    return button;
}

void LogsBar::buildActions(QHBoxLayout* row) {
    contextButton_ = toggle(row, "logContext", tr("Context 4 + 4"), tr("Records around the selected one, of its pod or file whatever the filter (C); of everything (Shift+C)"));
    followButton_ = toggle(row, "logFollow", tr("Follow"), tr("The table moves to the instant under the pointer of any chart"));
    followButton_->setChecked(true);
    controls_ = new QHBoxLayout;
    controls_->setSpacing(context_.theme.unit + 2);
    row->addLayout(controls_);
    exportButton_ = new QToolButton(this);
    exportButton_->setObjectName(QStringLiteral("logExport"));
    exportButton_->setText(tr("Copy, save"));
    exportButton_->setFont(context_.theme.table);
    exportButton_->setFocusPolicy(Qt::StrongFocus);
    exportButton_->setPopupMode(QToolButton::InstantPopup);
    exportMenu_ = exportMenu();
    exportButton_->setMenu(exportMenu_);
    row->addWidget(exportButton_);
    buildShown(row);
    connect(contextButton_, &QToolButton::clicked, this, [this] { Q_EMIT contextToggled(!QGuiApplication::keyboardModifiers().testFlag(Qt::ShiftModifier)); });
    connect(followButton_, &QToolButton::toggled, this, &LogsBar::followToggled);
    connect(exportButton_, &QToolButton::clicked, this, [this] {
        if (!exportButton_->menu())
            Q_EMIT cancelWanted();
    });
}

QMenu* LogsBar::exportMenu() {
    auto* menu = new QMenu(this);
    const std::pair<LogFormat, QString> formats[] = {{LogFormat::kText, tr("text")}, {LogFormat::kJsonLines, tr("JSON lines")}, {LogFormat::kCsv, tr("CSV")}};
    for (const auto& [format, name] : formats)
        menu->addAction(tr("Copy all as %1").arg(name), this, [this, format = format] { Q_EMIT copyAllWanted(format); });
    menu->addSeparator();
    for (const auto& [format, name] : formats)
        menu->addAction(tr("Save all as %1…").arg(name), this, [this, format = format] { Q_EMIT saveAllWanted(format); });
    return menu;
}

void LogsBar::buildShown(QHBoxLayout* row) {
    auto* group = new QButtonGroup(this);
    auto* segments = new QHBoxLayout;
    segments->setSpacing(0);
    const std::tuple<Shown, const char*, QString> choices[] = {{Shown::kRows, "logShowRows", tr("Rows")}, {Shown::kPatterns, "logShowPatterns", tr("Patterns")}, {Shown::kBoth, "logShowBoth", tr("Both")}};
    for (const auto& [shown, name, text] : choices) {
        QToolButton* button = toggle(segments, name, text, {});
        button->setChecked(shown == shown_);
        group->addButton(button);
        connect(button, &QToolButton::clicked, this, [this, shown = shown] {
            shown_ = shown;
            Q_EMIT shownChanged();
        });
    }
    row->addLayout(segments);
}

void LogsBar::addControl(QWidget* control) { controls_->addWidget(control); }

bool LogsBar::eventFilter(QObject* watched, QEvent* event) {
    if (watched == search_ && event->type() == QEvent::KeyPress)
        shiftHeld_ = static_cast<QKeyEvent*>(event)->modifiers().testFlag(Qt::ShiftModifier);
    return QWidget::eventFilter(watched, event);
}

void LogsBar::setServices(const std::vector<std::pair<std::string, uint64_t>>& services) {
    services_ = services;
    showChips();
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
        const bool service = std::any_of(services_.begin(), services_.end(), [&](const auto& one) { return terms[i].text == serviceTerm(one.first); });
        if (terms[i].joint || service || ++shown > kMostChips)
            continue;
        QToolButton* one = chip("logChip", terms[i].text + QStringLiteral("  ×"));
        one->setFont(context_.theme.mono);
        one->setAccessibleName(tr("Remove %1 from the filter").arg(terms[i].text));
        connect(one, &QToolButton::clicked, this, [this, i] { Q_EMIT filterWanted(withoutTerm(filter_, i)); });
    }
    addServiceChips();
}

QToolButton* LogsBar::chip(const char* name, const QString& text) {
    auto* made = new QToolButton(this);
    made->setObjectName(QString::fromLatin1(name));
    QString shown = text.size() > kLongestChip ? text.left(kLongestChip - 1) + QChar(0x2026) : text;
    made->setText(shown.replace(QLatin1Char('&'), QStringLiteral("&&")));
    made->setFocusPolicy(Qt::StrongFocus);
    chips_->addWidget(made);
    return made;
}

void LogsBar::addServiceChips() {
    const QVector<FilterTerm> terms = filterTerms(filter_);
    int shown = 0;
    for (const auto& [service, count] : services_) {
        if (service.empty() || ++shown > servicesThatFit())
            continue;
        const QString name = QString::fromStdString(service);
        QToolButton* one = chip("logService", cellLine(service.substr(0, 60)).left(20) + QLatin1Char(' ') + formatShort(static_cast<double>(count)));
        one->setFont(context_.theme.table);
        one->setIcon(dotIcon(context_.theme.seriesColor(context_.workspace.serviceRank(name))));
        one->setIconSize(QSize(10, 10));
        one->setToolButtonStyle(Qt::ToolButtonTextBesideIcon);
        one->setCheckable(true);
        one->setChecked(std::any_of(terms.begin(), terms.end(), [term = serviceTerm(service)](const FilterTerm& t) { return t.text == term; }));
        connect(one, &QToolButton::clicked, this, [this, name] { toggleService(name); });
    }
}

int LogsBar::servicesThatFit() const { return std::clamp((width() - kOtherWidth) / kServiceWidth, 0, kMostServices); }

void LogsBar::resizeEvent(QResizeEvent* event) {
    QWidget::resizeEvent(event);
    if (const int fit = servicesThatFit(); fit != fit_) {
        fit_ = fit;
        showChips();
    }
}

void LogsBar::toggleService(const QString& service) {
    const QString own = serviceTerm(service.toStdString());
    // One service at a time, as with severities.
    QString text = filter_;
    bool had = false;
    for (const auto& [name, count] : services_) {
        const QVector<FilterTerm> now = filterTerms(text);
        for (qsizetype i = 0; i < now.size(); ++i)
            if (now[i].text == serviceTerm(name)) {
                had = had || now[i].text == own;
                text = withoutTerm(text, i);
                break;
            }
    }
    Q_EMIT filterWanted(had ? text : text.isEmpty() ? own : text + QLatin1Char(' ') + own);
}

bool LogsBar::parses(const QString& term) {
    if (query::parseSearch(term.toStdString()).ok())
        return true;
    search_->setProperty("invalid", true);
    search_->setStyleSheet(QStringLiteral(" "));   // has the style look at the property again
    setNote(tr("This search does not parse."), "error");
    return false;
}

void LogsBar::addTerm(const QString& term) {
    if (term.isEmpty() || !parses(term))
        return;
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

void LogsBar::setExporting(bool exporting) {
    exportButton_->setText(exporting ? tr("Cancel") : tr("Copy, save"));
    exportButton_->setMenu(exporting ? nullptr : exportMenu_);
    exportButton_->setPopupMode(exporting ? QToolButton::DelayedPopup : QToolButton::InstantPopup);
}

}  // namespace nj::ui

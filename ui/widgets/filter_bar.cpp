#include "widgets/filter_bar.h"

#include <QAbstractItemView>
#include <QKeyEvent>
#include <QMouseEvent>
#include <QPainter>
#include <QStyle>
#include <QToolTip>

#include "widgets/filter_terms.h"
#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr int kPadding = 8, kMostCompletions = 12;
constexpr size_t kMostValues = 40;

// Fields of the search language itself, beside the attribute keys of the capsule.
const QStringList& builtInFields() {
    static const QStringList fields{QStringLiteral("service"), QStringLiteral("name"), QStringLiteral("status"), QStringLiteral("kind"), QStringLiteral("duration"),
                                    QStringLiteral("severity"), QStringLiteral("body"), QStringLiteral("trace"), QStringLiteral("span"), QStringLiteral("event"),
                                    QStringLiteral("scope"), QStringLiteral("pod"), QStringLiteral("host"), QStringLiteral("gpu"), QStringLiteral("replica")};
    return fields;
}

QStringList builtInValues(const QString& key) {
    if (key == u"status")
        return {QStringLiteral("error"), QStringLiteral("ok"), QStringLiteral("unset")};
    if (key == u"severity" || key == u"level")
        return {QStringLiteral("error"), QStringLiteral("warn"), QStringLiteral("info"), QStringLiteral("debug"), QStringLiteral("fatal")};
    if (key == u"kind")
        return {QStringLiteral("server"), QStringLiteral("client"), QStringLiteral("internal"), QStringLiteral("producer"), QStringLiteral("consumer")};
    return {};
}

QString quoted(const QString& value) {
    for (const QChar c : value)
        if (!c.isLetterOrNumber() && !QStringLiteral("._-/").contains(c))
            return QLatin1Char('"') + QString(value).replace(QLatin1Char('"'), QLatin1String("\\\"")) + QLatin1Char('"');
    return value;
}

}  // namespace

FilterBar::FilterBar(Workspace& workspace, QueryRunner& queries, const Theme& theme, QWidget* parent)
    : QLineEdit(parent), workspace_(workspace), queries_(queries), theme_(theme) {
    setAccessibleName(tr("Filter"));
    setPlaceholderText(tr("add a filter, or paste a trace id"));
    setToolTip(plainToolTip(tr("service:chat status:error duration>2s -\"health check\" /regex/ — terms are joined by AND; words match whole words of either case, "
                               "quotes and wildcards match anywhere")));
    setFixedHeight(7 * theme.unit);
    setMouseTracking(true);
    completer_.setModel(&model_);
    completer_.setWidget(this);
    completer_.setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    completer_.setMaxVisibleItems(kMostCompletions);
    connect(&completer_, qOverload<const QString&>(&QCompleter::activated), this, &FilterBar::insert);
    connect(this, &QLineEdit::textEdited, this, &FilterBar::complete);
    connect(&workspace_, &Workspace::filterChanged, this, &FilterBar::show);
    show();
}

void FilterBar::show() {
    setText(workspace_.filterText());
    setAccessibleDescription(workspace_.filterText());
    update();
}

void FilterBar::edit() {
    setFocus(Qt::ShortcutFocusReason);
    if (!text().isEmpty() && !text().endsWith(QLatin1Char(' ')))
        setText(text() + QLatin1Char(' '));
    end(false);
}

void FilterBar::apply(const QString& wanted) {
    QString error;
    const bool good = workspace_.setFilterText(wanted, &error);
    setProperty("invalid", !good);
    style()->unpolish(this);
    style()->polish(this);
    if (!good) {
        QToolTip::showText(mapToGlobal(QPoint(0, height())), plainToolTip(error), this);
        return;
    }
    show();
    clearFocus();
    Q_EMIT left();
}

std::vector<FilterBar::Chip> FilterBar::chips() const {
    std::vector<Chip> chips;
    const QFontMetricsF metrics(theme_.mono);
    double x = kPadding;
    const auto terms = filterTerms(workspace_.filterText());
    for (qsizetype i = 0; i < terms.size(); ++i) {
        Chip chip;
        chip.term = i;
        chip.joint = terms[i].joint;
        chip.text = metrics.elidedText(terms[i].text, Qt::ElideMiddle, 320);
        const double words = metrics.horizontalAdvance(chip.text);
        const double w = chip.joint ? words + 4 : words + 28;
        if (x + w > width() - kPadding)
            break;
        chip.rect = QRectF(x, 4, w, height() - 8);
        if (!chip.joint)
            chip.cross = QRectF(chip.rect.right() - 18, chip.rect.top(), 18, chip.rect.height());
        x += w + 6;
        chips.push_back(chip);
    }
    return chips;
}

// Esc is this box's own while it has the focus, not the window's command.
bool FilterBar::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();
        return true;
    }
    return QLineEdit::event(event);
}

void FilterBar::paintEvent(QPaintEvent* event) {
    if (hasFocus()) {
        QLineEdit::paintEvent(event);
        return;
    }
    QPainter p(this);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(underMouse() ? theme_.muted : theme_.line);
    p.setBrush(theme_.base);
    p.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
    double x = kPadding + 2;
    const auto all = chips();
    for (const Chip& chip : all) {
        p.setFont(theme_.mono);
        if (!chip.joint) {
            p.setPen(Qt::NoPen);
            p.setBrush(theme_.selection);
            p.drawRoundedRect(chip.rect, 3, 3);
        }
        p.setPen(chip.joint ? theme_.muted : theme_.text);
        p.drawText(chip.rect.adjusted(chip.joint ? 2 : 7, 0, 0, 0), Qt::AlignLeft | Qt::AlignVCenter, chip.text);
        p.setPen(theme_.muted);
        if (!chip.joint)
            p.drawText(chip.cross, Qt::AlignCenter, QStringLiteral("×"));
        x = chip.rect.right() + 8;
    }
    p.setFont(theme_.body);
    p.setPen(theme_.muted);
    const QString hint = all.empty() ? placeholderText() : tr("add a filter");
    p.drawText(QRectF(x, 0, width() - x - kPadding, height()), Qt::AlignLeft | Qt::AlignVCenter, hint);
}

void FilterBar::mousePressEvent(QMouseEvent* event) {
    if (!hasFocus())
        for (const Chip& chip : chips())
            if (chip.cross.contains(event->position())) {
                workspace_.setFilterText(withoutTerm(workspace_.filterText(), chip.term));
                return;
            }
    QLineEdit::mousePressEvent(event);
}

void FilterBar::mouseMoveEvent(QMouseEvent* event) {
    const auto all = hasFocus() ? std::vector<Chip>() : chips();
    const bool cross = std::any_of(all.begin(), all.end(), [&](const Chip& chip) { return chip.cross.contains(event->position()); });
    setCursor(cross ? Qt::PointingHandCursor : Qt::IBeamCursor);
    QLineEdit::mouseMoveEvent(event);
}

void FilterBar::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    if (keysKnown_)
        return;
    keysKnown_ = true;
    queries_.ask(QStringLiteral("shell/keys"), this, [](query::Backend& b, std::stop_token s) { return b.keys(s); },
                 [this](Result<std::vector<query::KeyInfo>>&& keys) {
                     keysKnown_ = keys.ok();
                     if (keys.ok())
                         keys_ = std::move(*keys);
                 });
}

void FilterBar::focusOutEvent(QFocusEvent* event) {
    QLineEdit::focusOutEvent(event);
    if (completer_.popup()->isVisible())
        return;
    setProperty("invalid", false);
    style()->unpolish(this);
    style()->polish(this);
    show();
}

void FilterBar::keyPressEvent(QKeyEvent* event) {
    const bool popup = completer_.popup()->isVisible();
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (popup && (enter || event->key() == Qt::Key_Tab) && completer_.popup()->currentIndex().isValid()) {
        event->ignore();   // the completer takes it
        return;
    }
    if (event->key() == Qt::Key_Escape) {
        if (popup) {
            completer_.popup()->hide();
            return;
        }
        show();
        clearFocus();
        Q_EMIT left();
        return;
    }
    if (enter) {
        completer_.popup()->hide();
        const QString typed = text().trimmed();
        if (looksLikeId(typed))
            Q_EMIT idPasted(typed);
        else
            apply(typed);
        return;
    }
    QLineEdit::keyPressEvent(event);
}

void FilterBar::complete() {
    setProperty("invalid", false);
    const CompletionSpot spot = completionSpot(text(), cursorPosition());
    if (spot.key.isEmpty()) {
        if (spot.prefix.isEmpty()) {
            completer_.popup()->hide();
            return;
        }
        QStringList words;
        const auto add = [&](const QString& key) {
            if (key.contains(spot.prefix, Qt::CaseInsensitive) && !words.contains(key + QLatin1Char(':')) && words.size() < kMostCompletions)
                key.startsWith(spot.prefix, Qt::CaseInsensitive) ? words.prepend(key + QLatin1Char(':')) : words.append(key + QLatin1Char(':'));
        };
        for (const QString& field : builtInFields())
            add(field);
        for (const query::KeyInfo& key : keys_)
            add(QString::fromStdString(key.key));
        offer(words);
        return;
    }
    QStringList words;
    for (const QString& value : builtInValues(spot.key))
        if (value.startsWith(spot.prefix))
            words.append(value);
    offer(words);
    queries_.ask(QStringLiteral("shell/values"), this,
                 [key = spot.key.toStdString(), prefix = spot.prefix.toStdString()](query::Backend& b, std::stop_token s) { return b.values(key, prefix, kMostValues, s); },
                 [this, words](Result<std::vector<std::pair<std::string, uint64_t>>>&& values) {
                     if (!values.ok() || !hasFocus())
                         return;
                     QStringList found = words;
                     for (const auto& [value, count] : *values) {
                         const QString word = quoted(QString::fromStdString(value).left(200));
                         if (!found.contains(word))
                             found.append(word);
                     }
                     offer(found);
                 });
}

void FilterBar::offer(const QStringList& words) {
    model_.setStringList(words);
    if (words.isEmpty() || !hasFocus()) {
        completer_.popup()->hide();
        return;
    }
    completer_.popup()->setFont(theme_.mono);
    QRect place = cursorRect();
    place.setWidth(320);
    completer_.complete(place);
}

void FilterBar::insert(const QString& completion) {
    const CompletionSpot spot = completionSpot(text(), cursorPosition());
    QString changed = text();
    changed.replace(spot.from, spot.to - spot.from, completion);
    setText(changed);
    setCursorPosition(static_cast<int>(spot.from + completion.size()));
    if (completion.endsWith(QLatin1Char(':')))
        complete();
}

}  // namespace nj::ui

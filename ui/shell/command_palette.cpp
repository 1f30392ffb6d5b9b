#include "shell/command_palette.h"

#include <QApplication>
#include <QKeyEvent>
#include <QPainter>
#include <QStyledItemDelegate>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/filter_terms.h"

namespace nj::ui {

namespace {

constexpr int kWidth = 560, kShownRows = 12;
constexpr int kHintRole = Qt::UserRole, kKeysRole = Qt::UserRole + 1;

class RowDelegate : public QStyledItemDelegate {
public:
    RowDelegate(const Theme& theme, QObject* parent) : QStyledItemDelegate(parent), theme_(theme) {}
    QSize sizeHint(const QStyleOptionViewItem&, const QModelIndex&) const override { return {100, theme_.rowHeight + 4}; }
    void paint(QPainter* p, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        QRect area = option.rect.adjusted(3 * theme_.unit, 0, -3 * theme_.unit, 0);
        if (option.state & QStyle::State_Selected)
            p->fillRect(option.rect, theme_.selection);
        p->setFont(theme_.body);
        p->setPen(theme_.text);
        const QString text = index.data().toString();
        p->drawText(area, Qt::AlignLeft | Qt::AlignVCenter, text);
        const QString keys = index.data(kKeysRole).toString(), hint = index.data(kHintRole).toString();
        p->setFont(theme_.caption);
        p->setPen(theme_.muted);
        const QString right = keys.isEmpty() ? hint : hint.isEmpty() ? keys : hint + QStringLiteral("   ") + keys;
        p->drawText(area, Qt::AlignRight | Qt::AlignVCenter, right);
    }

private:
    const Theme& theme_;
};

}  // namespace

int matchRank(const QString& text, const QString& typed) {
    int rank = 0;
    for (const QString& word : typed.split(QLatin1Char(' '), Qt::SkipEmptyParts)) {
        const auto at = text.indexOf(word, 0, Qt::CaseInsensitive);
        if (at < 0)
            return -1;
        const bool begins = at == 0 || !text[at - 1].isLetterOrNumber();
        rank += (begins ? 0 : 100) + static_cast<int>(std::min<qsizetype>(at, 50));
    }
    return rank;
}

std::vector<PaletteEntry> ranked(std::vector<PaletteEntry> entries, const QString& typed, size_t limit) {
    std::vector<std::pair<int, size_t>> fitting;
    for (size_t i = 0; i < entries.size(); ++i)
        if (const int rank = matchRank(entries[i].text, typed); rank >= 0)
            fitting.emplace_back(rank, i);
    std::stable_sort(fitting.begin(), fitting.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<PaletteEntry> best;
    for (size_t i = 0; i < std::min(limit, fitting.size()); ++i)
        best.push_back(std::move(entries[fitting[i].second]));
    return best;
}

CommandPalette::CommandPalette(ActionRegistry& actions, const Theme& theme, QWidget* window) : FloatingSheet(theme, window), actions_(actions) {
    setObjectName(QStringLiteral("palette"));
    setAccessibleName(tr("Commands"));
    edit_ = new QLineEdit(this);
    edit_->setObjectName(QStringLiteral("paletteEdit"));
    edit_->setAccessibleName(tr("Search commands"));
    edit_->setPlaceholderText(tr("command or view   > command"));
    edit_->installEventFilter(this);
    list_ = new QListWidget(this);
    list_->setItemDelegate(new RowDelegate(theme, list_));
    list_->setFocusPolicy(Qt::NoFocus);
    list_->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    list_->setAccessibleName(tr("Matches"));
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(1, 2 * theme.unit, 1, 1);
    layout->setSpacing(2 * theme.unit);
    auto* row = new QHBoxLayout;
    row->setContentsMargins(2 * theme.unit, 0, 2 * theme.unit, 0);
    row->addWidget(edit_);
    layout->addLayout(row);
    layout->addWidget(list_);
    connect(edit_, &QLineEdit::textChanged, this, &CommandPalette::update);
    connect(list_, &QListWidget::itemClicked, this, &CommandPalette::runCurrent);
    hide();
}

void CommandPalette::addSource(PaletteSource source) {
    edit_->setPlaceholderText(edit_->placeholderText() + QStringLiteral("   %1 %2").arg(source.prefix).arg(source.word));
    sources_.push_back(std::move(source));
}

void CommandPalette::open(const QString& text) {
    rise(kWidth, 60);   // update() gives it the height of its list
    edit_->setText(text);
    update(text);
    edit_->setFocus();
}

QStringList CommandPalette::shownEntries() const {
    QStringList texts;
    for (const PaletteEntry& entry : entries_)
        texts.append(entry.text);
    return texts;
}

std::vector<PaletteEntry> CommandPalette::commandEntries(const QString& typed) const {
    std::vector<std::pair<int, const ActionInfo*>> fitting;
    for (const ActionInfo& info : actions_.actions())
        if (const int rank = matchRank(info.group + QLatin1Char(' ') + info.text, typed); rank >= 0 && info.action->isEnabled())
            fitting.emplace_back(rank, &info);
    std::stable_sort(fitting.begin(), fitting.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    std::vector<PaletteEntry> entries;
    for (const auto& [rank, info] : fitting) {
        const QString keys = info->keys.isEmpty() ? QString() : ActionRegistry::keyText(info->keys.first());
        entries.push_back({info->text, info->group, keys, [action = info->action] { action->trigger(); }});
    }
    return entries;
}

std::vector<PaletteEntry> CommandPalette::entriesFor(const QString& text) const {
    const QChar prefix = text.isEmpty() ? QChar() : text[0];
    if (prefix == QLatin1Char('>'))
        return commandEntries(text.mid(1).trimmed());
    for (const PaletteSource& source : sources_)
        if (source.prefix == prefix)
            return source.entries(text.mid(1).trimmed());
    const QString typed = text.trimmed();
    std::vector<PaletteEntry> entries = commandEntries(typed);
    if (typed.isEmpty())
        return entries;
    for (const PaletteSource& source : sources_)
        if (source.unasked)
            for (PaletteEntry& entry : source.entries(typed))
                // An id is what was meant when the text looks like one.
                entries.insert(looksLikeId(typed) ? entries.begin() : entries.end(), std::move(entry));
    return entries;
}

void CommandPalette::update(const QString& text) {
    entries_ = entriesFor(text);
    list_->clear();
    for (const PaletteEntry& entry : entries_) {
        auto* item = new QListWidgetItem(entry.text, list_);
        item->setData(kHintRole, entry.hint);
        item->setData(kKeysRole, entry.keys);
    }
    list_->setCurrentRow(0);
    const int rows = std::clamp(static_cast<int>(entries_.size()), 1, kShownRows);
    resize(width(), edit_->sizeHint().height() + rows * (theme_.rowHeight + 4) + 6 * theme_.unit);
}

void CommandPalette::runCurrent() {
    const int row = list_->currentRow();
    if (row < 0 || row >= static_cast<int>(entries_.size()))
        return;
    const auto run = entries_[static_cast<size_t>(row)].run;
    close();
    run();
}

bool CommandPalette::eventFilter(QObject* watched, QEvent* event) {
    if (watched != edit_)
        return FloatingSheet::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && !isAncestorOf(QApplication::focusWidget()) && isVisible()) {
        close();
        return false;
    }
    if (event->type() == QEvent::ShortcutOverride && static_cast<QKeyEvent*>(event)->key() == Qt::Key_Escape) {
        event->accept();   // else the window's own Esc would take it
        return true;
    }
    if (event->type() != QEvent::KeyPress)
        return false;
    const auto* key = static_cast<QKeyEvent*>(event);
    const auto move = [&](int by) { list_->setCurrentRow(std::clamp(list_->currentRow() + by, 0, std::max(0, list_->count() - 1))); };
    switch (key->key()) {
        case Qt::Key_Escape: close(); return true;
        case Qt::Key_Down: move(1); return true;
        case Qt::Key_Up: move(-1); return true;
        case Qt::Key_PageDown: move(kShownRows); return true;
        case Qt::Key_PageUp: move(-kShownRows); return true;
        case Qt::Key_Return:
        case Qt::Key_Enter: runCurrent(); return true;
        default: return false;
    }
}

}  // namespace nj::ui

#include "shell/key_editor.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "shell/command_palette.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kEditorWidth = 640, kHeight = 520, kKeysWidth = 210;

QString keysText(const QList<QKeySequence>& keys) {
    QStringList texts;
    for (const QKeySequence& key : keys)
        texts << ActionRegistry::keyText(key);
    return texts.join(QStringLiteral(" · "));
}

}  // namespace

KeyEditor::KeyEditor(ActionRegistry& actions, const Theme& theme, QWidget* window) : FloatingSheet(theme, window), actions_(actions) {
    setObjectName(QStringLiteral("keyEditor"));
    setAccessibleName(tr("Change keys"));
    filter_ = new QLineEdit(this);
    filter_->setObjectName(QStringLiteral("keyFilter"));
    filter_->setAccessibleName(tr("Search commands"));
    filter_->setPlaceholderText(tr("Change the keys of a command: type its name"));
    commands_ = new QTreeWidget(this);
    commands_->setObjectName(QStringLiteral("keyCommands"));
    commands_->setAccessibleName(tr("Commands and their keys"));
    commands_->setRootIsDecorated(false);
    commands_->setUniformRowHeights(true);
    commands_->setHeaderLabels({tr("command"), tr("keys")});
    commands_->setFont(theme.table);
    commands_->header()->setStretchLastSection(false);
    commands_->header()->setSectionResizeMode(0, QHeaderView::Stretch);
    commands_->header()->setSectionResizeMode(1, QHeaderView::Fixed);
    commands_->header()->resizeSection(1, kKeysWidth);
    keys_ = new QKeySequenceEdit(this);
    keys_->setObjectName(QStringLiteral("keyPressed"));
    keys_->setAccessibleName(tr("Press the keys"));
    const auto button = [this](const QString& text, const char* name, const QString& tip) {
        auto* made = new QPushButton(text, this);
        made->setObjectName(QString::fromLatin1(name));
        made->setToolTip(tip);
        made->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        return made;
    };
    use_ = button(tr("Use"), "keyUse", tr("The command's only key"));
    add_ = button(tr("Add"), "keyAdd", tr("Beside the keys it has"));
    none_ = button(tr("None"), "keyNone", tr("The command keeps no key"));
    reset_ = button(tr("Reset"), "keyReset", tr("The keys this command came with"));
    resetAll_ = button(tr("Reset all"), "keyResetAll", tr("Every command has the keys it came with"));
    words_ = new PlainLabel({}, theme.table, "muted", this);
    words_->setElided(true);
    auto* row = new QHBoxLayout;
    row->setSpacing(2 * theme.unit);
    row->addWidget(new PlainLabel(tr("Press"), theme.table, "muted", this));
    row->addWidget(keys_, 1);
    for (QPushButton* one : {use_, add_, none_, reset_, resetAll_})
        row->addWidget(one);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->setSpacing(2 * theme.unit);
    column->addWidget(filter_);
    column->addWidget(commands_, 1);
    column->addLayout(row);
    column->addWidget(words_);
    connect(filter_, &QLineEdit::textChanged, this, &KeyEditor::list);
    connect(commands_, &QTreeWidget::currentItemChanged, this, &KeyEditor::chosen);
    connect(use_, &QPushButton::clicked, this, [this] { use(false); });
    connect(add_, &QPushButton::clicked, this, [this] { use(true); });
    connect(none_, &QPushButton::clicked, this, [this] { actions_.rebind(current(), {}); });
    connect(reset_, &QPushButton::clicked, this, [this] {
        actions_.reset(current());
        chosen();
    });
    connect(resetAll_, &QPushButton::clicked, this, [this] {
        actions_.resetAll();
        chosen();
    });
    connect(&actions_, &ActionRegistry::bindingsChanged, this, [this] {
        if (isVisible())
            list();
    });
    for (QWidget* part : std::initializer_list<QWidget*>{filter_, commands_, use_, add_, none_, reset_, resetAll_})
        part->installEventFilter(this);
    hide();
}

void KeyEditor::open() {
    filter_->clear();
    list();
    rise(kEditorWidth, std::min(kHeight, parentWidget()->height() - 20 * theme_.unit));
    filter_->setFocus();
}

QString KeyEditor::current() const { return commands_->currentItem() ? commands_->currentItem()->data(0, Qt::UserRole).toString() : QString(); }

// Those whose name fits, in the registry's order; the chosen one stays chosen.
void KeyEditor::list() {
    const QString kept = current();
    const QSignalBlocker block(commands_);
    commands_->clear();
    QTreeWidgetItem* again = nullptr;
    for (const ActionInfo& info : actions_.actions()) {
        if (!filter_->text().isEmpty() && matchRank(info.group + QLatin1Char(' ') + info.text, filter_->text()) < 0)
            continue;
        const bool changed = info.keys != info.defaults;
        auto* item = new QTreeWidgetItem(commands_, {info.group + QStringLiteral(": ") + info.text, keysText(info.keys) + (changed ? QStringLiteral("  ◆") : QString())});
        item->setData(0, Qt::UserRole, info.id);
        if (changed)
            item->setToolTip(1, plainToolTip(tr("came with: %1").arg(info.defaults.isEmpty() ? tr("none") : keysText(info.defaults))));
        if (info.id == kept)
            again = item;
    }
    commands_->setCurrentItem(again ? again : commands_->topLevelItem(0));
    chosen();
}

void KeyEditor::chosen() {
    keys_->clear();
    const bool one = !current().isEmpty();
    for (QWidget* part : std::initializer_list<QWidget*>{keys_, use_, add_, none_, reset_})
        part->setEnabled(one);
    resetAll_->setEnabled(!actions_.bindings().isEmpty());
    say(tr("◆ changed from what it came with. Esc closes."), false);
}

void KeyEditor::use(bool add) {
    const QString id = current();
    const QKeySequence pressed = keys_->keySequence();
    if (id.isEmpty() || pressed.isEmpty()) {
        say(tr("Press the keys in the field first."), true);
        return;
    }
    QList<QKeySequence> keys{pressed};
    const auto& all = actions_.actions();
    if (add)
        keys = std::find_if(all.begin(), all.end(), [&](const ActionInfo& info) { return info.id == id; })->keys + keys;
    if (const QString other = actions_.conflict(id, keys); !other.isEmpty()) {
        const auto theirs = std::find_if(all.begin(), all.end(), [&](const ActionInfo& info) { return info.id == other; });
        say(tr("%1 is taken: “%2” has %3. Give that another key first.").arg(ActionRegistry::keyText(pressed), theirs->text, keysText(theirs->keys)), true);
        return;
    }
    actions_.rebind(id, keys);
}

void KeyEditor::say(const QString& text, bool problem) {
    words_->setRole(problem ? "error" : "muted");
    words_->setPlain(problem ? QStringLiteral("▲ ") + text : text);
}

bool KeyEditor::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return FloatingSheet::eventFilter(watched, event);
    const auto* key = static_cast<QKeyEvent*>(event);
    if (key->key() != Qt::Key_Escape)
        return false;
    event->accept();
    if (event->type() == QEvent::KeyPress)
        close();
    return true;   // else the window's own Esc would take it
}

}  // namespace nj::ui

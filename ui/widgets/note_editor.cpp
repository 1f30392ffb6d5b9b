#include "widgets/note_editor.h"

#include <QApplication>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>

#include "models/timeline_model.h"
#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kWidth = 620, kMaxText = 4000;

}  // namespace

NoteEditor::NoteEditor(const Theme& theme, QWidget* window) : FloatingSheet(theme, window) {
    setObjectName(QStringLiteral("noteEditor"));
    setAccessibleName(tr("Write a note"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->setSpacing(2 * theme.unit);
    auto* row = new QHBoxLayout;
    row->setSpacing(theme.unit);
    int number = 0;
    for (const NoteKind kind : kNoteKinds) {
        auto* button = new QToolButton(this);
        button->setText(noteKindMark(kind) + QLatin1Char(' ') + noteKindText(kind));
        button->setToolTip(tr("Alt+%1").arg(++number));
        button->setCheckable(true);
        button->setFont(theme.table);
        button->setFocusPolicy(Qt::TabFocus);
        connect(button, &QToolButton::clicked, this, [this, kind] { choose(kind); });
        kinds_.push_back(button);
        row->addWidget(button);
    }
    row->addStretch(1);
    column->addLayout(row);
    text_ = new QLineEdit(this);
    text_->setObjectName(QStringLiteral("noteText"));
    text_->setAccessibleName(tr("Text of the note"));
    text_->setPlaceholderText(tr("What happened, what you think, or what you did"));
    text_->setMaxLength(kMaxText);
    text_->installEventFilter(this);
    column->addWidget(text_);
    when_ = new PlainLabel({}, theme.caption, "muted", this);
    column->addWidget(when_);
    hide();
}

void NoteEditor::open(AnnotationBook& book, const Note& draft, bool utc) {
    book_ = &book;
    draft_ = draft;
    choose(draft.kind);
    const QString zone = zoneName(draft.time, utc);
    const QString when = draft.end > draft.time ? formatDateTime(draft.time, utc, kSecond) + QStringLiteral(" – ") + formatDateTime(draft.end, utc, kSecond) + QLatin1Char(' ') + zone
                                                : formatDateTime(draft.time, utc, kSecond) + QLatin1Char(' ') + zone;
    const QString place = draft.entity.empty() ? QString() : QStringLiteral(" · ") + QString::fromStdString(draft.entity).left(80);
    const QString where = book.inSidecar() ? tr("kept beside the capsule, which cannot be written") : QString();
    when_->setPlain(when + place + (where.isEmpty() ? tr("   Enter keeps it, Esc leaves") : QStringLiteral("   ") + where));
    text_->setText(QString::fromStdString(draft.text));
    rise(kWidth, sizeHint().height());
    text_->setFocus();
}

void NoteEditor::choose(NoteKind kind) {
    draft_.kind = kind;
    for (size_t i = 0; i < kinds_.size(); ++i)
        kinds_[i]->setChecked(kNoteKinds[i] == kind);
    text_->setFocus();
}

void NoteEditor::keep() {
    const QString text = text_->text().trimmed();
    // "detected" says enough; a fact without words does not.
    const bool mark = draft_.kind == NoteKind::kDetected || draft_.kind == NoteKind::kMitigated || draft_.kind == NoteKind::kResolved;
    if (text.isEmpty() && !mark)
        return;
    draft_.text = (text.isEmpty() ? noteKindText(draft_.kind) : text).toStdString();
    const std::string id = book_->put(draft_, tr("Add a note"));
    close();
    Q_EMIT kept(QString::fromStdString(id));
}

bool NoteEditor::eventFilter(QObject* watched, QEvent* event) {
    if (watched != text_)
        return FloatingSheet::eventFilter(watched, event);
    if (event->type() == QEvent::FocusOut && !isAncestorOf(QApplication::focusWidget()) && isVisible() && QApplication::focusWidget() && text_->text().isEmpty()) {
        close();   // nothing written: clicking elsewhere leaves
        return false;
    }
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return false;
    auto* key = static_cast<QKeyEvent*>(event);
    const int number = key->key() - Qt::Key_1;
    const bool kindKey = key->modifiers() == Qt::AltModifier && number >= 0 && number < static_cast<int>(kNoteKinds.size());
    const bool own = key->key() == Qt::Key_Escape || key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter || kindKey;
    if (!own)
        return false;
    event->accept();
    if (event->type() == QEvent::ShortcutOverride)
        return true;   // else the window's own Esc would take it
    if (key->key() == Qt::Key_Escape)
        close();
    else if (kindKey)
        choose(kNoteKinds[static_cast<size_t>(number)]);
    else
        keep();
    return true;
}

}  // namespace nj::ui

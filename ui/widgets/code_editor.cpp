#include "widgets/code_editor.h"

#include <QAbstractItemView>
#include <QKeyEvent>
#include <QPainter>
#include <QScrollBar>
#include <QTextBlock>

#include "widgets/cell_delegate.h"

namespace nj::ui {
namespace {

constexpr int kMostOffered = 200, kPopupWidth = 320, kWidePopup = 640, kLeastAbout = 60;

// The offer, and muted behind it what it is.
class OfferDelegate : public CellDelegate {
public:
    OfferDelegate(const CodeEditor& editor, const Theme& theme, QObject* parent) : CellDelegate(parent), editor_(editor), theme_(theme) {}

    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override {
        CellDelegate::paint(painter, option, index);
        const QString offer = index.data().toString(), about = editor_.aboutOffer(offer);
        const int used = std::max(option.fontMetrics.horizontalAdvance(offer) + 4 * theme_.unit, option.rect.width() / 2);
        const QRect rest = option.rect.adjusted(used, 0, -theme_.unit, 0);
        if (about.isEmpty() || rest.width() < kLeastAbout)
            return;
        painter->save();
        painter->setFont(theme_.caption);
        painter->setPen(theme_.muted);
        painter->drawText(rest, Qt::AlignLeft | Qt::AlignVCenter | Qt::TextSingleLine, painter->fontMetrics().elidedText(about.simplified(), Qt::ElideRight, rest.width()));
        painter->restore();
    }

private:
    const CodeEditor& editor_;
    const Theme& theme_;
};

}  // namespace

CodeEditor::CodeEditor(const Theme& theme, QWidget* parent) : QPlainTextEdit(parent), theme_(theme) {
    setFont(theme.mono);
    setLineWrapMode(WidgetWidth);
    setTabStopDistance(4 * fontMetrics().horizontalAdvance(QLatin1Char(' ')));
    completer_.setModel(&model_);
    completer_.setWidget(this);
    completer_.setCaseSensitivity(Qt::CaseInsensitive);
    completer_.setFilterMode(Qt::MatchContains);
    completer_.setCompletionMode(QCompleter::PopupCompletion);
    completer_.setMaxVisibleItems(12);
    completer_.popup()->setFont(theme.mono);
    completer_.popup()->setItemDelegate(new OfferDelegate(*this, theme, completer_.popup()));
    connect(&completer_, qOverload<const QString&>(&QCompleter::activated), this, &CodeEditor::insertCompletion);
    connect(document(), &QTextDocument::contentsChange, this, [this](int, int removed, int added) {
        if (removed == added && removed == 0)   // highlighting alone changes nothing
            return;
        markError(-1);
        if (!typing_)
            completer_.popup()->hide();   // pasted or set: nobody is in the middle of a word
    });
}

QStringList CodeEditor::completions() const {
    QStringList offered;
    const QAbstractItemModel* list = completer_.completionModel();
    for (int i = 0; i < std::min(list->rowCount(), kMostOffered); ++i)
        offered << list->index(i, 0).data().toString();
    return offered;
}

int CodeEditor::characterAt(int byteOffset) const {
    const QByteArray bytes = toPlainText().toUtf8();
    return static_cast<int>(QString::fromUtf8(bytes.left(byteOffset)).size());
}

QString CodeEditor::placeText(int byteOffset) const {
    const QString before = toPlainText().left(characterAt(byteOffset));
    return tr("line %1, column %2").arg(before.count(QLatin1Char('\n')) + 1).arg(before.size() - before.lastIndexOf(QLatin1Char('\n')));
}

void CodeEditor::markError(int byteOffset) {
    QList<QTextEdit::ExtraSelection> marks;
    if (byteOffset >= 0) {
        QTextEdit::ExtraSelection mark;
        mark.cursor = textCursor();
        mark.cursor.setPosition(std::min(characterAt(byteOffset), static_cast<int>(toPlainText().size())));
        mark.cursor.movePosition(QTextCursor::EndOfWord, QTextCursor::KeepAnchor);
        if (!mark.cursor.hasSelection())
            mark.cursor.movePosition(mark.cursor.atEnd() ? QTextCursor::PreviousCharacter : QTextCursor::NextCharacter, QTextCursor::KeepAnchor);
        mark.format.setUnderlineStyle(QTextCharFormat::WaveUnderline);
        mark.format.setUnderlineColor(theme_.error);
        mark.format.setForeground(theme_.error);
        marks << mark;
    }
    setExtraSelections(marks);
}

void CodeEditor::insertWord(const QString& word) {
    QTextCursor cursor = textCursor();
    const int at = cursor.position();
    const bool apart = at > 0 && !document()->characterAt(at - 1).isSpace() && document()->characterAt(at - 1) != QLatin1Char('(');
    cursor.insertText((apart ? QStringLiteral(" ") : QString()) + word);
    setTextCursor(cursor);
    setFocus();
}

void CodeEditor::complete(bool asked) {
    prepareCompletion();
    const QString word = wordBefore();
    if (!asked && word.size() < leastTyped()) {
        completer_.popup()->hide();
        return;
    }
    QString prefix = word;
    completer_.setCompletionPrefix(prefix.remove(QLatin1Char('"')));
    const bool whole = completer_.completionCount() == 1 && completer_.currentCompletion().compare(word, Qt::CaseInsensitive) == 0;
    if (completer_.completionCount() == 0 || whole) {
        completer_.popup()->hide();
        return;
    }
    QRect place = cursorRect();
    place.translate(viewport()->pos());
    const bool wide = !aboutOffer(completer_.currentCompletion()).isEmpty();
    place.setWidth((wide ? std::min(kWidePopup, std::max(kPopupWidth, width())) : kPopupWidth) + completer_.popup()->verticalScrollBar()->sizeHint().width());
    completer_.popup()->setCurrentIndex(completer_.completionModel()->index(0, 0));
    completer_.complete(place);
}

void CodeEditor::insertCompletion(const QString& completion) {
    QTextCursor cursor = textCursor();
    cursor.movePosition(QTextCursor::Left, QTextCursor::KeepAnchor, static_cast<int>(wordBefore().size()));
    cursor.insertText(insertedFor(completion));
    setTextCursor(cursor);
}

void CodeEditor::completeAgain() {
    if (hasFocus() || completer_.popup()->isVisible())
        complete(false);
}

void CodeEditor::keyPressEvent(QKeyEvent* event) {
    const bool enter = event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter;
    if (enter && event->modifiers().testFlag(Qt::ControlModifier)) {
        completer_.popup()->hide();
        Q_EMIT runAsked();
        return;
    }
    if (completer_.popup()->isVisible() && (enter || event->key() == Qt::Key_Tab || event->key() == Qt::Key_Escape || event->key() == Qt::Key_Backtab)) {
        event->ignore();   // the list's
        return;
    }
    if (enter && enterRuns_ && !event->modifiers().testFlag(Qt::ShiftModifier)) {
        Q_EMIT runAsked();
        return;
    }
    if (event->key() == Qt::Key_Space && event->modifiers().testFlag(Qt::ControlModifier)) {
        complete(true);
        return;
    }
    if (event->key() == Qt::Key_Tab) {
        focusNextChild();   // reachable and left by keyboard alone
        return;
    }
    typing_ = true;
    QPlainTextEdit::keyPressEvent(event);
    typing_ = false;
    const QString typed = event->text();
    if (!typed.isEmpty() && completesAfter(typed[0]))
        complete(false);
    else if (event->key() == Qt::Key_Backspace && completer_.popup()->isVisible())
        complete(false);
    else if (!typed.isEmpty())
        completer_.popup()->hide();
}

}  // namespace nj::ui

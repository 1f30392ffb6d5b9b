#include "widgets/label_filter_edit.h"

#include <QAbstractItemView>
#include <QKeyEvent>
#include <QStyle>

#include "query/search_syntax.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kMostOffered = 60;

}  // namespace

LabelFilterEdit::LabelFilterEdit(QWidget* parent) : QLineEdit(parent) {
    setClearButtonEnabled(true);
    completer_.setModel(&model_);
    completer_.setWidget(this);
    completer_.setCompletionMode(QCompleter::UnfilteredPopupCompletion);
    connect(&completer_, qOverload<const QString&>(&QCompleter::activated), this, &LabelFilterEdit::insert);
    connect(this, &QLineEdit::textEdited, this, [this](const QString& text) {
        complete();
        if (text.isEmpty())
            apply();
    });
    connect(this, &QLineEdit::editingFinished, this, &LabelFilterEdit::apply);
}

void LabelFilterEdit::setLabels(std::vector<query::MetricLabel> labels) { labels_ = std::move(labels); }

void LabelFilterEdit::setApplied(const QString& text) {
    applied_ = text;
    setText(text);
    setProperty("invalid", false);
    style()->polish(this);
}

// The term the cursor is in starts after the last blank outside quotes.
qsizetype LabelFilterEdit::termStart() const {
    qsizetype start = 0;
    bool quoted = false;
    const QString before = text().left(cursorPosition());
    for (qsizetype i = 0; i < before.size(); ++i) {
        if (before[i] == QLatin1Char('"'))
            quoted = !quoted;
        else if (before[i] == QLatin1Char(' ') && !quoted)
            start = i + 1;
    }
    return start < before.size() && before[start] == QLatin1Char('-') ? start + 1 : start;
}

void LabelFilterEdit::complete() {
    const QString term = text().mid(termStart(), cursorPosition() - termStart());
    const auto colon = term.indexOf(QLatin1Char(':'));
    QStringList offers;
    for (const query::MetricLabel& label : labels_) {
        const QString key = QString::fromStdString(label.key);
        if (colon < 0) {
            if (key.contains(term, Qt::CaseInsensitive))
                offers << key + QLatin1Char(':');
            continue;
        }
        if (key != term.left(colon))
            continue;
        const QString wanted = term.mid(colon + 1).remove(QLatin1Char('"'));
        for (const auto& [value, count] : label.values)
            if (QString::fromStdString(value).contains(wanted, Qt::CaseInsensitive) && offers.size() < kMostOffered)
                offers << QString::fromStdString(query::searchTerm(label.key, value, false)).left(300);
    }
    model_.setStringList(offers);
    if (offers.isEmpty() || (offers.size() == 1 && offers.front() == term))
        completer_.popup()->hide();
    else
        completer_.complete();
}

void LabelFilterEdit::insert(const QString& completion) {
    const qsizetype start = termStart();
    QString now = text();
    now.replace(start, cursorPosition() - start, completion);
    setText(now);
    setCursorPosition(static_cast<int>(start + completion.size()));
    if (completion.endsWith(QLatin1Char(':')))
        complete();   // its values next
    else
        apply();
}

void LabelFilterEdit::apply() {
    const auto parsed = query::parseSearch(text().toStdString());
    setProperty("invalid", !parsed.ok());
    setToolTip(parsed.ok() ? QString() : plainToolTip(QString::fromStdString(parsed.error().message)));
    style()->polish(this);
    if (!parsed.ok() || text() == applied_)
        return;
    applied_ = text();
    Q_EMIT appliedChanged();
}

void LabelFilterEdit::focusInEvent(QFocusEvent* event) {
    QLineEdit::focusInEvent(event);
    if (event->reason() == Qt::MouseFocusReason && text().isEmpty())
        complete();
}

void LabelFilterEdit::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Down && !completer_.popup()->isVisible()) {
        complete();
        return;
    }
    if (completer_.popup()->isVisible() && (event->key() == Qt::Key_Return || event->key() == Qt::Key_Enter || event->key() == Qt::Key_Escape)) {
        event->ignore();   // the list's
        return;
    }
    QLineEdit::keyPressEvent(event);
}

}  // namespace nj::ui

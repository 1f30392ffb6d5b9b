#include "widgets/source_editor.h"

#include <QGridLayout>
#include <QHBoxLayout>
#include <QScrollArea>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kWidth = 720, kHeight = 560, kLinesHeight = 52, kLongest = 65'536;

}  // namespace

SourceEditor::SourceEditor(const Theme& theme, LiveSources& sources, QWidget* parent) : QDialog(parent), theme_(theme), sources_(sources) {
    setObjectName(QStringLiteral("sourceEditor"));
    resize(kWidth, kHeight);
    pasted_ = new QLineEdit(this);
    pasted_->setObjectName(QStringLiteral("sourcePaste"));
    pasted_->setAccessibleName(tr("Paste an address"));
    pasted_->setFont(theme_.table);
    pasted_->setMaxLength(1 << 20);
    pasted_->setPlaceholderText(tr("paste a Prometheus, Grafana, Jaeger or Alertmanager address, or a webhook's JSON"));
    kind_ = new QComboBox(this);
    kind_->setObjectName(QStringLiteral("sourceKind"));
    kind_->setAccessibleName(tr("Kind of source"));
    for (const LiveKind& kind : sources.kinds())
        kind_->addItem(kind.title, kind.name);
    about_ = new PlainLabel({}, theme_.body, "muted", this);
    about_->setWordWrap(true);
    form_ = new QWidget(this);
    form_->setObjectName(QStringLiteral("page"));
    grid_ = new QGridLayout(form_);
    auto* scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setFrameShape(QFrame::NoFrame);
    scroll->setWidget(form_);
    sentence_ = new PlainLabel({}, theme_.table, "muted", this);
    sentence_->setWordWrap(true);
    sentence_->setMinimumHeight(2 * theme_.rowHeight);
    test_ = new QPushButton(tr("Test"), this);
    test_->setObjectName(QStringLiteral("sourceTest"));
    keep_ = new QPushButton(tr("Start"), this);
    keep_->setObjectName(QStringLiteral("sourceKeep"));
    auto* close = new QPushButton(tr("Close"), this);
    keep_->setDefault(true);
    for (QPushButton* button : {test_, close})
        button->setAutoDefault(false);

    auto* last = new QHBoxLayout;
    last->setSpacing(theme_.gap);
    last->addStretch(1);
    for (QPushButton* button : {test_, keep_, close})
        last->addWidget(button);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme_.padding, theme_.padding, theme_.padding, theme_.padding);
    column->setSpacing(theme_.gap);
    column->addWidget(pasted_);
    column->addWidget(kind_);
    column->addWidget(about_);
    column->addWidget(scroll, 1);
    column->addWidget(sentence_);
    column->addLayout(last);

    connect(pasted_, &QLineEdit::textChanged, this, [this](const QString& text) {
        if (!text.trimmed().isEmpty())
            sources_.paste(text.trimmed());
    });
    connect(&sources, &LiveSources::pasteAnswered, this, [this](const QString& kind, const LiveValues& values, const QString& words) {
        if (!isVisible())
            return;
        const int index = kind.isEmpty() ? -1 : kind_->findData(kind);
        if (index >= 0 && kind_->isEnabled()) {
            kind_->setCurrentIndex(index);
            showKind();
            fill(values);
        }
        say(words, index >= 0 ? "ok" : "warning");
    });
    connect(kind_, &QComboBox::currentIndexChanged, this, &SourceEditor::showKind);
    connect(test_, &QPushButton::clicked, this, &SourceEditor::test);
    connect(keep_, &QPushButton::clicked, this, &SourceEditor::keep);
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    connect(&sources, &LiveSources::testAnswered, this, [this](int ticket, bool good, const QString& words) {
        if (ticket != ticket_)
            return;
        test_->setEnabled(true);
        say((good ? QStringLiteral("● ") : QStringLiteral("▲ ")) + words, good ? "ok" : "error");
    });
    connect(&sources, &LiveSources::refused, this, [this](const QString& problem) {
        if (isVisible())
            say(QStringLiteral("▲ ") + problem, "error");
    });
    showKind();
}

const LiveKind* SourceEditor::current() const {
    const auto& kinds = sources_.kinds();
    const auto found = std::find_if(kinds.begin(), kinds.end(), [&](const LiveKind& kind) { return kind.name == kind_->currentData().toString(); });
    return found == kinds.end() ? nullptr : &*found;
}

QWidget* SourceEditor::field(const QString& name) const { return fields_.value(name); }

QWidget* SourceEditor::widgetFor(const LiveField& field) {
    if (field.kind == LiveField::Kind::kSwitch) {
        auto* box = new QCheckBox(field.hint, form_);
        box->setFont(theme_.table);
        box->setChecked(field.preset == QLatin1String("yes"));
        return box;
    }
    if (field.repeated) {
        auto* lines = new QPlainTextEdit(form_);
        lines->setFont(theme_.mono);
        lines->setFixedHeight(kLinesHeight);
        lines->setTabChangesFocus(true);
        lines->setPlaceholderText(tr("one a line"));
        return lines;
    }
    auto* edit = new QLineEdit(form_);
    edit->setFont(theme_.table);
    edit->setMaxLength(kLongest);
    edit->setPlaceholderText(field.preset);
    if (field.kind == LiveField::Kind::kSecret)
        edit->setEchoMode(QLineEdit::Password);
    return edit;
}

void SourceEditor::showKind() {
    qDeleteAll(form_->findChildren<QWidget*>(QString(), Qt::FindDirectChildrenOnly));
    delete grid_;
    grid_ = new QGridLayout(form_);
    grid_->setContentsMargins(0, theme_.gap, theme_.gap, 0);
    grid_->setHorizontalSpacing(theme_.gap);
    grid_->setVerticalSpacing(theme_.unit);
    fields_.clear();
    ticket_ = 0;
    test_->setEnabled(true);
    say({}, "muted");
    const LiveKind* kind = current();
    if (!kind)
        return;
    about_->setPlain(kind->about);
    int row = 0;
    QWidget* before = kind_;
    for (const LiveField& field : kind->fields) {
        QWidget* widget = widgetFor(field);
        setTabOrder(before, widget);
        before = widget;
        widget->setObjectName(QStringLiteral("field-") + field.name);
        widget->setAccessibleName(field.title);
        widget->setAccessibleDescription(field.hint);
        fields_.insert(field.name, widget);
        auto* title = new PlainLabel(field.required ? tr("%1 *").arg(field.title) : field.title, theme_.table, "", form_);
        grid_->addWidget(title, row, 0, field.repeated ? Qt::AlignTop : Qt::AlignVCenter);
        grid_->addWidget(widget, row++, 1);
        if (field.kind != LiveField::Kind::kSwitch && !field.hint.isEmpty()) {
            auto* hint = new PlainLabel(field.hint, theme_.caption, "muted", form_);
            hint->setWordWrap(true);
            grid_->addWidget(hint, row++, 1);
        }
    }
    setTabOrder(before, test_);
    grid_->setRowStretch(row, 1);
    grid_->setColumnStretch(1, 1);
}

void SourceEditor::fill(const LiveValues& values) {
    for (auto it = fields_.begin(); it != fields_.end(); ++it) {
        if (!values.contains(it.key()))
            continue;
        const QStringList& list = values[it.key()];
        if (auto* box = qobject_cast<QCheckBox*>(it.value()))
            box->setChecked(list.value(0) == QLatin1String("yes"));
        else if (auto* lines = qobject_cast<QPlainTextEdit*>(it.value()))
            lines->setPlainText(list.join(QLatin1Char('\n')));
        else if (auto* edit = qobject_cast<QLineEdit*>(it.value()))
            edit->setText(list.value(0));
    }
}

LiveValues SourceEditor::values() const {
    LiveValues values;
    const LiveKind* kind = current();
    if (!kind)
        return values;
    for (const LiveField& field : kind->fields) {
        QWidget* widget = fields_.value(field.name);
        QStringList list;
        if (const auto* box = qobject_cast<QCheckBox*>(widget))
            list << (box->isChecked() ? QStringLiteral("yes") : QStringLiteral("no"));
        else if (const auto* lines = qobject_cast<QPlainTextEdit*>(widget))
            list = lines->toPlainText().split(QLatin1Char('\n'), Qt::SkipEmptyParts);
        else if (const auto* edit = qobject_cast<QLineEdit*>(widget))
            list << (edit->text().trimmed().isEmpty() && field.required ? field.preset : edit->text().trimmed());
        for (QString& text : list)
            text = text.trimmed();
        list.removeAll(QString());
        if (!list.isEmpty())
            values.insert(field.name, list);
    }
    return values;
}

QString SourceEditor::sentence() const { return sentence_->plain(); }

void SourceEditor::openNew() {
    id_ = 0;
    pasted_->clear();
    pasted_->show();
    setWindowTitle(tr("Add a live source"));
    kind_->setEnabled(true);
    showKind();
    show();
    raise();
    kind_->setFocus();
}

void SourceEditor::openRow(const LiveRow& row) {
    id_ = row.id;
    setWindowTitle(row.title);
    pasted_->hide();
    kind_->setCurrentIndex(std::max(0, kind_->findData(row.kind)));
    kind_->setEnabled(false);
    showKind();
    fill(row.values);
    show();
    raise();
    test_->setFocus();
}

void SourceEditor::say(const QString& sentence, const char* role) {
    sentence_->setRole(role);
    sentence_->setPlain(sentence);
}

void SourceEditor::test() {
    const LiveKind* kind = current();
    if (!kind)
        return;
    test_->setEnabled(false);
    say(tr("Testing…"), "muted");
    ticket_ = sources_.test(kind->name, values());
}

void SourceEditor::keep() {
    const LiveKind* kind = current();
    if (!kind)
        return;
    say({}, "muted");
    sources_.keep(id_, kind->name, values());
    if (sentence_->plain().isEmpty())   // not refused
        close();
}

}  // namespace nj::ui

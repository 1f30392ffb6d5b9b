#include "widgets/objective_editor.h"

#include <QHBoxLayout>
#include <QKeyEvent>
#include <QVBoxLayout>
#include <algorithm>

#include "query/annotations.h"
#include "query/objectives.h"
#include "query/search_syntax.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kEditorWidth = 720, kLongestName = 120, kLongestFilter = 2000;

bool sameMeasure(const Objective& a, const Objective& b) { return a.kind == b.kind && a.key == b.key; }

}  // namespace

ObjectiveEditor::ObjectiveEditor(const Theme& theme, QWidget* window) : FloatingSheet(theme, window) {
    setObjectName(QStringLiteral("objectiveEditor"));
    setAccessibleName(tr("Set an objective"));
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(theme.padding, theme.padding, theme.padding, theme.padding);
    column->setSpacing(2 * theme.unit);
    auto* first = new QHBoxLayout;
    auto* second = new QHBoxLayout;
    for (QHBoxLayout* row : {first, second})
        row->setSpacing(2 * theme.unit);
    const auto put = [&](QHBoxLayout* row, const QString& label, QWidget* field, int stretch) {
        auto* words = new PlainLabel(label, theme.table, "muted", this);
        row->addWidget(words);
        row->addWidget(field, stretch);
    };
    measure_ = new QComboBox(this);
    measure_->setObjectName(QStringLiteral("objectiveMeasure"));
    measure_->setAccessibleName(tr("What is measured"));
    measure_->setFont(theme.table);
    measure_->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    measure_->setMinimumContentsLength(20);
    measure_->installEventFilter(this);
    name_ = line("objectiveName", tr("Name"), tr("name"), 0);
    threshold_ = line("objectiveThreshold", tr("Good is at or below"), tr("2.5 s"), 90);
    target_ = line("objectiveTarget", tr("Share that is good"), tr("99 %"), 80);
    window_ = line("objectiveWindow", tr("Over"), tr("30 d"), 70);
    filter_ = line("objectiveFilter", tr("Filter: which rows count"), tr("all rows"), 0);
    put(first, tr("Objective on"), measure_, 3);
    put(first, tr("called"), name_, 3);
    put(second, tr("good within"), threshold_, 0);
    put(second, tr("for"), target_, 0);
    put(second, tr("over"), window_, 0);
    put(second, tr("of"), filter_, 1);
    auto* last = new QHBoxLayout;
    last->setSpacing(2 * theme.unit);
    words_ = new PlainLabel({}, theme.caption, "muted", this);
    words_->setElided(true);
    keep_ = new QPushButton(tr("Keep"), this);
    keep_->setObjectName(QStringLiteral("objectiveKeep"));
    remove_ = new QPushButton(tr("Remove"), this);
    remove_->setObjectName(QStringLiteral("objectiveRemove"));
    last->addWidget(words_);
    last->addStretch(1);
    last->addWidget(remove_);
    last->addWidget(keep_);
    for (QHBoxLayout* row : {first, second, last})
        column->addLayout(row);
    for (QPushButton* button : {keep_, remove_}) {
        button->setAutoDefault(false);
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);
        button->installEventFilter(this);
    }
    connect(measure_, &QComboBox::activated, this, &ObjectiveEditor::chooseMeasure);
    connect(keep_, &QPushButton::clicked, this, &ObjectiveEditor::keep);
    connect(remove_, &QPushButton::clicked, this, [this] {
        book_->remove(draft_.id, tr("Remove an objective"));
        close();
    });
    hide();
}

QLineEdit* ObjectiveEditor::line(const char* name, const QString& label, const QString& hint, int width) {
    auto* edit = new QLineEdit(this);
    edit->setObjectName(QString::fromLatin1(name));
    edit->setAccessibleName(label);
    edit->setToolTip(label);
    edit->setPlaceholderText(hint);
    edit->setFont(theme_.table);
    if (width > 0)
        edit->setFixedWidth(width);
    edit->installEventFilter(this);
    connect(edit, &QLineEdit::textEdited, this, [this] {
        const auto now = read();
        say(now.ok() ? oneLine(query::objectiveSentence(*now)) : oneLine(now.error().message), !now.ok());
    });
    return edit;
}

void ObjectiveEditor::open(AnnotationBook& book, const Objective& draft, const std::vector<query::Measure>& measures) {
    book_ = &book;
    draft_ = draft;
    choices_.clear();
    measure_->clear();
    const auto offer = [this](const Objective& choice, const QString& title) {
        choices_.push_back(choice);
        measure_->addItem(title.left(kLongestName));
    };
    for (const query::Measure& measure : measures) {
        Objective choice;
        query::setMeasure(choice, measure);
        offer(choice, oneLine(choice.name));
    }
    Objective errors;
    errors.kind = ObjectiveKind::kErrors;
    errors.name = tr("Errors").toStdString();
    offer(errors, tr("Errors of spans"));
    auto own = std::find_if(choices_.begin(), choices_.end(), [&](const Objective& choice) { return sameMeasure(choice, draft_); });
    if (own == choices_.end()) {   // its rows are not in this capsule
        offer(draft_, oneLine(draft_.name));
        own = choices_.end() - 1;
    }
    measure_->setCurrentIndex(static_cast<int>(own - choices_.begin()));
    name_->setText(oneLine(draft_.name).left(kLongestName));
    threshold_->setText(draft_.threshold > 0 ? oneLine(query::thresholdText(draft_)) : QString());
    target_->setText(oneLine(query::targetText(draft_)));
    window_->setText(oneLine(query::windowText(draft_.window)));
    filter_->setText(oneLine(draft_.filter));
    name_->setMaxLength(kLongestName);
    filter_->setMaxLength(kLongestFilter);
    for (QLineEdit* edit : {name_, filter_})
        edit->setCursorPosition(0);
    threshold_->setEnabled(draft_.kind != ObjectiveKind::kErrors);
    remove_->setVisible(!draft_.id.empty());
    say(book.inSidecar() ? tr("kept beside the capsule, which cannot be written") : tr("Enter keeps it, Esc leaves"), false);
    rise(kEditorWidth, sizeHint().height());
    QLineEdit* start = threshold_->isEnabled() ? threshold_ : target_;
    start->setFocus();
    start->selectAll();
}

// A name nobody typed follows the measure.
void ObjectiveEditor::chooseMeasure(int index) {
    const Objective& choice = choices_[static_cast<size_t>(index)];
    if (name_->text().isEmpty() || name_->text() == oneLine(draft_.name))
        name_->setText(oneLine(choice.name).left(kLongestName));
    draft_.kind = choice.kind;
    draft_.key = choice.key;
    draft_.unit = choice.unit;
    draft_.name = choice.name;
    threshold_->setEnabled(draft_.kind != ObjectiveKind::kErrors);
}

Result<Objective> ObjectiveEditor::read() const {
    Objective out = draft_;
    if (out.kind != ObjectiveKind::kErrors) {
        NJ_ASSIGN(out.threshold, query::parseThreshold(threshold_->text().toStdString(), out));
    }
    NJ_ASSIGN(out.target, query::parseTarget(target_->text().toStdString()));
    NJ_ASSIGN(out.window, parseDuration(window_->text().remove(QLatin1Char(' ')).replace(QStringLiteral("min"), QStringLiteral("m")).toStdString()));
    if (out.window <= 0)
        return makeError(ErrorCode::kInvalidArgument, tr("the window must be longer than nothing").toStdString());
    if (const auto filter = query::parseSearch(filter_->text().toStdString()); !filter.ok())
        return filter.error();
    out.filter = filter_->text().trimmed().toStdString();
    if (const QString name = name_->text().simplified(); !name.isEmpty())
        out.name = name.toStdString();
    return out;
}

void ObjectiveEditor::keep() {
    const auto objective = read();
    if (!objective.ok()) {
        say(oneLine(objective.error().message), true);
        return;
    }
    const std::string id = book_->put(*objective, draft_.id.empty() ? tr("Set an objective") : tr("Change an objective"));
    close();
    Q_EMIT kept(QString::fromStdString(id));
}

void ObjectiveEditor::say(const QString& text, bool problem) {
    words_->setRole(problem ? "error" : "muted");
    words_->setPlain(problem ? QStringLiteral("▲ ") + text : text);
}

bool ObjectiveEditor::eventFilter(QObject* watched, QEvent* event) {
    if (event->type() != QEvent::KeyPress && event->type() != QEvent::ShortcutOverride)
        return FloatingSheet::eventFilter(watched, event);
    auto* key = static_cast<QKeyEvent*>(event);
    const bool enter = key->key() == Qt::Key_Return || key->key() == Qt::Key_Enter;
    if ((!enter && key->key() != Qt::Key_Escape) || (enter && !qobject_cast<QLineEdit*>(watched) && watched != keep_))
        return false;
    event->accept();
    if (event->type() == QEvent::ShortcutOverride)
        return true;   // else the window's own Esc would take it
    if (enter)
        keep();
    else
        close();
    return true;
}

}  // namespace nj::ui

#include "widgets/table_mapping_dialog.h"

#include <QHBoxLayout>
#include <QHeaderView>
#include <QVBoxLayout>
#include <algorithm>

#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr int kFieldsPerSide = 5, kShown = 200, kPreviewRows = 8;
constexpr MappedSignal kSignals[] = {MappedSignal::kLogs, MappedSignal::kSpans, MappedSignal::kSamples};
constexpr TimeUnit kUnits[] = {TimeUnit::kText, TimeUnit::kSeconds, TimeUnit::kMilliseconds, TimeUnit::kMicroseconds, TimeUnit::kNanoseconds};

QString shortText(std::string_view text) { return qText(text).left(kShown).simplified(); }

QString signalTitle(MappedSignal signal) {
    switch (signal) {
    case MappedSignal::kSpans: return TableMappingDialog::tr("spans");
    case MappedSignal::kLogs: return TableMappingDialog::tr("logs");
    case MappedSignal::kSamples: break;
    }
    return TableMappingDialog::tr("metric samples");
}

QString unitTitle(TimeUnit unit) {
    switch (unit) {
    case TimeUnit::kNanoseconds: return TableMappingDialog::tr("in ns");
    case TimeUnit::kMicroseconds: return TableMappingDialog::tr("in µs");
    case TimeUnit::kMilliseconds: return TableMappingDialog::tr("in ms");
    case TimeUnit::kSeconds: return TableMappingDialog::tr("in s");
    case TimeUnit::kText: break;
    }
    return TableMappingDialog::tr("as text");
}

QString fieldTitle(std::string_view field) {
    static const std::map<std::string_view, const char*> kTitles = {
        {"start", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Starts at")}, {"end", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Ends at")},
        {"duration", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Lasts")}, {"name", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Name")},
        {"service", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Service")}, {"trace_id", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Trace id")},
        {"span_id", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Span id")}, {"parent_span_id", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Parent's id")},
        {"status", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Status")}, {"status_message", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Error text")},
        {"time", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Time")}, {"body", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Text")},
        {"severity", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Severity")}, {"value", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Value")},
        {"unit", QT_TRANSLATE_NOOP("nj::ui::TableMappingDialog", "Unit")}};
    const auto at = kTitles.find(field);
    return at == kTitles.end() ? qText(field) : TableMappingDialog::tr(at->second);
}

QComboBox* box(QWidget* parent, const QString& name, int characters) {
    auto* combo = new QComboBox(parent);
    combo->setAccessibleName(name);
    combo->setSizeAdjustPolicy(QComboBox::AdjustToMinimumContentsLengthWithIcon);
    combo->setMinimumContentsLength(characters);
    return combo;
}

}  // namespace

TableMappingDialog::TableMappingDialog(const Theme& theme, const QString& file, std::vector<MappableTable> tables, QWidget* parent) : QDialog(parent), theme_(theme), tables_(std::move(tables)) {
    setWindowTitle(tr("How is this file to be read?"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(theme_.unit * 250, theme_.unit * 160);
    auto* lead = new PlainLabel(tr("%1 is a SQLite file of no known tool. Say which table is what; below are its first rows as they will be read.").arg(file.left(kShown)), theme_.body, "muted", this);
    lead->setWordWrap(true);
    table_ = box(this, tr("Table"), 22);
    for (const MappableTable& table : tables_) {
        table_->addItem(shortText(table.name));
        choices_.push_back({table.guess, problemsOf(table.guess, table).empty()});
    }
    signal_ = box(this, tr("What its rows are"), 14);
    for (const MappedSignal signal : kSignals)
        signal_->addItem(signalTitle(signal), static_cast<int>(signal));
    read_ = new QCheckBox(tr("read this table"), this);
    attributes_ = new QListWidget(this);
    attributes_->setAccessibleName(tr("Columns kept as attributes"));
    attributes_->setFont(theme_.table);
    attributes_->setFixedWidth(theme_.unit * 54);
    preview_ = new QTableWidget(this);
    preview_->setAccessibleName(tr("First rows as they will be read"));
    preview_->setFont(theme_.table);
    preview_->setEditTriggers(QAbstractItemView::NoEditTriggers);
    preview_->setSelectionBehavior(QAbstractItemView::SelectRows);
    preview_->setShowGrid(false);
    preview_->setWordWrap(false);
    preview_->verticalHeader()->hide();
    preview_->verticalHeader()->setDefaultSectionSize(theme_.rowHeight);
    preview_->horizontalHeader()->setHighlightSections(false);
    preview_->horizontalHeader()->setDefaultAlignment(Qt::AlignLeft | Qt::AlignVCenter);
    preview_->setMinimumHeight(theme_.rowHeight * (kPreviewRows - 2));
    problems_ = new PlainLabel({}, theme_.body, "muted", this);
    problems_->setWordWrap(true);
    sentence_ = new PlainLabel({}, theme_.body, "muted", this);
    sentence_->setElided(true);
    save_ = new QPushButton(tr("Save as JSON…"), this);
    save_->setToolTip(plainToolTip(tr("For the command line: nightjar import --mapping FILE")));
    auto* leave = new QPushButton(tr("Leave it out"), this);
    import_ = new QPushButton(tr("Import"), this);
    import_->setDefault(true);
    for (QPushButton* button : {save_, leave})
        button->setAutoDefault(false);
    for (QPushButton* button : {save_, leave, import_})
        button->setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Fixed);

    auto* first = new QHBoxLayout;
    first->setSpacing(theme_.gap);
    first->addWidget(new PlainLabel(tr("The rows of"), theme_.body, "muted", this));
    first->addWidget(table_);
    first->addWidget(new PlainLabel(tr("are"), theme_.body, "muted", this));
    first->addWidget(signal_);
    first->addWidget(read_);
    first->addStretch(1);
    body_ = new QGridLayout;
    body_->setHorizontalSpacing(2 * theme_.padding);
    body_->setVerticalSpacing(theme_.unit);
    body_->addWidget(new PlainLabel(tr("Which column is what"), theme_.panelTitle, "", this), 0, 0);
    body_->addWidget(new PlainLabel(tr("Kept as attributes"), theme_.panelTitle, "", this), 0, 1);
    body_->addWidget(attributes_, 1, 1);
    body_->setColumnStretch(0, 1);
    auto* last = new QHBoxLayout;
    last->setSpacing(theme_.gap);
    last->addWidget(save_);
    last->addWidget(sentence_);
    last->addStretch(1);
    last->addWidget(leave);
    last->addWidget(import_);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme_.padding, theme_.padding, theme_.padding, theme_.padding);
    layout->setSpacing(theme_.gap);
    layout->addWidget(lead);
    layout->addLayout(first);
    layout->addLayout(body_);
    layout->addWidget(new PlainLabel(tr("First rows"), theme_.panelTitle, "", this));
    layout->addWidget(preview_, 1);
    layout->addWidget(problems_);
    layout->addLayout(last);

    connect(table_, &QComboBox::currentIndexChanged, this, &TableMappingDialog::showTable);
    connect(signal_, &QComboBox::activated, this, &TableMappingDialog::chooseSignal);
    connect(read_, &QCheckBox::toggled, this, [this](bool on) {
        choice().read = on;
        weigh();
    });
    connect(attributes_, &QListWidget::itemChanged, this, &TableMappingDialog::take);
    connect(save_, &QPushButton::clicked, this, &TableMappingDialog::saveRequested);
    connect(leave, &QPushButton::clicked, this, &QDialog::close);
    connect(import_, &QPushButton::clicked, this, &TableMappingDialog::importRequested);
    if (!tables_.empty())
        showTable();
}

QComboBox* TableMappingDialog::columnBox(const QString& field) { return boxes_.at(field.toStdString()).column; }
QComboBox* TableMappingDialog::unitBox(const QString& field) { return boxes_.at(field.toStdString()).unit; }

std::vector<TableMapping> TableMappingDialog::mappings() const {
    std::vector<TableMapping> out;
    for (const Choice& choice : choices_)
        if (choice.read)
            out.push_back(choice.mapping);
    return out;
}

void TableMappingDialog::say(const QString& sentence, bool problem) {
    sentence_->setRole(problem ? "error" : "muted");
    sentence_->setPlain(sentence);
}

void TableMappingDialog::showTable() {
    filling_ = true;
    signal_->setCurrentIndex(signal_->findData(static_cast<int>(choice().mapping.signal)));
    read_->setChecked(choice().read);
    showFields();
    showAttributes();
    filling_ = false;
    weigh();
}

// A field of one signal mostly has one of the same name, or "time" and "start", in the other: what was chosen stays.
void TableMappingDialog::chooseSignal() {
    TableMapping& mapping = choice().mapping;
    mapping.signal = static_cast<MappedSignal>(signal_->currentData().toInt());
    const auto fields = fieldsOf(mapping.signal);
    for (MappedField& mapped : mapping.fields)
        if (mapped.field == "time" || mapped.field == "start")
            mapped.field = mapping.signal == MappedSignal::kSpans ? "start" : "time";
    std::erase_if(mapping.fields, [&](const MappedField& mapped) { return std::none_of(fields.begin(), fields.end(), [&](const MappableField& f) { return f.name == mapped.field; }); });
    choice().read = true;
    showTable();
}

void TableMappingDialog::showFields() {
    delete fieldArea_;
    boxes_.clear();
    fieldArea_ = new QWidget(this);
    auto* grid = new QGridLayout(fieldArea_);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setHorizontalSpacing(theme_.gap);
    grid->setVerticalSpacing(theme_.unit);
    const auto fields = fieldsOf(choice().mapping.signal);
    for (size_t i = 0; i < fields.size(); ++i)
        addField(fields[i], static_cast<int>(i) % kFieldsPerSide, static_cast<int>(i) / kFieldsPerSide);
    grid->setRowStretch(kFieldsPerSide, 1);
    for (const int column : {1, 5})
        grid->setColumnStretch(column, 1);
    grid->setColumnMinimumWidth(3, theme_.padding);
    body_->addWidget(fieldArea_, 1, 0);
    QWidget* before = read_;
    for (const MappableField& field : fields) {
        const FieldBoxes& made = boxes_.at(std::string(field.name));
        setTabOrder(before, made.column);
        before = made.column;
        if (made.unit) {
            setTabOrder(before, made.unit);
            before = made.unit;
        }
    }
    setTabOrder(before, attributes_);
}

void TableMappingDialog::addField(const MappableField& field, int row, int side) {
    const QString title = fieldTitle(field.name);
    auto* label = new PlainLabel(field.required ? title + QStringLiteral(" *") : title, theme_.table, "muted", fieldArea_);
    auto* grid = static_cast<QGridLayout*>(fieldArea_->layout());
    FieldBoxes made{box(fieldArea_, title, 14), nullptr};
    made.column->addItem(QStringLiteral("–"));
    for (const MappableColumn& column : shown().columns)
        made.column->addItem(shortText(column.name), qText(column.name));
    const MappedField* mapped = choice().mapping.field(field.name);
    made.column->setCurrentIndex(mapped ? std::max(0, made.column->findData(qText(mapped->column))) : 0);
    connect(made.column, &QComboBox::currentIndexChanged, this, &TableMappingDialog::take);
    if (field.kind == FieldKind::kTime || field.kind == FieldKind::kDuration) {
        made.unit = box(fieldArea_, tr("Unit of: %1").arg(title), 6);
        for (const TimeUnit unit : kUnits)
            if (unit != TimeUnit::kText || field.kind == FieldKind::kTime)
                made.unit->addItem(unitTitle(unit), static_cast<int>(unit));
        const TimeUnit usual = field.kind == FieldKind::kTime ? TimeUnit::kText : TimeUnit::kMilliseconds;
        made.unit->setCurrentIndex(made.unit->findData(static_cast<int>(mapped ? mapped->unit : usual)));
        connect(made.unit, &QComboBox::currentIndexChanged, this, &TableMappingDialog::take);
    }
    grid->addWidget(label, row, side * 4);
    grid->addWidget(made.column, row, side * 4 + 1);
    if (made.unit)
        grid->addWidget(made.unit, row, side * 4 + 2);
    boxes_[std::string(field.name)] = made;
}

void TableMappingDialog::showAttributes() {
    attributes_->clear();
    const auto& kept = choice().mapping.attributes;
    for (const MappableColumn& column : shown().columns) {
        auto* item = new QListWidgetItem(shortText(column.name), attributes_);
        item->setData(Qt::UserRole, qText(column.name));
        item->setFlags(Qt::ItemIsEnabled | Qt::ItemIsSelectable | Qt::ItemIsUserCheckable);
        item->setCheckState(std::find(kept.begin(), kept.end(), column.name) != kept.end() ? Qt::Checked : Qt::Unchecked);
    }
}

void TableMappingDialog::take() {
    if (filling_)
        return;
    TableMapping& mapping = choice().mapping;
    mapping.fields.clear();
    for (const MappableField& field : fieldsOf(mapping.signal)) {
        const FieldBoxes& made = boxes_.at(std::string(field.name));
        if (made.column->currentIndex() > 0)
            mapping.fields.push_back({std::string(field.name), made.column->currentData().toString().toStdString(),
                                      made.unit ? static_cast<TimeUnit>(made.unit->currentData().toInt()) : TimeUnit::kNanoseconds});
    }
    mapping.attributes.clear();
    for (int i = 0; i < attributes_->count(); ++i)
        if (attributes_->item(i)->checkState() == Qt::Checked)
            mapping.attributes.push_back(attributes_->item(i)->data(Qt::UserRole).toString().toStdString());
    weigh();
}

void TableMappingDialog::weigh() {
    const auto faults = problemsOf(choice().mapping, shown());
    bool ready = false, wrong = false;
    for (size_t i = 0; i < choices_.size(); ++i)
        if (choices_[i].read)
            (problemsOf(choices_[i].mapping, tables_[i]).empty() ? ready : wrong) = true;
    import_->setEnabled(ready && !wrong);
    save_->setEnabled(ready && !wrong);
    problems_->setRole(faults.empty() || !choice().read ? "muted" : "error");
    problems_->setPlain(faults.empty() ? QString() : (choice().read ? QStringLiteral("▲ ") : QString()) + qText(faults.front()));
    if (faults.empty())
        Q_EMIT previewRequested(choice().mapping);
    else
        clearPreview();
}

void TableMappingDialog::clearPreview() {
    preview_->setRowCount(0);
    preview_->setColumnCount(0);
}

void TableMappingDialog::setPreview(const TableMapping& of, const MappingPreview& preview) {
    if (tables_.empty() || !(of == choice().mapping))
        return;
    QStringList titles;
    for (const std::string& title : preview.titles)
        titles << qText(title);
    preview_->setColumnCount(static_cast<int>(titles.size()));
    preview_->setHorizontalHeaderLabels(titles);
    preview_->setRowCount(static_cast<int>(preview.rows.size()));
    for (size_t r = 0; r < preview.rows.size(); ++r)
        for (size_t c = 0; c < preview.rows[r].size(); ++c)
            preview_->setItem(static_cast<int>(r), static_cast<int>(c), new QTableWidgetItem(shortText(preview.rows[r][c])));
    preview_->resizeColumnsToContents();
    for (int c = 0; c < preview_->columnCount(); ++c)
        preview_->setColumnWidth(c, std::min(preview_->columnWidth(c), theme_.unit * 90));
    preview_->horizontalHeader()->setStretchLastSection(true);
    QStringList faults;
    for (const std::string& problem : preview.problems)
        faults << qText(problem);
    problems_->setRole(faults.isEmpty() ? "muted" : "warning");
    problems_->setPlain(!faults.isEmpty() ? QStringLiteral("◆ ") + faults.mid(0, 2).join(QStringLiteral(" · ")) : preview.rows.empty() ? tr("The table has no rows.") : QString());
}

}  // namespace nj::ui

#include "window/database_mapping.h"

#include <QFileDialog>
#include <QFileInfo>
#include <QSaveFile>
#include <algorithm>

#include "widgets/table_mapping_dialog.h"

namespace nj::app {
namespace {

constexpr size_t kPreviewRows = 50;

}  // namespace

DatabaseMapping::DatabaseMapping(ui::MainWindow& window, WindowSettings& settings, QObject* parent) : QObject(parent), window_(window), settings_(settings) {}

// Waits for a preview under way, which is told to stop.
DatabaseMapping::~DatabaseMapping() {
    for (const UnknownDatabase& file : files_)
        file.stop->request_stop();
    if (dialog_)
        disconnect(dialog_, nullptr, this, nullptr);
}

ui::TableMappingDialog* DatabaseMapping::dialog() { return dialog_; }

SavedMappings DatabaseMapping::saved() const {
    SavedMappings saved;
    const QHash<QString, QString> texts = settings_.mappings();
    for (auto it = texts.begin(); it != texts.end(); ++it)
        if (auto mappings = mappingsFromJson(it.value().toStdString()); mappings.ok())
            saved.emplace(it.key().toStdString(), std::move(mappings->front()));
    return saved;
}

void DatabaseMapping::ask(std::vector<UnknownDatabase> files, std::function<void(Answer)> answered) {
    files_.assign(std::make_move_iterator(files.begin()), std::make_move_iterator(files.end()));
    answer_ = {};
    answered_ = std::move(answered);
    next();
}

bool DatabaseMapping::answeredBefore(const UnknownDatabase& file) const {
    const auto& tables = file.file->tables();
    return std::any_of(answer_.mappings.begin(), answer_.mappings.end(), [&](const TableMapping& mapping) {
        return std::any_of(tables.begin(), tables.end(), [&](const MappableTable& table) { return problemsOf(mapping, table).empty(); });
    });
}

void DatabaseMapping::next() {
    while (!files_.empty() && answeredBefore(files_.front()))
        files_.pop_front();
    if (files_.empty()) {
        const auto answered = std::exchange(answered_, nullptr);
        answered(std::move(answer_));
        return;
    }
    accepted_ = false;
    const UnknownDatabase& file = files_.front();
    const QString name = QFileInfo(QFile::decodeName(file.path.c_str())).fileName();
    dialog_ = new ui::TableMappingDialog(window_.theme() == ui::ThemeKind::kDark ? ui::Theme::dark() : ui::Theme::light(), name, file.file->tables(), &window_);
    connect(dialog_, &ui::TableMappingDialog::previewRequested, this, &DatabaseMapping::preview);
    connect(dialog_, &ui::TableMappingDialog::importRequested, this, &DatabaseMapping::accept);
    connect(dialog_, &ui::TableMappingDialog::saveRequested, this, &DatabaseMapping::save);
    connect(dialog_, &QObject::destroyed, this, &DatabaseMapping::closed);
    dialog_->askAgain();
    dialog_->show();
    dialog_->raise();
    dialog_->activateWindow();
}

void DatabaseMapping::accept() {
    accepted_ = true;
    for (const TableMapping& mapping : dialog_->mappings()) {
        for (const MappableTable& table : dialog_->known())
            if (table.name == mapping.table)
                settings_.setMapping(QString::fromStdString(schemaKey(table)), QString::fromStdString(mappingsToJson({mapping})));
        answer_.mappings.push_back(mapping);
    }
    dialog_->close();
}

void DatabaseMapping::save() {
    const QString path = QFileDialog::getSaveFileName(dialog_, tr("Save the mapping"), QStringLiteral("mapping.json"), tr("JSON (*.json)"));
    if (path.isEmpty() || !dialog_)
        return;
    QSaveFile file(path);
    const QByteArray json = QByteArray::fromStdString(mappingsToJson(dialog_->mappings()));
    const bool written = file.open(QIODevice::WriteOnly) && file.write(json) == json.size() && file.commit();
    dialog_->say(written ? tr("nightjar import --mapping %1 -o CAPSULE FILE reads it the same.").arg(QFileInfo(path).fileName()) : tr("It could not be written: %1").arg(file.errorString()), !written);
}

// Accepted or closed: the next file's turn.
void DatabaseMapping::closed() {
    if (!answered_)
        return;
    UnknownDatabase file = std::move(files_.front());
    files_.pop_front();
    file.stop->request_stop();
    wanted_.reset();
    if (!accepted_)
        answer_.leftOut.push_back(file.path);
    next();
}

void DatabaseMapping::preview(const TableMapping& mapping) {
    wanted_ = mapping;
    if (!reading_)
        startPreview();
}

void DatabaseMapping::startPreview() {
    if (!wanted_ || files_.empty())
        return;
    reading_ = true;
    const TableMapping mapping = *std::exchange(wanted_, std::nullopt);
    reader_ = std::jthread([this, mapping, file = files_.front().file] {
        auto preview = std::make_shared<Result<MappingPreview>>(file->preview(mapping, kPreviewRows));
        QMetaObject::invokeMethod(this, [this, mapping, preview] {
            reading_ = false;
            if (dialog_ && preview->ok())
                dialog_->setPreview(mapping, **preview);
            startPreview();
        });
    });
}

}  // namespace nj::app

#include "window/entity_mapping.h"

#include "shell/workbench.h"
#include "store/capsule_writer.h"
#include "widgets/entity_map_dialog.h"

namespace nj::app {

EntityMapping::EntityMapping(ui::MainWindow& window, QObject* parent) : QObject(parent), window_(window) {
    window_.actions().add(QStringLiteral("capsule.entities"), tr("Capsule"), tr("Names that were not resolved…"), {}, [this] { show(); });
}

EntityMapping::~EntityMapping() = default;   // waits for a write under way

void EntityMapping::show() {
    if (!window_.workbench()) {
        window_.say(tr("Open a capsule first: it lists the names that lead to no entity."));
        return;
    }
    if (!dialog_) {
        dialog_ = new ui::EntityMapDialog(window_.theme() == ui::ThemeKind::kDark ? ui::Theme::dark() : ui::Theme::light(), &window_);
        connect(window_.workbench(), &QObject::destroyed, dialog_, &QDialog::close);
        connect(dialog_, &ui::EntityMapDialog::mapRequested, this, [this](const EntityEdge& edge) { write([edge](store::CapsuleWriter& writer) { return writer.mapEntity(edge); }); });
        connect(dialog_, &ui::EntityMapDialog::unmapRequested, this,
                [this](EntityKind kind, const QString& text) { write([kind, text = text.toStdString()](store::CapsuleWriter& writer) { return writer.unmapEntity(kind, text); }); });
    }
    ask();
    dialog_->show();
    dialog_->raise();
    dialog_->activateWindow();
}

void EntityMapping::ask() {
    if (!window_.workbench() || !dialog_)
        return;
    window_.workbench()->queries().ask(
        QStringLiteral("entities/map"), this, [](query::Backend& backend, std::stop_token stop) { return backend.entities(stop); },
        [this](Result<EntityGraph>&& graph) {
            if (!dialog_)
                return;
            if (graph.ok())
                dialog_->setGraph(*graph);
            else
                dialog_->say(QString::fromStdString(graph.error().message), true);
        });
}

void EntityMapping::write(Change change) {
    if (!window_.workbench() || writing_.joinable())
        return;
    dialog_->say(tr("Writing…"));
    const std::string path = window_.workbench()->workspace().info().path;
    writing_ = std::jthread([this, path, change = std::move(change)] {
        const auto all = [&]() -> Status {
            NJ_ASSIGN(const auto writer, store::CapsuleWriter::open(path, {false, 0}));
            NJ_RETURN_IF_ERROR(change(*writer));
            return writer->close();
        };
        QMetaObject::invokeMethod(this, [this, status = all()] { written(status); });
    });
}

void EntityMapping::written(const Status& status) {
    writing_.join();
    writing_ = {};
    if (dialog_)
        dialog_->say(status.ok() ? tr("Kept in the capsule.") : QString::fromStdString(status.error().message), !status.ok());
    if (!status.ok())
        return;
    ask();
    window_.refresh();
}

}  // namespace nj::app

// Asks how SQLite files of no known tool are to be read, one dialog after the other, with previews read on a thread of its own. What is chosen
// is remembered in the settings for the next file with the same tables. UI thread.
#pragma once

#include <QObject>
#include <QPointer>
#include <deque>
#include <functional>
#include <optional>
#include <thread>

#include "shell/main_window.h"
#include "window/database_survey.h"
#include "window/window_settings.h"

namespace nj::ui {
class TableMappingDialog;
}

namespace nj::app {

class DatabaseMapping : public QObject {
    Q_OBJECT
public:
    // Both outlive it.
    DatabaseMapping(ui::MainWindow& window, WindowSettings& settings, QObject* parent = nullptr);
    ~DatabaseMapping() override;

    struct Answer {
        std::vector<TableMapping> mappings;
        std::vector<std::string> leftOut;     // paths the person wants nothing of
    };
    // `answered` is called when every file has its answer. One question at a time.
    void ask(std::vector<UnknownDatabase> files, std::function<void(Answer)> answered);
    [[nodiscard]] bool asking() const { return answered_ != nullptr; }
    // Saved mappings as the survey takes them; those that can't be read any more are left out.
    [[nodiscard]] SavedMappings saved() const;
    // For tests.
    [[nodiscard]] ui::TableMappingDialog* dialog();

private:
    void next();
    // The file's tables are like some that were answered before.
    [[nodiscard]] bool answeredBefore(const UnknownDatabase& file) const;
    void accept();
    void save();
    void closed();
    void preview(const TableMapping& mapping);
    void startPreview();

    ui::MainWindow& window_;
    WindowSettings& settings_;
    std::deque<UnknownDatabase> files_;
    Answer answer_;
    std::function<void(Answer)> answered_;
    QPointer<ui::TableMappingDialog> dialog_;
    bool accepted_ = false, reading_ = false;
    std::optional<TableMapping> wanted_;      // the preview to read next
    std::jthread reader_;
};

}  // namespace nj::app

// Says how the tables of a SQLite file that no tool is known for are to be read: which table is which signal, which column which field, with
// the first rows as they will be read. Knows no file: whoever shows it gives it the tables and the previews it asks for. Blocks nothing. UI thread.
#pragma once

#include <QCheckBox>
#include <QComboBox>
#include <QDialog>
#include <QGridLayout>
#include <QListWidget>
#include <QPushButton>
#include <QTableWidget>
#include <map>

#include "model/table_mapping.h"
#include "theme/theme.h"
#include "widgets/plain_label.h"

namespace nj::ui {

class TableMappingDialog : public QDialog {
    Q_OBJECT
public:
    TableMappingDialog(const Theme& theme, const QString& file, std::vector<MappableTable> tables, QWidget* parent = nullptr);
    // Of the mapping shown; an older one is not shown.
    void setPreview(const TableMapping& of, const MappingPreview& preview);
    // Asks for the preview of what is shown: for whoever connects after it was made.
    void askAgain() { weigh(); }
    // A sentence beside the buttons; an empty one takes it away.
    void say(const QString& sentence, bool problem = false);
    // Of the tables that are to be read.
    [[nodiscard]] std::vector<TableMapping> mappings() const;
    [[nodiscard]] const std::vector<MappableTable>& known() const { return tables_; }

    [[nodiscard]] QComboBox* tableBox() { return table_; }
    [[nodiscard]] QComboBox* signalBox() { return signal_; }
    [[nodiscard]] QCheckBox* readBox() { return read_; }
    [[nodiscard]] QComboBox* columnBox(const QString& field);
    [[nodiscard]] QComboBox* unitBox(const QString& field);
    [[nodiscard]] QListWidget* attributeList() { return attributes_; }
    [[nodiscard]] QTableWidget* previewTable() { return preview_; }
    [[nodiscard]] PlainLabel* problemLabel() { return problems_; }
    [[nodiscard]] QPushButton* importButton() { return import_; }
    [[nodiscard]] QPushButton* saveButton() { return save_; }

Q_SIGNALS:
    void previewRequested(const nj::TableMapping& mapping);
    void importRequested();
    void saveRequested();

private:
    struct FieldBoxes {
        QComboBox *column, *unit;   // unit is nullptr where a field has none
    };
    struct Choice {
        TableMapping mapping;
        bool read = false;
    };
    [[nodiscard]] const MappableTable& shown() const { return tables_[static_cast<size_t>(table_->currentIndex())]; }
    [[nodiscard]] Choice& choice() { return choices_[static_cast<size_t>(table_->currentIndex())]; }
    void showTable();
    void showFields();
    void addField(const MappableField& field, int row, int side);
    void showAttributes();
    void chooseSignal();
    // What the boxes say becomes the table's mapping.
    void take();
    // Says what is wrong, lets import what can be, asks for the preview.
    void weigh();
    void clearPreview();

    const Theme theme_;
    const std::vector<MappableTable> tables_;
    std::vector<Choice> choices_;
    std::map<std::string, FieldBoxes> boxes_;
    QWidget* fieldArea_ = nullptr;
    QGridLayout* body_;
    QComboBox *table_, *signal_;
    QCheckBox* read_;
    QListWidget* attributes_;
    QTableWidget* preview_;
    PlainLabel *problems_, *sentence_;
    QPushButton *save_, *import_;
    bool filling_ = false;
};

}  // namespace nj::ui

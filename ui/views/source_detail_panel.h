// One file or stream: what was read from where, what was rejected and why, and its clock, which can be changed after the import and
// taken back: the zone its times were meant in, and a skew, of this file or of every file of its host. UI thread only.
#pragma once

#include <QComboBox>
#include <QLineEdit>
#include <QPushButton>
#include <map>

#include "state/annotation_book.h"
#include "views/view.h"
#include "widgets/panel.h"

namespace nj::ui {

class FactTable;
class PlainLabel;

class SourceDetailPanel : public Panel {
    Q_OBJECT
public:
    explicit SourceDetailPanel(const ViewContext& context, QWidget* parent = nullptr);
    // nullptr: nothing is chosen.
    void showImport(const query::ImportSummary* import);
    // The host of each file whose rows name one alone: its clock can be corrected in all its files at once.
    void setHosts(const std::map<int64_t, std::string>& hosts);
    [[nodiscard]] qint64 import() const { return import_.id; }

private:
    QWidget* buildClock();
    QWidget* buildActions();
    void showClock();
    void showHealth();
    void apply();
    void takeBack();
    void offerScopes();
    [[nodiscard]] std::string host() const;
    // Of the file, else of its host; nullptr = none.
    [[nodiscard]] const TimeCorrection* correction() const;
    [[nodiscard]] bool wholeHost() const;

    ViewContext context_;
    AnnotationBook& book_;
    query::ImportSummary import_;
    PlainLabel *path_, *facts_, *clock_;
    QComboBox *scope_, *zone_;
    std::map<int64_t, std::string> hosts_;
    QLineEdit* skew_;
    QPushButton *apply_, *back_;
    FactTable* health_;
};

}  // namespace nj::ui

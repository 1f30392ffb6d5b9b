// One error group at the side of the Errors view: a sentence, its facts, three sample rows with their traces, what moved before it, and
// the ways to its rows. Asks for what moved itself. UI thread only.
#pragma once

#include "models/error_pictures.h"
#include "views/view.h"
#include "widgets/panel.h"

class QPushButton;
class QScrollArea;
class QVBoxLayout;

namespace nj::ui {

class ErrorGroupPanel : public Panel {
    Q_OBJECT
public:
    explicit ErrorGroupPanel(const ViewContext& context, QWidget* parent = nullptr);
    struct Shown {
        query::Failure group;
        std::vector<query::Failure> toldBy;   // other layers that tell the same
        double shareOfAttempts = -1;             // while it lasted
        bool muted = false;
        QColor color;
    };
    void setGroup(const Shown& shown);
    void clear();
    [[nodiscard]] bool settled() const { return !asking_; }
    [[nodiscard]] QString sentence() const;
    [[nodiscard]] const std::vector<query::ChangeRow>& changes() const { return changes_; }

Q_SIGNALS:
    void settledChanged();
    void rowsWanted();
    void tracesWanted();
    void muteWanted(bool mute);

private:
    void askChanges();
    void rebuild();
    void addHead(QVBoxLayout* column);
    void addFacts(QVBoxLayout* column);
    void addSamples(QVBoxLayout* column);
    void addChanges(QVBoxLayout* column);
    void openSample(const query::ErrorSample& sample, bool trace);
    void addTerm(const QString& field, const QString& value, bool exclude);

    ViewContext context_;
    Shown shown_;
    bool known_ = false, asking_ = false;
    std::vector<query::ChangeRow> changes_;
    QScrollArea* scroll_;
    QWidget* buttons_;
    QPushButton *rows_, *traces_, *mute_;
};

}  // namespace nj::ui

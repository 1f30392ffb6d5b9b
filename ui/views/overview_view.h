// The first screen: is it real and how bad, what and where, what changed, what is missing. Everything from queries, for any data.
// UI thread.
#pragma once

#include <QTimer>

#include "views/overview_story.h"
#include "views/overview_strips.h"
#include "views/view.h"

class QPushButton;

namespace nj::ui {

class FactTable;
class Panel;
class PlainLabel;
class StoryFacts;
class StoryLine;
class StoryTiles;
class StripStack;

class OverviewView : public View {
    Q_OBJECT
public:
    OverviewView(const ViewContext& context, QWidget* parent);
    // The list of what changed, the strongest first.
    bool compare() override;
    // "changes": the same
    void open(const QString& parameter) override;
    [[nodiscard]] std::optional<CopyTable> shownTable() const override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override { return story_.sentenceText(); }
    [[nodiscard]] const OverviewStory& story() const { return story_; }
    [[nodiscard]] StripStack* strips() { return strips_; }
    [[nodiscard]] FactTable* changesTable() { return changes_; }
    [[nodiscard]] FactTable* entitiesTable() { return entities_; }

protected:
    void resizeEvent(QResizeEvent* event) override;

private:
    void build();
    QWidget* buildLower();
    void refresh();
    void askMain();
    void askLatency();
    void askChanges();
    void askMetrics();
    void askObjectives();
    void answered();
    void tell();
    void showStrips();
    void showChanges();
    void showEntities();
    void showMissing();
    void fitMissing();
    void follow(const StoryLink& link);
    void openChange(int row);
    void selectEvent(qint64 seq);

    ViewContext context_;
    OverviewFacts facts_;
    StripMetrics metrics_;
    OverviewStory story_;
    QString problem_;
    std::vector<Objective> asked_;   // the objectives whose answers are shown or awaited
    bool mainKnown_ = false, byOnset_ = true;
    QTimer soon_;
    std::vector<int> shownChanges_;

    Panel *sentencePanel_, *stripsPanel_, *changesPanel_, *entitiesPanel_, *missingPanel_;
    StoryLine* sentence_;
    StoryFacts* factsRow_;
    StoryTiles* tiles_;
    StripStack* strips_;
    FactTable *changes_, *entities_;
    PlainLabel* missing_;
    QPushButton *onset_, *strength_;
};

}  // namespace nj::ui

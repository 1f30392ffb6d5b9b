// Sources: every file and stream that was read, with its clock, its rejects and its removal; what is missing; documents and a reader for
// them beside. UI thread only.
#pragma once

#include <QStackedWidget>
#include <map>

#include "query/sources.h"
#include "state/annotation_book.h"
#include "views/refreshing_view.h"

namespace nj::ui {

class DocumentsPanel;
class DocumentViewer;
class FactTable;
class LivePanel;
class Panel;
class SourceDetailPanel;

class SourcesView : public RefreshingView {
    Q_OBJECT
public:
    explicit SourcesView(const ViewContext& context, QWidget* parent = nullptr);
    static const KeyTable<SourcesView>& keys();
    // "import:<id>", "document:<id>" or "live:add"
    void open(const QString& parameter) override;
    [[nodiscard]] bool settled() const override;
    [[nodiscard]] QString summary() const override;

protected:
    void keyPressEvent(QKeyEvent* event) override;

private:
    void build();
    void refresh() override;
    void showFiles();
    void chooseImport(qint64 id);
    void askMissing();
    void askHosts();
    void showMissing(const std::vector<query::MissingFact>& facts);
    void openDocument(qint64 id, const QString& path, int line);

    ViewContext context_;
    AnnotationBook& book_;
    LivePanel* live_;
    Panel *files_, *missing_, *reader_;
    FactTable *table_, *missingTable_;
    SourceDetailPanel* detail_;
    DocumentsPanel* documents_;
    DocumentViewer* viewer_;
    QStackedWidget* lower_;
    std::vector<qint64> imports_;      // by row
    qint64 chosen_ = 0;
    std::map<int64_t, std::string> hosts_;   // of files whose rows name one alone
    bool askingHosts_ = false, askingMissing_ = false, reading_ = false;
};

}  // namespace nj::ui

// The selection, at the right of every view: what it was, where it leads, its attributes, and what its machines did at that instant.
// Follows Workspace::selection; asks under the keys "inspector/…". UI thread.
#pragma once

#include <QScrollArea>
#include <QVBoxLayout>
#include <QWidget>

#include "bridge/query_runner.h"
#include "state/workspace.h"
#include "theme/theme.h"
#include "widgets/inspector_content.h"
#include "widgets/metric_lanes.h"

namespace nj::ui {

class Inspector : public QWidget {
    Q_OBJECT
public:
    Inspector(Workspace& workspace, QueryRunner& queries, const Theme& theme, QWidget* parent = nullptr);

    // Kinds it has something to say about.
    [[nodiscard]] bool shows(const Selection& selection) const;
    [[nodiscard]] const InspectorContent& content() const { return content_; }
    [[nodiscard]] QString sentence() const { return content_.sentence; }
    [[nodiscard]] size_t laneCount() const { return lanes_.size(); }
    enum class CopyForm { kText, kJson, kSql, kMarkdown };
    [[nodiscard]] QString copyText(CopyForm form) const;
    void copy(CopyForm form) const;

protected:
    void paintEvent(QPaintEvent* event) override;
    void changeEvent(QEvent* event) override;

private:
    void ask();
    void show(Result<InspectorContent>&& content);
    void askMoment();
    void rebuild();
    void addHeader(QVBoxLayout* column);
    [[nodiscard]] QString wholeSentence() const;
    void addStages(QVBoxLayout* column);
    void addMoment(QVBoxLayout* column);
    void addOriginal(QVBoxLayout* column);
    void addHeading(QVBoxLayout* column, const QString& title, const QString& words);
    void follow(const InspectorLink& link);
    void askToOpen(const QString& address);
    void addTerm(const QString& field, const QString& value, bool exclude);

    Workspace& workspace_;
    QueryRunner& queries_;
    const Theme& theme_;
    InspectorContent content_;
    std::vector<MetricLane> lanes_;
    QString problem_;
    QScrollArea* scroll_ = nullptr;
    QWidget* copyRow_;
};

}  // namespace nj::ui

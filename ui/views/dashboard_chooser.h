// Which dashboards there are: those of the capsule, and those that come with Nightjar and whose series are there. UI thread only.
#pragma once

#include <QComboBox>
#include <optional>
#include <utility>
#include <vector>

#include "query/dashboards.h"
#include "state/annotation_book.h"
#include "views/view.h"

namespace nj::ui {

class DashboardChooser : public QComboBox {
    Q_OBJECT
public:
    explicit DashboardChooser(const ViewContext& context, QWidget* parent = nullptr);
    // Asks which of those that come with Nightjar have their series; found() follows.
    void askBuiltIn();
    [[nodiscard]] bool asking() const { return asking_; }
    // Whether the answer is there, and holds for the rows that are.
    [[nodiscard]] bool known() const { return known_; }
    void forget() { known_ = false; }

    [[nodiscard]] bool has(const QString& id) const { return findData(id) >= 0; }
    // "" where there is none.
    [[nodiscard]] QString first() const { return count() > 0 ? itemData(0).toString() : QString(); }
    void setCurrent(const QString& id);
    // The capsule's own; nullptr for others.
    [[nodiscard]] const Definition* definition(const QString& id) const;
    // Of those that come with Nightjar, or with a server's rules.
    [[nodiscard]] std::optional<dashboard::Dashboard> builtIn(const QString& id) const;
    [[nodiscard]] static bool isBuiltIn(const QString& id);
    // Reads the capsule's own again.
    void fill();

Q_SIGNALS:
    void found();
    void chosen(const QString& id);

private:
    ViewContext context_;
    AnnotationBook& book_;
    std::vector<dashboard::Dashboard> builtIn_;
    std::vector<std::pair<QString, QString>> filled_;   // text and id, as filled last: an open list is not disturbed for nothing
    QString current_;
    bool known_ = false, asking_ = false;
};

}  // namespace nj::ui

// The list of features with their verdicts: name and n, both distributions small, value and verdict, since when. Arrow keys and clicks
// choose a feature; headings are stepped over. UI thread only. Does not own the theme.
#pragma once

#include <QListView>

#include "models/drift_list_model.h"
#include "theme/theme.h"

namespace nj::ui {

// The parts of one row, for painting and for tests.
struct DriftRowLayout {
    QRectF name, counts, picture, change, value, word, since;
    static DriftRowLayout of(const QRectF& row, const Theme& theme);
};

class DriftList : public QListView {
    Q_OBJECT
public:
    explicit DriftList(const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] DriftListModel& driftModel() { return *model_; }
    // Chooses a feature without a signal; the first one when it is not there.
    void choose(const std::string& featureId);
    [[nodiscard]] const query::DriftResult* chosen() const;

Q_SIGNALS:
    void featureChosen();

protected:
    void currentChanged(const QModelIndex& current, const QModelIndex& previous) override;

private:
    DriftListModel* model_;
    bool quiet_ = false;
};

}  // namespace nj::ui

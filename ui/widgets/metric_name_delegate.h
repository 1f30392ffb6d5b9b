// A metric's name in a list of many alike: what it shares with its neighbours is muted, and where the room is short that is what is
// shortened, so that what tells it apart stays in sight. UI thread only.
#pragma once

#include <QFontMetricsF>
#include <QStyledItemDelegate>

#include "theme/theme.h"

namespace nj::ui {

// A name as it is drawn: the shared part and the rest, each shortened with "…" where need be.
struct MetricNameParts {
    QString shared, own;
};
// `shared`: the characters it has in common with its neighbours.
MetricNameParts metricNameParts(const QString& name, int shared, double width, const QFontMetricsF& metrics);

class MetricNameDelegate : public QStyledItemDelegate {
    Q_OBJECT
public:
    // sharedRole: int, the length of the shared part.
    MetricNameDelegate(int sharedRole, const Theme& theme, QObject* parent);
    void paint(QPainter* painter, const QStyleOptionViewItem& option, const QModelIndex& index) const override;

private:
    int sharedRole_;
    const Theme& theme_;
};

}  // namespace nj::ui

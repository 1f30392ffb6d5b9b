// Chooses which attributes of log records are columns: the capsule's keys by how many records have them, or one that is typed.
// The choice is remembered for the next start. UI thread only.
#pragma once

#include <QToolButton>

#include "bridge/query_runner.h"
#include "theme/theme.h"

class QMenu;

namespace nj::ui {

class LogsColumnsButton : public QToolButton {
    Q_OBJECT
public:
    static constexpr qsizetype kMostColumns = 8;
    LogsColumnsButton(QueryRunner& queries, const Theme& theme, QWidget* parent = nullptr);
    [[nodiscard]] const QStringList& keys() const { return keys_; }
    // Remembers and announces them.
    void setKeys(const QStringList& keys);
    // The menu as it would open now.
    QMenu* filledMenu();

Q_SIGNALS:
    void keysChanged(const QStringList& keys);

private:
    void ask();
    void toggle(const QString& key);
    QueryRunner& queries_;
    const Theme& theme_;
    QMenu* menu_;
    QStringList keys_;
    std::vector<query::KeyInfo> known_;
    bool asked_ = false;
};

}  // namespace nj::ui

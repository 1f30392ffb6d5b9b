// The left rail: one entry per view that exists, dimmed with the reason where the capsule lacks its signal. UI thread.
#pragma once

#include <QButtonGroup>
#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>

#include "query/backend.h"
#include "theme/theme.h"
#include "views/view.h"

namespace nj::ui {

class ViewRail : public QWidget {
    Q_OBJECT
public:
    explicit ViewRail(const Theme& theme, QWidget* parent = nullptr);
    // Asks every view what it needs.
    void setInfo(const query::CapsuleInfo& info);
    void setCurrent(const QString& viewId);
    // Narrow: glyphs only.
    void setCollapsed(bool collapsed);
    // "" when it can be shown.
    [[nodiscard]] QString reasonAgainst(const QString& viewId) const;

Q_SIGNALS:
    void chosen(const QString& viewId);

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    QVector<QPushButton*> buttons_;
};

}  // namespace nj::ui

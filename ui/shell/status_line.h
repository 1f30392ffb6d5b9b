// The bottom line: what the capsule holds, what was read and rejected, what is missing, the last question's time, the zone; while an
// import runs its progress, rate and Cancel. UI thread.
#pragma once

#include <QProgressBar>
#include <QPushButton>
#include <QTimer>
#include <QWidget>

#include "query/backend.h"
#include "shell/import_progress.h"
#include "theme/theme.h"

namespace nj::ui {

class PlainLabel;

class StatusLine : public QWidget {
    Q_OBJECT
public:
    explicit StatusLine(const Theme& theme, QWidget* parent = nullptr);
    void setInfo(const query::CapsuleInfo& info);
    void setProgress(const ImportProgress& progress);
    void setLastQuestion(qint64 microseconds);
    void setZone(const QString& zone);
    // A few seconds in place of what is missing: what a key just did.
    void flash(const QString& text);
    // The whole line as text, for tests and screen readers.
    [[nodiscard]] QString text() const;

Q_SIGNALS:
    void cancelClicked();
    void zoneClicked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    const Theme& theme_;
    PlainLabel *totals_, *files_, *missing_, *flash_, *progressText_, *question_;
    QProgressBar* bar_;
    QPushButton *cancel_, *zone_;
    QTimer flashTimer_;
    bool importing_ = false;
};

}  // namespace nj::ui

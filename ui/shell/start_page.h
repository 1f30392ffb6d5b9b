// What a window without a capsule shows: three actions, each with one key, the recent capsules, and that files can be dropped.
// UI thread.
#pragma once

#include <QPushButton>
#include <QVBoxLayout>
#include <QWidget>

#include "shell/import_progress.h"
#include "theme/theme.h"

class QProgressBar;

namespace nj::ui {

class StartPage : public QWidget {
    Q_OBJECT
public:
    explicit StartPage(const Theme& theme, QWidget* parent = nullptr);
    void setRecent(const QStringList& paths);
    // A sentence why the last attempt did not open anything; "" hides it.
    void setProblem(const QString& sentence);
    // What is written or read before there is a capsule to show; its end gives the actions back.
    void setProgress(const ImportProgress& progress);
    // While files are over the window.
    void setDropping(bool dropping);

Q_SIGNALS:
    void openFilesClicked();
    void demoClicked();
    void liveClicked();
    void recentClicked(const QString& path);
    void cancelClicked();

protected:
    void paintEvent(QPaintEvent* event) override;

private:
    QPushButton* bigButton(const QString& glyph, const QString& title, const QString& words, const QString& key);
    const Theme& theme_;
    QPushButton *open_, *live_, *demo_, *recent_;
    QVBoxLayout* recentList_;
    QWidget* card_;
    class PlainLabel* problem_;
    class PlainLabel* drop_;
    QProgressBar* bar_;
    QPushButton* cancel_;
    QStringList recentPaths_;
    bool dropping_ = false;
};

}  // namespace nj::ui

// Copies or saves all records that match, off the UI thread: one job at a time, with its count and a way to cancel it. UI thread only.
#pragma once

#include <QObject>
#include <QTimer>
#include <atomic>
#include <memory>

#include "bridge/query_runner.h"
#include "models/log_export.h"

namespace nj::ui {

class LogsExportJob : public QObject {
    Q_OBJECT
public:
    explicit LogsExportJob(QueryRunner& queries, QObject* parent = nullptr);
    // Replace the job under way.
    void save(const LogExportQuestion& question, const QString& path);
    void copy(const LogExportQuestion& question);
    void cancel();
    [[nodiscard]] bool running() const { return written_ != nullptr; }

Q_SIGNALS:
    void runningChanged(bool running);
    // How far, or how it ended.
    void said(const QString& text, bool problem);

private:
    void begin();
    void end();
    QueryRunner& queries_;
    QTimer progress_;
    std::shared_ptr<std::atomic<uint64_t>> written_;
};

}  // namespace nj::ui

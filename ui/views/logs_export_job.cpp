#include "views/logs_export_job.h"

#include <QClipboard>
#include <QGuiApplication>

#include "theme/number_format.h"

namespace nj::ui {
namespace {

constexpr int kProgressMs = 200;
const QString kKey = QStringLiteral("logs/export");

}  // namespace

LogsExportJob::LogsExportJob(QueryRunner& queries, QObject* parent) : QObject(parent), queries_(queries) {
    progress_.setInterval(kProgressMs);
    connect(&progress_, &QTimer::timeout, this, [this] {
        if (written_)
            Q_EMIT said(tr("%1 records so far").arg(formatCount(written_->load())), false);
    });
}

void LogsExportJob::begin() {
    written_ = std::make_shared<std::atomic<uint64_t>>(0);
    progress_.start();
    Q_EMIT runningChanged(true);
}

void LogsExportJob::end() {
    written_.reset();
    progress_.stop();
    Q_EMIT runningChanged(false);
}

void LogsExportJob::save(const LogExportQuestion& question, const QString& path) {
    begin();
    queries_.ask(
        kKey, this, [question, file = path.toStdString(), written = written_](query::Backend& backend, std::stop_token stop) { return saveLogs(backend, question, file, written, stop); },
        [this, path](Result<uint64_t>&& rows) {
            end();
            Q_EMIT said(rows.ok() ? tr("%1 records saved to %2").arg(formatCount(*rows), path) : QString::fromStdString(rows.error().message), !rows.ok());
        });
}

void LogsExportJob::copy(const LogExportQuestion& question) {
    begin();
    struct Copy {
        QString text;
        uint64_t rows = 0;
        bool cut = false;
    };
    queries_.ask(
        kKey, this,
        [question, written = written_](query::Backend& backend, std::stop_token stop) -> Result<Copy> {
            NJ_ASSIGN(const LogText copied, copyLogs(backend, question, written, stop));
            return Copy{QString::fromStdString(copied.text), copied.rows, copied.cut};
        },
        [this](Result<Copy>&& copied) {
            end();
            if (!copied.ok()) {
                Q_EMIT said(QString::fromStdString(copied.error().message), true);
                return;
            }
            QGuiApplication::clipboard()->setText(copied->text);
            Q_EMIT said(copied->cut ? tr("only the first %1 records copied, 64 MiB: save them to a file instead").arg(formatCount(copied->rows)) : tr("%1 records copied").arg(formatCount(copied->rows)),
                        copied->cut);
        });
}

void LogsExportJob::cancel() {
    if (!running())
        return;
    queries_.cancel(kKey);
    end();
    Q_EMIT said(tr("Cancelled; no file was left."), false);
}

}  // namespace nj::ui

#include "shell/status_line.h"

#include <QHBoxLayout>
#include <QPainter>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {

namespace {

constexpr int kHeight = 26, kBarWidth = 160, kFlashMs = 4000;

QString fileName(const std::string& path) {
    const QString text = QString::fromStdString(path);
    return text.mid(text.lastIndexOf(QLatin1Char('/')) + 1);
}

QString importsInWords(const query::CapsuleInfo& info) {
    QStringList lines;
    for (const query::ImportSummary& import : info.imports) {
        const quint64 rows = import.spans + import.logs + import.samples;
        lines.append(StatusLine::tr("%1 · %2 · %3 rows, %4 rejected").arg(fileName(import.path), QString::fromStdString(import.format), formatCount(rows), formatCount(import.rejected)));
        if (lines.size() == 12)
            break;
    }
    return lines.join(QLatin1Char('\n'));
}

}  // namespace

StatusLine::StatusLine(const Theme& theme, QWidget* parent) : QWidget(parent), theme_(theme) {
    setObjectName(QStringLiteral("status"));
    setFixedHeight(kHeight);
    auto* row = new QHBoxLayout(this);
    row->setContentsMargins(theme.padding, 1, theme.padding, 0);
    row->setSpacing(4 * theme.unit + 2);
    totals_ = new PlainLabel({}, theme.table, "muted", this);
    files_ = new PlainLabel({}, theme.table, "muted", this);
    missing_ = new PlainLabel({}, theme.table, "warning", this);
    missing_->setElided(true);
    flash_ = new PlainLabel({}, theme.table, "", this);
    flash_->setElided(true);
    flash_->hide();
    flashTimer_.setSingleShot(true);
    flashTimer_.setInterval(kFlashMs);
    connect(&flashTimer_, &QTimer::timeout, this, [this] {
        flash_->hide();
        missing_->setVisible(!importing_);
    });
    progressText_ = new PlainLabel({}, theme.table, "", this);
    bar_ = new QProgressBar(this);
    bar_->setFixedWidth(kBarWidth);
    bar_->setTextVisible(false);
    bar_->setAccessibleName(tr("Import"));
    cancel_ = new QPushButton(tr("Cancel"), this);
    cancel_->setObjectName(QStringLiteral("cancelImport"));
    cancel_->setProperty("role", QStringLiteral("flat"));
    cancel_->setFixedHeight(20);
    question_ = new PlainLabel({}, theme.table, "muted", this);
    zone_ = new QPushButton(this);
    zone_->setProperty("role", QStringLiteral("flat"));
    zone_->setFixedHeight(20);
    zone_->setFont(theme.table);
    zone_->setToolTip(plainToolTip(tr("UTC or this computer's zone (T U)")));
    row->addWidget(totals_);
    row->addWidget(files_);
    row->addWidget(bar_);
    row->addWidget(progressText_);
    row->addWidget(cancel_);
    row->addWidget(missing_);
    row->addWidget(flash_);
    row->addStretch(1);
    row->addWidget(question_);
    row->addWidget(zone_);
    connect(cancel_, &QPushButton::clicked, this, &StatusLine::cancelClicked);
    connect(zone_, &QPushButton::clicked, this, &StatusLine::zoneClicked);
    setProgress({});
}

void StatusLine::setInfo(const query::CapsuleInfo& info) {
    QStringList totals;
    const auto add = [&](uint64_t count, const char* one, const char* many) {
        if (count > 0)
            totals.append(formatCount(count) + QLatin1Char(' ') + (count == 1 ? tr(one) : tr(many)));
    };
    add(info.spans, QT_TR_NOOP("span"), QT_TR_NOOP("spans"));
    add(info.logs, QT_TR_NOOP("log"), QT_TR_NOOP("logs"));
    add(info.series, QT_TR_NOOP("series"), QT_TR_NOOP("series"));
    add(info.documents, QT_TR_NOOP("document"), QT_TR_NOOP("documents"));
    totals_->setPlain(totals.isEmpty() ? tr("nothing read yet") : totals.join(QStringLiteral(" · ")));
    uint64_t rejected = 0;
    for (const query::ImportSummary& import : info.imports)
        rejected += import.rejected;
    files_->setPlain(info.imports.empty() ? QString()
                                          : (info.imports.size() == 1 ? tr("1 file read, %1 rejected").arg(formatCount(rejected))
                                                                      : tr("%1 files read, %2 rejected").arg(formatCount(info.imports.size()), formatCount(rejected))));
    files_->setRole(rejected > 0 ? "warning" : "muted");
    files_->setToolTip(plainToolTip(importsInWords(info)));
    QStringList missing;
    for (const std::string& sentence : info.missing)
        missing.append(QString::fromStdString(sentence).left(300));
    const bool sampling = std::any_of(info.missing.begin(), info.missing.end(), [](const std::string& s) { return s.find("sampl") != std::string::npos; });
    if (!sampling && info.sampledShare > 0 && info.sampledShare < 1)
        missing.append(tr("traces sampled %1").arg(formatShare(info.sampledShare)));
    missing_->setPlain(missing.isEmpty() ? QString() : QStringLiteral("◆ ") + tr("missing: %1").arg(missing.join(QStringLiteral(" · "))));
}

void StatusLine::flash(const QString& text) {
    flash_->setPlain(text);
    flash_->show();
    missing_->hide();
    flashTimer_.start();
}

void StatusLine::setProgress(const ImportProgress& progress) {
    importing_ = progress.running;
    for (QWidget* widget : {static_cast<QWidget*>(bar_), static_cast<QWidget*>(progressText_), static_cast<QWidget*>(cancel_)})
        widget->setVisible(progress.running);
    missing_->setVisible(!importing_ && !flashTimer_.isActive());
    if (!progress.running)
        return;
    bar_->setRange(0, progress.bytesTotal > 0 ? 1000 : 0);
    if (progress.bytesTotal > 0)
        bar_->setValue(static_cast<int>(1000.0 * static_cast<double>(std::min(progress.bytesDone, progress.bytesTotal)) / static_cast<double>(progress.bytesTotal)));
    QString text = tr("reading %1").arg(progress.what.isEmpty() ? tr("files") : progress.what.left(60));
    if (progress.bytesTotal > 0)
        text += QStringLiteral(" · ") + tr("%1 of %2").arg(formatValue(double(progress.bytesDone), QStringLiteral("By")), formatValue(double(progress.bytesTotal), QStringLiteral("By")));
    if (progress.rowsPerSecond > 0)
        text += QStringLiteral(" · ") + tr("%1 rows/s").arg(formatShort(progress.rowsPerSecond < 10'000 ? std::round(progress.rowsPerSecond) : progress.rowsPerSecond));
    if (progress.rejected > 0)
        text += QStringLiteral(" · ") + tr("%1 rejected").arg(formatCount(progress.rejected));
    progressText_->setPlain(text);
}

void StatusLine::setLastQuestion(qint64 microseconds) { question_->setPlain(formatValue(double(microseconds) / 1e6, QStringLiteral("s"))); }
void StatusLine::setZone(const QString& zone) { zone_->setText(zone); }

QString StatusLine::text() const {
    QStringList parts;
    for (const PlainLabel* label : {totals_, files_, progressText_, missing_, question_})
        if (!label->isHidden() && !label->plain().isEmpty())
            parts.append(label->plain());
    return (parts << zone_->text()).join(QStringLiteral("   "));
}

void StatusLine::paintEvent(QPaintEvent*) {
    QPainter p(this);
    p.fillRect(rect(), theme_.panel);
    p.fillRect(0, 0, width(), 1, theme_.line);
}

}  // namespace nj::ui

#include "widgets/picture_copy.h"

#include <QApplication>
#include <QCoreApplication>
#include <QClipboard>
#include <QFileDialog>
#include <QMenu>
#include <QPainter>
#include <QSaveFile>
#include <algorithm>
#include <cmath>
#include <set>

#include "base/time.h"

namespace nj::ui {
namespace {

struct PictureCopyTr {
    Q_DECLARE_TR_FUNCTIONS(CopyMenu)
};

constexpr int kCaptionHeight = 24;

void copyTable(const CopySource& source, CopyForm form) {
    CopyTable table = source.table();
    if (source.caption)
        table.caption = source.caption();
    QApplication::clipboard()->setText(copyText(table, form));
}

// Not modal: reading goes on while a name is chosen. The end of the name says the form.
void save(const CopySource& source, const Theme& theme, QWidget* parent) {
    QStringList kinds;
    if (source.picture)
        kinds << PictureCopyTr::tr("Picture (*.png)");
    if (source.table)
        kinds << PictureCopyTr::tr("CSV (*.csv)") << PictureCopyTr::tr("JSON (*.json)") << PictureCopyTr::tr("Markdown (*.md)");
    auto* dialog = new QFileDialog(parent, PictureCopyTr::tr("Save as"), source.fileName, kinds.join(QStringLiteral(";;")));
    dialog->setAcceptMode(QFileDialog::AcceptSave);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [source, &theme, dialog](const QString& path) {
        const QString pattern = dialog->selectedNameFilter();
        const QString ending = pattern.mid(pattern.lastIndexOf(QLatin1Char('.'))).chopped(1);
        QSaveFile file(path.contains(QLatin1Char('.')) ? path : path + ending);
        if (!file.open(QIODevice::WriteOnly))
            return;
        const QString caption = source.caption ? source.caption() : QString();
        if (file.fileName().endsWith(QLatin1String(".png")) && source.picture) {
            pictureWithCaption(*source.picture, caption, theme).save(&file, "PNG");
        } else if (source.table) {
            CopyTable table = source.table();
            table.caption = caption;
            const CopyForm form = file.fileName().endsWith(QLatin1String(".json")) ? CopyForm::kJson : file.fileName().endsWith(QLatin1String(".md")) ? CopyForm::kMarkdown : CopyForm::kCsv;
            file.write(copyText(table, form).toUtf8());
        }
        file.commit();
    });
    dialog->open();
}

}  // namespace

QImage pictureWithCaption(QWidget& widget, const QString& caption, const Theme& theme, double scale) {
    const int extra = caption.isEmpty() ? 0 : kCaptionHeight;
    QImage image((QSizeF(widget.size() + QSize(0, extra)) * scale).toSize(), QImage::Format_ARGB32_Premultiplied);
    image.setDevicePixelRatio(scale);
    image.fill(theme.panel);
    QPainter painter(&image);
    widget.render(&painter, {}, {}, QWidget::DrawChildren);
    if (extra > 0) {
        painter.setFont(theme.caption);
        painter.setPen(theme.muted);
        const QRect line(theme.padding, widget.height(), widget.width() - 2 * theme.padding, extra);
        painter.drawText(line, Qt::AlignLeft | Qt::AlignVCenter, painter.fontMetrics().elidedText(caption, Qt::ElideMiddle, line.width()));
    }
    return image;
}

CopyTable chartTable(const TimeChartData& data) {
    CopyTable table;
    const QString unit = data.unit.isEmpty() ? QString() : QStringLiteral(" (%1)").arg(data.unit);
    table.columns << QStringLiteral("time");
    table.numeric << false;
    // Series come as columns of the chart or as points of their own: the rows are the instants of both.
    std::set<TimeNs> times;
    qsizetype columns = 0;
    for (const ChartSeries& series : data.series) {
        if (series.kind == ChartSeries::Kind::kRings)
            continue;
        table.columns << series.name + unit;
        table.numeric << true;
        columns = std::max(columns, series.values.size());
        for (const auto& [time, value] : series.points)
            times.insert(time);
    }
    for (qsizetype c = 0; c < columns; ++c)
        times.insert(data.from + c * data.width);
    for (const TimeNs time : times) {
        QStringList row{QString::fromStdString(formatRfc3339(time, 3))};
        for (const ChartSeries& series : data.series) {
            if (series.kind == ChartSeries::Kind::kRings)
                continue;
            double value = kNoValue;
            if (const qsizetype c = data.width > 0 ? (time - data.from) / data.width : -1; c >= 0 && c < series.values.size() && data.from + c * data.width == time)
                value = series.values[c];
            const auto point = std::lower_bound(series.points.begin(), series.points.end(), time, [](const auto& a, TimeNs b) { return a.first < b; });
            if (point != series.points.end() && point->first == time)
                value = point->second;
            row << (std::isfinite(value) ? QString::number(value, 'g', 10) : QString());
        }
        table.rows.push_back(row);
    }
    return table;
}

QToolButton* copyButton(CopySource source, const Theme& theme, QWidget* parent) {
    auto* button = new QToolButton(parent);
    button->setText(PictureCopyTr::tr("Copy"));
    button->setObjectName(QStringLiteral("copyButton"));
    button->setFont(theme.table);
    button->setToolTip(PictureCopyTr::tr("Copy or save what this shows"));
    button->setPopupMode(QToolButton::InstantPopup);
    button->setFocusPolicy(Qt::StrongFocus);
    auto* menu = new QMenu(button);
    const auto shared = std::make_shared<CopySource>(std::move(source));
    if (shared->table) {
        menu->addAction(PictureCopyTr::tr("Values as CSV"), menu, [shared] { copyTable(*shared, CopyForm::kCsv); });
        menu->addAction(PictureCopyTr::tr("Values as JSON"), menu, [shared] { copyTable(*shared, CopyForm::kJson); });
        menu->addAction(PictureCopyTr::tr("Values as Markdown"), menu, [shared] { copyTable(*shared, CopyForm::kMarkdown); });
    }
    for (const auto& [name, text] : shared->texts)
        menu->addAction(name, menu, [text] { QApplication::clipboard()->setText(text()); });
    if (shared->picture)
        menu->addAction(PictureCopyTr::tr("Picture"), menu, [shared, &theme] {
            if (shared->picture)
                QApplication::clipboard()->setImage(pictureWithCaption(*shared->picture, shared->caption ? shared->caption() : QString(), theme));
        });
    if (shared->command)
        menu->addAction(PictureCopyTr::tr("Link (command line)"), menu, [shared] { QApplication::clipboard()->setText(shared->command()); });
    if (shared->table || shared->picture) {
        menu->addSeparator();
        menu->addAction(PictureCopyTr::tr("Save as…"), menu, [shared, &theme, button] { save(*shared, theme, button->window()); });
    }
    button->setMenu(menu);
    return button;
}

}  // namespace nj::ui

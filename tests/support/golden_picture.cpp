#include "support/golden_picture.h"

#include <QDir>
#include <QFile>
#include <QFontDatabase>
#include <QHash>
#include <QPainter>
#include <algorithm>
#include <cstdlib>

namespace nj::test {
namespace {

constexpr int kColours = 256, kFullest = 96;

int distance(QRgb a, QRgb b) { return std::max({std::abs(qRed(a) - qRed(b)), std::abs(qGreen(a) - qGreen(b)), std::abs(qBlue(a) - qBlue(b))}); }

QString goldenPath(const QString& name) { return QStringLiteral(NIGHTJAR_SOURCE_DIR "/tests/golden/%1.png").arg(name); }

QString failedFolder() {
    const QString asked = qEnvironmentVariable("NIGHTJAR_PICTURES");
    const QString folder = asked.isEmpty() ? QDir::currentPath() + QStringLiteral("/golden-failed") : asked;
    QDir().mkpath(folder);
    return folder;
}

void blacken(QImage& image, const QVector<QRect>& places) {
    QPainter painter(&image);
    for (const QRect& place : places)
        painter.fillRect(place, Qt::black);
}

}  // namespace

QStringList missingFonts() {
    QStringList missing;
    for (const QString& family : {QStringLiteral("Inter"), QStringLiteral("JetBrains Mono")})
        if (!QFontDatabase::hasFamily(family))
            missing.append(family);
    return missing;
}

QImage withFewColours(const QImage& image) {
    const QImage full = image.convertToFormat(QImage::Format_RGB32);
    // Neighbouring tones share a bin. The palette is the fullest bins, then whichever is furthest from all in it, so that no tone is far off.
    const auto binOf = [](QRgb c) { return static_cast<quint32>((qRed(c) >> 2) << 12 | (qGreen(c) >> 2) << 6 | (qBlue(c) >> 2)); };
    QHash<quint32, std::pair<int, QRgb>> bins;
    for (int y = 0; y < full.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(full.constScanLine(y));
        for (int x = 0; x < full.width(); ++x) {
            auto& bin = bins[binOf(line[x])];
            if (bin.first++ == 0)
                bin.second = line[x];
        }
    }
    QVector<std::pair<int, QRgb>> ranked(bins.cbegin(), bins.cend());
    std::sort(ranked.begin(), ranked.end(), [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
    QList<QRgb> palette;
    for (const auto& [count, colour] : ranked.mid(0, kFullest))
        palette.append(colour);
    QVector<int> away;
    for (const auto& [count, colour] : ranked) {
        int nearest = 255;
        for (const QRgb known : palette)
            nearest = std::min(nearest, distance(known, colour));
        away.append(nearest);
    }
    while (palette.size() < std::min<qsizetype>(kColours, ranked.size())) {
        const QRgb furthest = ranked[std::max_element(away.cbegin(), away.cend()) - away.cbegin()].second;
        palette.append(furthest);
        for (qsizetype i = 0; i < ranked.size(); ++i)
            away[i] = std::min(away[i], distance(furthest, ranked[i].second));
    }
    QHash<quint32, uchar> indexOf;
    for (auto bin = bins.cbegin(); bin != bins.cend(); ++bin) {
        const auto nearest = std::min_element(palette.begin(), palette.end(), [&](QRgb a, QRgb b) { return distance(a, bin->second) < distance(b, bin->second); });
        indexOf[bin.key()] = static_cast<uchar>(nearest - palette.begin());
    }
    QImage few(full.size(), QImage::Format_Indexed8);
    few.setColorTable(palette);
    for (int y = 0; y < full.height(); ++y) {
        const auto* line = reinterpret_cast<const QRgb*>(full.constScanLine(y));
        uchar* out = few.scanLine(y);
        for (int x = 0; x < full.width(); ++x)
            out[x] = indexOf[binOf(line[x])];
    }
    return few;
}

QString compareWithGolden(const QString& name, const QImage& image, const QVector<QRect>& unknown, GoldenLimits limits) {
    QImage now = image.convertToFormat(QImage::Format_RGB32);
    now.setDevicePixelRatio(1);
    blacken(now, unknown);
    if (qEnvironmentVariableIsSet("NIGHTJAR_ACCEPT")) {
        constexpr int kSmallest = 0;   // quality of a PNG is how little it is compressed
        return withFewColours(now).save(goldenPath(name), "PNG", kSmallest) ? QString() : QStringLiteral("%1 can't be written").arg(goldenPath(name));
    }
    const QImage kept = QImage(goldenPath(name)).convertToFormat(QImage::Format_RGB32);
    QImage marked = now.convertToFormat(QImage::Format_Grayscale8).convertToFormat(QImage::Format_RGB32);
    qint64 differing = 0;
    QRect around;
    if (kept.size() == now.size())
        for (int y = 0; y < now.height(); ++y) {
            const auto* a = reinterpret_cast<const QRgb*>(kept.constScanLine(y));
            const auto* b = reinterpret_cast<const QRgb*>(now.constScanLine(y));
            auto* out = reinterpret_cast<QRgb*>(marked.scanLine(y));
            for (int x = 0; x < now.width(); ++x)
                if (distance(a[x], b[x]) > limits.tolerance) {
                    out[x] = qRgb(255, 0, 0);
                    around |= QRect(x, y, 1, 1);
                    ++differing;
                }
        }
    const double share = static_cast<double>(differing) / std::max(1.0, static_cast<double>(now.width()) * now.height());
    if (kept.size() == now.size() && share <= limits.share)
        return {};
    const QString folder = failedFolder();
    now.save(folder + QLatin1Char('/') + name + QStringLiteral("-is.png"));
    marked.save(folder + QLatin1Char('/') + name + QStringLiteral("-differs.png"));
    if (kept.isNull())
        return QStringLiteral("there is no %1; NIGHTJAR_ACCEPT=1 makes it, %2 holds the picture").arg(goldenPath(name), folder);
    if (kept.size() != now.size())
        return QStringLiteral("%1 is %2 × %3 pixels, was %4 × %5").arg(name).arg(now.width()).arg(now.height()).arg(kept.width()).arg(kept.height());
    return QStringLiteral("%1 differs in %2 % of its pixels, within %3,%4 %5 × %6; see %7/%1-differs.png")
        .arg(name, QString::number(100 * share, 'f', 3)).arg(around.x()).arg(around.y()).arg(around.width()).arg(around.height()).arg(folder);
}

}  // namespace nj::test

// Pictures that were looked at once and kept: tests/golden/<name>.png. compareWithGolden() draws the line between a change and the grain of
// fonts and rounding: a pixel differs by more than `tolerance` in a channel, a picture by more than `share` of its pixels. On failure the
// picture as it is and one with the differences in red are written to $NIGHTJAR_PICTURES, else to the working directory's golden-failed/.
// NIGHTJAR_ACCEPT=1 renews the kept ones instead: look at them before they are committed.
#pragma once

#include <QImage>
#include <QString>
#include <QVector>

namespace nj::test {

struct GoldenLimits {
    int tolerance = 28;         // of 255, in one channel: the kept pictures have 256 colours
    double share = 0.0006;      // of all pixels
};

// The families the window is drawn with (Debian: fonts-inter, fonts-jetbrains-mono); those of them that are not installed.
QStringList missingFonts();

// 256 colours, so that a kept picture is a third as large.
QImage withFewColours(const QImage& image);

// "" or what differs, in one sentence. `unknown`: places that no two runs draw alike, as how long a question took.
QString compareWithGolden(const QString& name, const QImage& image, const QVector<QRect>& unknown = {}, GoldenLimits limits = {});

}  // namespace nj::test

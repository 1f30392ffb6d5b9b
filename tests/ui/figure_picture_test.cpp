// The numbers of a panel as drawn: what lies beyond the scale is marked at its end, the worst stands where it fits.
#include "widgets/figure_picture.h"

#include <QImage>

#include "qt_test.h"

using namespace nj;
using namespace nj::ui;

namespace {

PanelFigure figure(double value, double share, int beyond) {
    PanelFigure one;
    one.name = QStringLiteral("a");
    one.text = QString::number(value);
    one.value = value;
    one.share = share;
    one.beyond = beyond;
    one.low = QStringLiteral("0");
    one.high = QStringLiteral("10");
    return one;
}

}  // namespace

class FigurePictureTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void init() {
        picture_ = std::make_unique<FigurePicture>(theme_);
        picture_->resize(300, 120);
    }
    void whatIsBeyondIsMarkedAtItsEnd_data() {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("count");
        QTest::newRow("dial") << int(FigurePicture::Kind::kDials) << 1;
        QTest::newRow("bar") << int(FigurePicture::Kind::kBars) << 1;
        QTest::newRow("columns") << int(FigurePicture::Kind::kBars) << 12;
    }
    void whatIsBeyondIsMarkedAtItsEnd() {
        QFETCH(int, kind);
        QFETCH(int, count);
        const auto drawn = [&](double value, double share, int beyond) {
            picture_->setFigures(static_cast<FigurePicture::Kind>(kind), QVector<PanelFigure>(count, figure(value, share, beyond)));
            return picture_->grab().toImage();
        };
        // The same number, so that only the mark differs.
        QVERIFY(drawn(25, 1, 1) != drawn(25, 1, 0));
        QVERIFY(drawn(-5, 0, -1) != drawn(-5, 0, 0));
        drawn(25, 1, 1);
        QVERIFY2(picture_->accessibleName().contains(QStringLiteral("a: 25, above the scale, which ends at 10")), qPrintable(picture_->accessibleName()));
        drawn(-5, 0, -1);
        QVERIFY2(picture_->accessibleName().contains(QStringLiteral("below the scale, which begins at 0")), qPrintable(picture_->accessibleName()));
    }
    void theWorstStandsWhereItFits_data() {
        QTest::addColumn<QSize>("size");
        QTest::addColumn<bool>("fits");
        QTest::newRow("a tile") << QSize(200, 100) << true;
        QTest::newRow("too low") << QSize(200, 40) << false;
        QTest::newRow("too narrow") << QSize(60, 100) << false;
    }
    void theWorstStandsWhereItFits() {
        QFETCH(QSize, size);
        picture_->resize(size);
        const auto drawn = [&](const QString& extreme) {
            PanelFigure one = figure(4, 0, 0);
            one.extreme = extreme;
            one.course = {1, 9, 4, 4};
            picture_->setFigures(FigurePicture::Kind::kTiles, {one});
            return picture_->grab().toImage();
        };
        const QString worst = QStringLiteral("max 9 s at 10:07");
        QTEST(drawn(worst) != drawn(QString()), "fits");
        drawn(worst);
        QVERIFY2(picture_->accessibleName().endsWith(worst), qPrintable(picture_->accessibleName()));   // a hover says it anyway
    }

private:
    const Theme theme_ = Theme::dark();
    std::unique_ptr<FigurePicture> picture_;
};

QTEST_MAIN(FigurePictureTest)
#include "figure_picture_test.moc"

// Every view of the demo incident as it was last looked at: dark, light, on a small screen and on one of double density. What changed is
// renewed with NIGHTJAR_ACCEPT=1 and seen in review as a picture.
#include <QLocale>
#include <QSettings>
#include <QTemporaryDir>

#include "nightjar_process.h"
#include "query/annotations.h"
#include "query/backend.h"
#include "shell/render.h"
#include "support/golden_picture.h"
#include "views/view.h"

using namespace nj;
using namespace nj::test;
using namespace nj::ui;

namespace {

constexpr int kStatusHeight = 26, kStatusFigures = 130;

}  // namespace

class GoldenPicturesTest : public QObject {
    Q_OBJECT
    QTemporaryDir folder_;
    [[nodiscard]] QString capsule() const { return folder_.filePath(QStringLiteral("demo.nightjar")); }

private Q_SLOTS:
    void initTestCase() {
        if (const QStringList missing = missingFonts(); !missing.isEmpty())
            QSKIP(qPrintable(QStringLiteral("no pictures are compared: install %1 (Debian: fonts-inter, fonts-jetbrains-mono)").arg(missing.join(QStringLiteral(" and ")))));
        qputenv("TZ", "UTC");
        QLocale::setDefault(QLocale::c());
        QSettings::setPath(QSettings::NativeFormat, QSettings::UserScope, folder_.path());   // no history of another run
        const ProcessResult built = runNightjar({QStringLiteral("demo"), QStringLiteral("--no-window"), QStringLiteral("--capsule"), capsule()});
        QVERIFY2(built.exitCode == 0, built.err.constData());
    }
    void looksAsKept_data() {
        QTest::addColumn<QString>("view");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        QTest::addColumn<double>("scale");
        const QSize large(1600, 1000), small(1280, 800);
        const auto add = [](const char* view, bool dark, QSize size, double scale) {
            QTest::addRow("%s-%s-%d%s", view, dark ? "dark" : "light", size.width(), scale > 1 ? "-double" : "") << QString::fromLatin1(view) << dark << size << scale;
        };
        for (const ViewFactory* factory : viewFactories())
            if (qstrcmp(factory->id, "sources") != 0)   // names the folder and the day of the import
                add(factory->id, true, large, 1);
        for (const char* view : {"overview", "latency", "resources", "drift", "dashboards"})
            add(view, false, large, 1);
        for (const char* view : {"overview", "errors", "resources", "metrics", "dashboards"})
            add(view, true, small, 1);
        for (const char* view : {"latency", "resources"})
            add(view, true, small, 2);
    }
    void looksAsKept() {
        QFETCH(QString, view);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        QFETCH(double, scale);
        const QRectF figures(size.width() - kStatusFigures, size.height() - kStatusHeight, kStatusFigures, kStatusHeight);   // how long the last question took
        const QVector<QRect> unknown{QRectF(figures.topLeft() * scale, figures.size() * scale).toRect()};
        if (scale > 1) {   // a screen's density is chosen before the program draws: another process
            const QString out = folder_.filePath(QStringLiteral("double.png"));
            const ProcessResult drawn = runNightjar({QStringLiteral("render"), capsule(), view, QStringLiteral("-o"), out, QStringLiteral("--size"),
                                                     QStringLiteral("%1x%2").arg(size.width()).arg(size.height()), QStringLiteral("--scale"), QString::number(scale)});
            QVERIFY2(drawn.exitCode == 0, drawn.err.constData());
            const QString differs = compareWithGolden(QString::fromLatin1(QTest::currentDataTag()), QImage(out), unknown);
            QVERIFY2(differs.isEmpty(), qPrintable(differs));
            return;
        }
        RenderOptions options;
        options.capsulePath = capsule();
        options.view = view;
        options.size = size;
        options.theme = dark ? ThemeKind::kDark : ThemeKind::kLight;
        options.annotations = [path = capsule().toStdString()] { return query::openAnnotations(path); };
        const auto image = renderView([path = capsule().toStdString()] { return query::openCapsuleBackend(path); }, options);
        QVERIFY2(image.ok(), image.ok() ? "" : image.error().message.c_str());
        const QString problem = compareWithGolden(QString::fromLatin1(QTest::currentDataTag()), *image, unknown);
        QVERIFY2(problem.isEmpty(), qPrintable(problem));
    }
};

QTEST_MAIN(GoldenPicturesTest)
#include "golden_pictures_test.moc"

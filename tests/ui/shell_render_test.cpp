// Pictures of the whole window without a screen.
#include <QImage>

#include "qt_test.h"
#include "shell/main_window.h"
#include "shell/render.h"
#include "shell/workbench.h"
#include "support/fake_backend.h"

using namespace nj;
using namespace nj::ui;

namespace {

QueryRunner::BackendFactory fake(std::shared_ptr<test::FakeScript> script = std::make_shared<test::FakeScript>()) {
    return [script]() -> Result<std::unique_ptr<query::Backend>> { return std::unique_ptr<query::Backend>(new test::FakeBackend(script)); };
}

int coloursOf(const QImage& image) {
    QSet<QRgb> seen;
    for (int y = 0; y < image.height(); y += 3)
        for (int x = 0; x < image.width(); x += 3)
            seen.insert(image.pixel(x, y));
    return static_cast<int>(seen.size());
}

}  // namespace

class ShellRenderTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    // Every view of the registry draws something in both themes and at any scale. With NIGHTJAR_PICTURES=<folder> they are kept.
    void draws_data() {
        QTest::addColumn<QString>("view");
        QTest::addColumn<bool>("dark");
        QTest::addColumn<QSize>("size");
        for (const ViewFactory* factory : viewFactories())
            for (const bool dark : {true, false})
                for (const QSize& size : {QSize(1600, 1000), QSize(1280, 800)})
                    QTest::addRow("%s-%s-%d", factory->id, dark ? "dark" : "light", size.width()) << QString::fromLatin1(factory->id) << dark << size;
    }
    void draws() {
        QFETCH(QString, view);
        QFETCH(bool, dark);
        QFETCH(QSize, size);
        RenderOptions options;
        options.capsulePath = QStringLiteral("gpu-node-07.nightjar");
        options.view = view;
        options.size = size;
        options.theme = dark ? ThemeKind::kDark : ThemeKind::kLight;
        const auto image = renderView(fake(), options);
        QVERIFY2(image.ok(), image.ok() ? "" : image.error().message.c_str());
        QCOMPARE(image->size(), size);
        QVERIFY(coloursOf(*image) > 40);
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(image->save(folder + QLatin1Char('/') + QString::fromLatin1(QTest::currentDataTag()) + QStringLiteral(".png")));
    }
    void rangeFilterAndSelectionAreDrawn() {
        RenderOptions plain, chosen;
        plain.size = chosen.size = QSize(1280, 800);
        chosen.range = TimeRange{test::FakeBackend::incident().from, test::FakeBackend::incident().from + kHour};
        chosen.filter = QStringLiteral("service:vllm-a");
        chosen.select = QStringLiteral("span:7");
        chosen.scale = 2;
        const auto a = renderView(fake(), plain);
        const auto b = renderView(fake(), chosen);
        QVERIFY(a.ok() && b.ok());
        QCOMPARE(b->size(), QSize(2560, 1600));
        QVERIFY(*a != b->scaled(a->size()));
        if (const QString folder = qEnvironmentVariable("NIGHTJAR_PICTURES"); !folder.isEmpty())
            QVERIFY(b->save(folder + QStringLiteral("/inspector.png")));
    }
    void wrongWishesAreErrors_data() {
        QTest::addColumn<QString>("view");
        QTest::addColumn<QString>("filter");
        QTest::newRow("no such view") << QStringLiteral("nowhere") << QString();
        QTest::newRow("no such filter") << QString() << QStringLiteral("(((");
    }
    void wrongWishesAreErrors() {
        QFETCH(QString, view);
        QFETCH(QString, filter);
        RenderOptions options;
        options.view = view;
        options.filter = filter;
        const auto image = renderView(fake(), options);
        QVERIFY(!image.ok());
        QVERIFY(!image.error().message.empty());
    }
    void aBrokenCapsuleIsAnError() {
        auto script = std::make_shared<test::FakeScript>();
        script->fail = true;
        const auto image = renderView(fake(script), {});
        QVERIFY(!image.ok());
        QVERIFY(QString::fromStdString(image.error().message).contains(QStringLiteral("cannot be read")));
    }
};

QTEST_MAIN(ShellRenderTest)
#include "shell_render_test.moc"

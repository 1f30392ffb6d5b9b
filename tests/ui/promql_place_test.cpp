// Where the cursor stands in an expression that is still being written: "|" marks it.
#include "qt_test.h"
#include "widgets/promql_place.h"

using namespace nj::ui;

class PromqlPlaceTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void places_data() {
        using Kind = PromqlPlace::Kind;
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("kind");
        QTest::addColumn<QString>("metric");
        QTest::addColumn<QString>("label");
        QTest::addColumn<QString>("word");
        const auto row = [](const char* text, Kind kind, const char* metric, const char* label, const char* word) {
            QTest::newRow(text) << QString::fromUtf8(text) << static_cast<int>(kind) << QString::fromUtf8(metric) << QString::fromUtf8(label) << QString::fromUtf8(word);
        };
        row("|", Kind::kWord, "", "", "");
        row("ra|te", Kind::kWord, "", "", "ra");
        row("sum(rate(x|", Kind::kWord, "", "", "x");
        row("up{|", Kind::kLabel, "up", "", "");
        row("a:b {po|", Kind::kLabel, "a:b", "", "po");
        row("up{job=\"a\", po|", Kind::kLabel, "up", "", "po");
        row("up{pod=|", Kind::kText, "", "", "");
        row("up{pod=\"|", Kind::kValue, "up", "pod", "");
        row("up{pod=~'va|l'}", Kind::kValue, "up", "pod", "va");
        row("up{pod!=\"a\\\"b|", Kind::kValue, "up", "pod", "a\\\"b");
        row("up{job=\"a\",pod=`x|", Kind::kValue, "up", "pod", "x");
        row("up{pod=\"a\"}|", Kind::kWord, "", "", "");
        row("up{pod=\"a\"} * do|", Kind::kWord, "", "", "do");
        row("{\"http.server.duration\", me|", Kind::kLabel, "http.server.duration", "", "me");
        row("{__name__=\"up\", pod=\"|", Kind::kValue, "up", "pod", "");
        row("{\"http.|", Kind::kText, "", "", "http.");
        row("sum by (|", Kind::kLabel, "", "", "");
        row("sum by (a, po|) (up)", Kind::kLabel, "", "", "po");
        row("sum by (pod) (u|", Kind::kWord, "", "", "u");
        row("a / on(po|", Kind::kLabel, "", "", "po");
        row("label_replace(up, \"x|", Kind::kText, "", "", "x");
        row("up # by (|", Kind::kText, "", "", " by (");
        row("up # by (\nru|", Kind::kWord, "", "", "ru");
        row("größe{näh|", Kind::kLabel, "größe", "", "näh");
    }
    void places() {
        QFETCH(QString, text);
        QFETCH(int, kind);
        QFETCH(QString, metric);
        QFETCH(QString, label);
        QFETCH(QString, word);
        const qsizetype cursor = text.indexOf(QLatin1Char('|'));
        text.remove(cursor, 1);
        const PromqlPlace place = promqlPlace(text, cursor);
        QCOMPARE(static_cast<int>(place.kind), kind);
        QCOMPARE(place.metric, metric);
        QCOMPARE(place.label, label);
        QCOMPARE(text.mid(place.begin, cursor - place.begin), word);
    }
};

QTEST_APPLESS_MAIN(PromqlPlaceTest)
#include "promql_place_test.moc"

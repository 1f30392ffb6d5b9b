// `nightjar rules` as a user runs it: checking files, keeping them in a capsule, and what their alerts would have done.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTemporaryDir>

#include "nightjar_process.h"
#include "shared_data.h"

using namespace nj::test;

namespace {

constexpr qint64 kStart = 1'700'000'040;   // a multiple of a minute

constexpr const char* kRules = R"(groups:
  - name: queue
    rules:
      - alert: Deep
        expr: queue_depth > 5
        for: 3m
        labels: {severity: page}
        annotations: {summary: "{{ $labels.instance }} has {{ $value }}"}
      - alert: Never
        expr: queue_depth > 100
      - record: queue:max
        expr: max(queue_depth)
)";
constexpr const char* kBroken = R"(groups:
  - name: broken
    rules:
      - alert: Good
        expr: up == 0
      - alert: Bad
        expr: up == = 0
      - alert: Worse
        expr: up
        forr: 5m
)";

QString clock(int minute) { return QDateTime::fromSecsSinceEpoch(kStart + 60 * minute, Qt::UTC).toString(Qt::ISODate); }
QJsonArray jsonOf(const ProcessResult& result) { return QJsonDocument::fromJson(result.out).array(); }

}  // namespace

class RulesTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        // Twenty minutes at 15 s: deep from the fifth to the fifteenth.
        QByteArray history = "# TYPE queue_depth gauge\n";
        for (qint64 s = 0; s <= 1200; s += 15)
            history += "queue_depth{instance=\"a\"} " + QByteArray(s >= 300 && s < 900 ? "9 " : "0 ") + QByteArray::number(kStart + s) + '\n';
        write("history.om", history + "# EOF\n");
        write("queue.yml", kRules);
        write("broken.yml", kBroken);
        QCOMPARE(nightjar({"import", at("history.om"), "-o", capsule()}).exitCode, 0);
    }
    void checksFiles() {
        ProcessResult result = nightjar({"rules", "check", at("queue.yml")});
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.out, (at("queue.yml") + ": 1 group, 2 alerts, 1 recording rule\n").toUtf8());
        result = nightjar({"rules", "check", at("queue.yml"), at("broken.yml"), at("none.yml")});
        QCOMPARE(result.exitCode, 1);
        QVERIFY2(result.out.contains((at("broken.yml") + ": 1 group, 1 alert, 0 recording rules\n").toUtf8()), result.out.constData());
        QVERIFY2(result.out.contains((at("broken.yml") + ":7: rule 'Bad': expr: ").toUtf8()), result.out.constData());
        QVERIFY2(result.out.contains((at("broken.yml") + ":10: rule 'Worse': the field 'forr' is not known").toUtf8()), result.out.constData());
        QVERIFY2(result.out.contains("cannot read " + at("none.yml").toUtf8()), result.out.constData());
    }
    void checksAsJson() {
        const ProcessResult result = nightjar({"rules", "check", at("broken.yml"), "--json"});
        QCOMPARE(result.exitCode, 1);
        const QJsonObject file = jsonOf(result).at(0).toObject();
        QCOMPARE(file.value("file").toString(), at("broken.yml"));
        QCOMPARE(file.value("groups").toArray().at(0).toObject().value("rules").toArray().at(0).toObject().value("name").toString(), QStringLiteral("Good"));
        QCOMPARE(file.value("problems").toArray().size(), 2);
        QCOMPARE(file.value("problems").toArray().at(0).toObject().value("where").toString(), at("broken.yml") + ":7");
    }
    void keepsFiles() {
        ProcessResult result = nightjar({"rules", capsule()});
        QCOMPARE(result.exitCode, 0);
        QVERIFY(result.out.startsWith("no rule file is kept"));
        result = nightjar({"rules", capsule(), "--add", at("queue.yml"), at("broken.yml")});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.err.contains("broken.yml has problems"), result.err.constData());
        QVERIFY2(result.out.startsWith("broken.yml: 1 group, 1 alert, 0 recording rules\n"
                                       "  broken every 1m\n"
                                       "    alert   Good\n"
                                       "  broken.yml:7: rule 'Bad': expr: "),
                 result.out.constData());
        QVERIFY2(result.out.endsWith("queue.yml: 1 group, 2 alerts, 1 recording rule\n"
                                     "  queue every 1m\n"
                                     "    alert   Deep, for 3m\n"
                                     "    alert   Never\n"
                                     "    record  queue:max\n"),
                 result.out.constData());
        result = nightjar({"rules", capsule(), "--remove", "broken.yml", "--json"});
        QCOMPARE(result.exitCode, 0);
        const QJsonArray kept = jsonOf(result);
        QCOMPARE(kept.size(), 1);
        QCOMPARE(kept.at(0).toObject().value("name").toString(), QStringLiteral("queue.yml"));
        QVERIFY(kept.at(0).toObject().value("saved").toBool());
        const QJsonObject deep = kept.at(0).toObject().value("groups").toArray().at(0).toObject().value("rules").toArray().at(0).toObject();
        QCOMPARE(deep.value("for_nano").toDouble(), 180e9);
        QCOMPARE(deep.value("labels").toObject(), (QJsonObject{{"severity", "page"}}));
        // Again: in its place.
        write("queue.yml", QByteArray(kRules).replace("for: 3m", "for: 4m"));
        const QJsonArray again = jsonOf(nightjar({"rules", capsule(), "--add", at("queue.yml"), "--json"}));
        QCOMPARE(again.size(), 1);
        QCOMPARE(again.at(0).toObject().value("id"), kept.at(0).toObject().value("id"));
        QVERIFY(QJsonDocument(again).toJson().contains("240000000000"));
        write("queue.yml", kRules);
        QCOMPARE(nightjar({"rules", capsule(), "--add", at("queue.yml")}).exitCode, 0);
        // They are drawn as a dashboard, which `render` finds by its id.
        const QJsonArray drawn = jsonOf(nightjar({"dashboards", capsule(), "--json"}));
        QCOMPARE(drawn.size(), 1);
        QCOMPARE(drawn.at(0).toObject().value("id").toString(), "dashboard:" + kept.at(0).toObject().value("id").toString());
        QCOMPARE(drawn.at(0).toObject().value("source").toString(), QStringLiteral("rules"));
        QCOMPARE(drawn.at(0).toObject().value("panels").toInt(), 3);
    }
    void refuses() {
        QCOMPARE(nightjar({"rules"}).exitCode, 2);
        QCOMPARE(nightjar({"rules", "check"}).exitCode, 2);
        QCOMPARE(nightjar({"rules", capsule(), "--remove", "none.yml"}).exitCode, 2);
        QCOMPARE(nightjar({"rules", capsule(), "--replay", "--rule", "Nobody"}).exitCode, 2);
        const ProcessResult noRules = nightjar({"rules", capsule(), "--add", at("history.om")});
        QCOMPARE(noRules.exitCode, 1);
        QVERIFY2(noRules.err.contains("history.om"), noRules.err.constData());
    }
    void replays() {
        const ProcessResult result = nightjar({"rules", capsule(), "--replay"});
        QCOMPARE(result.exitCode, 0);
        QCOMPARE(result.out, ("Deep (queue.yml, queue)\n"
                              "  {instance=\"a\", severity=\"page\"}  last value 9\n"
                              "    pending " + clock(5) + " to " + clock(8) + "  3 m\n"
                              "    firing  " + clock(8) + " to " + clock(15) + "  7 m\n"
                              "1 of 2 alerts never active\n").toUtf8());
        const QJsonArray json = jsonOf(nightjar({"rules", capsule(), "--replay", "--rule", "Deep", "--from", clock(6), "--to", clock(12), "--json"}));
        QCOMPARE(json.size(), 1);
        const QJsonObject deep = json.at(0).toObject();
        QCOMPARE(deep.value("evaluations").toInt(), 6);
        const QJsonObject alert = deep.value("alerts").toArray().at(0).toObject();
        QCOMPARE(alert.value("labels").toObject(), (QJsonObject{{"alertname", "Deep"}, {"instance", "a"}, {"severity", "page"}}));
        QCOMPARE(alert.value("annotations").toObject(), (QJsonObject{{"summary", "a has 9"}}));
        QCOMPARE(alert.value("value").toDouble(), 9.0);
        const QJsonArray spans = alert.value("spans").toArray();
        QCOMPARE(spans.size(), 2);   // nothing is known of before the range: it pends again
        QCOMPARE(spans.at(1).toObject().value("state").toString(), QStringLiteral("firing"));
        QVERIFY(spans.at(1).toObject().value("from").toString().startsWith(clock(9).left(19)));
        QVERIFY(spans.at(1).toObject().value("to").toString().startsWith(clock(12).left(19)));
    }
    // The engine drops names where the API does.
    void promqlDropsNames() {
        const ProcessResult result = nightjar({"promql", capsule(), "sum by (__name__) (rate(queue_depth[5m]))"});
        QCOMPARE(result.exitCode, 0);
        QVERIFY2(result.out.contains("\"metric\":{}"), result.out.constData());
    }
    void checksRealFiles() {
        NJ_NEED_SHARED_DATA(file, "alert-rules/host-and-hardware/node-exporter.yml");
        const ProcessResult result = nightjar({"rules", "check", file});
        QVERIFY2(result.exitCode == 0, result.out.constData());
        QVERIFY2(result.out.contains("1 group, ") && result.out.contains(" alerts, 0 recording rules"), result.out.constData());
        QCOMPARE(nightjar({"rules", capsule(), "--add", file}).exitCode, 0);
        const ProcessResult replayed = nightjar({"rules", capsule(), "--replay"});
        QVERIFY2(replayed.exitCode == 0 && replayed.out.contains("Deep (queue.yml, queue)"), replayed.out.constData());
    }

private:
    [[nodiscard]] QString at(const char* name) const { return folder_.filePath(QString::fromLatin1(name)); }
    [[nodiscard]] QString capsule() const { return at("queue.nightjar"); }
    void write(const char* name, const QByteArray& content) const {
        QFile file(at(name));
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Truncate));
        file.write(content);
    }
    static ProcessResult nightjar(const QStringList& arguments) { return runNightjar(arguments); }

    QTemporaryDir folder_;
};

QTEST_GUILESS_MAIN(RulesTest)
#include "rules_test.moc"

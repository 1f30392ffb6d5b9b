// What the API says of rules: those of the server a capsule was filled from, and the rule files saved in it.
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "api/prometheus_api.h"
#include "qt_test.h"
#include "served_data.h"
#include "store/annotation_file.h"

using namespace nj;
using namespace nj::api;
using nj::test::kT0;
using nj::test::need;

namespace {

constexpr const char* kSaved = R"(groups:
  - name: requests
    interval: 30s
    rules:
      - alert: Many
        expr: requests_total{job="a"} > 300
        for: 2m
        labels: {severity: page}
        annotations: {summary: "{{ $labels.path }} has {{ $value }}"}
      - alert: None
        expr: requests_total < 0
      - record: path:requests
        expr: sum by (path) (requests_total)
)";
constexpr const char* kServers = R"({"status":"success","data":{"groups":[{"name":"waits","file":"/etc/waits.yml","interval":15,"rules":[
  {"type":"alerting","name":"Slow","query":"wait > 1","duration":60,"labels":{},"annotations":{},"alerts":[],"health":"ok"},
  {"type":"alerting","name":"Quiet","query":"wait > 9","duration":0,"labels":{},"annotations":{},"alerts":[],"health":"ok"}]}]}})";

}  // namespace

class RulesApiTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        Batch batch = test::servedBatch();
        batch.documents.push_back({"http://prom:9090/api/v1/rules", "application/json", kServers, std::strlen(kServers)});
        capsule_.import(std::move(batch));
        Definition saved;
        saved.id = newAnnotationId();
        saved.created = saved.modified = kT0;
        saved.kind = DefinitionKind::kRules;
        saved.name = "requests.yml";
        saved.document = kSaved;
        need(need(store::AnnotationFile::open(capsule_.path()))->put(saved));
        served_ = need(ServedCapsule::open(capsule_.path()));
    }
    // Prometheus's fields; what fires does so where the capsule ends.
    void evaluatesSavedRules() {
        const QJsonObject group = groups("rule_group[]=requests").at(0).toObject();
        QCOMPARE(group.value("file").toString(), QStringLiteral("requests.yml"));
        QCOMPARE(group.value("interval").toDouble(), 30.0);
        const QJsonArray rules = group.value("rules").toArray();
        QCOMPARE(rules.size(), 3);
        const QJsonObject many = rules.at(0).toObject();
        QCOMPARE(many.value("state").toString(), QStringLiteral("firing"));
        QCOMPARE(many.value("type").toString(), QStringLiteral("alerting"));
        QCOMPARE(many.value("query").toString(), QStringLiteral("requests_total{job=\"a\"} > 300"));
        QCOMPARE(many.value("duration").toDouble(), 120.0);
        QCOMPARE(many.value("health").toString(), QStringLiteral("ok"));
        QCOMPARE(many.value("labels").toObject(), (QJsonObject{{"severity", "page"}}));
        const QJsonObject alert = many.value("alerts").toArray().at(0).toObject();
        QCOMPARE(alert.value("labels").toObject(), (QJsonObject{{"alertname", "Many"}, {"job", "a"}, {"path", "/x"}, {"severity", "page"}}));
        QCOMPARE(alert.value("annotations").toObject().value("summary").toString(), QStringLiteral("/x has 540"));
        // The first multiple of 30 s behind the sample of minute 6; pending counts.
        QCOMPARE(alert.value("activeAt").toString().toStdString(), formatRfc3339(kT0 + 378 * kSecond));
        QCOMPARE(alert.value("state").toString(), QStringLiteral("firing"));
        QCOMPARE(alert.value("value").toString(), QStringLiteral("5.4e+02"));
        QCOMPARE(rules.at(1).toObject().value("state").toString(), QStringLiteral("inactive"));
        QCOMPARE(rules.at(1).toObject().value("alerts").toArray().size(), 0);
        QCOMPARE(rules.at(2).toObject().value("type").toString(), QStringLiteral("recording"));
        QVERIFY(!rules.at(2).toObject().contains("state"));
    }
    // Theirs are not evaluated: the alerts that came with them say what fires.
    void tellsTheServersRules() {
        const QJsonArray all = groups({});
        QCOMPARE(all.size(), 2);
        const QJsonObject group = all.at(0).toObject();
        QCOMPARE(group.value("name").toString(), QStringLiteral("waits"));
        QCOMPARE(group.value("file").toString(), QStringLiteral("/etc/waits.yml"));
        const QJsonObject slow = group.value("rules").toArray().at(0).toObject();
        QCOMPARE(slow.value("state").toString(), QStringLiteral("firing"));
        QCOMPARE(slow.value("query").toString(), QStringLiteral("wait > 1"));
        QCOMPARE(slow.value("alerts").toArray().size(), 1);
        QCOMPARE(group.value("rules").toArray().at(1).toObject().value("state").toString(), QStringLiteral("inactive"));
    }
    void answersWhatWasAskedFor() {
        QCOMPARE(names("type=record"), QStringList{"path:requests"});
        QCOMPARE(names("type=alert"), (QStringList{"Slow", "Quiet", "Many", "None"}));
        QCOMPARE(names("rule_name[]=Many&rule_name[]=Quiet"), (QStringList{"Quiet", "Many"}));
        QCOMPARE(names("file[]=requests.yml&type=alert"), (QStringList{"Many", "None"}));
        QCOMPARE(names("file[]=other"), QStringList());
        const QJsonArray bare = groups("rule_name[]=Many&exclude_alerts=true");
        QCOMPARE(bare.at(0).toObject().value("rules").toArray().at(0).toObject().value("alerts").toArray().size(), 0);
    }
    void alertsAreOfBoth() {
        QStringList found;
        for (const QJsonValue& alert : data("/api/v1/alerts", {}).value("alerts").toArray())
            found << alert.toObject().value("labels").toObject().value("alertname").toString() + ' ' + alert.toObject().value("state").toString();
        QCOMPARE(found, (QStringList{"Slow firing", "Many firing"}));
    }
    void stoppedIsCancelled() {
        std::stop_source stop;
        stop.request_stop();
        for (const char* path : {"/api/v1/rules", "/api/v1/alerts"})
            QCOMPARE(answer(*served_, {"GET", path, {}}, {}, stop.get_token()).status, 503U);
    }

private:
    QJsonObject data(const char* path, const char* query) {
        const Answer given = answer(*served_, {"GET", path, Parameters(query == nullptr ? "" : query, "")}, {}, {});
        return QJsonDocument::fromJson(QByteArray::fromStdString(given.body)).object().value("data").toObject();
    }
    QJsonArray groups(const char* query) { return data("/api/v1/rules", query).value("groups").toArray(); }
    QStringList names(const char* query) {
        QStringList out;
        for (const QJsonValue& group : groups(query))
            for (const QJsonValue& rule : group.toObject().value("rules").toArray()) out << rule.toObject().value("name").toString();
        return out;
    }

    test::TestCapsule capsule_;
    std::unique_ptr<ServedCapsule> served_;
};

QTEST_GUILESS_MAIN(RulesApiTest)
#include "rules_api_test.moc"

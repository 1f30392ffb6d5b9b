// What sources are set to: as JSON without secrets, checked by field; selectors taken apart.
#include "qt_test.h"
#include "source/prometheus_packs.h"
#include "source/prometheus_selector.h"
#include "source/source.h"

using namespace nj;
using namespace nj::source;

class SourceConfigTest : public QObject {
    Q_OBJECT
private slots:
    void everyKindIsDescribed() {
        QVERIFY(sourceKinds().size() >= 3);
        for (const SourceKind* kind : sourceKinds()) {
            QVERIFY(kind->create != nullptr && kind->probe != nullptr);
            QVERIFY(!kind->title.empty() && kind->about.ends_with('.'));
            QCOMPARE(findSourceKind(kind->name), kind);
            for (const SourceField& field : kind->fields)
                QVERIFY2(!field.title.empty(), std::string(field.name).c_str());
        }
        QVERIFY(findSourceKind("carrier_pigeon") == nullptr);
    }

    void jsonRoundTripLeavesSecretsOut() {
        SourceConfig config{"prometheus", {}};
        config.set("url", "http://prom:9090");
        config.add("match", "{job=\"a\"}");
        config.add("match", "up");
        config.set("follow", "no");
        SourceConfig secret = config;
        secret.set("token", "s3cret");
        secret.set("password", "hunter2");
        const std::string json = sourcesToJson(std::vector<SourceConfig>{secret});
        QVERIFY(json.find("s3cret") == std::string::npos && json.find("hunter2") == std::string::npos);
        const auto read = sourcesFromJson(json);
        QVERIFY(read.ok());
        QCOMPARE(read->size(), 1U);
        QCOMPARE((*read)[0].all("match"), (std::vector<std::string>{"{job=\"a\"}", "up"}));
        QCOMPARE((*read)[0].value("url"), std::string("http://prom:9090"));
        QCOMPARE((*read)[0].value("follow"), std::string("no"));
    }

    void wrongSettingsAreNamed_data() {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QByteArray>("words");
        QTest::newRow("no list") << QByteArray("{}") << QByteArray("list");
        QTest::newRow("no JSON") << QByteArray("[{") << QByteArray("list");
        QTest::newRow("no kind") << QByteArray("[{}]") << QByteArray("kind");
        QTest::newRow("unknown kind") << QByteArray("[{'kind':'pigeon'}]") << QByteArray("pigeon");
        QTest::newRow("unknown field") << QByteArray("[{'kind':'prometheus','url':'http://x','wings':2}]") << QByteArray("wings");
        QTest::newRow("missing") << QByteArray("[{'kind':'prometheus'}]") << QByteArray("Server: missing");
        QTest::newRow("no URL") << QByteArray("[{'kind':'prometheus','url':'x'}]") << QByteArray("http://");
        QTest::newRow("no duration") << QByteArray("[{'kind':'prometheus','url':'http://x','interval':'soon'}]") << QByteArray("soon");
        QTest::newRow("twice") << QByteArray("[{'kind':'prometheus','url':['http://x','http://y']}]") << QByteArray("more than once");
        QTest::newRow("an object") << QByteArray("[{'kind':'prometheus','url':{'a':1}}]") << QByteArray("url");
    }
    void wrongSettingsAreNamed() {
        QFETCH(QByteArray, json);
        QFETCH(QByteArray, words);
        const auto read = sourcesFromJson(json.replace('\'', '"').toStdString());
        QVERIFY(!read.ok());
        QVERIFY2(read.error().message.find(words.toStdString()) != std::string::npos, read.error().message.c_str());
    }

    void selectors() {
        using Type = LabelMatcher::Type;
        const auto parsed = parseSelector("  up{job=\"a b\", instance!~'x.*\\'', path=`c:\\d`,} ");
        QVERIFY(parsed.ok());
        QCOMPARE(parsed->size(), 4U);
        QVERIFY((*parsed)[0] == (LabelMatcher{Type::kEqual, "__name__", "up"}));
        QVERIFY((*parsed)[1] == (LabelMatcher{Type::kEqual, "job", "a b"}));
        QVERIFY((*parsed)[2] == (LabelMatcher{Type::kNotRegex, "instance", "x.*'"}));
        QVERIFY((*parsed)[3] == (LabelMatcher{Type::kEqual, "path", "c:\\d"}));
        const auto named = parseSelector("{\"http.server.duration\", \"status code\"!=\"200\", x=~\"y\"}");
        QVERIFY(named.ok());
        QVERIFY((*named)[0] == (LabelMatcher{Type::kEqual, "__name__", "http.server.duration"}));
        QVERIFY((*named)[1] == (LabelMatcher{Type::kNotEqual, "status code", "200"}));
        QVERIFY((*named)[2] == (LabelMatcher{Type::kRegex, "x", "y"}));
        for (const char* wrong : {"", "{}", "{job}", "{job=a}", "{job=\"a\"", "up{a=\"b\"} offset 5m", "{a=\"b\" c=\"d\"}", "{a!\"b\"}", "{a=\"\\q\"}", "{a=\"b"})
            QVERIFY2(!parseSelector(wrong).ok(), wrong);
    }

    void packsAreSelectors() {
        for (const PrometheusPack& pack : prometheusPacks()) {
            QVERIFY2(parseSelector(pack.selector).ok(), std::string(pack.name).c_str());
            QCOMPARE(findPack(pack.name), &pack);
        }
    }
};

QTEST_GUILESS_MAIN(SourceConfigTest)
#include "source_config_test.moc"

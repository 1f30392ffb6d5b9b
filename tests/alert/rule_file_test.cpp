// Rule files: what is read, each error with its place, hostile YAML, and the real files of the shared data.
#include "alert/rule_file.h"

#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using namespace nj::alert;

namespace {

RuleSet read(const QString& yaml) {
    const auto set = readRuleFile(yaml.toStdString(), "r.yml");
    if (!set.ok())
        qFatal("%s", set.error().message.c_str());
    return *set;
}

QStringList problems(const RuleSet& set) {
    QStringList out;
    for (const RuleProblem& problem : set.problems)
        out << QString::fromStdString(problem.where + ": " + problem.what);
    return out;
}

// A rule of the given lines in a group; the rule's first line is line 4.
QString withRule(const QString& lines) { return "groups:\n- name: g\n  rules:\n  - " + QString(lines).replace("\n", "\n    ") + "\n"; }

}  // namespace

class RuleFileTest : public QObject {
    Q_OBJECT

private slots:
    void readsEveryField();
    void readsKubernetesObjects();
    void listsWhatIsWrong_data();
    void listsWhatIsWrong();
    void keepsTheGoodRules();
    void countsLinesOverDocuments();
    void refusesWhatIsNoRuleFile_data();
    void refusesWhatIsNoRuleFile();
    void staysInBounds();
    void readsRealFiles_data();
    void readsRealFiles();
};

void RuleFileTest::readsEveryField() {
    const RuleSet set = read(R"(groups:
- name: latency
  interval: 30s
  query_offset: 1m
  limit: 10
  labels: {team: serving}
  rules:
  - record: job:up:sum
    expr: sum by (job) (up)
    labels: {kept: "{{ as it is"}
  - alert: Slow
    expr: |
      histogram_quantile(0.95, sum by (le) (rate(x_bucket[5m])))
        > 2
    for: 10m
    keep_firing_for: 1h30m
    labels:
      severity: warning
    annotations:
      summary: "{{ $labels.instance }} takes {{ $value | humanizeDuration }}"
- name: empty
)");
    QCOMPARE(problems(set), QStringList());
    QCOMPARE(set.groups.size(), size_t{2});
    const RuleGroup& group = set.groups[0];
    QCOMPARE(group.name, std::string("latency"));
    QCOMPARE(group.interval, 30 * kSecond);
    QCOMPARE(group.queryOffset, DurationNs{kMinute});
    QCOMPARE(group.limit, 10);
    QVERIFY((group.labels == NamedTexts{{"team", "serving"}}));
    QCOMPARE(group.file, std::string("r.yml"));
    QCOMPARE(group.rules.size(), size_t{2});
    QVERIFY(group.rules[0].recording && group.rules[0].name == "job:up:sum" && group.rules[0].line == 8);
    const Rule& slow = group.rules[1];
    QVERIFY(!slow.recording && slow.name == "Slow" && slow.line == 11);
    QCOMPARE(slow.hold, 10 * kMinute);
    QCOMPARE(slow.keepFiring, 90 * kMinute);
    QVERIFY((slow.labels == NamedTexts{{"severity", "warning"}}));
    QCOMPARE(slow.annotations.size(), size_t{1});
}

void RuleFileTest::readsKubernetesObjects() {
    const RuleSet set = read("apiVersion: monitoring.coreos.com/v1\nkind: PrometheusRule\nmetadata: {name: x}\nspec:\n  groups:\n  - name: g\n    rules:\n    - alert: A\n      expr: up == 0\n---\n");
    QCOMPARE(problems(set), QStringList());
    QCOMPARE(set.ruleCount(), size_t{1});
}

void RuleFileTest::listsWhatIsWrong_data() {
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QStringList>("expected");
    const auto rule = [](const char* name, const char* lines, const char* expected) { QTest::newRow(name) << withRule(lines) << QStringList{expected}; };
    rule("no expression", "alert: A", "r.yml:4: rule 'A': expr: it is missing");
    rule("both", "alert: A\nrecord: b\nexpr: up", "r.yml:4: rule 'b': it has both 'alert' and 'record'");
    rule("neither", "expr: up", "r.yml:4: a rule without name: it has neither 'alert' nor 'record'");
    rule("unknown field", "alert: A\nexpr: up\nlabel: x", "r.yml:6: rule 'A': the field 'label' is not known");
    rule("twice", "alert: A\nexpr: up\nexpr: down", "r.yml:6: rule 'A': the field 'expr' stands twice");
    rule("bad for", "alert: A\nexpr: up\nfor: 5", "r.yml:6: rule 'A': for: '5' is no duration, such as 5m or 1h30m");
    rule("bad keep_firing_for", "alert: A\nexpr: up\nkeep_firing_for: x", "r.yml:6: rule 'A': keep_firing_for: 'x' is no duration, such as 5m or 1h30m");
    rule("bad expression", "alert: A\nexpr: sum(up) by", "r.yml:5: rule 'A': expr: 1:11: parse error: unexpected end of input in grouping opts");
    rule("a range vector", "alert: A\nexpr: up[5m]", "r.yml:5: rule 'A': expr: a rule needs an instant vector or a scalar, not a range vector");
    rule("__name__", "alert: A\nexpr: up\nlabels: {__name__: x}", "r.yml:4: rule 'A': label '__name__': the name is not valid");
    rule("annotation name", "alert: A\nexpr: up\nannotations: {a-b: x}", "r.yml:4: rule 'A': annotation 'a-b': the name is not valid");
    rule("template", "alert: A\nexpr: up\nannotations: {summary: '{{ $value'}", "r.yml:4: rule 'A': annotation 'summary': a template '{{' is not closed");
    rule("recorded braces", "record: 'a{b}'\nexpr: up", "r.yml:4: rule 'a{b}': record: braces in a recorded name: should it be a label?");
    rule("recording with for", "record: a\nexpr: up\nfor: 5m", "r.yml:4: rule 'a': for: a recording rule has none");
    rule("recording with annotations", "record: a\nexpr: up\nannotations: {a: b}", "r.yml:4: rule 'a': annotations: a recording rule has none");
    rule("labels no map", "alert: A\nexpr: up\nlabels: [a]", "r.yml:6: rule 'A': labels must be a map of names and texts");
    rule("a label twice", "alert: A\nexpr: up\nlabels: {a: b, a: c}", "r.yml:6: rule 'A': labels: 'a' stands twice");
    rule("no text", "alert: A\nexpr: [up]", "r.yml:5: rule 'A': expr must be a text");
    rule("no map", "up", "r.yml:4: group 'g': a rule must be a map");
    rule("empty name", "alert: ''\nexpr: up", "r.yml:4: a rule without name: alert: the name is empty");
    QTest::newRow("no group name") << "groups:\n- rules: []\n" << QStringList{"r.yml:2: a group has no name"};
    QTest::newRow("group twice") << "groups:\n- name: a\n- name: a\n" << QStringList{"r.yml:3: the group name 'a' stands twice in the file"};
    QTest::newRow("group field") << "groups:\n- name: a\n  rule: []\n" << QStringList{"r.yml:3: the group: the field 'rule' is not known"};
    QTest::newRow("interval") << "groups:\n- name: a\n  interval: often\n" << QStringList{"r.yml:3: the group: interval: 'often' is no duration, such as 5m or 1h30m"};
    QTest::newRow("limit") << "groups:\n- name: a\n  limit: -1\n" << QStringList{"r.yml:3: the group: limit: '-1' is no whole number"};
    QTest::newRow("group label") << "groups:\n- name: a\n  labels: {__name__: b}\n" << QStringList{"r.yml:2: the group: label '__name__': the name is not valid"};
    QTest::newRow("rules no list") << "groups:\n- name: a\n  rules: {}\n" << QStringList{"r.yml:3: group 'a': 'rules' must be a list"};
    QTest::newRow("groups no list") << "groups: 3\n" << QStringList{"r.yml:1: 'groups' must be a list"};
    QTest::newRow("a group no map") << "groups: [3]\n" << QStringList{"r.yml:1: a group must be a map"};
    QTest::newRow("another field") << "groups: []\nrules: []\n" << QStringList{"r.yml:2: the file: the field 'rules' is not known"};
}

void RuleFileTest::listsWhatIsWrong() {
    QFETCH(QString, yaml);
    const RuleSet set = read(yaml);
    QTEST(problems(set), "expected");
    QCOMPARE(set.ruleCount(), size_t{0});
}

void RuleFileTest::keepsTheGoodRules() {
    const RuleSet set = read("groups:\n- name: g\n  rules:\n  - {alert: Bad, expr: 'up['}\n  - {alert: Good, expr: up == 0, for: 0}\n  - {alert: Worse}\n");
    QCOMPARE(set.problems.size(), size_t{2});
    QCOMPARE(set.ruleCount(), size_t{1});
    QCOMPARE(set.groups[0].rules[0].name, std::string("Good"));
}

void RuleFileTest::countsLinesOverDocuments() {
    const RuleSet set = read("---\n# a comment\n---\ngroups:\n- name: g\n  rules:\n  - {alert: A, expr: up}\n--- \ngroups:\n- rules: []\n");
    QCOMPARE(problems(set), QStringList{"r.yml:10: a group has no name"});
    QCOMPARE(set.groups[0].rules[0].line, 7);
}

void RuleFileTest::refusesWhatIsNoRuleFile_data() {
    QTest::addColumn<QString>("yaml");
    QTest::addColumn<QString>("message");
    QTest::newRow("nothing") << "" << "r.yml: it is YAML, but no rule file: it has no 'groups'";
    QTest::newRow("a list") << "- a\n" << "r.yml: it is YAML, but no rule file: it has no 'groups'";
    QTest::newRow("another object") << "kind: Pod\nspec: {groups: []}\n" << "r.yml: it is YAML, but no rule file: it has no 'groups'";
    QTest::newRow("not YAML") << "groups:\n- name: [\n" << "r.yml:3: it is no YAML: end of sequence flow not found";
    QTest::newRow("a tab") << "groups:\n\t- a\n" << "r.yml:2: it is no YAML: illegal tab";
    QTest::newRow("a stray comma") << ", a: 3]\n- b: []" << "r.yml: it is YAML, but no rule file: it has no 'groups'";   // endless documents to YAML::LoadAll
    QTest::newRow("not YAML, second document") << "groups: []\n---\na: [\n" << "r.yml:4: it is no YAML: end of sequence flow not found";
    QTest::newRow("an unknown alias") << "groups: *a\n" << "r.yml:1: it is no YAML: the referenced anchor is not defined: a";
}

void RuleFileTest::refusesWhatIsNoRuleFile() {
    QFETCH(QString, yaml);
    const auto set = readRuleFile(yaml.toStdString(), "r.yml");
    QVERIFY(!set.ok());
    QString got = QString::fromStdString(set.error().message);
    QFETCH(QString, message);
    QVERIFY2(got.startsWith(message.section(": ", 0, 1)), qPrintable(got));
}

void RuleFileTest::staysInBounds() {
    QVERIFY(!readRuleFile(std::string(size_t{5} << 20, ' '), "r.yml").ok());
    QVERIFY(!readRuleFile("groups: " + std::string(100'000, '['), "r.yml").ok());
    // A text that aliases repeat, and a list of rules that does.
    std::string text = "groups:\n- name: g\n  rules:\n  - {alert: &t '" + std::string(2 << 20, 'x') + "', expr: up}\n";
    for (int i = 0; i < 60; ++i)
        text += "  - {alert: *t, expr: up}\n";
    const auto set = readRuleFile(text, "r.yml");
    QVERIFY(set.ok());
    QVERIFY(set->ruleCount() < 40);
    QVERIFY(!set->problems.empty());
    std::string many = "groups:\n- name: g0\n  rules: &r [";
    for (int i = 0; i < 200; ++i)
        many += "{alert: A, expr: up},";
    many += "]\n";
    for (int i = 1; i < 400; ++i)
        many += "- {name: g" + std::to_string(i) + ", rules: *r}\n";
    const auto repeated = readRuleFile(many, "r.yml");
    QVERIFY(repeated.ok());
    QCOMPARE(repeated->ruleCount(), size_t{20'000});
    QCOMPARE(repeated->problems.size(), size_t{1'000});
    const auto cycle = readRuleFile("groups: &g\n- name: a\n  rules: *g\n", "r.yml");
    QVERIFY(!cycle.ok() || !cycle->problems.empty());
}

void RuleFileTest::readsRealFiles_data() {
    QTest::addColumn<QString>("file");
    QTest::addColumn<int>("rules");
    QTest::newRow("node") << "host-and-hardware/node-exporter.yml" << 35;
    QTest::newRow("kubernetes") << "kubernetes/kubestate-exporter.yml" << 37;
    QTest::newRow("litellm") << "litellm/embedded-exporter.yml" << 3;
    QTest::newRow("nginx") << "nginx/knyar-nginx-exporter.yml" << 3;
    QTest::newRow("postgresql") << "postgresql/postgres-exporter.yml" << 20;
    QTest::newRow("prometheus") << "prometheus-self-monitoring/embedded-exporter.yml" << 28;
    QTest::newRow("redis") << "redis/oliver006-redis-exporter.yml" << 12;
}

void RuleFileTest::readsRealFiles() {
    QFETCH(QString, file);
    NJ_NEED_SHARED_DATA(folder, "alert-rules");
    QFile yaml(folder + "/" + file);
    QVERIFY2(yaml.open(QIODevice::ReadOnly), qPrintable(yaml.fileName()));
    const auto set = readRuleFile(yaml.readAll().toStdString(), file.toStdString());
    QVERIFY2(set.ok(), set.ok() ? "" : set.error().message.c_str());
    QCOMPARE(problems(*set), QStringList());
    QTEST(static_cast<int>(set->ruleCount()), "rules");
}

QTEST_APPLESS_MAIN(RuleFileTest)
#include "rule_file_test.moc"

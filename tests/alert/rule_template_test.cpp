// Templates of labels and annotations: which can be one, and what they become.
#include "alert/rule_template.h"

#include <limits>

#include "qt_test.h"

using namespace nj::alert;

class RuleTemplateTest : public QObject {
    Q_OBJECT

private slots:
    void findsProblems_data();
    void findsProblems();
    void expands_data();
    void expands();
};

void RuleTemplateTest::findsProblems_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QString>("problem");
    for (const char* good : {"", "plain } text", "{{ $labels.instance }}", "{{$value}}", "{{ $value | humanize }}", "{{- $value -}}", "{{ printf \"%.2f }}\" $value }}", "{{ with query \"up\" }}{{ . | first | value }}{{ end }}",
                             "{{ if gt $value 1.0 }}a{{ else if eq .Value 0.0 }}b{{ else }}c{{ end }}", "{{ range $i, $v := query `up` }}{{ $v.Labels.job }}{{ end }}", "{{/* a 'comment */}}", "{{ $x := (humanize $value) }}", "{{ true }}"})
        QTest::newRow(qPrintable(QString("good: ") + good)) << good << "";
    QTest::newRow("not closed") << "a {{ $value" << "a template '{{' is not closed";
    QTest::newRow("half closed") << "a {{ $value }" << "a template '{{' is not closed";
    QTest::newRow("string") << "{{ printf \"%f $value }}" << "a template '{{' is not closed";
    QTest::newRow("empty") << "{{ }}" << "a template '{{ }}' is empty";
    QTest::newRow("unknown") << "{{ humanise $value }}" << "the function 'humanise' is not known";
    QTest::newRow("unknown behind a pipe") << "{{ $value | round }}" << "the function 'round' is not known";
    QTest::newRow("a label without $") << "{{ labels.instance }}" << "the function 'labels.instance' is not known";
    QTest::newRow("no end") << "{{ if $value }}x" << "a block lacks its {{ end }}";
    QTest::newRow("end too many") << "{{ end }}" << "an {{ end }} ends nothing";
}

void RuleTemplateTest::findsProblems() {
    QFETCH(QString, text);
    QTEST(QString::fromStdString(templateProblem(text.toStdString())), "problem");
}

void RuleTemplateTest::expands_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<double>("value");
    QTest::addColumn<QString>("expected");
    QTest::newRow("labels") << "{{ $labels.job }} on {{.Labels.instance}}" << 1.0 << "api on h:1";
    QTest::newRow("an absent label") << "{{ $labels.pod }}" << 1.0 << "<no value>";
    QTest::newRow("all labels") << "{{ $labels }}" << 1.0 << "map[instance:h:1 job:api]";
    QTest::newRow("value") << "{{ $value }}%" << 12.5 << "12.5%";
    QTest::newRow("humanize") << "{{ $value | humanize }} {{ humanize $value }}" << 1234567.0 << "1.235M 1.235M";
    QTest::newRow("humanize small") << "{{ $value | humanize }}" << 0.00123 << "1.23m";
    QTest::newRow("humanize1024") << "{{ $value | humanize1024 }}" << 1048576.0 << "1Mi";
    QTest::newRow("humanizePercentage") << "{{ $value | humanizePercentage }}" << 0.1234 << "12.34%";
    QTest::newRow("humanizeDuration") << "{{ $value | humanizeDuration }}" << 5025.0 << "1h 23m 45s";
    QTest::newRow("humanizeDuration days") << "{{ $value | humanizeDuration }}" << 90061.0 << "1d 1h 1m 1s";
    QTest::newRow("humanizeDuration small") << "{{ $value | humanizeDuration }}" << 0.25 << "250ms";
    QTest::newRow("printf") << "{{ printf \"%.2f%%\" $value }} {{ $value | printf \"%.0f\" }}" << 2.345 << "2.35% 2";
    QTest::newRow("NaN") << "{{ $value | humanizeDuration }}" << std::numeric_limits<double>::quiet_NaN() << "NaN";
    QTest::newRow("what is more stays") << "{{ with query \"up\" }}{{ . | first }}{{ end }}" << 1.0 << "{{ with query \"up\" }}{{ . | first }}{{ end }}";
    QTest::newRow("not closed stays") << "a {{ $value" << 1.0 << "a {{ $value";
}

void RuleTemplateTest::expands() {
    QFETCH(QString, text);
    QFETCH(double, value);
    QTEST(QString::fromStdString(expandTemplate(text.toStdString(), {{"job", "api"}, {"instance", "h:1"}}, value)), "expected");
}

QTEST_APPLESS_MAIN(RuleTemplateTest)
#include "rule_template_test.moc"

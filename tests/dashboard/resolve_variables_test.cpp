// Variables answered from series in memory: each question, chains, choices, and what fails.
#include "dashboard/resolve_variables.h"

#include "promql/memory_querier.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;

namespace {

constexpr TimeRange kRange{1'000 * kMinute, 1'010 * kMinute};

void load(test::MemoryQuerier& querier) {
    for (const auto& [job, instance, value] : {std::tuple("api", "a:1", 1.0), {"api", "b:1", 2.0}, {"db", "c:1", 3.0}})
        querier.add({{"__name__", "up"}, {"instance", instance}, {"job", job}}, kRange.to - kMinute, {value, nullptr});
    querier.add({{"__name__", "vllm:num_requests_running"}, {"model_name", "llama"}}, kRange.to - kMinute, {1, nullptr});
}

Variable query(const char* name, const char* text) {
    Variable variable;
    variable.name = name;
    variable.query = text;
    variable.sort = VariableSort::kText;
    return variable;
}

ResolvedVariables resolve(std::vector<Variable> variables, const Choices& choices = {}) {
    test::MemoryQuerier querier;
    load(querier);
    Dashboard dashboard;
    dashboard.variables = std::move(variables);
    const auto resolved = resolveVariables(dashboard, choices, kRange, promql::Engine(), querier);
    if (!resolved.ok())
        qFatal("%s", resolved.error().message.c_str());
    return *resolved;
}

QStringList options(const Variable& variable) {
    QStringList out;
    for (const VariableOption& option : variable.options)
        out << QString::fromStdString(option.value);
    return out;
}

}  // namespace

class ResolveVariablesTest : public QObject {
    Q_OBJECT

private slots:
    void asksEachQuestion_data();
    void asksEachQuestion();
    void chainsQueries();
    void holdsChoices();
    void filtersAreOfTheScope();
    void keepsChoicesWhenAskedAgain();
    void knowsWhatItAsksAbout_data();
    void knowsWhatItAsksAbout();
    void listsWhatFails();
    void stops();
};

void ResolveVariablesTest::asksEachQuestion_data() {
    QTest::addColumn<QString>("text");
    QTest::addColumn<QStringList>("expected");
    QTest::newRow("label values") << "label_values(up, job)" << QStringList{"api", "db"};
    QTest::newRow("label values of a selector") << "label_values(up{job=\"api\",instance!=\"a:1\"}, instance)" << QStringList{"b:1"};
    QTest::newRow("label values of all series") << "label_values(model_name)" << QStringList{"llama"};
    QTest::newRow("label names") << "label_names()" << QStringList{"__name__", "instance", "job", "model_name"};
    QTest::newRow("metrics") << "metrics(^vllm:)" << QStringList{"vllm:num_requests_running"};
    QTest::newRow("query result") << "query_result(sum by (job) (up))" << QStringList{"{job=\"api\"} 3 60600000", "{job=\"db\"} 3 60600000"};
    QTest::newRow("series") << "up{job=\"db\"}" << QStringList{"up{instance=\"c:1\",job=\"db\"}"};
}

void ResolveVariablesTest::asksEachQuestion() {
    QFETCH(QString, text);
    const ResolvedVariables resolved = resolve({query("v", text.toUtf8().constData())});
    QVERIFY(resolved.problems.empty());
    QTEST(options(resolved.variables[0]), "expected");
}

void ResolveVariablesTest::chainsQueries() {
    const ResolvedVariables resolved = resolve({query("job", "label_values(up, job)"), query("instance", "label_values(up{job=~\"$job\"}, instance)")}, {{"job", {"db"}}});
    QCOMPARE(options(resolved.variables[1]), QStringList{"c:1"});
    QCOMPARE(interpolate("up{i=\"$instance\"} $__range", resolved.scope), std::string("up{i=\"c:1\"} 600s"));
}

void ResolveVariablesTest::holdsChoices() {
    Variable one = query("one", "label_values(up, job)"), all = query("all", "label_values(up, job)"), text = query("text", "");
    all.includeAll = all.multi = true;
    text.kind = VariableKind::kTextBox;
    text.current = {"of $one"};
    const ResolvedVariables gone = resolve({one, all, text}, {{"one", {"old"}}, {"all", {"old"}}});
    QCOMPARE(gone.variables[0].current, std::vector<std::string>{"api"});
    QCOMPARE(interpolate("$all $text", gone.scope), std::string("(api|db) of api"));
    const ResolvedVariables kept = resolve({one, all, text}, {{"one", {"db", "api"}}, {"all", {"db", "old"}}, {"text", {"typed"}}});
    QCOMPARE(interpolate("$one $all $text", kept.scope), std::string("db db typed"));
}

void ResolveVariablesTest::filtersAreOfTheScope() {
    Variable filters = query("filters", "");
    filters.kind = VariableKind::kFilters;
    filters.current = {"job=\"api\""};
    QCOMPARE(resolve({filters}).scope.filters, std::vector<std::string>{"job=\"api\""});
    const ResolvedVariables chosen = resolve({filters}, {{"filters", {"job=\"db\"", "gpu!=\"3\""}}});
    QCOMPARE(chosen.scope.filters, std::vector<std::string>({"job=\"db\"", "gpu!=\"3\""}));
    QCOMPARE(chosen.variables[0].current, chosen.scope.filters);
    QVERIFY(resolve({filters}, {{"filters", {}}}).scope.filters.empty());
    QCOMPARE(resolve({filters}, {{"filters", {"", "} or vector(1)", "a=b"}}}).scope.filters, std::vector<std::string>{"a=\"b\""});
}

void ResolveVariablesTest::keepsChoicesWhenAskedAgain() {
    test::MemoryQuerier querier;
    load(querier);
    Dashboard dashboard;
    dashboard.variables = {query("one", "label_values(up, job)"), query("many", "label_values(up, job)"), query("all", "label_values(up, job)")};
    dashboard.variables[1].multi = dashboard.variables[2].multi = dashboard.variables[2].includeAll = true;
    const auto again = resolveVariables(dashboard, {{"one", {"old"}}, {"many", {"db", "old"}}, {"all", {std::string(kAllValue)}}}, kRange, promql::Engine(), querier, {}, true);
    QVERIFY(again.ok());
    QCOMPARE(interpolate("$one $many", again->scope), std::string("old (db|old)"));
    QCOMPARE(options(again->variables[0]), QStringList({"api", "db", "old"}));   // so that the box can show it
    QCOMPARE(options(again->variables[2]), QStringList({"api", "db"}));
    QCOMPARE(again->variables[2].current, std::vector<std::string>{std::string(kAllValue)});
}

void ResolveVariablesTest::knowsWhatItAsksAbout_data() {
    QTest::addColumn<QStringList>("queries");
    QTest::addColumn<int>("basis");
    QTest::newRow("none") << QStringList{} << int(VariableBasis::kNothing);
    QTest::newRow("labels") << QStringList{"label_values(up, job)", "label_names()", "metrics(up)"} << int(VariableBasis::kSeries);
    QTest::newRow("a result") << QStringList{"query_result(up)", "label_values(up, job)"} << int(VariableBasis::kSamples);
    QTest::newRow("series of the range") << QStringList{"up{job=\"db\"}"} << int(VariableBasis::kSamples);
}

void ResolveVariablesTest::knowsWhatItAsksAbout() {
    QFETCH(QStringList, queries);
    std::vector<Variable> variables;
    for (const VariableKind kind : {VariableKind::kCustom, VariableKind::kConstant, VariableKind::kTextBox, VariableKind::kInterval, VariableKind::kDataSource}) {
        variables.push_back(query("v", "query_result(up)"));   // whatever it says, nothing is asked
        variables.back().kind = kind;
    }
    for (const QString& text : queries)
        variables.push_back(query("q", text.toUtf8().constData()));
    QTEST(int(basisOf(variables)), "basis");
}

void ResolveVariablesTest::listsWhatFails() {
    Variable broken = query("broken", "query_result(sum()");
    broken.options = {{"a", "a"}};
    const ResolvedVariables resolved = resolve({broken, query("selector", "label_values(up{, job)"), query("empty", ""), query("regex", "metrics(()")});
    QCOMPARE(resolved.problems.size(), size_t{4});
    QCOMPARE(resolved.problems[0].where, std::string("variable $broken"));
    QCOMPARE(interpolate("$broken", resolved.scope), std::string("a"));
}

void ResolveVariablesTest::stops() {
    test::MemoryQuerier querier;
    Dashboard dashboard;
    dashboard.variables = {query("v", "label_values(up, job)")};
    std::stop_source stop;
    stop.request_stop();
    const auto resolved = resolveVariables(dashboard, {}, kRange, promql::Engine(), querier, stop.get_token());
    QVERIFY(!resolved.ok() && resolved.error().code == ErrorCode::kCancelled);
}

QTEST_APPLESS_MAIN(ResolveVariablesTest)
#include "resolve_variables_test.moc"

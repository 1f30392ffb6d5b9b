// The built-in dashboards: they read, parse, ask known metrics only, and appear when their series are there.
#include "dashboard/built_in.h"

#include "dashboard/json/dashboard_json.h"
#include "dashboard/unit.h"
#include "panel_text.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::dashboard;
using namespace nj::test;

namespace {

std::set<std::string> knownMetrics() {
    std::set<std::string> out;
    QFile file(NIGHTJAR_SOURCE_DIR "/tests/dashboard/known_metrics.txt");
    if (!file.open(QIODevice::ReadOnly))
        return out;
    for (const QByteArray& line : file.readAll().split('\n'))
        if (!line.isEmpty() && !line.startsWith('#'))
            out.insert(line.toStdString());
    return out;
}

void collectMetrics(const promql::Expr* expr, std::set<std::string>& out) {
    using enum promql::ExprKind;
    if (expr == nullptr)
        return;
    switch (expr->kind) {
    case kNumber:
    case kString: break;
    case kSelector: out.insert(promql::as<promql::SelectorExpr>(*expr).name); break;
    case kMatrix: out.insert(promql::as<promql::MatrixExpr>(*expr).selector->name); break;
    case kSubquery: collectMetrics(promql::as<promql::SubqueryExpr>(*expr).expr.get(), out); break;
    case kCall:
        for (const promql::ExprPtr& arg : promql::as<promql::CallExpr>(*expr).args)
            collectMetrics(arg.get(), out);
        break;
    case kAggregate: collectMetrics(promql::as<promql::AggregateExpr>(*expr).expr.get(), out); break;
    case kUnary: collectMetrics(promql::as<promql::UnaryExpr>(*expr).expr.get(), out); break;
    case kBinary:
        collectMetrics(promql::as<promql::BinaryExpr>(*expr).left.get(), out);
        collectMetrics(promql::as<promql::BinaryExpr>(*expr).right.get(), out);
        break;
    case kParen: collectMetrics(promql::as<promql::ParenExpr>(*expr).expr.get(), out); break;
    }
}

void everyDashboard() {
    QTest::addColumn<int>("index");
    for (size_t i = 0; i < allBuiltInDashboards().size(); ++i)
        QTest::newRow(allBuiltInDashboards()[i].title.c_str()) << static_cast<int>(i);
}

const Dashboard& fetched() {
    QFETCH(int, index);
    return allBuiltInDashboards()[static_cast<size_t>(index)];
}

}  // namespace

class BuiltInTest : public QObject {
    Q_OBJECT

private slots:
    void allAreRead();
    void parse_data() { everyDashboard(); }
    void parse();
    void askKnownMetrics_data() { everyDashboard(); }
    void askKnownMetrics();
    void fillTheGrid_data() { everyDashboard(); }
    void fillTheGrid();
    void appearByTheirSeries();
};

void BuiltInTest::allAreRead() {
    QStringList titles;
    for (const auto json : {vllmJson, sglangJson, tgiJson, tritonJson, dcgmJson, nodeExporterJson}) {
        const auto dashboard = dashboardFromJson(json());
        QVERIFY2(dashboard.ok(), dashboard.ok() ? "" : dashboard.error().message.c_str());
        titles << QString::fromStdString(dashboard->title);
    }
    QCOMPARE(titles, QStringList({"vLLM", "SGLang", "Text Generation Inference", "Triton", "GPUs (DCGM)", "Hosts (node_exporter)"}));
    QCOMPARE(allBuiltInDashboards().size(), size_t{6});
}

void BuiltInTest::parse() {
    const Dashboard& dashboard = fetched();
    QCOMPARE(unparsed(dashboard), QStringList());
    for (const Row& row : dashboard.rows)
        for (const Panel& panel : row.panels) {
            QVERIFY2(!panel.targets.empty() && !panel.title.empty(), panel.title.c_str());
            QVERIFY2(describeUnit(panel.unit).known, panel.unit.c_str());
            for (const Target& target : panel.targets)
                for (const std::string& name : variablesIn(target.expr))
                    QVERIFY2(name == "__rate_interval" || scopeOf(dashboard).variables.contains(name), name.c_str());
        }
    for (const Variable& variable : dashboard.variables)
        QVERIFY2(parseVariableQuery(variable.query).question == VariableQuestion::kLabelValues, variable.query.c_str());
}

void BuiltInTest::askKnownMetrics() {
    const Dashboard& dashboard = fetched();
    const std::set<std::string> known = knownMetrics();
    QVERIFY(!known.empty());
    Scope scope = scopeOf(dashboard);
    scope.range = {0, kHour};
    std::set<std::string> used(dashboard.recognisedBy.begin(), dashboard.recognisedBy.end());
    for (const Row& row : dashboard.rows)
        for (const Panel& panel : row.panels)
            for (const Target& target : panel.targets)
                if (const auto expr = promql::parseExpression(interpolate(target.expr, scope)); expr.ok())
                    collectMetrics(expr->get(), used);
    QStringList unknown;
    for (const std::string& name : used) {
        bool found = known.contains(name);
        for (const std::string suffix : {"_bucket", "_sum", "_count"})
            found = found || (name.ends_with(suffix) && known.contains(name.substr(0, name.size() - suffix.size())));
        if (!found)
            unknown << QString::fromStdString(name);
    }
    QCOMPARE(unknown, QStringList());
    QVERIFY(used.size() > 10);
}

void BuiltInTest::fillTheGrid() {
    for (const Row& row : fetched().rows)
        for (size_t i = 0; i < row.panels.size(); ++i)
            for (size_t j = 0; j < i; ++j) {
                const GridPlace &a = row.panels[i].place, &b = row.panels[j].place;
                const bool apart = a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
                QVERIFY2(apart, row.panels[i].title.c_str());
            }
}

void BuiltInTest::appearByTheirSeries() {
    QVERIFY(builtInDashboards({}).empty());
    QVERIFY(builtInDashboards({"up", "vllm:something"}).empty());
    const auto some = builtInDashboards({"DCGM_FI_DEV_GPU_TEMP", "vllm:num_requests_running", "up"});
    QCOMPARE(some.size(), size_t{2});
    QCOMPARE(some[0].title, std::string("vLLM"));
    QCOMPARE(some[1].title, std::string("GPUs (DCGM)"));
    for (const Dashboard& dashboard : allBuiltInDashboards())
        for (const std::string& metric : dashboard.recognisedBy)
            QCOMPARE(builtInDashboards({metric}).size(), size_t{1});
}

QTEST_APPLESS_MAIN(BuiltInTest)
#include "built_in_test.moc"

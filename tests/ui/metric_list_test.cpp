// The names in Metrics' list: types as far as they are known, and two long names never look alike.
#include <QAbstractItemModelTester>

#include "models/metric_tree_model.h"
#include "models/metric_type.h"
#include "qt_test.h"
#include "widgets/metric_name_delegate.h"

using namespace nj;
using namespace nj::ui;

namespace {

query::MetricName named(const char* name, MetricKind kind = MetricKind::kUnknown, bool inferred = false) {
    query::MetricName metric;
    metric.name = name;
    metric.kind = kind;
    metric.inferred = inferred;
    metric.counter = kind == MetricKind::kCounter;
    return metric;
}

}  // namespace

class MetricListTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void types() {
        QCOMPARE(metricTypeText(named("a", MetricKind::kCounter)), QStringLiteral("counter"));
        QCOMPARE(metricTypeWords(named("a", MetricKind::kCounter)), QStringLiteral("counter"));
        QCOMPARE(metricTypeText(named("a_total", MetricKind::kCounter, true)), QStringLiteral("counter"));
        QCOMPARE(metricTypeWords(named("a_total", MetricKind::kCounter, true)), QStringLiteral("counter, by its name"));
        QCOMPARE(metricTypeText(named("a")), QString());
        QCOMPARE(metricTypeWords(named("a")), QString());
    }
    // Of names below each other the common start, up to the end of a word, so that what is left tells them apart.
    void sharedStarts() {
        const Theme theme = Theme::dark();
        MetricTreeModel model(theme);
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setNames({named("go_info"), named("node_load1"), named("node_load15"), named("node_memory_MemFree_bytes"), named("node_memory_MemTotal_bytes"), named("node_memory_SwapTotal_bytes"), named("up")});
        QStringList shared;
        for (int group = 0; group < model.rowCount(); ++group)
            for (int row = 0; row < model.rowCount(model.index(group, 0)); ++row) {
                const QModelIndex index = model.index(row, 0, model.index(group, 0));
                shared << index.data().toString().insert(index.data(MetricTreeModel::kSharedRole).toInt(), QLatin1Char('|'));
            }
        shared.sort();
        QCOMPARE(shared, QStringList({QStringLiteral("node_memory_|MemFree_bytes"), QStringLiteral("node_memory_|MemTotal_bytes"), QStringLiteral("node_memory_|SwapTotal_bytes"), QStringLiteral("node_|load1"),
                                      QStringLiteral("node_|load15"), QStringLiteral("|go_info"), QStringLiteral("|up")}));
    }
    void whatTellsApartStays() {
        const QFontMetricsF metrics(Theme::dark().table);
        const QString name = QStringLiteral("node_network_receive_compressed_bytes_total");
        const int shared = static_cast<int>(QStringLiteral("node_network_receive_").size());
        const MetricNameParts wide = metricNameParts(name, shared, 1000, metrics);
        QCOMPARE(wide.shared + wide.own, name);
        const double own = metrics.horizontalAdvance(name.mid(shared));
        const MetricNameParts narrow = metricNameParts(name, shared, own + 40, metrics);
        QCOMPARE(narrow.own, QStringLiteral("compressed_bytes_total"));
        QVERIFY2(narrow.shared.startsWith(QStringLiteral("no")) && narrow.shared.endsWith(QChar(0x2026)), qPrintable(narrow.shared));
        const MetricNameParts least = metricNameParts(name, shared, 80, metrics);
        QCOMPARE(least.shared, QString(QChar(0x2026)));
        QVERIFY(metrics.horizontalAdvance(least.shared) + metrics.horizontalAdvance(least.own) <= 80);
        QVERIFY2(least.own.endsWith(QStringLiteral("l")), qPrintable(least.own));
    }
};

QTEST_MAIN(MetricListTest)
#include "metric_list_test.moc"

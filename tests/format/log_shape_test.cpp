// One line of every shape: time, level, message, logger, attributes.
#include "log_rows.h"
#include "qt_test.h"

using namespace nj;
using namespace nj::test;

class LogShapeTest : public QObject {
    Q_OBJECT
private slots:
    void lines_data() {
        QTest::addColumn<QString>("line");
        QTest::addColumn<QString>("format");
        QTest::addColumn<QString>("time");
        QTest::addColumn<int>("severity");
        QTest::addColumn<QString>("body");
        QTest::addColumn<QString>("scope");
        QTest::addColumn<QString>("service");
        QTest::addColumn<QString>("attributes");
#define LINE(name, line, format, time, severity, body, scope, service, attributes) \
    QTest::newRow(name) << QString::fromUtf8(line) << format << time << severity << QString::fromUtf8(body) << scope << service << QString::fromUtf8(attributes)
#ifndef Q_MOC_RUN   // moc cannot read raw strings
#include "log_shape_cases.inc"
#endif
#undef LINE
    }
    void lines() {
        QFETCH(QString, line);
        QFETCH(QString, format);
        QFETCH(QString, time);
        QFETCH(int, severity);
        QFETCH(QString, body);
        QFETCH(QString, scope);
        QFETCH(QString, service);
        QFETCH(QString, attributes);
        std::string name;
        const auto rows = rowsOf(readLog(line.toStdString() + "\n", logOptions(), &name));
        QCOMPARE(q(name), format);
        QCOMPARE(rows.size(), size_t(1));
        const LogRow& row = rows[0];
        QCOMPARE(q(row.time), time);
        QCOMPARE(row.severity, severity);
        QCOMPARE(q(row.body), body);
        QCOMPARE(q(row.scope), scope);
        QCOMPARE(q(row.service), service);
        QCOMPARE(q(row.attributes), attributes);
        QCOMPARE(q(row.original), line);
    }
};

QTEST_APPLESS_MAIN(LogShapeTest)
#include "log_shape_test.moc"

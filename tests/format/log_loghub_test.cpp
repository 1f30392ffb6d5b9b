// loghub's samples of eight systems: every line's time and, where it has one, level; the message as loghub's own parse has it.
#include <QFile>
#include <QTextStream>

#include "log_rows.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using namespace nj::test;

namespace {

// One CSV record; quotes may hold commas.
QStringList csvCells(const QString& line) {
    QStringList cells(QString{});
    bool quoted = false;
    for (qsizetype i = 0; i < line.size(); ++i) {
        const QChar c = line[i];
        if (c == '"') {
            if (quoted && i + 1 < line.size() && line[i + 1] == '"') {
                cells.back() += c;
                ++i;
            } else {
                quoted = !quoted;
            }
        } else if (c == ',' && !quoted) {
            cells << QString();
        } else {
            cells.back() += c;
        }
    }
    return cells;
}

QString squeezed(QString text) { return text.simplified(); }

}  // namespace

class LogLoghubTest : public QObject {
    Q_OBJECT
private slots:
    void systems_data() {
        QTest::addColumn<QString>("system");
        QTest::addColumn<QString>("levelColumn");   // "" = the system's lines have none
        QTest::addColumn<int>("contentDiffers");    // messages that are not exactly loghub's, at most
        QTest::newRow("Apache") << "Apache" << "Level" << 32;   // "[client 1.2.3.4]" is an attribute here
        QTest::newRow("HDFS") << "HDFS" << "Level" << 0;
        QTest::newRow("Hadoop") << "Hadoop" << "Level" << 0;
        QTest::newRow("Linux") << "Linux" << "" << 1;   // " -- root[2421]: ROOT LOGIN" is no tag
        QTest::newRow("OpenSSH") << "OpenSSH" << "" << 0;
        QTest::newRow("OpenStack") << "OpenStack" << "Level" << 0;
        QTest::newRow("Spark") << "Spark" << "Level" << 2;   // "Remoting:" could as well begin a message
        QTest::newRow("Zookeeper") << "Zookeeper" << "Level" << 0;
    }
    void systems() {
        NJ_NEED_SHARED_DATA(root, "loghub-open");
        QFETCH(QString, system);
        QFETCH(QString, levelColumn);
        QFETCH(int, contentDiffers);
        QFile log(root + "/" + system + "/" + system + "_2k.log");
        QVERIFY(log.open(QIODevice::ReadOnly));
        const std::string bytes = log.readAll().toStdString();
        const auto rows = rowsOf(readLog(bytes, logOptions(log.fileName().toStdString())));
        QCOMPARE(rows.size(), size_t(2000));
        QFile csv(root + "/" + system + "/" + system + "_2k.log_structured_corrected.csv");
        QVERIFY(csv.open(QIODevice::ReadOnly));
        QTextStream lines(&csv);
        const QStringList header = csvCells(lines.readLine());
        const auto content = header.indexOf("Content");
        const auto level = levelColumn.isEmpty() ? -1 : header.indexOf(levelColumn);
        int differing = 0;
        for (const LogRow& row : rows) {
            const QStringList cells = csvCells(lines.readLine());
            QVERIFY2(row.time != "-" && (row.timeFlags & (kTimeFromNeighbour | kTimeNone)) == 0, row.original.c_str());
            if (level >= 0)
                QVERIFY2(row.severity != 0 && q(row.severityText).compare(cells[level], Qt::CaseInsensitive) == 0, row.original.c_str());
            if (squeezed(q(row.body)) != squeezed(cells[content])) {
                if (++differing <= 5)
                    qInfo("%s: '%s' instead of '%s'", qPrintable(system), row.body.c_str(), qPrintable(cells[content]));
            }
        }
        qInfo("%s: %d of 2000 messages differ from loghub's", qPrintable(system), differing);
        QVERIFY2(differing <= contentDiffers, qPrintable(QString::number(differing)));
    }
};

QTEST_APPLESS_MAIN(LogLoghubTest)
#include "log_loghub_test.moc"

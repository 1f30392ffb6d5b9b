// lnav's test logs: how many are read with time, level and message, told as a table. What is reached must not be lost again.
#include <QDir>

#include "log_rows.h"
#include "qt_test.h"
#include "shared_data.h"

using namespace nj;
using namespace nj::test;

namespace {

// What the first record of a file is, judged by eye; "" = the file has no such thing (no time in it, no level in its lines).
struct Expected {
    const char* file;
    const char* time;       // prefix
    int severity;           // of the row below
    const char* body;       // prefix
    int row;                // which record is looked at
};

constexpr Expected kExpected[] = {
#ifndef Q_MOC_RUN   // moc cannot read raw strings
#include "log_lnav_cases.inc"
#endif
};

// Why a file of the collection is not in the table.
struct Unread {
    const char* file;
    const char* why;
};
constexpr Unread kUnread[] = {
    {"logfile_empty.0", "has no bytes"},
    {"logfile_tcf.0", "minutes and seconds only, without an hour"},
    {"logfile_tcf.1", "minutes and seconds only, without an hour"},
    {"logfile_openam.0", "the level stands in the seventh quoted column of a table without a header"},
    {"logfile_cxx.0", "the level letter stands behind a hexadecimal counter"},
    {"logfile_json2.json", "levels 0 and 10 have no meaning without the program's own table"},
    {"logfile_invalid_tz.0", "the invalid zone name stays in the message"},
};

}  // namespace

class LogLnavTest : public QObject {
    Q_OBJECT
private slots:
    void files() {
        NJ_NEED_SHARED_DATA(root, "lnav-logs");
        const QStringList names = QDir(root).entryList({"logfile_*"}, QDir::Files);
        int right = 0;
        QStringList wrong;
        for (const QString& name : names) {
            QFile file(root + "/" + name);
            QVERIFY(file.open(QIODevice::ReadOnly));
            std::string format;
            const auto rows = rowsOf(readLog(file.readAll().toStdString(), logOptions(name.toStdString()), &format));
            const auto expected = std::find_if(std::begin(kExpected), std::end(kExpected), [&](const Expected& e) { return name == e.file; });
            if (expected == std::end(kExpected)) {
                const auto unread = std::find_if(std::begin(kUnread), std::end(kUnread), [&](const Unread& u) { return name == u.file; });
                QVERIFY2(unread != std::end(kUnread), qPrintable(name));
                qInfo("%-46s %-16s not read: %s", qPrintable(name), format.c_str(), unread->why);
                continue;
            }
            const LogRow row = size_t(expected->row) < rows.size() ? rows[size_t(expected->row)] : LogRow();
            const bool time = q(row.time).startsWith(expected->time);
            const bool severity = row.severity == expected->severity;
            const bool body = q(row.body).startsWith(QString::fromUtf8(expected->body));
            qInfo("%-46s %-16s %5zu rows  time %s  level %s  message %s", qPrintable(name), format.c_str(), rows.size(), time ? "ok" : row.time.c_str(), severity ? "ok" : "wrong", body ? "ok" : row.body.substr(0, 60).c_str());
            if (time && severity && body)
                ++right;
            else
                wrong << name;
        }
        qInfo("%d of %lld files read right", right, static_cast<long long>(names.size()));
        QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(' ')));
        QCOMPARE(right, int(std::size(kExpected)));
    }
};

QTEST_APPLESS_MAIN(LogLnavTest)
#include "log_lnav_test.moc"

// PromQL over a capsule beside Debian's Prometheus 2.42 on the same history, each asked over its HTTP API: equal within 1e-9. A few hours
// of samples; NIGHTJAR_SIDE_BY_SIDE=24 makes it a day.
#include <QDateTime>

#include "nightjar_process.h"
#include "side_by_side_expressions.h"
#include "side_by_side_history.h"
#include "source/prometheus_fixture.h"

using namespace nj::test;

namespace {

using Points = std::map<qint64, double>;  // by milliseconds
using Answered = std::map<QString, Points>;

double numberOf(const QString& text) {
    if (text == QStringLiteral("NaN"))
        return std::nan("");
    return text.endsWith(QStringLiteral("Inf")) ? (text.startsWith(QLatin1Char('-')) ? -HUGE_VAL : HUGE_VAL) : text.toDouble();
}

void addPoint(Points& points, const QJsonArray& pair) {
    points[std::llround(pair.at(0).toDouble() * 1000)] = numberOf(pair.at(1).toString());
}

Answered parsed(const QByteArray& body, QString& error) {
    const QJsonObject answer = QJsonDocument::fromJson(body).object();
    error = answer.value(QStringLiteral("status")).toString() == QStringLiteral("success")
                ? QString()
                : QString::fromUtf8(body.left(300)) + QStringLiteral(" (no success)");
    const QJsonObject data = answer.value(QStringLiteral("data")).toObject();
    const QJsonArray result = data.value(QStringLiteral("result")).toArray();
    Answered out;
    const QString type = data.value(QStringLiteral("resultType")).toString();
    if (type == QStringLiteral("scalar") || type == QStringLiteral("string")) {
        addPoint(out[type + (type == QStringLiteral("string") ? result.at(1).toString() : QString())], result);
        return out;
    }
    for (const QJsonValue& one : result) {
        Points& points =
            out[QString::fromUtf8(QJsonDocument(one.toObject().value(QStringLiteral("metric")).toObject()).toJson(QJsonDocument::Compact))];
        if (one.toObject().contains(QStringLiteral("value")))
            addPoint(points, one.toObject().value(QStringLiteral("value")).toArray());
        for (const QJsonValue& pair : one.toObject().value(QStringLiteral("values")).toArray()) addPoint(points, pair.toArray());
    }
    return out;
}

bool close(double a, double b) {
    if (std::isnan(a) || std::isnan(b) || std::isinf(a) || std::isinf(b))
        return (std::isnan(a) && std::isnan(b)) || a == b;
    return std::fabs(a - b) <= 1e-9 * std::max(std::fabs(a), std::fabs(b)) || std::fabs(a - b) < 1e-300;
}

// "" where they are equal.
QString difference(const Answered& ours, const Answered& theirs) {
    for (const auto& [series, points] : theirs) {
        const auto own = ours.find(series);
        if (own == ours.end())
            return series + QStringLiteral(" is missing");
        for (const auto& [time, value] : points) {
            const auto at = own->second.find(time);
            if (at == own->second.end())
                return QStringLiteral("%1 has nothing at %2, Prometheus %3").arg(series).arg(time).arg(value, 0, 'g', 17);
            if (!close(at->second, value))
                return QStringLiteral("%1 is %2 at %3, by Prometheus %4")
                    .arg(series)
                    .arg(at->second, 0, 'g', 17)
                    .arg(time)
                    .arg(value, 0, 'g', 17);
        }
        if (own->second.size() != points.size())
            return QStringLiteral("%1 has %2 points, by Prometheus %3").arg(series).arg(own->second.size()).arg(points.size());
    }
    return ours.size() == theirs.size() ? QString() : QStringLiteral("%1 series, by Prometheus %2").arg(ours.size()).arg(theirs.size());
}

}  // namespace

class SideBySideTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase() {
        const qint64 hours = std::max(1, qEnvironmentVariableIntValue("NIGHTJAR_SIDE_BY_SIDE"));
        to_ = QDateTime::currentSecsSinceEpoch() / 7200 * 7200 - 7200;  // Prometheus drops what is older than two weeks
        from_ = to_ - std::max<qint64>(hours, 3) * 3600;
        const QByteArray history = SideBySideHistory(from_, to_).text();
        if (!prometheus_.start(history))
            QSKIP("prometheus is not here: packaging/dependencies fetches it");
        const QString file = folder_.filePath(QStringLiteral("history.om")), capsule = folder_.filePath(QStringLiteral("history.nightjar"));
        QVERIFY(writeFile(file, history));
        QCOMPARE(runNightjar({QStringLiteral("import"), file, QStringLiteral("-o"), capsule}).exitCode, 0);
        port_ = freePort();
        serving_.start(qEnvironmentVariable("NIGHTJAR_BINARY"), {QStringLiteral("serve"), capsule, QStringLiteral("--quiet"),
                                                                 QStringLiteral("--api"), QStringLiteral("127.0.0.1:%1").arg(port_)});
        QVERIFY(serving_.waitForStarted());
        for (int i = 0; i < 200 && fetch(QUrl(QStringLiteral("http://127.0.0.1:%1/-/ready").arg(port_))).status != 200; ++i)
            QTest::qWait(20);
    }
    void cleanupTestCase() {
        serving_.terminate();
        serving_.waitForFinished();
    }
    void instant_data() { expressions(); }
    void instant() {
        QFETCH(QString, expression);
        for (const qint64 time : {from_ + 5400 + 7, (from_ + to_) / 30 * 15 + 7, to_ - 60 + 7})
            compare(QStringLiteral("query"), expression, QStringLiteral("&time=%1").arg(time));
    }
    void range_data() { expressions(); }
    void range() {
        QFETCH(QString, expression);
        if (expression == QStringLiteral("\"text\""))
            return;  // no range of strings
        compare(QStringLiteral("query_range"), expression, wholeRange());
    }
    // Those differ indeed: where they do no more, they belong to the others.
    void differing() {
        for (const char* expression : kDiffering)
            QVERIFY2(!differs(QStringLiteral("query_range"), QString::fromLatin1(expression), wholeRange()).isEmpty(), expression);
    }
    void newer() {
        for (const char* expression : kNewer) {
            QString ourError, theirError;
            const QString when = QStringLiteral("&time=%1").arg(from_ + 5400 + 7);
            ask(port_, QStringLiteral("query"), QString::fromLatin1(expression), when, ourError);
            ask(prometheus_.port, QStringLiteral("query"), QString::fromLatin1(expression), when, theirError);
            QVERIFY2(ourError.isEmpty(), qPrintable(ourError));
            QVERIFY2(!theirError.isEmpty(), expression);
        }
    }

private:
    static void expressions() {
        QTest::addColumn<QString>("expression");
        for (const char* expression : kSideBySide) QTest::newRow(expression) << QString::fromLatin1(expression);
    }
    Answered ask(quint16 port, const QString& route, const QString& expression, const QString& when, QString& error) const {
        const QByteArray form = "query=" + QUrl::toPercentEncoding(expression) + when.toLatin1();
        return parsed(
            fetch(QUrl(QStringLiteral("http://127.0.0.1:%1/api/v1/%2").arg(port).arg(route)), form, "application/x-www-form-urlencoded")
                .body,
            error);
    }
    QString differs(const QString& route, const QString& expression, const QString& when) const {
        QString ourError, theirError;
        const Answered ours = ask(port_, route, expression, when, ourError),
                       theirs = ask(prometheus_.port, route, expression, when, theirError);
        return theirError.isEmpty() && ourError.isEmpty() ? difference(ours, theirs) : ourError + theirError;
    }
    void compare(const QString& route, const QString& expression, const QString& when) {
        const QString different = differs(route, expression, when);
        QVERIFY2(different.isEmpty(), qPrintable(when + QStringLiteral(": ") + different));
    }
    [[nodiscard]] QString wholeRange() const { return QStringLiteral("&start=%1&end=%2&step=75").arg(from_ + 5400 + 7).arg(to_ + 600 + 7); }

    QTemporaryDir folder_;
    PrometheusServer prometheus_;
    QProcess serving_;
    quint16 port_ = 0;
    qint64 from_ = 0, to_ = 0;
};

QTEST_GUILESS_MAIN(SideBySideTest)
#include "side_by_side_test.moc"

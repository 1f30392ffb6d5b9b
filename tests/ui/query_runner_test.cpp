// Questions on query threads: newest wins, answers reach only living receivers, on the UI thread.
#include <QSignalSpy>
#include <QThread>

#include "bridge/query_runner.h"
#include "qt_test.h"
#include "support/fake_backend.h"

using namespace nj;
using namespace nj::ui;
using query::Backend;

namespace {

QueryRunner::BackendFactory fake(std::shared_ptr<test::FakeScript> script) {
    return [script]() -> Result<std::unique_ptr<Backend>> { return std::unique_ptr<Backend>(new test::FakeBackend(script)); };
}
const auto kInfo = [](Backend& b, std::stop_token s) { return b.info(s); };

}  // namespace

class QueryRunnerTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void answersOnTheUiThread() {
        QueryRunner runner(fake(std::make_shared<test::FakeScript>()));
        QThread* answered = nullptr;
        uint64_t spans = 0;
        runner.ask(QStringLiteral("a"), this, kInfo, [&](Result<query::CapsuleInfo>&& info) {
            answered = QThread::currentThread();
            spans = info.ok() ? info->spans : 0;
        });
        QVERIFY(runner.busy(QStringLiteral("a")));
        QTRY_VERIFY(answered);
        QCOMPARE(answered, thread());
        QCOMPARE(spans, uint64_t(216'480));
        QVERIFY(runner.idle());
    }
    void theNewestOfAKeyWins() {
        auto script = std::make_shared<test::FakeScript>();
        script->hold = true;
        QueryRunner runner(fake(script));
        QList<int> answers;
        for (int i = 0; i < 8; ++i)
            runner.ask(QStringLiteral("view"), this, kInfo, [&answers, i](Result<query::CapsuleInfo>&& info) {
                if (info.ok())
                    answers.append(i);
            });
        script->hold = false;
        QTRY_COMPARE(answers, QList<int>{7});
        QTRY_VERIFY(runner.idle());
        QCOMPARE(answers, QList<int>{7});
    }
    void otherKeysAreNotDisturbed() {
        QueryRunner runner(fake(std::make_shared<test::FakeScript>()));
        int answers = 0;
        for (int i = 0; i < 20; ++i)
            runner.ask(QStringLiteral("panel/%1").arg(i), this, kInfo, [&answers](Result<query::CapsuleInfo>&&) { ++answers; });
        QTRY_COMPARE(answers, 20);
    }
    void aDeadReceiverHearsNothing() {
        auto script = std::make_shared<test::FakeScript>();
        script->hold = true;
        QueryRunner runner(fake(script));
        bool heard = false;
        auto* receiver = new QObject;
        runner.ask(QStringLiteral("a"), receiver, kInfo, [&heard](Result<query::CapsuleInfo>&&) { heard = true; });
        delete receiver;
        script->hold = false;
        QTRY_VERIFY(runner.idle());
        QVERIFY(!heard);
    }
    void cancelStopsTheQuestion() {
        auto script = std::make_shared<test::FakeScript>();
        script->hold = true;
        QueryRunner runner(fake(script));
        QSignalSpy busy(&runner, &QueryRunner::busyChanged);
        bool heard = false;
        runner.ask(QStringLiteral("a"), this, kInfo, [&heard](Result<query::CapsuleInfo>&&) { heard = true; });
        QTRY_COMPARE(script->questions.load(), 1);
        runner.cancel(QStringLiteral("a"));
        QVERIFY(runner.idle());
        QTRY_COMPARE(script->cancelled.load(), 1);
        QCoreApplication::processEvents();
        QVERIFY(!heard);
        QCOMPARE(busy.count(), 2);
    }
    void aCapsuleThatDoesNotOpenIsTheAnswer() {
        int opens = 0;
        QueryRunner runner([&opens]() -> Result<std::unique_ptr<Backend>> {
            ++opens;
            return makeError(ErrorCode::kNotACapsule, "This is no capsule.");
        });
        QString message;
        runner.ask(QStringLiteral("a"), this, kInfo, [&](Result<query::CapsuleInfo>&& info) { message = QString::fromStdString(info.error().message); });
        QTRY_COMPARE(message, QStringLiteral("This is no capsule."));
    }
    void endingWithQuestionsUnderWayCancelsThem() {
        auto script = std::make_shared<test::FakeScript>();
        script->hold = true;
        auto runner = std::make_unique<QueryRunner>(fake(script));
        for (int i = 0; i < 6; ++i)
            runner->ask(QStringLiteral("k%1").arg(i), this, kInfo, [](Result<query::CapsuleInfo>&&) {});
        QTRY_VERIFY(script->questions.load() >= 1);
        runner.reset();   // returns although the questions would wait for ever
        QVERIFY(script->cancelled.load() >= 1);
    }
    void anAnswerMayAskAgain() {
        QueryRunner runner(fake(std::make_shared<test::FakeScript>()));
        int rounds = 0;
        std::function<void()> ask = [&] {
            runner.ask(QStringLiteral("a"), this, kInfo, [&](Result<query::CapsuleInfo>&&) {
                if (++rounds < 3)
                    ask();
            });
        };
        ask();
        QTRY_COMPARE(rounds, 3);
        QTRY_VERIFY(runner.idle());
    }
};

QTEST_MAIN(QueryRunnerTest)
#include "query_runner_test.moc"

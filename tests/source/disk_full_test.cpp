// The disk runs full while receivers receive: what comes is refused with a delay, the reason is said, it goes on when there is room again,
// and what was acknowledged is there once.
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include <fstream>
#include <random>
#include <set>

#include "grpc_client.h"
#include "receiver_fixture.h"
#include "sqlite/database.h"
#include "support/fault_vfs.h"

using namespace nj;
using namespace nj::test;

namespace {

constexpr TimeNs kStart = 1'770'000'000'000'000'000;
constexpr int kSpans = 200;

// Both receivers on one capsule.
struct Both : ReceivingCapsule {
    explicit Both(const QString& where = {}) : ReceivingCapsule({}, {}, source::createHttpReceiver, where), grpc(source::createGrpcReceiver({}, *live)) {
        if (!grpc->start().ok())
            qFatal("no port for gRPC");
    }
    std::unique_ptr<source::Receiver> grpc;
};

// Each span has a name that does not compress.
QByteArray noise(uint64_t number) {
    std::mt19937_64 random(number);
    QByteArray name;
    for (int i = 0; i < 2000; ++i)
        name += static_cast<char>('!' + random() % 90);
    return spansRequest(number * kSpans + 1, kSpans, kStart + static_cast<TimeNs>(number) * kSpans * kMillisecond, name.constData());
}

// True when it was acknowledged; what refuses must say so as senders understand it.
bool sendHttp(const Both& both, uint64_t number) {
    HttpClient client(both.port());
    const HttpAnswer answer = client.post("/v1/traces", noise(number));
    if (answer.status != 200 && (answer.status != 503 || !answer.head.contains("Retry-After") || !answer.body.contains("full")))
        qFatal("%d: %s", answer.status, answer.body.constData());
    return answer.status == 200;
}
bool sendGrpc(const Both& both, uint64_t number) {
    GrpcClient client(both.grpc->address());
    const GrpcAnswer answer = client.send(kTracesMethod, noise(number));
    if (!answer.status.ok() && (answer.status.error_code() != grpc::StatusCode::UNAVAILABLE || answer.status.error_details().find("RetryInfo") == std::string::npos))
        qFatal("%d: %s", answer.code(), answer.status.error_message().c_str());
    return answer.status.ok();
}

// Sends until it is refused over both; returns the next number.
uint64_t fill(const Both& both, uint64_t next) {
    for (bool http = true, grpc = true; http || grpc; ++next) {
        // What is refused is sent again by the next round, under the same number.
        const bool taken = next % 2 == 0 ? sendHttp(both, next) : sendGrpc(both, next);
        (next % 2 == 0 ? http : grpc) = taken;
        if (next > 5000)
            qFatal("the disk does not run full");
    }
    return next;
}

void check(Both& both, const std::function<void()>& makeFull, const std::function<void()>& makeRoom) {
    std::set<uint64_t> acknowledged;
    uint64_t next = 0;
    for (; next < 6; ++next)
        QVERIFY(next % 2 == 0 ? sendHttp(both, next) : sendGrpc(both, next));
    for (int round = 0; round < 2; ++round) {
        makeFull();
        const uint64_t full = fill(both, next);
        QVERIFY2(both.live->problem().find("full") != std::string::npos, both.live->problem().c_str());
        QVERIFY(!sendHttp(both, full) && !sendGrpc(both, full));
        makeRoom();
        // All again, as senders that keep what is not acknowledged do.
        for (; next <= full; ++next)
            QVERIFY2(next % 2 == 0 ? sendHttp(both, next) : sendGrpc(both, next), "it goes on when there is room");
        QCOMPARE(both.live->problem(), std::string());
    }
    both.grpc->stop();
    QCOMPARE(both.close().spans, next * kSpans);
    const auto reader = store::CapsuleReader::open(both.path);
    QCOMPARE(*(*reader)->database().queryText("PRAGMA integrity_check"), std::string("ok"));
}

}  // namespace

class DiskFullTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void faultyDisk() {
        FaultVfs disk;
        Both both;
        check(both, [&] { disk.room = 2 << 20; }, [&] { disk.room = INT64_MAX; });
    }
    // A real one of 24 MB, in a mount namespace of this program alone.
    void realDisk() {
        QTemporaryDir folder;
        const std::string path = folder.path().toStdString();
        if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 || ::mount("tmpfs", path.c_str(), "tmpfs", 0, "size=24m") != 0)
            QSKIP("a small disk of its own needs root");
        {
            Both both(folder.filePath(QStringLiteral("live.nightjar")));
            const std::string ballast = path + "/ballast";
            check(
                both,
                [&] {
                    // All that is left but a little.
                    const auto space = std::filesystem::space(path);
                    std::ofstream file(ballast, std::ios::binary);
                    file << std::string(space.available > (1U << 20) ? space.available - (1U << 20) : 0, 'x');
                },
                [&] { std::filesystem::remove(ballast); });
        }
        ::umount2(path.c_str(), MNT_DETACH);
    }
};

QTEST_GUILESS_MAIN(DiskFullTest)
#include "disk_full_test.moc"

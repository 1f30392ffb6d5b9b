// Many connections, slow ones, and more than a slow disk takes: a good client is answered, and the receiving process stays small. The test
// runs itself as that process.
#include <malloc.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <QProcess>
#include <fstream>
#include <iostream>
#include <thread>

#include "grpc_client.h"
#include "receiver_fixture.h"
#include "support/fault_vfs.h"

using namespace nj;
using namespace nj::test;

namespace {

constexpr std::string_view kServe = "--serve";
constexpr int kIdle = 1000, kSlow = 200, kArenas = 2;
constexpr uint64_t kMaxMemory = 300U << 20;
constexpr TimeNs kStart = 1'770'000'000'000'000'000;

// ---- the receiving process: PATH, milliseconds a sync takes
int serve(const char* path, const char* syncMs) {
    mallopt(M_ARENA_MAX, kArenas);   // as `nightjar serve`
    FaultVfs disk;
    disk.syncMs = std::atoi(syncMs);
    const auto writer = store::CapsuleWriter::open(path);
    if (!writer.ok())
        return 2;
    {
        ingest::LiveWriter live(**writer);
        const auto http = source::createHttpReceiver({}, live), grpc = source::createGrpcReceiver({}, live);
        if (!http->start().ok() || !grpc->start().ok())
            return 3;
        std::cout << http->address() << ' ' << grpc->address() << std::endl;
        std::string word;
        while (std::cin >> word) {
        }
        disk.syncMs = 0;
        http->stop();
        grpc->stop();
    }
    return (*writer)->close().ok() ? 0 : 4;
}

class Serving {
public:
    explicit Serving(int syncMs) {
        process_.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        process_.start(QCoreApplication::applicationFilePath(), {QString::fromUtf8(kServe.data()), path(), QString::number(syncMs)});
        if (!process_.waitForReadyRead(30'000))
            qFatal("the receiving process does not start");
        const QList<QByteArray> addresses = process_.readAllStandardOutput().trimmed().split(' ');
        http = static_cast<quint16>(addresses.value(0).split(':').last().toUInt());
        grpc = addresses.value(1).toStdString();
    }
    [[nodiscard]] QString path() const { return folder_.filePath(QStringLiteral("live.nightjar")); }
    // The most memory it ever had resident, in bytes.
    [[nodiscard]] uint64_t peakMemory() const {
        std::ifstream status("/proc/" + std::to_string(process_.processId()) + "/status");
        for (std::string line; std::getline(status, line);)
            if (line.starts_with("VmHWM:"))
                return std::strtoull(line.c_str() + 6, nullptr, 10) * 1024;
        return 0;
    }
    // What it has stored when it went down by itself.
    store::SignalTotals end() {
        process_.closeWriteChannel();
        if (!process_.waitForFinished(60'000) || process_.exitStatus() != QProcess::NormalExit || process_.exitCode() != 0)
            qFatal("the receiving process did not end well");
        return *(*store::CapsuleReader::open(path().toStdString()))->totals();
    }
    quint16 http = 0;
    std::string grpc;

private:
    QTemporaryDir folder_;
    QProcess process_;
};

// A connection that is opened and of which little or nothing is heard.
class Connection {
public:
    explicit Connection(quint16 port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
        sockaddr_in to{};
        to.sin_family = AF_INET;
        to.sin_port = htons(port);
        to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        if (::connect(socket_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0)
            qFatal("a connection is refused");
    }
    ~Connection() { ::close(socket_); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    // False where it was ended by the other side.
    bool write(std::string_view bytes) { return ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT) == static_cast<ssize_t>(bytes.size()); }

private:
    int socket_;
};

bool raiseOpenFiles() {
    rlimit limit{};
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return false;
    limit.rlim_cur = limit.rlim_max;
    return setrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur >= 4096;
}

}  // namespace

class OverloadTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void idleAndSlowConnections() {
        // The receiver raises its own limit, which it inherits from us as it is.
        Serving serving(0);
        if (!raiseOpenFiles())
            QSKIP("2,200 connections need a limit of open files (ulimit -Hn) of 4,096");
        std::vector<std::unique_ptr<Connection>> idle, slow;
        const auto grpcPort = static_cast<quint16>(QByteArray::fromStdString(serving.grpc).split(':').last().toUInt());
        for (int i = 0; i < kIdle; ++i) {
            idle.push_back(std::make_unique<Connection>(serving.http));
            idle.push_back(std::make_unique<Connection>(grpcPort));
            // An HTTP/2 connection as a client leaves it: preface and empty settings.
            idle.back()->write(std::string_view("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0\0", 33));
        }
        for (int i = 0; i < kSlow; ++i) {
            slow.push_back(std::make_unique<Connection>(serving.http));
            slow.back()->write(i % 2 ? "POST /v1/traces HTTP/1.1\r\nHost: loc" : "POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-protobuf\r\nContent-Length: 100000\r\n\r\nx");
        }
        std::atomic<bool> trickling = true;
        std::jthread trickle([&] {
            while (trickling) {
                for (const auto& connection : slow)
                    connection->write("a");
                std::this_thread::sleep_for(std::chrono::milliseconds(100));
            }
        });
        {
            HttpClient good(serving.http);
            GrpcClient goodGrpc(serving.grpc);
            for (uint64_t i = 0; i < 200; ++i) {
                QCOMPARE(good.post("/v1/traces", spanRequest(1 + 2 * i)).status, 200);
                QCOMPARE(goodGrpc.send(kTracesMethod, spanRequest(2 + 2 * i)).code(), 0);
            }
            // New ones too, not only those that were there first.
            for (uint64_t i = 0; i < 20; ++i) {
                HttpClient fresh(serving.http);
                QCOMPARE(fresh.post("/v1/traces", spanRequest(1001 + i)).status, 200);
                GrpcClient freshGrpc(serving.grpc);
                QCOMPARE(freshGrpc.send(kTracesMethod, spanRequest(2001 + i)).code(), 0);
            }
        }
        trickling = false;
        trickle.join();
        const uint64_t peak = serving.peakMemory();
        qInfo("%d idle connections each, %d slow ones: %llu MiB at most", kIdle, kSlow, static_cast<unsigned long long>(peak >> 20));
        QVERIFY(peak > 0 && peak < kMaxMemory);
        idle.clear();
        slow.clear();
        QCOMPARE(serving.end().spans, uint64_t(440));
    }
    // What the disk takes is taken, the rest is told to come later, and no memory is given to it meanwhile.
    void moreThanTheDiskTakes() {
        // 48 clients with 2 MB each under way are more than may wait for the disk.
        constexpr int spans = 30'000, requests = 4;
        constexpr uint64_t kClients = 24;   // of each kind
        Serving serving(150);
        std::atomic<uint64_t> acknowledged = 0, later = 0, other = 0;
        {
            std::vector<std::jthread> clients;
            for (uint64_t c = 0; c < 2 * kClients; ++c)
                clients.emplace_back([&, c] {
                    const bool http = c % 2 == 0;
                    HttpClient client(serving.http);
                    GrpcClient grpcClient(serving.grpc);
                    for (int i = 0; i < requests; ++i) {
                        const uint64_t first = (c * static_cast<uint64_t>(requests) + static_cast<uint64_t>(i)) * static_cast<uint64_t>(spans) + 1;
                        const QByteArray body = spansRequest(first, spans, kStart + static_cast<TimeNs>(first) * kMillisecond, "a span with a name that is not short");
                        int status = 0;
                        if (http) {
                            HttpClient fresh(serving.http);   // a refused body ends its connection
                            fresh.write(HttpClient::request(serving.http, "/v1/traces", body));
                            status = fresh.read(120'000).status;
                        } else {
                            const int code = grpcClient.send(kTracesMethod, body).code();
                            status = code == 0 ? 200 : code == static_cast<int>(grpc::StatusCode::UNAVAILABLE) ? 503 : code;
                        }
                        ++(status == 200 ? acknowledged : status == 503 ? later : other);
                    }
                });
        }
        const uint64_t peak = serving.peakMemory();
        qInfo("%llu requests acknowledged, %llu told to come later, %llu otherwise: %llu MiB at most", static_cast<unsigned long long>(acknowledged.load()),
              static_cast<unsigned long long>(later.load()), static_cast<unsigned long long>(other.load()), static_cast<unsigned long long>(peak >> 20));
        QVERIFY(peak > 0 && peak < kMaxMemory);
        QVERIFY(acknowledged > 0);
        QVERIFY2(later > 0, "it was not overloaded");
        QCOMPARE(other.load(), uint64_t(0));
        // Afterwards it takes what comes.
        HttpClient after(serving.http);
        QCOMPARE(after.post("/v1/traces", spanRequest(uint64_t{1} << 40)).status, 200);
        const uint64_t stored = serving.end().spans;
        QVERIFY2(stored >= acknowledged * static_cast<uint64_t>(spans) + 1, "acknowledged and not there");
        QCOMPARE(stored % static_cast<uint64_t>(spans), uint64_t(1));
    }
};

int main(int argc, char** argv) {
    if (argc == 4 && argv[1] == kServe)
        return serve(argv[2], argv[3]);
    QCoreApplication app(argc, argv);
    OverloadTest test;
    return QTest::qExec(&test, argc, argv);
}
#include "overload_test.moc"

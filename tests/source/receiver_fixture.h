// A capsule that receives: writer, live writer and a receiver on a free port of loopback, and a client that speaks raw HTTP.
#pragma once

#include <QTcpSocket>
#include <QTemporaryDir>

#include "ingest/live_writer.h"
#include "qt_test.h"
#include "source/receiver.h"
#include "store/capsule_reader.h"
#include "store/capsule_writer.h"

namespace nj::test {

struct HttpAnswer {
    int status = 0;       // 0 = the connection ended without an answer
    QByteArray head, body;
};

class HttpClient {
public:
    explicit HttpClient(quint16 port) : port_(port) {
        socket_.connectToHost(QStringLiteral("127.0.0.1"), port);
        socket_.waitForConnected(5000);
    }
    static QByteArray request(quint16 port, const char* path, const QByteArray& body, const QByteArray& headers = "Content-Type: application/x-protobuf\r\n", const char* method = "POST") {
        return QByteArray(method) + ' ' + path + " HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(port) + "\r\n" + headers + "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body;
    }
    HttpAnswer post(const char* path, const QByteArray& body, const QByteArray& headers = "Content-Type: application/x-protobuf\r\n") {
        write(request(port_, path, body, headers));
        return read();
    }
    void write(const QByteArray& bytes) {
        socket_.write(bytes);
        while (socket_.bytesToWrite() > 0 && socket_.waitForBytesWritten(5000)) {
        }
    }
    HttpAnswer read(int patience = 10'000) {
        HttpAnswer answer;
        while (!buffer_.contains("\r\n\r\n"))
            if (!more(patience))
                return answer;
        const qsizetype end = buffer_.indexOf("\r\n\r\n");
        answer.head = buffer_.left(end);
        const qsizetype at = answer.head.toLower().indexOf("content-length:");
        const qsizetype length = at < 0 ? 0 : answer.head.mid(at + 15, answer.head.indexOf('\r', at) < 0 ? -1 : answer.head.indexOf('\r', at) - at - 15).trimmed().toInt();
        while (buffer_.size() < end + 4 + length)
            if (!more(patience))
                return answer;
        answer.body = buffer_.mid(end + 4, length);
        answer.status = answer.head.mid(9, 3).toInt();
        buffer_.remove(0, end + 4 + length);
        return answer;
    }
    [[nodiscard]] bool open() {
        socket_.waitForReadyRead(0);
        return socket_.state() == QAbstractSocket::ConnectedState;
    }
    QTcpSocket& socket() { return socket_; }

private:
    bool more(int patience) {
        if (socket_.bytesAvailable() == 0 && !socket_.waitForReadyRead(patience))
            return false;
        buffer_ += socket_.readAll();
        return true;
    }
    quint16 port_;
    QTcpSocket socket_;
    QByteArray buffer_;
};

inline quint16 portOf(const source::Receiver& receiver) { return static_cast<quint16>(QByteArray::fromStdString(receiver.address()).split(':').last().toUInt()); }

// Spans `first` … `first + count - 1` of one service in OTLP's wire format, a millisecond apart from `start` on.
inline QByteArray spansRequest(uint64_t first, int count, TimeNs start, const char* name = "work") {
    const auto field = [](int n, const QByteArray& bytes) {
        QByteArray out(1, static_cast<char>(n << 3 | 2));
        for (qsizetype size = bytes.size();; size >>= 7) {
            out += static_cast<char>((size & 0x7f) | (size >= 0x80 ? 0x80 : 0));
            if (size < 0x80)
                break;
        }
        return out + bytes;
    };
    const auto fixed = [](int n, uint64_t value) { return QByteArray(1, static_cast<char>(n << 3 | 1)) + QByteArray(reinterpret_cast<const char*>(&value), 8); };
    QByteArray spans;
    for (uint64_t number = first; number < first + static_cast<uint64_t>(count); ++number) {
        QByteArray id(16, '\x11'), span(8, '\x22');
        std::memcpy(id.data(), &number, 8);
        std::memcpy(span.data(), &number, 8);
        id[15] = span[7] = '\x01';
        const uint64_t at = static_cast<uint64_t>(start) + (number - first) * 1'000'000;
        spans += field(2, field(1, id) + field(2, span) + field(5, name) + fixed(7, at) + fixed(8, at + 5'000'000));
    }
    const QByteArray resource = field(1, field(1, field(1, "service.name") + field(2, field(1, "tester"))));
    return field(1, resource + field(2, spans));
}

// One span; its time follows from its number.
inline QByteArray spanRequest(uint64_t number, const char* name = "work") { return spansRequest(number, 1, 1'770'000'000'000'000'000LL + static_cast<TimeNs>(number) * 1'000'000, name); }

// No room for more than a little, and no commit at all.
class FullTarget final : public source::DeliveryTarget {
public:
    void deliver(source::Delivery&& delivery) override { delivery.done(source::Outcome::kBusy, "the disk is full"); }
    [[nodiscard]] bool hasRoom(size_t bytes) const override { return bytes < 1000; }
    [[nodiscard]] std::string cursor(const std::string&) const override { return {}; }
};

struct ReceivingCapsule {
    QTemporaryDir folder;
    std::string path = folder.filePath(QStringLiteral("live.nightjar")).toStdString();
    std::unique_ptr<store::CapsuleWriter> writer;
    std::unique_ptr<ingest::LiveWriter> live;
    std::unique_ptr<source::Receiver> receiver;

    using Create = std::unique_ptr<source::Receiver> (*)(source::ListenOptions, source::DeliveryTarget&);
    explicit ReceivingCapsule(source::ListenOptions options = {}, ingest::LiveWriterOptions limits = {}, Create create = source::createHttpReceiver, const QString& where = {}) {
        if (!where.isEmpty())
            path = where.toStdString();
        auto opened = store::CapsuleWriter::open(path);
        if (!opened.ok())
            qFatal("%s", opened.error().message.c_str());
        writer = std::move(*opened);
        live = std::make_unique<ingest::LiveWriter>(*writer, limits);
        receiver = create(std::move(options), *live);
        if (const Status started = receiver->start(); !started.ok())
            qFatal("%s", started.error().message.c_str());
    }
    [[nodiscard]] quint16 port() const { return portOf(*receiver); }
    // Stops and closes; what the capsule then holds.
    store::SignalTotals close() {
        receiver->stop();
        live->stop();
        const Status closed = writer->close();
        if (!closed.ok())
            qFatal("%s", closed.error().message.c_str());
        auto reader = store::CapsuleReader::open(path);
        return *(*reader)->totals();
    }
};

}  // namespace nj::test

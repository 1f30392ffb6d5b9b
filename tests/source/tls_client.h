// A client that speaks HTTP over TLS and trusts one certificate: the one whose fingerprint it was told.
#pragma once

#include <QSslCertificate>
#include <QSslSocket>

namespace nj::test {

class TlsClient {
public:
    explicit TlsClient(quint16 port) : port_(port) {
        socket_.setPeerVerifyMode(QSslSocket::QueryPeer);
        socket_.ignoreSslErrors();
        socket_.connectToHostEncrypted(QStringLiteral("127.0.0.1"), port);
        socket_.waitForEncrypted(10'000);
    }
    // SHA-256, as "AB:CD:…"; "" where there is no TLS.
    [[nodiscard]] QByteArray fingerprint() const { return socket_.peerCertificate().digest(QCryptographicHash::Sha256).toHex(':').toUpper(); }
    // The status; 0 = none came.
    int post(const QByteArray& body, const QByteArray& headers) {
        socket_.write("POST /v1/traces HTTP/1.1\r\nHost: 127.0.0.1:" + QByteArray::number(port_) + "\r\nContent-Type: application/x-protobuf\r\n" + headers +
                      "Content-Length: " + QByteArray::number(body.size()) + "\r\n\r\n" + body);
        while (socket_.bytesToWrite() > 0 && socket_.waitForBytesWritten(10'000)) {
        }
        QByteArray answer;
        while (!answer.contains("\r\n\r\n") && (socket_.bytesAvailable() > 0 || socket_.waitForReadyRead(10'000)))
            answer += socket_.readAll();
        return answer.mid(9, 3).toInt();
    }

private:
    quint16 port_;
    QSslSocket socket_;
};

}  // namespace nj::test

// An HTTP server on loopback that answers as a test says, and a target that keeps what sources deliver. The server runs in the event loop of
// the test's thread: what blocks that thread (a probe) is called from another.
#pragma once

#include <QHash>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTimer>
#include <QUrl>
#include <QUrlQuery>

#include <functional>
#include <future>
#include <map>
#include <mutex>

#include "qt_test.h"
#include "source/source.h"

namespace nj::test {

struct Asked {
    QByteArray method, path;     // without the query
    QUrlQuery query;
    QHash<QByteArray, QByteArray> headers;   // names in small letters
    QByteArray body;
    [[nodiscard]] QString parameter(const char* name) const { return query.queryItemValue(QLatin1String(name), QUrl::FullyDecoded); }
};

struct Told {
    int status = 200;
    QByteArray body;
    QByteArray type = "application/json";
    QByteArray headers = {};     // "Retry-After: 1\r\n"
    int delay = 0;               // ms
    qsizetype promised = -1;     // Content-Length where it is not the body's: the connection ends before
};

class LoopbackServer {
public:
    using Answer = std::function<Told(const Asked&)>;
    explicit LoopbackServer(Answer answer) : answer_(std::move(answer)) {
        if (!server_.listen(QHostAddress::LocalHost))
            qFatal("no port on loopback");
        QObject::connect(&server_, &QTcpServer::newConnection, &server_, [this] {
            while (QTcpSocket* socket = server_.nextPendingConnection())
                serve(socket);
        });
    }
    [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(server_.serverPort()); }
    [[nodiscard]] std::string url(const std::string& path = {}) const { return "http://" + host() + path; }
    void setAnswer(Answer answer) { answer_ = std::move(answer); }
    QVector<Asked> asked;

private:
    void serve(QTcpSocket* socket) {
        auto* buffer = new QByteArray;
        QObject::connect(socket, &QObject::destroyed, [buffer] { delete buffer; });
        QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
        QObject::connect(socket, &QTcpSocket::readyRead, socket, [this, socket, buffer] {
            *buffer += socket->readAll();
            while (std::optional<Asked> request = takeRequest(*buffer)) {
                asked.push_back(*request);
                const Told told = answer_(*request);
                QTimer::singleShot(told.delay, socket, [socket, told] {
                    socket->write("HTTP/1.1 " + QByteArray::number(told.status) + " Said\r\nContent-Type: " + told.type + "\r\n" + told.headers +
                                  "Content-Length: " + QByteArray::number(told.promised < 0 ? told.body.size() : told.promised) + "\r\n\r\n" + told.body);
                    if (told.promised >= 0)
                        socket->disconnectFromHost();
                });
            }
        });
    }

    static std::optional<Asked> takeRequest(QByteArray& buffer) {
        const qsizetype end = buffer.indexOf("\r\n\r\n");
        if (end < 0)
            return std::nullopt;
        Asked request;
        const QList<QByteArray> lines = buffer.left(end).split('\n');
        const QList<QByteArray> first = lines.front().trimmed().split(' ');
        request.method = first.value(0);
        const QUrl url = QUrl::fromEncoded(first.value(1));
        request.path = url.path().toUtf8();
        request.query = QUrlQuery(QString(url.query(QUrl::FullyEncoded)).replace(QLatin1Char('+'), QLatin1String("%20")));
        for (const QByteArray& line : lines.mid(1)) {
            const qsizetype colon = line.indexOf(':');
            request.headers.insert(line.left(colon).toLower(), line.mid(colon + 1).trimmed());
        }
        const qsizetype length = request.headers.value("content-length").toLongLong();
        if (buffer.size() < end + 4 + length)
            return std::nullopt;
        request.body = buffer.mid(end + 4, length);
        buffer.remove(0, end + 4 + length);
        return request;
    }

    QTcpServer server_;
    Answer answer_;
};

// Keeps deliveries and cursors; refuses while it is told to.
class KeepingTarget final : public source::DeliveryTarget {
public:
    void deliver(source::Delivery&& delivery) override {
        const bool taken = keep(delivery);
        delivery.done(taken ? source::Outcome::kCommitted : source::Outcome::kBusy, taken ? "" : "the disk is full");
    }
    [[nodiscard]] bool hasRoom(size_t) const override { return true; }
    [[nodiscard]] std::string cursor(const std::string& name) const override {
        const std::scoped_lock lock(mutex_);
        const auto known = cursors_.find(name);
        return known == cursors_.end() ? std::string() : known->second;
    }
    void refuse(int deliveries) {
        const std::scoped_lock lock(mutex_);
        refused_ = deliveries;
    }
    // As a disk that is full from then on; -1 = never.
    void refuseAfter(int deliveries) {
        const std::scoped_lock lock(mutex_);
        left_ = deliveries;
    }
    [[nodiscard]] std::vector<Batch> batches() const {
        const std::scoped_lock lock(mutex_);
        return batches_;
    }

private:
    bool keep(source::Delivery& delivery) {
        const std::scoped_lock lock(mutex_);
        if (refused_ > 0 || left_ == 0) {
            refused_ -= refused_ > 0 ? 1 : 0;
            return false;
        }
        left_ -= left_ > 0 ? 1 : 0;
        if (!delivery.cursor.name.empty())
            cursors_[delivery.cursor.name] = delivery.cursor.value;
        batches_.push_back(std::move(delivery.batch));
        return true;
    }

    mutable std::mutex mutex_;
    std::vector<Batch> batches_;                    // guarded by mutex_
    std::map<std::string, std::string> cursors_;    // guarded by mutex_
    int refused_ = 0, left_ = -1;                   // guarded by mutex_
};

// From another thread, while this one goes on answering.
template <typename Work>
auto aside(Work work) {
    auto result = std::async(std::launch::async, std::move(work));
    while (result.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
        QCoreApplication::processEvents(QEventLoop::AllEvents, 20);
    return result.get();
}

}  // namespace nj::test

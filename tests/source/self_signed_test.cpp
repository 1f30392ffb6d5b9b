// The certificate of receivers that other computers reach.
#include <QSslCertificate>
#include <QSslKey>
#include <QSslSocket>
#include <QTemporaryDir>
#include <sys/stat.h>

#include <fstream>
#include <thread>

#include "qt_test.h"
#include "source/listen_source.h"
#include "source/self_signed.h"

using namespace nj;
using namespace nj::source;

namespace {

QSslCertificate read(const std::string& pem) { return QSslCertificate(QByteArray::fromStdString(pem)); }

}  // namespace

class SelfSignedTest : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void isACertificateOfItsNames() {
        const std::string names[] = {"localhost", "collector.example", "10.1.2.3", "::1"};
        const auto made = makeSelfSigned(names);
        QVERIFY(made.ok());
        const QSslCertificate certificate = read(made->certificate);
        QVERIFY(!certificate.isNull());
        QCOMPARE(certificate.publicKey().algorithm(), QSsl::Ec);
        QCOMPARE(certificate.publicKey().length(), 256);
        QVERIFY(certificate.isSelfSigned());
        QVERIFY(certificate.effectiveDate() < QDateTime::currentDateTime());
        QVERIFY(certificate.expiryDate() > QDateTime::currentDateTime().addYears(5));
        const auto alternatives = certificate.subjectAlternativeNames();
        QVERIFY(alternatives.contains(QSsl::DnsEntry, QStringLiteral("collector.example")));
        QVERIFY(alternatives.contains(QSsl::IpAddressEntry, QStringLiteral("10.1.2.3")));
        QCOMPARE(QByteArray::fromStdString(*fingerprintOf(made->certificate)), certificate.digest(QCryptographicHash::Sha256).toHex(':').toUpper());
        QVERIFY2(makeSelfSigned(names)->certificate != made->certificate, "each has a key of its own");
    }
    void isKeptForItsUserAlone() {
        QTemporaryDir folder;
        const std::filesystem::path where = folder.filePath(QStringLiteral("deep/down")).toStdString();
        const auto first = keptIdentity(where);
        QVERIFY2(first.ok(), first.ok() ? "" : first.error().message.c_str());
        struct stat file{};
        QCOMPARE(::stat(first->privateKey.c_str(), &file), 0);
        QCOMPARE(file.st_mode & 07777U, 0600U);
        const auto identity = readIdentity(*first);
        QVERIFY(identity.ok());
        // The same the next time, and for those who ask at once.
        std::vector<std::string> seen(8);
        {
            std::vector<std::jthread> threads;
            for (std::string& certificate : seen)
                threads.emplace_back([&] { certificate = readIdentity(*keptIdentity(where))->certificate; });
        }
        for (const std::string& certificate : seen)
            QCOMPARE(certificate, identity->certificate);
        // A key that went is made again, with its certificate.
        std::filesystem::remove(first->privateKey);
        QVERIFY(readIdentity(*keptIdentity(where))->certificate != identity->certificate);
        QVERIFY(!keptIdentity({}).ok());
        QVERIFY(!keptIdentity("/proc/nowhere").ok());
    }
    void whatDoesNotBelongTogetherIsSaid() {
        QTemporaryDir folder;
        const auto one = *keptIdentity(folder.filePath(QStringLiteral("one")).toStdString());
        const auto two = *keptIdentity(folder.filePath(QStringLiteral("two")).toStdString());
        const auto mixed = readIdentity({one.certificate, two.privateKey});
        QVERIFY(!mixed.ok());
        QVERIFY(mixed.error().message.find("is not the key of") != std::string::npos);
        QVERIFY(!readIdentity({one.privateKey, one.privateKey}).ok());
        QVERIFY(!readIdentity({one.certificate, one.certificate}).ok());
        QVERIFY(!readIdentity({one.certificate, "/nowhere"}).ok());
        QVERIFY(!fingerprintOf("not PEM").ok());
        QVERIFY(!fingerprintOf("").ok());
    }
    void onlyAddressesOfOthersGetOne() {
        QTemporaryDir folder;
        const std::filesystem::path where = folder.path().toStdString();
        const auto secured = [&](const char* kind, const char* address) {
            SourceConfig config{kind, {}};
            config.set("address", address);
            return *withIdentity(config, where);
        };
        QVERIFY(secured("otlp_http", "127.0.0.1:4318").value("certificate").empty());
        QVERIFY(secured("otlp_grpc", ":4317").value("certificate").empty());
        QVERIFY2(std::filesystem::is_empty(where), "nothing is made where nothing is needed");
        QVERIFY(!secured("otlp_http", "0.0.0.0:4318").value("certificate").empty());
        QVERIFY(!secured("otlp_grpc", "[::]:4317").value("private_key").empty());
        SourceConfig plain{"otlp_http", {}};
        plain.set("address", "0.0.0.0:4318");
        plain.set("plain", "yes");
        QVERIFY(withIdentity(plain, where)->value("certificate").empty());
    }
    // What the source says of itself.
    void fingerprintIsShown() {
        class Nowhere final : public DeliveryTarget {
            void deliver(Delivery&& delivery) override { delivery.done(Outcome::kBusy, ""); }
            [[nodiscard]] bool hasRoom(size_t) const override { return true; }
            [[nodiscard]] std::string cursor(const std::string&) const override { return {}; }
        } nowhere;
        QTemporaryDir folder;
        for (const char* kind : {"otlp_http", "otlp_grpc"}) {
            SourceConfig config{kind, {}};
            config.set("address", "0.0.0.0:0");
            config.set("token", "0123456789abcdef0123456789abcdef");
            const auto bare = createSource(config, nowhere);
            QVERIFY(bare.ok());
            QVERIFY2(!(*bare)->start().ok(), "without a certificate it does not listen");
            const auto ready = *withIdentity(config, folder.path().toStdString());
            const auto source = createSource(ready, nowhere);
            QVERIFY(source.ok());
            QVERIFY((*source)->start().ok());
            std::ifstream file(ready.value("certificate"));
            const std::string pem{std::istreambuf_iterator<char>(file), {}};
            QVERIFY((*source)->state().activity.find(*fingerprintOf(pem)) != std::string::npos);
            (*source)->stop();
            config.set("plain", "yes");
            const auto plain = createSource(config, nowhere);
            QVERIFY((*plain)->start().ok());
            QCOMPARE((*plain)->state().activity, std::string("listening without TLS"));
        }
    }
};

QTEST_GUILESS_MAIN(SelfSignedTest)
#include "self_signed_test.moc"

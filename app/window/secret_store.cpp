#include "window/secret_store.h"

#include <QFile>
#include <QFileInfo>
#include <QDir>
#include <QJsonDocument>
#include <QJsonObject>
#include <QSaveFile>
#include <qt6keychain/keychain.h>

namespace nj::app {
namespace {

const QString kService = QStringLiteral("nightjar");

QJsonObject readAll(const QString& path) {
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? QJsonDocument::fromJson(file.readAll()).object() : QJsonObject();
}

}  // namespace

SecretStore::SecretStore(QString file, bool useKeyring, QObject* parent) : QObject(parent), file_(std::move(file)), useKeyring_(useKeyring) {}

QString SecretStore::place() const { return useKeyring_ ? tr("the system's keyring") : file_; }

void SecretStore::writeFile(const QString& key, const QString& secret) {
    QJsonObject all = readAll(file_);
    if (secret.isEmpty())
        all.remove(key);
    else
        all.insert(key, secret);
    QDir().mkpath(QFileInfo(file_).path());
    QSaveFile out(file_);
    if (!out.open(QIODevice::WriteOnly))
        return;
    out.setPermissions(QFileDevice::ReadOwner | QFileDevice::WriteOwner);   // before anything stands in it
    out.write(QJsonDocument(all).toJson());
    out.commit();
}

QString SecretStore::readFile(const QString& key) const { return readAll(file_).value(key).toString(); }

void SecretStore::write(const QString& key, const QString& secret) {
    if (!useKeyring_) {
        writeFile(key, secret);
        return;
    }
    QKeychain::Job* job;
    if (secret.isEmpty()) {
        job = new QKeychain::DeletePasswordJob(kService);
    } else {
        auto* writing = new QKeychain::WritePasswordJob(kService);
        writing->setTextData(secret);
        job = writing;
    }
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [this, key, secret](QKeychain::Job* done) {
        const bool gone = secret.isEmpty() && done->error() == QKeychain::EntryNotFound;
        if (done->error() == QKeychain::NoError || gone)
            return;
        useKeyring_ = false;   // locked, refused or not there: the file is what is left
        writeFile(key, secret);
    });
    job->start();
}

void SecretStore::read(const QString& key, std::function<void(const QString& secret)> done) {
    if (!useKeyring_) {
        done(readFile(key));
        return;
    }
    auto* job = new QKeychain::ReadPasswordJob(kService);
    job->setKey(key);
    connect(job, &QKeychain::Job::finished, this, [this, key, job, done = std::move(done)] { done(job->error() == QKeychain::NoError ? job->textData() : readFile(key)); });
    job->start();
}

}  // namespace nj::app

// Tokens and passwords of sources: in the system's keyring, or, where there is none, in a file that only its owner can read. Never in a
// capsule, never in the settings. UI thread; answers come later.
#pragma once

#include <QObject>
#include <QString>
#include <functional>

namespace nj::app {

class SecretStore : public QObject {
    Q_OBJECT
public:
    // `file`: where they are kept without a keyring; `useKeyring` false: always.
    explicit SecretStore(QString file, bool useKeyring = true, QObject* parent = nullptr);
    // An empty secret is forgotten.
    void write(const QString& key, const QString& secret);
    void read(const QString& key, std::function<void(const QString& secret)> done);
    // "the system's keyring", or the file.
    [[nodiscard]] QString place() const;

private:
    void writeFile(const QString& key, const QString& secret);
    [[nodiscard]] QString readFile(const QString& key) const;
    const QString file_;
    bool useKeyring_;
};

}  // namespace nj::app

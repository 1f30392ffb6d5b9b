// The queries run on a capsule, newest first, kept in the user's settings by the capsule's path: a capsule may be read-only. UI thread.
#pragma once

#include <QString>
#include <QStringList>

namespace nj::ui {

class SqlHistory {
public:
    static constexpr int kMost = 50;
    explicit SqlHistory(QString capsulePath) : path_(std::move(capsulePath)) {}
    [[nodiscard]] QStringList queries() const;
    // A query that is there already moves to the front. Texts over 16 KiB are not kept.
    void add(const QString& query);

private:
    [[nodiscard]] QString key() const;
    QString path_;
};

}  // namespace nj::ui

// What a view may ask of the app about files: take one out of the capsule, or read some into it. A child of the workspace. UI thread.
#pragma once

#include <QObject>
#include <QStringList>

namespace nj::ui {

class Workspace;

class ImportRequests : public QObject {
    Q_OBJECT
public:
    using QObject::QObject;
    // The one of a workspace; made at the first call.
    static ImportRequests& of(Workspace& workspace);
    void remove(qint64 import) { Q_EMIT removalRequested(import); }
    void read(const QStringList& paths) { Q_EMIT readRequested(paths); }

Q_SIGNALS:
    void removalRequested(qint64 import);
    void readRequested(const QStringList& paths);
};

}  // namespace nj::ui

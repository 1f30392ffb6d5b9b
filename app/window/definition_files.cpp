#include "window/definition_files.h"

#include <QFile>
#include <QFileInfo>

#include "query/definitions.h"

namespace nj::app {
namespace {

constexpr qint64 kHeadBytes = 64 << 10;

}  // namespace

QStringList definitionsAmong(const QStringList& paths) {
    QStringList found;
    for (const QString& path : paths) {
        const QString suffix = QFileInfo(path).suffix().toLower();
        if (suffix != QLatin1String("json") && suffix != QLatin1String("yml") && suffix != QLatin1String("yaml"))
            continue;
        QFile file(path);
        if (QFileInfo(path).isFile() && file.open(QIODevice::ReadOnly) && query::mayBeDefinition(file.read(kHeadBytes).toStdString(), QFileInfo(path).fileName().toLower().toStdString()))
            found << path;
    }
    return found;
}

}  // namespace nj::app

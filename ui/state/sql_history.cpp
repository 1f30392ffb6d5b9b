#include "state/sql_history.h"

#include <QCryptographicHash>
#include <QSettings>

namespace nj::ui {

// A path may hold what a settings key may not.
QString SqlHistory::key() const {
    return QStringLiteral("sqlHistory/") + QString::fromLatin1(QCryptographicHash::hash(path_.toUtf8(), QCryptographicHash::Sha1).toHex().left(16));
}

QStringList SqlHistory::queries() const { return path_.isEmpty() ? QStringList() : QSettings().value(key()).toStringList(); }

void SqlHistory::add(const QString& query) {
    const QString text = query.trimmed();
    if (path_.isEmpty() || text.isEmpty() || text.size() > 16 * 1024)
        return;
    QStringList all = queries();
    all.removeAll(text);
    all.prepend(text);
    QSettings().setValue(key(), QStringList(all.mid(0, kMost)));
}

}  // namespace nj::ui

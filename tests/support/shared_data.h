// Where the optional real data lies: ../shared/data beside the checkout, or $NIGHTJAR_SHARED_DATA. Tests that need it skip aloud without it.
#pragma once

#include <QDir>
#include <QString>

#include "qt_test.h"

namespace nj::test {

inline QString sharedData(const QString& path) {
    const QString root = qEnvironmentVariable("NIGHTJAR_SHARED_DATA", QStringLiteral(NIGHTJAR_SOURCE_DIR "/../shared/data"));
    const QString full = QDir(root).filePath(path);
    return QFileInfo::exists(full) ? full : QString();
}

}  // namespace nj::test

// Skips the running test, saying so, when the data is not there.
#define NJ_NEED_SHARED_DATA(variable, path)                        \
    const QString variable = nj::test::sharedData(QStringLiteral(path)); \
    if (variable.isEmpty())                                        \
    QSKIP("shared data not present: " path)

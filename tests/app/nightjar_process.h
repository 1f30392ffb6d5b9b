// Runs the built program as a user would. The binary comes from $NIGHTJAR_BINARY, which ctest sets.
#pragma once

#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>

#include "qt_test.h"

namespace nj::test {

struct ProcessResult {
    int exitCode = -1;
    QByteArray out, err;
};

inline ProcessResult runNightjar(const QStringList& arguments, const QByteArray& input = {}) {
    QProcess process;
    process.start(qEnvironmentVariable("NIGHTJAR_BINARY"), arguments);
    if (!process.waitForStarted())
        return {-1, {}, "the nightjar binary does not start; set NIGHTJAR_BINARY"};
    process.write(input);
    process.closeWriteChannel();
    process.waitForFinished(240'000);
    return {process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -2, process.readAllStandardOutput(), process.readAllStandardError()};
}

inline QJsonObject infoOf(const QString& capsule) {
    return QJsonDocument::fromJson(runNightjar({QStringLiteral("info"), capsule, QStringLiteral("--json")}).out).object();
}

}  // namespace nj::test

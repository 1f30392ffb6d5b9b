// resources/demo/truth.json as tests read it.
#pragma once

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include "base/time.h"
#include "demo/resources.h"
#include "qt_test.h"

namespace nj::test {

inline const QJsonObject& demoTruth() {
    static const QJsonObject truth = [] {
        const std::string_view json = nj::demo::truthJson();
        return QJsonDocument::fromJson(QByteArray(json.data(), static_cast<qsizetype>(json.size()))).object();
    }();
    return truth;
}
inline QJsonValue demoTruth(const QString& section, const QString& key) { return demoTruth().value(section).toObject().value(key); }
inline TimeNs timeOf(const QJsonValue& value) {
    const auto time = parseTime(value.toString().toStdString(), 0);
    return time.ok() ? *time : 0;
}
inline TimeRange rangeOf(const QJsonValue& value) { return {timeOf(value.toArray().at(0)), timeOf(value.toArray().at(1))}; }

}  // namespace nj::test

// |actual / expected - 1| <= tolerance, with both numbers in the message.
#define NJ_VERIFY_NEAR(actual, expected, tolerance)                                                                                     \
    QVERIFY2(std::abs((actual) / (expected) - 1.0) <= (tolerance),                                                                      \
             qPrintable(QStringLiteral(#actual " = %1, expected %2 within %3 %").arg(actual).arg(expected).arg(100.0 * (tolerance))))

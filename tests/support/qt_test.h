// Qt Test and the parts of Qt Core that many tests use. Tests include this instead of <QtTest/QtTest>, which brings all of Qt Core and with it
// half a second of templates to instantiate in every test.
#pragma once

#include <QDir>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSignalSpy>
#include <QStandardPaths>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

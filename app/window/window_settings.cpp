#include "window/window_settings.h"

#include <QCryptographicHash>
#include <QFileInfo>
#include <QStandardPaths>

namespace nj::app {
namespace {

constexpr int kRecent = 12, kLeft = 50, kMappings = 200;

QString leftKey(const QString& capsule) {
    return QStringLiteral("left/") + QString::fromLatin1(QCryptographicHash::hash(capsule.toUtf8(), QCryptographicHash::Sha1).toHex());
}

}  // namespace

WindowSettings::WindowSettings() : WindowSettings(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + QStringLiteral("/window.ini")) {}

ui::ThemeKind WindowSettings::theme() const {
    return settings_.value(QStringLiteral("theme")).toString() == QLatin1String("light") ? ui::ThemeKind::kLight : ui::ThemeKind::kDark;
}
void WindowSettings::setTheme(ui::ThemeKind theme) {
    settings_.setValue(QStringLiteral("theme"), theme == ui::ThemeKind::kLight ? QStringLiteral("light") : QStringLiteral("dark"));
}
QByteArray WindowSettings::geometry() const { return settings_.value(QStringLiteral("geometry")).toByteArray(); }
void WindowSettings::setGeometry(const QByteArray& geometry) { settings_.setValue(QStringLiteral("geometry"), geometry); }
bool WindowSettings::utc() const { return settings_.value(QStringLiteral("utc"), true).toBool(); }
void WindowSettings::setUtc(bool utc) { settings_.setValue(QStringLiteral("utc"), utc); }
bool WindowSettings::railCollapsed() const { return settings_.value(QStringLiteral("railCollapsed"), false).toBool(); }
void WindowSettings::setRailCollapsed(bool collapsed) { settings_.setValue(QStringLiteral("railCollapsed"), collapsed); }

QHash<QString, QStringList> WindowSettings::keys() const {
    QHash<QString, QStringList> keys;
    auto& settings = const_cast<QSettings&>(settings_);   // a group is a place to read from, not a change
    settings.beginGroup(QStringLiteral("keys"));
    for (const QString& id : settings.childKeys())
        keys.insert(id, settings.value(id).toStringList());
    settings.endGroup();
    return keys;
}

void WindowSettings::setKeys(const QHash<QString, QStringList>& keys) {
    settings_.remove(QStringLiteral("keys"));
    for (auto it = keys.begin(); it != keys.end(); ++it)
        settings_.setValue(QStringLiteral("keys/") + it.key(), it.value());
}

QByteArray WindowSettings::sources(const QString& capsule) const { return settings_.value(leftKey(capsule) + QStringLiteral("-sources")).toByteArray(); }

void WindowSettings::setSources(const QString& capsule, const QByteArray& json) {
    const QString key = leftKey(capsule) + QStringLiteral("-sources");
    if (json.isEmpty())
        settings_.remove(key);
    else
        settings_.setValue(key, json);
}

QHash<QString, QString> WindowSettings::mappings() const {
    QHash<QString, QString> mappings;
    for (const QString& schema : settings_.value(QStringLiteral("mappingOrder")).toStringList())
        mappings.insert(schema, settings_.value(QStringLiteral("mappings/") + schema).toString());
    return mappings;
}

void WindowSettings::setMapping(const QString& schema, const QString& json) {
    QStringList order = settings_.value(QStringLiteral("mappingOrder")).toStringList();
    order.removeAll(schema);
    order.prepend(schema);
    while (order.size() > kMappings)
        settings_.remove(QStringLiteral("mappings/") + order.takeLast());
    settings_.setValue(QStringLiteral("mappingOrder"), order);
    settings_.setValue(QStringLiteral("mappings/") + schema, json);
}

QStringList WindowSettings::recent() const {
    QStringList paths;
    for (const QString& path : settings_.value(QStringLiteral("recent")).toStringList())
        if (QFileInfo::exists(path))
            paths.append(path);
    return paths;
}

void WindowSettings::addRecent(const QString& capsule) {
    QStringList paths = settings_.value(QStringLiteral("recent")).toStringList();
    paths.removeAll(capsule);
    paths.prepend(capsule);
    settings_.setValue(QStringLiteral("recent"), paths.mid(0, kRecent));
}

ui::ViewLink WindowSettings::left(const QString& capsule) const {
    const auto link = ui::parseLink(settings_.value(leftKey(capsule)).toString());
    return link.ok() && link->capsule == capsule ? *link : ui::ViewLink{};
}

void WindowSettings::setLeft(const ui::ViewLink& link) {
    const QString key = leftKey(link.capsule);
    // The oldest of too many makes room.
    QStringList order = settings_.value(QStringLiteral("leftOrder")).toStringList();
    order.removeAll(key);
    order.prepend(key);
    while (order.size() > kLeft)
        settings_.remove(order.takeLast());
    settings_.setValue(QStringLiteral("leftOrder"), order);
    settings_.setValue(key, ui::linkText(link));
}

}  // namespace nj::app

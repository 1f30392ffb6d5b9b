// What the next start remembers: window, theme, zone, recent capsules and where each of them was left. A file of the user's
// configuration folder (or the given one); never part of a capsule. UI thread.
#pragma once

#include <QByteArray>
#include <QHash>
#include <QSettings>
#include <QStringList>

#include "state/view_link.h"
#include "theme/theme.h"

namespace nj::app {

class WindowSettings {
public:
    WindowSettings();
    explicit WindowSettings(const QString& file) : settings_(file, QSettings::IniFormat) {}

    [[nodiscard]] ui::ThemeKind theme() const;
    void setTheme(ui::ThemeKind theme);
    [[nodiscard]] QByteArray geometry() const;
    void setGeometry(const QByteArray& geometry);
    [[nodiscard]] bool utc() const;
    void setUtc(bool utc);
    [[nodiscard]] bool railCollapsed() const;
    void setRailCollapsed(bool collapsed);

    // Keys the person chose, by the id of the command.
    [[nodiscard]] QHash<QString, QStringList> keys() const;
    void setKeys(const QHash<QString, QStringList>& keys);

    // The live sources of a capsule, as JSON without secrets; "" = none.
    [[nodiscard]] QByteArray sources(const QString& capsule) const;
    void setSources(const QString& capsule, const QByteArray& json);

    // How tables of databases of no known tool are read, as JSON by the table's schemaKey().
    [[nodiscard]] QHash<QString, QString> mappings() const;
    void setMapping(const QString& schema, const QString& json);

    // Newest first; files that are gone are left out.
    [[nodiscard]] QStringList recent() const;
    void addRecent(const QString& capsule);
    // Where the capsule was left; its `capsule` is the path. Unknown ones answer an empty link.
    [[nodiscard]] ui::ViewLink left(const QString& capsule) const;
    void setLeft(const ui::ViewLink& link);

private:
    QSettings settings_;
};

}  // namespace nj::app

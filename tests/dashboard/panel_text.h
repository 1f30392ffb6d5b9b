// A dashboard as lines of text, and whether its expressions parse, for comparing.
#pragma once

#include <string>

#include "dashboard/interpolation.h"
#include "dashboard/json/enum_names.h"
#include "promql/syntax/parser.h"
#include "qt_test.h"

namespace nj::test {

// "row 'GPU' | stat 'Temp' 0,0 6x8 celsius | …": rows and panels in order.
inline QStringList outline(const dashboard::Dashboard& dashboard) {
    QStringList out;
    for (const dashboard::Row& row : dashboard.rows) {
        out << QString("row '%1'%2").arg(QString::fromStdString(row.title), row.collapsed ? " collapsed" : "");
        for (const dashboard::Panel& panel : row.panels)
            out << QString("%1 '%2' %3,%4 %5x%6 %7").arg(QString::fromStdString(std::string(enumName(panel.kind))), QString::fromStdString(panel.title)).arg(panel.place.x).arg(panel.place.y).arg(panel.place.width).arg(panel.place.height).arg(QString::fromStdString(panel.unit)).trimmed();
    }
    return out;
}

inline QStringList remarks(const dashboard::Dashboard& dashboard) {
    QStringList out;
    for (const dashboard::Remark& remark : dashboard.remarks)
        out << QString::fromStdString(remark.where + ": " + remark.what + ": " + remark.why);
    return out;
}

// What stops the dashboard's expressions from parsing once its variables stand for something.
inline QStringList unparsed(const dashboard::Dashboard& dashboard) {
    QStringList out;
    dashboard::Scope scope = scopeOf(dashboard);
    scope.range = {0, kHour};
    for (auto& [name, value] : scope.variables)
        if (value.values.empty())
            value.values = {"x"};
    for (const dashboard::Row& row : dashboard.rows)
        for (const dashboard::Panel& panel : row.panels)
            for (const dashboard::Target& target : panel.targets)
                if (const auto parsed = promql::parseExpression(interpolate(target.expr, scope)); !parsed.ok())
                    out << QString::fromStdString(target.expr + ": " + parsed.error().message);
    return out;
}

}  // namespace nj::test

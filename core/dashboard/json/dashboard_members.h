// The members of each part of a dashboard in its JSON, said once for writing and reading: describe() calls a(name, member) for each.
#pragma once

#include <type_traits>

#include "dashboard/dashboard.h"

namespace nj::dashboard {

void describe(auto&& a, std::type_identity<Target>) {
    a("expr", &Target::expr);
    a("ref", &Target::refId);
    a("legend", &Target::legend);
    a("min_step", &Target::minStep);
    a("format", &Target::format);
    a("instant", &Target::instant);
    a("hidden", &Target::hidden);
    a("limit", &Target::limit);
}
void describe(auto&& a, std::type_identity<Threshold>) {
    a("from", &Threshold::from);
    a("colour", &Threshold::colour);
}
void describe(auto&& a, std::type_identity<ValueText>) {
    a("from", &ValueText::from);
    a("to", &ValueText::to);
    a("value", &ValueText::value);
    a("text", &ValueText::text);
}
void describe(auto&& a, std::type_identity<GridPlace>) {
    a("x", &GridPlace::x);
    a("y", &GridPlace::y);
    a("width", &GridPlace::width);
    a("height", &GridPlace::height);
}
void describe(auto&& a, std::type_identity<Legend>) {
    a("shown", &Legend::shown);
    a("table", &Legend::asTable);
    a("right", &Legend::right);
    a("calculations", &Legend::calculations);
}
void describe(auto&& a, std::type_identity<Repeat>) {
    a("variable", &Repeat::variable);
    a("vertical", &Repeat::vertical);
    a("per_row", &Repeat::maxPerRow);
}
void describe(auto&& a, std::type_identity<FieldRule>) {
    a("name", &FieldRule::name);
    a("rename", &FieldRule::rename);
    a("op", &FieldRule::op);
    a("value", &FieldRule::value);
    a("calculations", &FieldRule::calculations);
    a("order", &FieldRule::order);
    a("hidden", &FieldRule::hidden);
}
void describe(auto&& a, std::type_identity<Transformation>) {
    a("kind", &Transformation::kind);
    a("fields", &Transformation::fields);
    a("calculations", &Transformation::calculations);
    a("pattern", &Transformation::pattern);
    a("replacement", &Transformation::replacement);
    a("left", &Transformation::left);
    a("op", &Transformation::op);
    a("right", &Transformation::right);
    a("alias", &Transformation::alias);
    a("descending", &Transformation::descending);
    a("exclude", &Transformation::exclude);
    a("any", &Transformation::any);
    a("rows", &Transformation::asRows);
    a("inner", &Transformation::inner);
}
void describe(auto&& a, std::type_identity<FieldLook>) {
    a("unit", &FieldLook::unit);
    a("decimals", &FieldLook::decimals);
    a("min", &FieldLook::min);
    a("max", &FieldLook::max);
    a("thresholds", &FieldLook::thresholds);
    a("thresholds_in_percent", &FieldLook::thresholdsInPercent);
    a("colour", &FieldLook::colour);
}
void describe(auto&& a, std::type_identity<FieldOverride>) {
    a("match", &FieldOverride::match);
    a("names", &FieldOverride::names);
    a("except", &FieldOverride::except);
    a("display_name", &FieldOverride::displayName);
    a("hidden", &FieldOverride::hidden);
    a("look", &FieldOverride::look);
}
void describe(auto&& a, std::type_identity<Link>) {
    a("title", &Link::title);
    a("url", &Link::url);
}
void describe(auto&& a, std::type_identity<Panel>) {
    a("title", &Panel::title);
    a("kind", &Panel::kind);
    a("description", &Panel::description);
    a("text", &Panel::text);
    a("place", &Panel::place);
    a("targets", &Panel::targets);
    a("unit", &Panel::unit);
    a("decimals", &Panel::decimals);
    a("min", &Panel::min);
    a("max", &Panel::max);
    a("thresholds", &Panel::thresholds);
    a("thresholds_in_percent", &Panel::thresholdsInPercent);
    a("value_texts", &Panel::valueTexts);
    a("style", &Panel::style);
    a("stacked", &Panel::stacked);
    a("logarithmic", &Panel::logarithmic);
    a("legend", &Panel::legend);
    a("calculation", &Panel::calculation);
    a("every_row", &Panel::everyRow);
    a("most_rows", &Panel::mostRows);
    a("repeat", &Panel::repeat);
    a("time_from", &Panel::timeFrom);
    a("time_shift", &Panel::timeShift);
    a("transformations", &Panel::transformations);
    a("overrides", &Panel::overrides);
    a("links", &Panel::links);
}
void describe(auto&& a, std::type_identity<Row>) {
    a("title", &Row::title);
    a("collapsed", &Row::collapsed);
    a("repeat", &Row::repeat);
    a("panels", &Row::panels);
}
void describe(auto&& a, std::type_identity<VariableOption>) {
    a("text", &VariableOption::text);
    a("value", &VariableOption::value);
}
void describe(auto&& a, std::type_identity<Variable>) {
    a("name", &Variable::name);
    a("kind", &Variable::kind);
    a("label", &Variable::label);
    a("query", &Variable::query);
    a("regex", &Variable::regex);
    a("sort", &Variable::sort);
    a("multi", &Variable::multi);
    a("include_all", &Variable::includeAll);
    a("all_value", &Variable::allValue);
    a("hidden", &Variable::hidden);
    a("options", &Variable::options);
    a("current", &Variable::current);
}
void describe(auto&& a, std::type_identity<Remark>) {
    a("where", &Remark::where);
    a("what", &Remark::what);
    a("why", &Remark::why);
    a("dropped", &Remark::dropped);
}
void describe(auto&& a, std::type_identity<Dashboard>) {
    a("title", &Dashboard::title);
    a("uid", &Dashboard::uid);
    a("description", &Dashboard::description);
    a("tags", &Dashboard::tags);
    a("links", &Dashboard::links);
    a("from", &Dashboard::from);
    a("to", &Dashboard::to);
    a("recognised_by", &Dashboard::recognisedBy);
    a("variables", &Dashboard::variables);
    a("rows", &Dashboard::rows);
    a("remarks", &Dashboard::remarks);
}

}  // namespace nj::dashboard

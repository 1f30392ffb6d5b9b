#include "dashboard/transform/frame_fields.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include "promql/text/number_text.h"

namespace nj::dashboard {
namespace {

constexpr std::string_view kValue = "Value";

bool isOfSeries(const Frame& frame, const Field& field) { return field.kind == FieldKind::kNumber && field.name == kValue && !frame.name.empty(); }

// Calls with the list that is filled.
auto withList(auto& field, auto&& visit) {
    switch (field.kind) {
    case FieldKind::kTime: return visit(field.times);
    case FieldKind::kNumber: return visit(field.numbers);
    case FieldKind::kText: break;
    }
    return visit(field.texts);
}

}  // namespace

const std::string& displayName(const Frame& frame, const Field& field) { return isOfSeries(frame, field) ? frame.name : field.name; }

void setDisplayName(Frame& frame, Field& field, std::string name) { (isOfSeries(frame, field) ? frame.name : field.name) = std::move(name); }

bool isNamed(const Frame& frame, const Field& field, std::string_view name) {
    if (name == displayName(frame, field) || name == field.name)
        return true;
    return field.name == kValue && !frame.refId.empty() && name == "Value #" + frame.refId;
}

Field* findField(Frame& frame, std::string_view name) { return const_cast<Field*>(findField(std::as_const(frame), name)); }

const Field* findField(const Frame& frame, std::string_view name) {
    for (const Field& field : frame.fields)
        if (displayName(frame, field) == name)
            return &field;
    for (const Field& field : frame.fields)
        if (isNamed(frame, field, name))
            return &field;
    return nullptr;
}

const Field* timeField(const Frame& frame) {
    const auto found = std::find_if(frame.fields.begin(), frame.fields.end(), [](const Field& field) { return field.kind == FieldKind::kTime; });
    return found == frame.fields.end() ? nullptr : &*found;
}

bool isSeries(const Frame& frame) { return frame.fields.size() == 2 && timeField(frame) != nullptr; }

size_t rowsOf(const Field& field) {
    return withList(field, [](const auto& list) { return list.size(); });
}

void resizeRows(Field& field, size_t rows) {
    if (field.kind == FieldKind::kNumber)
        field.numbers.resize(rows, std::numeric_limits<double>::quiet_NaN());
    else
        withList(field, [&](auto& list) { list.resize(rows); });
}

Field emptyLike(const Field& field) {
    Field out;
    out.kind = field.kind;
    out.name = field.name;
    out.labels = field.labels;
    return out;
}

void appendCell(Field& to, const Field& from, size_t row) {
    if (from.kind == FieldKind::kTime)
        to.times.push_back(from.times[row]);
    else if (from.kind == FieldKind::kNumber)
        to.numbers.push_back(from.numbers[row]);
    else
        to.texts.push_back(from.texts[row]);
}

void setCell(Field& to, size_t rowTo, const Field& from, size_t row) {
    if (from.kind == FieldKind::kTime)
        to.times[rowTo] = from.times[row];
    else if (from.kind == FieldKind::kNumber)
        to.numbers[rowTo] = from.numbers[row];
    else
        to.texts[rowTo] = from.texts[row];
}

bool sameCell(const Field& a, size_t rowA, const Field& b, size_t rowB) {
    if (a.kind != b.kind)
        return false;
    if (a.kind == FieldKind::kNumber)
        return a.numbers[rowA] == b.numbers[rowB] || (std::isnan(a.numbers[rowA]) && std::isnan(b.numbers[rowB]));
    return a.kind == FieldKind::kTime ? a.times[rowA] == b.times[rowB] : a.texts[rowA] == b.texts[rowB];
}

bool isNone(const Field& field, size_t row) {
    if (field.kind == FieldKind::kNumber)
        return std::isnan(field.numbers[row]);
    return field.kind == FieldKind::kTime ? field.times[row] == 0 : field.texts[row].empty();
}

double cellNumber(const Field& field, size_t row) {
    if (field.kind == FieldKind::kNumber)
        return field.numbers[row];
    return field.kind == FieldKind::kTime ? static_cast<double>(field.times[row] / kMillisecond) : std::numeric_limits<double>::quiet_NaN();
}

std::string cellText(const Field& field, size_t row) {
    if (field.kind == FieldKind::kText)
        return field.texts[row];
    if (isNone(field, row))
        return "";
    return field.kind == FieldKind::kNumber ? promql::apiNumber(field.numbers[row]) : formatRfc3339(field.times[row], 0);
}

void appendKey(std::string& key, const Field& field, size_t row) {
    if (field.kind == FieldKind::kText) {
        key += std::to_string(field.texts[row].size()) + ':' + field.texts[row];
        return;
    }
    const auto bits = field.kind == FieldKind::kTime ? static_cast<uint64_t>(field.times[row])
                      : std::isnan(field.numbers[row]) ? ~uint64_t{0}
                                                       : std::bit_cast<uint64_t>(field.numbers[row] + 0.0);   // -0 is 0
    key.append(reinterpret_cast<const char*>(&bits), sizeof(bits));
}

Frame pickedRows(const Frame& frame, std::span<const size_t> rows) {
    Frame out{frame.refId, frame.name, {}};
    for (const Field& field : frame.fields) {
        Field& picked = out.fields.emplace_back(emptyLike(field));
        withList(picked, [&](auto& list) { list.reserve(rows.size()); });
        for (const size_t row : rows)
            appendCell(picked, field, row);
    }
    return out;
}

Field textField(const Field& field) {
    Field out = emptyLike(field);
    out.kind = FieldKind::kText;
    for (size_t row = 0; row < rowsOf(field); ++row)
        out.texts.push_back(cellText(field, row));
    return out;
}

void makeNamesUnique(Frame& frame) {
    std::map<std::string, int, std::less<>> count, next;
    for (const Field& field : frame.fields)
        ++count[field.name];
    for (Field& field : frame.fields)
        if (count[field.name] > 1) {
            const int number = ++next[field.name];
            field.name += " " + std::to_string(number);
        }
}

size_t cellsOf(const std::vector<Frame>& frames) {
    size_t cells = 0;
    for (const Frame& frame : frames)
        cells += frame.rows() * frame.fields.size();
    return cells;
}

}  // namespace nj::dashboard

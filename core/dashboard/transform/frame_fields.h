// What transformations do to fields and rows, whatever they are for. Pure functions, any thread.
#pragma once

#include <span>

#include "dashboard/frame.h"

namespace nj::dashboard {

// A series' values go by the name of the frame, which is its legend; every other field by its own.
const std::string& displayName(const Frame& frame, const Field& field);
void setDisplayName(Frame& frame, Field& field, std::string name);
// By either name. A dashboard saved when the panel had other queries says "Value #A" for the "Value" of query A.
bool isNamed(const Frame& frame, const Field& field, std::string_view name);
// nullptr: the frame has none.
Field* findField(Frame& frame, std::string_view name);
const Field* findField(const Frame& frame, std::string_view name);
const Field* timeField(const Frame& frame);
// Time and one more field.
bool isSeries(const Frame& frame);

size_t rowsOf(const Field& field);
void resizeRows(Field& field, size_t rows);         // what is added is none: 0, NaN, ""
// Without rows.
Field emptyLike(const Field& field);
void appendCell(Field& to, const Field& from, size_t row);   // of one kind
void setCell(Field& to, size_t rowTo, const Field& from, size_t row);
bool sameCell(const Field& a, size_t rowA, const Field& b, size_t rowB);
bool isNone(const Field& field, size_t row);
// NaN of a text; of a time its milliseconds.
double cellNumber(const Field& field, size_t row);
std::string cellText(const Field& field, size_t row);
// Appends a text that is equal for equal cells of fields of one kind only.
void appendKey(std::string& key, const Field& field, size_t row);

Frame pickedRows(const Frame& frame, std::span<const size_t> rows);
Field textField(const Field& field);
// Fields of one name get " 1", " 2" … behind it.
void makeNamesUnique(Frame& frame);
size_t cellsOf(const std::vector<Frame>& frames);

}  // namespace nj::dashboard

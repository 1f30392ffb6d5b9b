// Frames made in a line and read as text, for comparing.
#pragma once

#include <QStringList>
#include <cmath>

#include "dashboard/frame.h"
#include "promql/text/number_text.h"

namespace nj::test {

inline dashboard::Field timesField(std::vector<int> seconds, const char* name = "Time") {
    dashboard::Field field;
    field.kind = dashboard::FieldKind::kTime;
    field.name = name;
    for (const int second : seconds)
        field.times.push_back(second * kSecond);
    return field;
}

inline dashboard::Field numbersField(const char* name, std::vector<double> numbers, promql::Labels labels = {}) {
    dashboard::Field field;
    field.name = name;
    field.numbers = std::move(numbers);
    field.labels = std::move(labels);
    return field;
}

inline dashboard::Field textsField(const char* name, std::vector<std::string> texts) {
    dashboard::Field field;
    field.kind = dashboard::FieldKind::kText;
    field.name = name;
    field.texts = std::move(texts);
    return field;
}

// A series as a query answers it.
inline dashboard::Frame seriesFrame(const char* name, std::vector<int> seconds, std::vector<double> numbers, promql::Labels labels = {}, const char* refId = "A") {
    return {refId, name, {timesField(std::move(seconds)), numbersField("Value", std::move(numbers), std::move(labels))}};
}

// "legend: Time 1,2 | Value{job="a"} 3,nan | pod x,y"; times in seconds.
inline QString frameText(const dashboard::Frame& frame) {
    QStringList fields;
    for (const dashboard::Field& field : frame.fields) {
        QStringList cells;
        for (const TimeNs time : field.times)
            cells << QString::number(time / kSecond);
        for (const double number : field.numbers)
            cells << QString::fromStdString(std::isnan(number) ? "nan" : promql::compactNumber(number));
        for (const std::string& text : field.texts)
            cells << QString::fromStdString(text);
        fields << (QString::fromStdString(field.name + (field.labels.empty() ? "" : promql::labelsText(field.labels))) + " " + cells.join(",")).trimmed();
    }
    return (frame.name.empty() ? QString() : QString::fromStdString(frame.name) + ": ") + fields.join(" | ");
}

inline QStringList frameTexts(const std::vector<dashboard::Frame>& frames) {
    QStringList out;
    for (const dashboard::Frame& frame : frames)
        out << frameText(frame);
    return out;
}

}  // namespace nj::test

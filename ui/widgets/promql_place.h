// What of a PromQL expression is being written where the cursor stands: a metric or function, a label's name, or a label's value, and of
// which metric. For completion: it reads what has no end yet. Pure function, any thread.
#pragma once

#include <QString>
#include <QStringView>

namespace nj::ui {

struct PromqlPlace {
    enum class Kind { kWord, kLabel, kValue, kText } kind = Kind::kWord;   // kText: a comment or a string that is no value
    QString metric;           // the labels are of; "" = not known
    QString label;            // of a value
    qsizetype begin = 0;      // of what the cursor is in, behind a quote
    bool operator==(const PromqlPlace&) const = default;
};

PromqlPlace promqlPlace(QStringView text, qsizetype cursor);

}  // namespace nj::ui

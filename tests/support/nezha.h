// A case of the Nezha data set (spans, logs and pod metrics of two microservice systems under faults) as files Nightjar reads: OTLP JSON
// lines, JSON-lines logs as a collector ships them, an OpenMetrics text with times. For tests.
#pragma once

#include <QString>
#include <QStringList>

namespace nj::test {

struct NezhaFiles {
    QStringList paths;
    quint64 spans = 0, logs = 0, samples = 0;
    QString error;            // "" = all read
};

// `folder`: the case's (nezha-mini/tt-2023-01-29-0843); files are written into `target`.
NezhaFiles convertNezha(const QString& folder, const QString& target);

}  // namespace nj::test

// How far an import is, as the window shows it. Plain values.
#pragma once

#include <QString>

namespace nj::ui {

struct ImportProgress {
    bool running = false;
    QString what;                  // "gateway.log.zst"
    quint64 bytesDone = 0, bytesTotal = 0;   // total 0 = not known
    quint64 rows = 0;
    double rowsPerSecond = 0;
    quint64 rejected = 0;
};

}  // namespace nj::ui

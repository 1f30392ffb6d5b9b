// A trace as text for the clipboard, in the forms people paste: id, indented text, a Markdown table, JSON, OTLP JSON, the command that
// shows it. Contents of messages are masked unless `contents`. Runs on a query thread.
#pragma once

#include <QString>

#include "query/backend.h"

namespace nj::ui {

enum class TraceCopy { kId, kText, kMarkdown, kJson, kOtlp, kCommand };

struct TraceCopyQuestion {
    TraceCopy form = TraceCopy::kText;
    QString title;               // the sentence above the trace
    QString capsule;             // its path, for the command
    bool contents = false;
};

// kLimit where the trace is too large for a clipboard (OTLP: 20,000 spans, others: 200,000).
Result<QString> traceCopy(query::Backend& backend, const query::TraceTree& tree, const TraceCopyQuestion& question, std::stop_token stop);

}  // namespace nj::ui

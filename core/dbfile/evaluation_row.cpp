#include "dbfile/evaluation_row.h"

namespace nj::dbfile {

void addEvaluation(format::OtlpBuilder& rows, const EvaluationRow& evaluation) {
    AttributeColumns& attributes = rows.logAttributes();
    const uint32_t row = rows.logRow();
    attributes.addString(row, "gen_ai.evaluation.name", evaluation.name);
    if (evaluation.score)
        attributes.addDouble(row, "gen_ai.evaluation.score.value", *evaluation.score);
    if (!evaluation.label.empty())
        attributes.addString(row, "gen_ai.evaluation.score.label", evaluation.label);
    if (!evaluation.explanation.empty())
        attributes.addString(row, "gen_ai.evaluation.explanation", evaluation.explanation);
    if (!evaluation.source.empty())
        attributes.addString(row, "annotator", evaluation.source);
    format::LogFields log;
    log.time = evaluation.time;
    log.severityNumber = 9;
    log.eventName = "gen_ai.evaluation.result";
    log.body = evaluation.explanation;
    log.traceId = evaluation.traceId;
    log.spanId = evaluation.spanId;
    rows.commitLog(log);
}

}  // namespace nj::dbfile

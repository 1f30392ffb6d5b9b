// Arize Phoenix: spans with OpenInference attributes as nested JSON, and the annotations people and judges gave them.
#include <fmt/format.h>

#include <unordered_map>

#include "dbfile/cell_value.h"
#include "dbfile/evaluation_row.h"

namespace nj::dbfile {
namespace {

constexpr size_t kMaxTraces = 4'000'000;
constexpr size_t kMaxProjects = 100'000;

SpanStatus statusOf(std::string_view text) { return text == "OK" ? SpanStatus::kOk : text == "ERROR" ? SpanStatus::kError : SpanStatus::kUnset; }

class PhoenixReader {
public:
    explicit PhoenixReader(ReadContext& context) : context_(context) {}

    Status read() {
        context_.assume("service.name is the Phoenix project.");
        NJ_RETURN_IF_ERROR(context_.eachRow("projects", {"id", "name"}, [this](auto& row) { projects_.emplace(row.integer(0), textCell(row, 1)); }, kMaxProjects));
        NJ_RETURN_IF_ERROR(context_.eachRow("traces", {"id", "trace_id", "project_rowid"}, [this](auto& row) { traces_.emplace(row.integer(0), Trace{traceIdOf(row.text(1)), row.integer(2)}); }, kMaxTraces));
        NJ_RETURN_IF_ERROR(context_.eachRow("spans", {"trace_rowid", "span_id", "parent_id", "name", "span_kind", "start_time", "end_time", "attributes", "events", "status_code", "status_message",
                                                      "llm_token_count_prompt", "llm_token_count_completion"},
                                            [this](auto& row) { span(row); }));
        NJ_RETURN_IF_ERROR(context_.eachRow("span_annotations", {"span_rowid", "name", "label", "score", "explanation", "annotator_kind", "created_at"}, [this](auto& row) { annotation(row, true); }));
        NJ_RETURN_IF_ERROR(context_.eachRow("trace_annotations", {"trace_rowid", "name", "label", "score", "explanation", "annotator_kind", "created_at"}, [this](auto& row) { annotation(row, false); }));
        return context_.flush();
    }

private:
    struct Trace {
        TraceId id;
        int64_t project = 0;
    };

    const Trace* trace(int64_t row) {
        const auto at = traces_.find(row);
        return at == traces_.end() ? nullptr : &at->second;
    }

    void use(int64_t project) {
        if (project == current_)
            return;
        current_ = project;
        Resource resource;
        const auto name = projects_.find(project);
        if (name != projects_.end() && !name->second.empty())
            resource.attributes = {{"service.name", AttributeValue::ofString(name->second)}, {"openinference.project.name", AttributeValue::ofString(name->second)}};
        context_.rows().setResource(std::move(resource));
    }

    void span(sqlite::TableScan& row) {
        const Trace* owner = trace(row.integer(0));
        if (owner == nullptr)
            return context_.reject("span whose trace is not in the file", row.text(1));
        const auto start = timeCell(row, 5, TimeUnit::kText, context_), end = timeCell(row, 6, TimeUnit::kText, context_);
        if (!start)
            return context_.reject("span without a start time", row.text(5));
        format::OtlpBuilder& rows = context_.rows();
        use(owner->project);
        attributes(row);
        events(row);
        const std::string name = textCell(row, 3), message = textCell(row, 10);
        format::SpanFields fields;
        fields.traceId = owner->id;
        fields.spanId = spanIdOf(row.text(1));
        fields.parentSpanId = spanIdOf(row.text(2));
        fields.start = *start;
        fields.end = end.value_or(*start);
        fields.name = name;
        fields.status = statusOf(row.text(9));
        fields.statusMessage = message;
        rows.commitSpan(fields);
    }

    void attributes(sqlite::TableScan& row) {
        AttributeColumns& columns = context_.rows().spanAttributes();
        const uint32_t at = context_.rows().spanRow();
        auto value = parseJson(row.text(7));
        if (!value && row.has(7))
            context_.rows().health(HealthSeverity::kRepaired, "attributes that are no JSON", row.text(7));
        if (value && value->is_object()) {
            // What OpenInference writes as one JSON text, Phoenix has taken apart: one attribute again.
            if (const auto metadata = value->find("metadata"); metadata != value->end() && metadata->is_object()) {
                columns.add(at, "metadata", jsonValue(*metadata));
                value->erase("metadata");
            }
            addFlattened(columns, at, {}, *value);
        }
        AttributeValue known;
        const auto fill = [&](const char* key, int column) {
            if (row.has(column) && !columns.find(at, key, known))
                columns.add(at, key, valueCell(row, column));
        };
        fill("openinference.span.kind", 4);
        fill("llm.token_count.prompt", 11);
        fill("llm.token_count.completion", 12);
    }

    void events(sqlite::TableScan& row) {
        const auto list = parseJson(row.text(8));
        if (!list || !list->is_array())
            return;
        for (const Json& event : *list) {
            if (!event.is_object())
                continue;
            format::OtlpBuilder& rows = context_.rows();
            const auto text = [&](const char* key) { return event.contains(key) && event.at(key).is_string() ? event.at(key).get<std::string>() : std::string(); };
            const std::string name = text("name");
            if (const auto attributes = event.find("attributes"); attributes != event.end() && attributes->is_object())
                addFlattened(rows.eventAttributes(), rows.eventRow(), {}, *attributes);
            format::SpanEventFields fields;
            fields.time = timeOfText(text("timestamp"), context_).value_or(0);
            fields.name = name;
            rows.commitEvent(fields);
        }
    }

    // By row id, which Phoenix' id is.
    std::optional<std::pair<SpanId, int64_t>> spanOf(int64_t rowid) {
        if (!spanQuery_) {
            const sqlite::TableShape* spans = context_.db().table("spans");
            auto query = context_.db().prepare("SELECT span_id, trace_rowid FROM " + sqlite::quotedName(spans->name) + " WHERE rowid = ?1");
            if (!query.ok())
                return std::nullopt;
            spanQuery_ = std::move(*query);
        }
        spanQuery_->reset();
        spanQuery_->bind(1, rowid);
        context_.db().startStep();
        const auto row = spanQuery_->step();
        if (!row.ok() || !*row)
            return std::nullopt;
        return std::pair{spanIdOf(spanQuery_->text(0)), spanQuery_->integer(1)};
    }

    void annotation(sqlite::TableScan& row, bool ofSpan) {
        EvaluationRow evaluation;
        int64_t traceRow = row.integer(0);
        if (ofSpan) {
            const auto found = spanOf(row.integer(0));
            if (!found)
                return context_.reject("annotation whose span is not in the file", textCell(row, 1));
            evaluation.spanId = found->first;
            traceRow = found->second;
        }
        const Trace* owner = trace(traceRow);
        if (owner == nullptr || !row.has(1))
            return context_.reject("annotation whose trace is not in the file", textCell(row, 1));
        evaluation.traceId = owner->id;
        evaluation.time = timeCell(row, 6, TimeUnit::kText, context_).value_or(0);
        evaluation.name = textCell(row, 1);
        evaluation.label = textCell(row, 2);
        evaluation.score = numberCell(row, 3);
        evaluation.explanation = textCell(row, 4);
        evaluation.source = textCell(row, 5);
        use(owner->project);
        addEvaluation(context_.rows(), evaluation);
    }

    ReadContext& context_;
    std::unordered_map<int64_t, std::string> projects_;
    std::unordered_map<int64_t, Trace> traces_;
    std::optional<sqlite::Statement> spanQuery_;
    int64_t current_ = INT64_MIN;
};

bool knows(const sqlite::UntrustedDatabase& db) {
    return hasColumns(db, "projects", {"id", "name"}) && hasColumns(db, "traces", {"id", "trace_id", "project_rowid"}) && hasColumns(db, "spans", {"trace_rowid", "span_id", "start_time", "attributes"});
}

Status read(ReadContext& context) { return PhoenixReader(context).read(); }

}  // namespace

extern const ToolReader kPhoenix;
const ToolReader kPhoenix{"phoenix", "Arize Phoenix", knows, read};

}  // namespace nj::dbfile

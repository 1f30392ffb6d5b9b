// MLflow's traces: spans with their content as JSON where the schema has them; before, one span for each trace. What MLflow says of a model
// call in its own words is also said in OpenTelemetry's, so that stages, models and tokens are found. Assessments are evaluations.
#include <fmt/format.h>

#include <array>
#include <unordered_set>

#include "dbfile/evaluation_row.h"
#include "dbfile/mlflow.h"

namespace nj::dbfile {
namespace {

using Word = std::pair<std::string_view, std::string_view>;

constexpr std::array<Word, 7> kOperations = {{{"CHAT_MODEL", "chat"}, {"LLM", "text_completion"}, {"EMBEDDING", "embeddings"}, {"RETRIEVER", "retrieval"}, {"TOOL", "execute_tool"},
                                              {"AGENT", "invoke_agent"}, {"CHAIN", "invoke_workflow"}}};
// Kinds that OpenTelemetry has no operation for, in OpenInference's words.
constexpr std::array<Word, 3> kKinds = {{{"RERANKER", "RERANKER"}, {"GUARDRAIL", "GUARDRAIL"}, {"EVALUATOR", "EVALUATOR"}}};

template <size_t N>
std::string_view wordFor(const std::array<Word, N>& words, std::string_view type) {
    for (const auto& [from, to] : words)
        if (from == type)
            return to;
    return {};
}

SpanStatus statusOf(std::string_view text) {
    if (text == "OK" || text == "STATUS_CODE_OK")
        return SpanStatus::kOk;
    return text == "ERROR" || text == "STATUS_CODE_ERROR" ? SpanStatus::kError : SpanStatus::kUnset;
}

// MLflow keeps attribute values as JSON in a text: "\"LLM\"", "{…}".
Json unwrapped(const Json& value) {
    if (!value.is_string())
        return value;
    const std::string& text = value.get_ref<const std::string&>();
    if (text.empty() || std::string_view("{[\"-0123456789tfn").find(text.front()) == std::string_view::npos)
        return value;
    auto inner = parseJson(text);
    return inner ? std::move(*inner) : value;
}

class TraceReader {
public:
    TraceReader(ReadContext& context, const MlflowExperiments& experiments) : context_(context), experiments_(experiments) {}

    Status read() {
        // Names of traces, by the request they belong to; needed before their spans.
        NJ_RETURN_IF_ERROR(context_.eachRow("trace_tags", {"request_id", "key", "value"}, [this](auto& row) { note(row); }));
        NJ_RETURN_IF_ERROR(context_.eachRow("trace_request_metadata", {"request_id", "key", "value"}, [this](auto& row) { note(row); }));
        if (hasColumns(context_.db(), "spans", {"span_id", "start_time_unix_nano"}))
            NJ_RETURN_IF_ERROR(context_.eachRow("spans", {"trace_id", "experiment_id", "span_id", "parent_span_id", "name", "type", "status", "start_time_unix_nano", "end_time_unix_nano", "content",
                                                          "model_name"},
                                                [this](auto& row) { span(row); }));
        NJ_RETURN_IF_ERROR(context_.eachRow("trace_info", {"request_id", "experiment_id", "timestamp_ms", "execution_time_ms", "status", "trace_name", "session_id", "request_preview", "response_preview"},
                                            [this](auto& row) { trace(row); }));
        return context_.eachRow("assessments", {"trace_id", "span_id", "name", "assessment_type", "value", "created_timestamp", "source_type", "rationale"}, [this](auto& row) { assessment(row); });
    }

private:
    struct Notes {
        std::string name, session, user;
    };

    void note(sqlite::TableScan& row) {
        const std::string_view key = row.text(1);
        std::string Notes::*place = key == "mlflow.traceName" ? &Notes::name : key == "mlflow.trace.session" ? &Notes::session : key == "mlflow.trace.user" ? &Notes::user : nullptr;
        if (place == nullptr)
            return;
        if (notes_.size() < kMaxMlflowNames)
            notes_[textCell(row, 0)].*place = textCell(row, 2);
        else
            context_.assume("Names, sessions and users of traces beyond 200,000 are left out.");
    }

    void use(const std::string& experiment) {
        if (experiment == current_)
            return;
        current_ = experiment;
        Resource resource;
        const auto known = experiments_.find(experiment);
        resource.attributes = {{"service.name", AttributeValue::ofString(known != experiments_.end() ? known->second : experiment)}};
        context_.rows().setResource(std::move(resource));
        context_.rows().clearScope();
    }

    void addNotes(const std::string& request) {
        const auto at = notes_.find(request);
        if (at == notes_.end())
            return;
        AttributeColumns& columns = context_.rows().spanAttributes();
        const uint32_t row = context_.rows().spanRow();
        if (!at->second.session.empty())
            columns.addString(row, "session.id", at->second.session);
        if (!at->second.user.empty())
            columns.addString(row, "user.id", at->second.user);
    }

    void span(sqlite::TableScan& row) {
        const std::string request = textCell(row, 0), name = textCell(row, 4);
        const auto start = timeCell(row, 7, TimeUnit::kNanoseconds, context_), end = timeCell(row, 8, TimeUnit::kNanoseconds, context_);
        if (!start)
            return context_.reject("span without a start time", name);
        use(textCell(row, 1));
        const auto content = parseJson(row.text(9));
        if (row.has(9) && (!content || !content->is_object()))
            context_.rows().health(HealthSeverity::kRepaired, "span content that is no JSON", row.text(9));
        std::string message;
        if (content && content->is_object()) {
            attributes(*content);
            events(*content);
            if (const auto status = content->find("status"); status != content->end() && status->is_object() && status->contains("message") && status->at("message").is_string())
                message = status->at("message").get<std::string>();
        }
        inOtherWords(textCell(row, 5), textCell(row, 10));
        if (!row.has(3))
            addNotes(request);
        format::SpanFields fields;
        fields.traceId = traceIdOf(request);
        fields.spanId = spanIdOf(row.text(2));
        fields.parentSpanId = spanIdOf(row.text(3));
        fields.start = *start;
        fields.end = end.value_or(*start);
        fields.name = name;
        fields.status = statusOf(row.text(6));
        fields.statusMessage = message;
        if (context_.rows().commitSpan(fields))
            withSpans_.insert(fields.traceId.word(0) ^ fields.traceId.word(8));
    }

    void attributes(const Json& content) {
        const auto list = content.find("attributes");
        if (list == content.end() || !list->is_object())
            return;
        AttributeColumns& columns = context_.rows().spanAttributes();
        const uint32_t row = context_.rows().spanRow();
        size_t left = format::kMaxRowAttributes;
        for (const auto& [key, value] : list->items())
            if (left > 0 && !key.empty() && !value.is_null()) {
                --left;
                columns.add(row, key, jsonValue(unwrapped(value)));
            }
        const auto usage = list->find("mlflow.chat.tokenUsage");
        if (usage == list->end())
            return;
        const Json counts = unwrapped(*usage);
        for (const auto& [from, to] : {std::pair{"input_tokens", "gen_ai.usage.input_tokens"}, {"output_tokens", "gen_ai.usage.output_tokens"}})
            if (counts.is_object() && counts.contains(from) && counts.at(from).is_number())
                columns.add(row, to, jsonValue(counts.at(from)));
    }

    void inOtherWords(std::string type, const std::string& model) {
        AttributeColumns& columns = context_.rows().spanAttributes();
        const uint32_t row = context_.rows().spanRow();
        AttributeValue value;
        const auto fill = [&](const char* key, std::string_view text) {
            if (!text.empty() && !columns.find(row, key, value))
                columns.addString(row, key, text);
        };
        if (type.empty() && columns.find(row, "mlflow.spanType", value))
            type = value.display();
        fill("mlflow.spanType", type);
        fill("gen_ai.operation.name", wordFor(kOperations, type));
        fill("openinference.span.kind", wordFor(kKinds, type));
        if (columns.find(row, "mlflow.llm.model", value))
            fill("gen_ai.request.model", value.display());
        fill("gen_ai.request.model", model);
        if (columns.find(row, "mlflow.llm.provider", value))
            fill("gen_ai.provider.name", value.display());
    }

    void events(const Json& content) {
        const auto list = content.find("events");
        if (list == content.end() || !list->is_array())
            return;
        format::OtlpBuilder& rows = context_.rows();
        for (const Json& event : *list) {
            if (!event.is_object())
                continue;
            const std::string name = event.contains("name") && event.at("name").is_string() ? event.at("name").get<std::string>() : std::string();
            if (const auto attributes = event.find("attributes"); attributes != event.end() && attributes->is_object())
                addFlattened(rows.eventAttributes(), rows.eventRow(), {}, *attributes);
            format::SpanEventFields fields;
            fields.time = event.contains("time_unix_nano") && event.at("time_unix_nano").is_number_integer() ? event.at("time_unix_nano").get<int64_t>() : 0;
            fields.name = name;
            rows.commitEvent(fields);
        }
    }

    // A trace whose spans are not in the file: they lie in the artifact store, or the schema is older.
    void trace(sqlite::TableScan& row) {
        const std::string request = textCell(row, 0);
        const TraceId id = traceIdOf(request);
        if (withSpans_.count(id.word(0) ^ id.word(8)) > 0)
            return;
        const auto start = timeCell(row, 2, TimeUnit::kMilliseconds, context_);
        if (!start || id.empty())
            return context_.reject("trace without an id or a time", request);
        context_.assume("Of traces whose spans MLflow keeps outside the file, one span stands for the whole.");
        use(textCell(row, 1));
        const auto notes = notes_.find(request);
        std::string name = textCell(row, 5);
        if (name.empty() && notes != notes_.end())
            name = notes->second.name;
        AttributeColumns& columns = context_.rows().spanAttributes();
        const uint32_t at = context_.rows().spanRow();
        for (const auto& [column, key] : {std::pair{6, "session.id"}, {7, "mlflow.traceInputs"}, {8, "mlflow.traceOutputs"}})
            if (row.has(column))
                columns.addString(at, key, textCell(row, column));
        addNotes(request);
        format::SpanFields fields;
        fields.traceId = id;
        fields.spanId = derivedSpanId(request);
        fields.start = *start;
        const auto took = durationCell(row, 3, TimeUnit::kMilliseconds).value_or(0);
        fields.end = __builtin_add_overflow(*start, took, &fields.end) ? *start : fields.end;
        fields.name = name;
        fields.status = statusOf(row.text(4));
        context_.rows().commitSpan(fields);
    }

    void assessment(sqlite::TableScan& row) {
        if (textCell(row, 3) != "feedback")
            return;
        EvaluationRow evaluation;
        evaluation.traceId = traceIdOf(row.text(0));
        evaluation.spanId = spanIdOf(row.text(1));
        evaluation.name = textCell(row, 2);
        evaluation.time = timeCell(row, 5, TimeUnit::kMilliseconds, context_).value_or(0);
        evaluation.source = textCell(row, 6);
        evaluation.explanation = textCell(row, 7);
        if (evaluation.name.empty())
            return context_.reject("assessment without a name", row.text(0));
        const auto value = parseJson(row.text(4));
        if (value && value->is_number())
            evaluation.score = value->get<double>();
        else if (value && value->is_boolean())
            evaluation.score = value->get<bool>() ? 1 : 0;
        if (value && !value->is_number() && !value->is_null())
            evaluation.label = jsonValue(*value).display();
        addEvaluation(context_.rows(), evaluation);
    }

    ReadContext& context_;
    const MlflowExperiments& experiments_;
    std::unordered_map<std::string, Notes> notes_;
    std::unordered_set<uint64_t> withSpans_;
    std::string current_ = "\n";
};

}  // namespace

Status readMlflowTraces(ReadContext& context, const MlflowExperiments& experiments) { return TraceReader(context, experiments).read(); }

}  // namespace nj::dbfile

#include "format/evaluation_extractor.h"

#include <charconv>
#include <map>

namespace nj::format {
namespace {

constexpr std::string_view kEventName = "gen_ai.evaluation.result";
constexpr size_t kMaxAnnotations = 64;   // of one span

void setScore(Evaluation& e, const AttributeValue& value) {
    e.hasScore = true;
    switch (value.type) {
    case ValueType::kDouble: e.score = value.number; return;
    case ValueType::kInt:
    case ValueType::kBool: e.score = static_cast<double>(value.integer); return;
    case ValueType::kString: {
        const auto [end, error] = std::from_chars(value.text.data(), value.text.data() + value.text.size(), e.score);
        e.hasScore = error == std::errc{} && end == value.text.data() + value.text.size();
        return;
    }
    default: e.hasScore = false;
    }
}

Evaluation evaluationOf(const AttributeList& attributes) {
    Evaluation e;
    const auto text = [&](std::string_view key, std::string& out) {
        if (const AttributeValue* value = findAttribute(attributes, key))
            out = value->display();
    };
    text("gen_ai.evaluation.name", e.name);
    text("gen_ai.evaluation.score.label", e.label);
    text("gen_ai.evaluation.explanation", e.explanation);
    text("gen_ai.response.id", e.responseId);
    if (const AttributeValue* score = findAttribute(attributes, "gen_ai.evaluation.score.value"))
        setScore(e, *score);
    return e;
}

void fromSpanEvents(Batch& batch, uint32_t name) {
    for (uint32_t row = 0; row < batch.spanEvents.size(); ++row) {
        if (batch.spanEvents.name[row] != name)
            continue;
        Evaluation e = evaluationOf(batch.spanEvents.attributes.row(row));
        const uint32_t span = batch.spanEvents.span[row];
        e.origin = Signal::kSpanEvent;
        e.originRow = row;
        e.time = batch.spanEvents.time[row];
        e.traceId = batch.spans.traceId[span];
        e.spanId = batch.spans.spanId[span];
        AttributeValue id;
        if (e.responseId.empty() && batch.spans.attributes.find(span, "gen_ai.response.id", id))
            e.responseId = id.display();
        batch.evaluations.push_back(std::move(e));
    }
}

void fromLog(Batch& batch, uint32_t row) {
    Evaluation e = evaluationOf(batch.logs.attributes.row(row));
    e.origin = Signal::kLog;
    e.originRow = row;
    e.time = batch.logs.time[row] != 0 ? batch.logs.time[row] : batch.logs.observedTime[row];
    e.traceId = batch.logs.traceId[row];
    e.spanId = batch.logs.spanId[row];
    batch.evaluations.push_back(std::move(e));
}

// The event's name stands in its own field, in older data in the attribute event.name.
void fromLogs(Batch& batch, uint32_t name) {
    if (name != StringTable::kMissing)
        for (uint32_t row = 0; row < batch.logs.size(); ++row)
            if (batch.logs.eventName[row] == name)
                fromLog(batch, row);
    for (const AttributeColumns::Column& c : batch.logs.attributes.columns()) {
        if (c.key != "event.name" || c.type != ValueType::kString)
            continue;
        const uint32_t code = c.texts.find(kEventName);
        for (size_t i = 0; code != StringTable::kMissing && i < c.rows.size(); ++i)
            if (c.codes[i] == code && (name == StringTable::kMissing || batch.logs.eventName[c.rows[i]] != name))
                fromLog(batch, c.rows[i]);
        break;
    }
}

struct AnnotationKey {
    size_t number = 0;
    std::string_view field;
    bool valid = false;
};

// "annotations.3.annotation.score" and "evaluations.3.evaluation.score".
AnnotationKey annotationKey(std::string_view key) {
    for (const auto& [list, item] : {std::pair{std::string_view("annotations."), std::string_view(".annotation.")},
                                     std::pair{std::string_view("evaluations."), std::string_view(".evaluation.")}}) {
        if (!key.starts_with(list))
            continue;
        AnnotationKey out;
        const auto [end, error] = std::from_chars(key.data() + list.size(), key.data() + key.size(), out.number);
        const std::string_view rest(end, static_cast<size_t>(key.data() + key.size() - end));
        out.valid = error == std::errc{} && rest.starts_with(item) && out.number < kMaxAnnotations;
        out.field = out.valid ? rest.substr(item.size()) : std::string_view();
        return out;
    }
    return {};
}

void fromSpanAnnotations(Batch& batch) {
    std::map<std::pair<uint32_t, size_t>, Evaluation> found;   // (span, number)
    for (const AttributeColumns::Column& c : batch.spans.attributes.columns()) {
        const AnnotationKey key = annotationKey(c.key);
        if (!key.valid || (key.field != "name" && key.field != "score" && key.field != "label" && key.field != "explanation"))
            continue;
        for (size_t i = 0; i < c.rows.size(); ++i) {
            Evaluation& e = found[{c.rows[i], key.number}];
            if (key.field == "score")
                setScore(e, c.value(i));
            else
                (key.field == "name" ? e.name : key.field == "label" ? e.label : e.explanation) = c.value(i).display();
        }
    }
    for (auto& [where, e] : found) {
        if (e.name.empty())
            continue;
        const uint32_t span = where.first;
        e.origin = Signal::kSpan;
        e.originRow = span;
        e.time = batch.spans.end[span];
        e.traceId = batch.spans.traceId[span];
        e.spanId = batch.spans.spanId[span];
        batch.evaluations.push_back(std::move(e));
    }
}

}  // namespace

void addEvaluations(Batch& batch) {
    const uint32_t name = batch.strings.find(kEventName);
    if (name != StringTable::kMissing)
        fromSpanEvents(batch, name);
    fromLogs(batch, name);
    fromSpanAnnotations(batch);
}

}  // namespace nj::format

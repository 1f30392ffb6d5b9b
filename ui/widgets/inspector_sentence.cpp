#include "widgets/inspector_sentence.h"

#include <QCoreApplication>
#include <algorithm>

#include "theme/number_format.h"
#include "widgets/inspector_content.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

QString stagePlace(const std::string& stage) {
    if (stage == "queue")
        return inspectorTr("the engine's queue");
    if (stage == "prefill")
        return inspectorTr("the engine's prefill");
    if (stage == "decode")
        return inspectorTr("decoding");
    return qText(stage);
}

QString share(DurationNs part, DurationNs whole) { return formatShare(static_cast<double>(part) / static_cast<double>(whole)); }

}  // namespace

QString spanSentence(const query::TraceSpan& span, DurationNs traceLength) {
    const DurationNs length = span.end - span.start;
    const query::TraceSpan::Stage* longest = nullptr;
    for (const auto& stage : span.stages)
        if (!longest || stage.to - stage.from > longest->to - longest->from)
            longest = &stage;
    if (longest && traceLength > 0)
        return inspectorTr("%1 of the trace in %2: %3 of %4").arg(share(longest->to - longest->from, traceLength), stagePlace(longest->name), formatLength(longest->to - longest->from), formatLength(traceLength));
    if (longest && length > 0)
        return inspectorTr("%1 of it in %2: %3 of %4").arg(share(longest->to - longest->from, length), stagePlace(longest->name), formatLength(longest->to - longest->from), formatLength(length));
    if (span.status == SpanStatus::kError)
        return span.statusMessage.empty() ? inspectorTr("It ended in an error") : inspectorTr("It ended in an error: %1").arg(qText(span.statusMessage).left(300));
    if (span.endBeforeStart)
        return inspectorTr("It ends before it starts: a clock was set, or two clocks differ");
    if (span.childCount > 0 && length > 0)
        return inspectorTr("%1 is its own, the rest %2").arg(formatLength(span.self), span.childCount == 1 ? inspectorTr("one child's") : inspectorTr("%1 children's").arg(span.childCount));
    if (traceLength > 0 && length > 0 && length < traceLength)
        return inspectorTr("%1 of the trace").arg(share(length, traceLength));
    return {};
}

QString meanwhileSentence(const std::vector<MetricLane>& lanes, TimeNs instant) {
    const QString kv = QCoreApplication::translate("nj::ui::MetricLane", "KV cache used");
    for (const MetricLane& lane : lanes)
        if (const auto value = lane.title == kv ? lane.at(instant) : std::nullopt)
            return inspectorTr("KV %1 meanwhile").arg(formatShare(*value));
    return {};
}

QString numberRanges(std::vector<int> numbers) {
    std::sort(numbers.begin(), numbers.end());
    numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
    QStringList parts;
    for (size_t i = 0; i < numbers.size();) {
        size_t end = i;
        while (end + 1 < numbers.size() && numbers[end + 1] == numbers[end] + 1)
            ++end;
        parts << (end == i ? QString::number(numbers[i]) : QStringLiteral("%1–%2").arg(numbers[i]).arg(numbers[end]));
        i = end + 1;
    }
    return parts.join(QStringLiteral(", "));
}

QString servedBySentence(const std::vector<Entity>& entities, const QString& service) {
    std::vector<int> numbers;
    QStringList names;
    for (const Entity& entity : entities) {
        if (entity.kind != EntityKind::kGpu)
            continue;
        names << qText(entity.name);
        bool number = false;
        const int index = qText(entity.name).section(QLatin1Char(' '), -1).toInt(&number);
        if (number)
            numbers.push_back(index);
    }
    if (names.isEmpty())
        return {};
    const bool plain = numbers.size() == static_cast<size_t>(names.size());
    return QStringLiteral("%1 → %2").arg(service, plain ? inspectorTr("GPU %1").arg(numberRanges(numbers)) : names.join(QStringLiteral(", ")).left(120));
}

}  // namespace nj::ui

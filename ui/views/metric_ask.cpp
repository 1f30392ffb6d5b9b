#include "views/metric_ask.h"

#include <algorithm>

#include "query/dashboards.h"
#include "views/metric_questions.h"
#include "views/metric_row.h"

namespace nj::ui {
namespace {

constexpr int kShownExpression = 72, kFewSteps = 4;

QString problemOf(const Error& error) { return QString::fromStdString(error.message); }

}  // namespace

MetricAsk::MetricAsk(const ViewContext& context, MetricRow& row) : QObject(&row), context_(context), row_(row) {
    static int made = 0;   // rows move, keys of questions must not
    key_ = QStringLiteral("metrics/row/") + QString::number(made++);
}

void MetricAsk::ask(bool overlay) {
    asking_ = true;
    part_.spec = row_.spec();
    part_.letter = row_.letter();
    if (part_.spec.promql)
        askPromql(overlay);
    else
        askMetric(overlay);
}

void MetricAsk::cancel() {
    context_.queries.cancel(key_);
    asking_ = false;
}

bool MetricAsk::shows(Shown shown) const {
    if (part_.spec.promql)
        return (part_.spec.picture == MetricSpec::Picture::kGraph ? Shown::kLines : Shown::kPicture) == shown;
    return (part_.spec.show == MetricSpec::Show::kHeatmap ? Shown::kHeat : Shown::kLines) == shown;
}

void MetricAsk::done(QString error) {
    error_ = std::move(error);
    asking_ = false;
    answered_ = true;
    Q_EMIT answered();
}

void MetricAsk::askMetric(bool overlay) {
    const query::MetricQuestion question = metricQuestion(part_.spec, context_.workspace);
    context_.queries.ask(
        key_, this,
        [question, overlay](query::Backend& backend, std::stop_token stop) -> Result<query::MetricAnswer> {
            NJ_ASSIGN(query::MetricsBackend * metrics, query::metricsOf(backend));
            return overlay ? query::metricWithBaseline(*metrics, question, stop) : metrics->metric(question, stop);
        },
        [this, question](Result<query::MetricAnswer>&& answer) {
            if (!answer.ok()) {
                done(problemOf(answer.error()));
                return;
            }
            row_.showAnswer(*answer);
            part_.answer = std::move(*answer);
            if (shows(Shown::kHeat))
                askHeat(question);
            else
                done({});
        });
}

void MetricAsk::askHeat(const query::MetricQuestion& question) {
    context_.queries.ask(
        key_, this, [heat = metricHeatQuestion(question)](query::Backend& backend, std::stop_token stop) { return backend.heatmap(heat, stop); },
        [this](Result<query::HeatmapAnswer>&& answer) {
            if (answer.ok())
                heat_ = std::move(*answer);
            done(answer.ok() ? QString() : problemOf(answer.error()));
        });
}

void MetricAsk::askPromql(bool overlay) {
    const query::PromqlQuestion question = promqlQuestion(part_.spec, context_.workspace, overlay);
    row_.setQuestion(question);
    part_.spec.name = part_.spec.expression.simplified();   // what titles call it
    if (part_.spec.name.size() > kShownExpression)
        part_.spec.name = part_.spec.name.left(kShownExpression) + QChar(0x2026);
    if (shows(Shown::kPicture)) {
        askPicture(question);
        return;
    }
    context_.queries.ask(
        key_, this,
        [question](query::Backend& backend, std::stop_token stop) -> Result<query::PromqlAnswer> {
            auto* promql = query::PromqlBackend::of(backend);
            return promql ? promql->promql(question, stop) : Result<query::PromqlAnswer>(makeError(ErrorCode::kUnsupported, "This source answers no PromQL."));
        },
        [this](Result<query::PromqlAnswer>&& answer) {
            if (answer.ok()) {
                row_.showAnswer(*answer);
                part_.answer = std::move(answer->lines);
            }
            done(answer.ok() ? QString() : problemOf(answer.error()));
        });
}

// A few steps as lines say the unit and the warnings.
void MetricAsk::askPicture(const query::PromqlQuestion& question) {
    struct Answer {
        query::PromqlAnswer lines;
        dashboard::PanelAnswer picture;
    };
    query::PromqlQuestion few = question;
    few.columns = kFewSteps;
    few.step = 0;
    few.baseline.reset();
    context_.queries.ask(
        key_, this,
        [few, wanted = promqlPictureQuestion(part_.spec, context_.workspace)](query::Backend& backend, std::stop_token stop) -> Result<Answer> {
            auto* promql = query::PromqlBackend::of(backend);
            auto* pictures = query::DashboardBackend::of(backend);
            if (!promql || !pictures)
                return makeError(ErrorCode::kUnsupported, "This source answers no PromQL.");
            Answer answer;
            NJ_ASSIGN(answer.lines, promql->promql(few, stop));
            NJ_ASSIGN(answer.picture, pictures->panel(wanted, stop));
            if (!answer.picture.problems.empty())
                return makeError(ErrorCode::kInvalidArgument, answer.picture.problems.front().what);
            return answer;
        },
        [this](Result<Answer>&& answer) {
            if (answer.ok()) {
                // Without buckets it is a heatmap of the values themselves.
                const auto& by = answer->lines.lines.by;
                const bool buckets = answer->lines.lines.lines.empty() || std::find(by.begin(), by.end(), "le") != by.end();
                if (part_.spec.picture == MetricSpec::Picture::kHeatmap && buckets)
                    answer->lines.lines.unit = answer->lines.bucketUnit;
                row_.showAnswer(answer->lines);
                part_.answer = std::move(answer->lines.lines);
                picture_ = std::move(answer->picture);
            }
            done(answer.ok() ? QString() : problemOf(answer.error()));
        });
}

}  // namespace nj::ui

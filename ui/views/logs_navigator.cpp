#include "views/logs_navigator.h"

#include <algorithm>

#include "state/masking.h"
#include "theme/number_format.h"

namespace nj::ui {

LogsNavigator::LogsNavigator(const ViewContext& context, LogTableModel& model, LogsTable& table, LogsBar& bar, QObject* parent)
    : QObject(parent), context_(context), model_(model), table_(table), bar_(bar) {}

void LogsNavigator::setHit(const QString& words) {
    hit_ = words.toStdString();
    model_.setHit(words);
}

void LogsNavigator::askPosition(std::function<Result<std::optional<uint64_t>>(query::Backend&, std::stop_token)> question, const QString& none) {
    asking_ = true;
    context_.queries.ask(QStringLiteral("logs/position"), this, std::move(question), [this, none](Result<std::optional<uint64_t>>&& answer) {
        asking_ = false;
        if (!answer.ok())
            say(QString::fromStdString(answer.error().message), "error");
        else if (*answer)
            goToPosition(**answer);
        else if (!none.isEmpty())
            say(none);
        following_ = false;
        Q_EMIT settledChanged();
    });
}

void LogsNavigator::goToPosition(quint64 position) {
    if (model_.total() > 0)
        table_.goTo(model_.rowOfPosition(std::min<quint64>(position, model_.total() - 1)));
}

void LogsNavigator::seekCursor() {
    const auto cursor = context_.workspace.cursor();
    if (!cursor || !model_.range().contains(*cursor) || model_.total() == 0)
        return;
    following_ = true;
    askPosition(
        [question = query::LogSeekQuestion{model_.range(), model_.filter(), *cursor}](query::Backend& backend,
                                                                                       std::stop_token stop) -> Result<std::optional<uint64_t>> {
            NJ_ASSIGN(const uint64_t position, backend.logSeek(question, stop));
            return std::optional<uint64_t>(position);
        },
        {});
}

void LogsNavigator::seekGoal() {
    if (!goal_)
        return;
    const Goal goal = *goal_;
    goal_.reset();
    following_ = false;
    if (goal.seq < 0) {
        askPosition(
            [question = query::LogSeekQuestion{model_.range(), model_.filter(), goal.time}](query::Backend& backend,
                                                                                             std::stop_token stop) -> Result<std::optional<uint64_t>> {
                NJ_ASSIGN(const uint64_t position, backend.logSeek(question, stop));
                return std::optional<uint64_t>(position);
            },
            {});
        return;
    }
    askPosition([range = model_.range(), filter = model_.filter(), goal](query::Backend& backend,
                                                                           std::stop_token stop) { return positionOf(backend, range, filter, goal.time, goal.seq, stop); },
                tr("That record does not match the filter."));
}

void LogsNavigator::jump(bool forward, LogsTable::Target target) {
    const QModelIndex current = table_.currentIndex();
    const query::LogRow* row = current.isValid() ? model_.record(current.row()) : nullptr;
    switch (target) {
    case LogsTable::Target::kError: jumpToTerm(forward, "severity>=17", forward ? tr("No further error after this one.") : tr("No error before this one.")); break;
    case LogsTable::Target::kWarning:
        jumpToTerm(forward, "severity>=13 severity<17", forward ? tr("No further warning after this one.") : tr("No warning before this one."));
        break;
    case LogsTable::Target::kHit: jumpToTerm(forward, hit_, forward ? tr("No further hit after this one.") : tr("No hit before this one.")); break;
    case LogsTable::Target::kTrace:
        if (!row || row->traceId.empty())
            say(tr("This record names no trace."));
        else
            jumpToTerm(forward, "trace:" + row->traceId.hex(), forward ? tr("No later record of this trace.") : tr("No earlier record of this trace."));
        break;
    }
}

void LogsNavigator::jumpToTerm(bool forward, const std::string& term, const QString& none) {
    const QModelIndex current = table_.currentIndex();
    const query::LogRow* row = current.isValid() ? model_.record(current.row()) : nullptr;
    LogJump question{model_.range(), model_.filter(), forward ? model_.range().from : model_.range().to - 1, -1, forward, term};
    if (row) {
        question.time = row->time;
        question.seq = row->seq;
    }
    const bool sayWhich = term == hit_;
    asking_ = true;
    context_.queries.ask(
        QStringLiteral("logs/position"), this, [question](query::Backend& backend, std::stop_token stop) { return jumpTo(backend, question, stop); },
        [this, none, sayWhich](Result<std::optional<LogHit>>&& hit) {
            asking_ = following_ = false;
            if (!hit.ok())
                say(QString::fromStdString(hit.error().message), "error");
            else if (!*hit)
                say(none);
            else {
                goToPosition((*hit)->position);
                if (sayWhich)
                    say(tr("hit %1 of %2").arg(formatCount((*hit)->number), formatCount((*hit)->of)));
            }
            Q_EMIT settledChanged();
        });
}

void LogsNavigator::toggleContext(bool sameSource) {
    const QModelIndex current = table_.currentIndex();
    const int row = current.isValid() ? current.row() : -1;
    const auto position = row < 0 ? std::nullopt : model_.positionOfRow(row);
    if (!position || model_.contextPosition() == position) {
        const auto middle = model_.contextPosition();
        model_.clearContext();
        if (middle)
            goToPosition(*middle);
        bar_.setContextShown(false);
        return;
    }
    const query::LogRow* record = model_.record(row);
    if (!record)
        return;
    LogContextQuestion question{context_.workspace.range(), *record, {}, {}, 4, {}, sameSource};
    for (const QString& key : model_.keys())
        question.columns.push_back(key.toStdString());
    if (*position > 0)
        if (const query::LogRow* before = model_.record(model_.rowOfPosition(*position - 1)))
            question.previousMatch = *before;
    if (const query::LogRow* after = *position + 1 < model_.total() ? model_.record(model_.rowOfPosition(*position + 1)) : nullptr)
        question.nextMatch = *after;
    asking_ = true;
    context_.queries.ask(
        QStringLiteral("logs/context"), this, [question](query::Backend& backend, std::stop_token stop) { return contextOf(backend, question, stop); },
        [this, at = *position](Result<LogContext>&& context) {
            asking_ = false;
            const bool any = context.ok() && !(context->before.empty() && context->after.empty());
            if (any) {
                const QString source = context->source.empty() ? tr("all sources") : QString::fromStdString(context->source);
                say(tr("%1 before and %2 after, of %3%4").arg(context->before.size()).arg(context->after.size()).arg(source.left(80), context->moreBefore || context->moreAfter ? tr("; more between the matches") : QString()));
                model_.setContext(at, std::move(*context));
                goToPosition(at);
            } else if (context.ok()) {
                const QString source = context->source.empty() ? QString() : tr(" of %1").arg(QString::fromStdString(context->source).left(80));
                say(tr("Nothing else%1 was recorded between the neighbouring matches. Shift+C shows all sources.").arg(source));
            } else {
                say(QString::fromStdString(context.error().message), "error");
            }
            bar_.setContextShown(any);
            Q_EMIT settledChanged();
        });
}

void LogsNavigator::openRecord(int row, bool open) {
    const query::LogRow* record = row >= 0 && row < model_.rowCount() ? model_.record(row) : nullptr;
    if (!record || (open && (LogTableModel::lineCount(*record) < 2 && !record->bodyCut)) || model_.isOpen(row) == open)
        return;
    const qint64 seq = record->seq;
    if (!open) {
        model_.closeRecord(seq);
        table_.fitRow(row);
        return;
    }
    if (isMessageEvent(record->eventName) && !context_.workspace.contentsShown())
        return;   // its one line says that it is masked
    if (!record->bodyCut) {
        showLines(seq, record->body);
        return;
    }
    asking_ = true;
    context_.queries.ask(
        QStringLiteral("logs/whole"), this,
        [seq](query::Backend& backend, std::stop_token stop) -> Result<std::string> {
            constexpr size_t kMost = 1U << 20;   // what is shown of it is less
            NJ_ASSIGN(query::LogDetail detail, backend.logDetail(seq, stop));
            detail.body.resize(std::min(detail.body.size(), kMost));
            return std::move(detail.body);
        },
        [this, seq](Result<std::string>&& body) {
            asking_ = false;
            if (body.ok())
                showLines(seq, *body);
            else
                say(QString::fromStdString(body.error().message), "error");
            Q_EMIT settledChanged();
        });
}

void LogsNavigator::showLines(qint64 seq, const std::string& body) {
    model_.openRecord(seq, body);
    // Rows may have moved meanwhile.
    for (int at = std::max(0, table_.rowAt(0)), end = std::min(model_.rowCount(), at + 400); at < end; ++at)
        if (model_.loaded(at) && model_.record(at)->seq == seq)
            table_.fitRow(at);
}

}  // namespace nj::ui

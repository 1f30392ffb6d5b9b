// What the overview says, from the answers alone: one sentence, a few facts beside it, tiles. Works for any data; names nothing of
// its own. Pure; any thread.
#pragma once

#include <QString>
#include <QVector>
#include <optional>
#include <vector>

#include "query/backend.h"
#include "query/failures.h"
#include "query/objectives.h"

namespace nj::ui {

// Where a part of a sentence leads.
struct StoryLink {
    enum class Kind { kNone, kFilter, kRange, kView, kEvent } kind = Kind::kNone;
    QString field, value;     // kFilter
    QString view, parameter;  // kView; for kFilter the view shown after it
    TimeRange range;
    qint64 seq = -1;          // kEvent
};

struct StoryPart {
    QString text;
    StoryLink link;
};

struct StoryFact {
    QString caption, text, mark, role;
    StoryLink link;
};

struct StoryTile {
    QString caption, mark, role;
    QString number, unit;      // "510", "29.9" "s"
    QString baseline;          // "0.35 s"; "" = none
    QString first, second;     // lines under the number
    std::vector<float> spark;
    StoryLink link;
};

// An objective and what the range shown did to it.
struct ObjectiveFact {
    Objective objective;
    query::ObjectiveAnswer answer;
};

struct OverviewFacts {
    TimeRange range;
    std::optional<TimeRange> baseline;
    bool utc = true;
    query::CapsuleInfo info;
    query::ErrorsAnswer errors;
    std::vector<query::Failure> failures;   // the same groups with what is known of their requests; may be empty
    std::vector<query::EntityRow> entities;
    query::LatencyAnswer latency;      // of `measure`, split
    query::Measure measure;
    query::VolumeAnswer volume, baselineVolume;
    std::vector<query::ChangeRow> changes;
    std::vector<query::EventMark> events;
    std::vector<ObjectiveFact> objectives;
    std::vector<double> tokens;        // generated tokens/s per column, summed; empty = no such series
    double tokensBaseline = 0;
};

// "vllm:num_requests_waiting"; of an event its label: "retriever: deploy".
QString changeName(const OverviewFacts& facts, const query::ChangeRow& change);

struct OverviewStory {
    QString mark, role;
    QVector<StoryPart> sentence;
    QVector<StoryFact> facts;
    QVector<StoryTile> tiles;
    QVector<QString> missing;
    [[nodiscard]] QString sentenceText() const;
};

// The shortest period in which a rate is a number one reads: "4.9 a second", "2.1 an hour".
struct RatePeriod {
    double seconds = 1;
    QString words, suffix;
};
RatePeriod ratePeriod(double perSecond);

OverviewStory tellStory(const OverviewFacts& facts);

// The error group that matters most: what the baseline does not explain, client errors (4xx) weighing a tenth. −1 = none.
int worstErrorGroup(const query::ErrorsAnswer& errors, const TimeRange& range, const std::optional<TimeRange>& baseline);
// How many of `count` rows the baseline's rate explains.
double expectedFromBaseline(uint64_t baselineCount, const TimeRange& range, const std::optional<TimeRange>& baseline);
// The measure that tells most about a request: time to first token where there is one, else the span duration, else the fullest.
int chooseMeasure(const std::vector<query::Measure>& measures);

}  // namespace nj::ui

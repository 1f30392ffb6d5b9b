#include "views/sql_pictures.h"

#include <QCoreApplication>
#include <QMap>
#include <algorithm>
#include <cmath>

namespace nj::ui {
namespace {

using Type = query::SqlCell::Type;

struct SqlPicturesTr {
    Q_DECLARE_TR_FUNCTIONS(SqlView)
};

bool isNumber(const query::SqlCell& cell) { return cell.type == Type::kInteger || cell.type == Type::kNumber; }

// Present and of one kind in every row.
bool allOf(const std::vector<SqlRow>& rows, size_t column, bool (*fits)(const query::SqlCell&)) {
    bool any = false;
    for (const SqlRow& row : rows) {
        if (row[column].type == Type::kNull)
            continue;
        if (!fits(row[column]))
            return false;
        any = true;
    }
    return any;
}

ChartSeries lineNamed(const QString& name, int rank) {
    ChartSeries series;
    series.name = name;
    series.rank = rank;
    return series;
}

void add(ChartSeries& series, TimeNs time, const query::SqlCell& cell) {
    const double value = isNumber(cell) ? cell.number : kNoValue;
    series.points.push_back({time, value});
}

}  // namespace

std::optional<TimeNs> sqlTime(const query::SqlCell& cell) {
    if (cell.type == Type::kText) {
        // "2026-03-17 10:57" at least: a bare number or a word is no time here.
        if (cell.text.size() < 10 || cell.text.size() > 40 || cell.text[4] != '-')
            return {};
        const auto time = parseTime(cell.text, 0);
        return time.ok() ? std::optional(*time) : std::nullopt;
    }
    if (!isNumber(cell))
        return {};
    // 1973 … 2286 in each unit; smaller numbers are counts.
    const double value = cell.number;
    for (const auto& [unit, factor] : {std::pair{1e9, kSecond}, {1e12, kMillisecond}, {1e15, kMicrosecond}, {1e18, int64_t{1}}})
        if (value >= unit * 0.1 && value < unit * 10)
            return cell.type == Type::kInteger ? cell.integer * factor : static_cast<TimeNs>(value * static_cast<double>(factor));
    return {};
}

std::optional<SqlChart> sqlChart(const QStringList& columns, const std::vector<SqlRow>& rows) {
    if (rows.size() < 2 || columns.size() < 2)
        return {};
    std::vector<std::pair<TimeNs, const SqlRow*>> inOrder;
    for (const SqlRow& row : rows) {
        if (row.front().type == Type::kNull)
            continue;
        const auto time = sqlTime(row.front());
        if (!time)
            return {};
        inOrder.emplace_back(*time, &row);
    }
    if (inOrder.size() < 2)
        return {};
    std::stable_sort(inOrder.begin(), inOrder.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    SqlChart chart;
    chart.rows = inOrder.size();
    chart.range = {inOrder.front().first, inOrder.back().first + 1};
    const bool tall = columns.size() == 3 && allOf(rows, 1, [](const query::SqlCell& cell) { return cell.type == Type::kText; }) && allOf(rows, 2, isNumber);
    if (tall) {
        QMap<QString, ChartSeries> lines;
        for (const auto& [time, row] : inOrder) {
            const QString name = QString::fromStdString((*row)[1].text).left(200);
            if (!lines.contains(name) && lines.size() >= kMostChartSeries)
                continue;
            ChartSeries& series = lines[name];
            add(series, time, (*row)[2]);
        }
        int rank = 0;
        for (auto line = lines.begin(); line != lines.end(); ++line) {
            line->name = line.key();
            line->rank = rank++;
            chart.data.series.push_back(*line);
        }
    } else {
        for (qsizetype c = 1; c < columns.size() && chart.data.series.size() < kMostChartSeries; ++c) {
            if (!allOf(rows, static_cast<size_t>(c), isNumber))
                continue;
            ChartSeries series = lineNamed(columns[c].left(200), static_cast<int>(chart.data.series.size()));
            for (const auto& [time, row] : inOrder)
                add(series, time, (*row)[static_cast<size_t>(c)]);
            chart.data.series.push_back(series);
        }
    }
    if (chart.data.series.isEmpty())
        return {};
    chart.data.title = SqlPicturesTr::tr("Result over time");
    return chart;
}

std::vector<SqlExample> sqlExamples(const std::vector<query::SqlTable>& tables) {
    struct Candidate {
        SqlExample example;
        std::vector<std::pair<const char*, const char*>> needs;   // table, column
    };
    const std::vector<Candidate> candidates = {
        {{SqlPicturesTr::tr("Spans and errors by service"), QStringLiteral("SELECT service, count(*) AS spans, sum(status = 'error') AS errors,\n"
                                                                "       round(quantile(0.5, duration_nano) / 1e9, 3) AS p50_s, round(quantile(0.99, duration_nano) / 1e9, 3) AS p99_s\n"
                                                                "FROM spans GROUP BY service ORDER BY errors DESC")},
         {{"spans", "duration_nano"}}},
        {{SqlPicturesTr::tr("Errors and warnings a minute"), QStringLiteral("SELECT time_unix_nano / 60000000000 * 60000000000 AS time,\n"
                                                                 "       sum(severity_number >= 17) AS errors, sum(severity_number BETWEEN 13 AND 16) AS warnings\n"
                                                                 "FROM logs GROUP BY 1 ORDER BY 1")},
         {{"logs", "severity_number"}}},
        {{SqlPicturesTr::tr("Slowest failed spans"), QStringLiteral("SELECT trace_id, service, name, round(duration_nano / 1e9, 2) AS seconds, status_message\n"
                                                         "FROM spans WHERE status = 'error' ORDER BY duration_nano DESC LIMIT 200")},
         {{"spans", "status_message"}}},
        {{SqlPicturesTr::tr("SM clock of every GPU"), QStringLiteral("SELECT time_unix_nano / 60000000000 * 60000000000 AS time, 'GPU ' || (labels ->> 'gpu') AS gpu, avg(value) AS mhz\n"
                                                          "FROM samples JOIN series ON series.id = series_id\n"
                                                          "WHERE series.name = 'DCGM_FI_DEV_SM_CLOCK' GROUP BY 1, 2 ORDER BY 1")},
         {{"samples", "value"}}},
        {{SqlPicturesTr::tr("504s a minute by upstream"), QStringLiteral("SELECT start_time_unix_nano / 60000000000 * 60000000000 AS time, service, count(*) AS \"504\"\n"
                                                              "FROM spans WHERE \"http.response.status_code\" = 504 GROUP BY 1, 2 ORDER BY 1")},
         {{"spans", "http.response.status_code"}}},
        {{SqlPicturesTr::tr("Prompt tokens per half hour"), QStringLiteral("SELECT start_time_unix_nano / 1800000000000 * 1800000000000 AS time,\n"
                                                                "       quantile(0.5, \"gen_ai.usage.input_tokens\") AS p50, quantile(0.95, \"gen_ai.usage.input_tokens\") AS p95\n"
                                                                "FROM spans WHERE \"gen_ai.usage.input_tokens\" IS NOT NULL GROUP BY 1 ORDER BY 1")},
         {{"spans", "gen_ai.usage.input_tokens"}}},
        {{SqlPicturesTr::tr("Metrics with the most samples"), QStringLiteral("SELECT series.name, count(*) AS samples, count(DISTINCT series_id) AS series, min(value), max(value)\n"
                                                                  "FROM samples JOIN series ON series.id = series_id GROUP BY 1 ORDER BY 2 DESC")},
         {{"samples", "value"}}},
        {{SqlPicturesTr::tr("Events"), QStringLiteral("SELECT time_unix_nano AS time, kind, title, entity, log_rowid FROM events ORDER BY 1")}, {{"events", "title"}}},
        {{SqlPicturesTr::tr("What was read"), QStringLiteral("SELECT path, format, state, spans, logs, samples, rejected, duplicates FROM imports")}, {{"imports", "rejected"}}},
    };
    const auto has = [&](const std::pair<const char*, const char*>& need) {
        return std::any_of(tables.begin(), tables.end(), [&](const query::SqlTable& table) {
            return table.name == need.first && std::any_of(table.columns.begin(), table.columns.end(), [&](const query::SqlColumn& column) { return column.name == need.second; });
        });
    };
    std::vector<SqlExample> examples;
    for (const Candidate& candidate : candidates)
        if (std::all_of(candidate.needs.begin(), candidate.needs.end(), has))
            examples.push_back(candidate.example);
    return examples;
}

}  // namespace nj::ui

#include "window/live_session.h"

#include <QFile>
#include <QPointer>
#include <QStandardPaths>
#include <QSysInfo>
#include <QUrl>
#include <algorithm>

#include "data_folder.h"
#include "shell/live_clock.h"
#include "shell/workbench.h"
#include "source/listen_source.h"
#include "source/pasted.h"
#include "source/promql_selectors.h"
#include "source/receiver.h"

namespace nj::app {
namespace {

using source::FieldKind;
using source::SourceConfig;
using source::SourceState;
using ui::LiveRow;

constexpr DurationNs kBeforePulled = 10 * kMinute;   // what a rate at the range's start reads
constexpr int kPollMs = 500, kShownExpression = 300, kShownWords = 6;

QString q(std::string_view text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(text.size())); }

QVector<ui::LiveKind> allKinds() {
    QVector<ui::LiveKind> kinds;
    for (const source::SourceKind* kind : source::sourceKinds()) {
        ui::LiveKind one{q(kind->name), q(kind->title), q(kind->about), {}};
        for (const source::SourceField& field : kind->fields) {
            const auto shown = field.kind == FieldKind::kSwitch ? ui::LiveField::Kind::kSwitch : field.kind == FieldKind::kSecret ? ui::LiveField::Kind::kSecret : ui::LiveField::Kind::kText;
            one.fields.push_back({shown, q(field.name), q(field.title), q(field.preset), q(field.hint), field.required, field.repeated});
        }
        kinds.push_back(std::move(one));
    }
    return kinds;
}

bool isSecret(const std::string& kind, std::string_view field) {
    const source::SourceKind* known = source::findSourceKind(kind);
    return known != nullptr && std::any_of(known->fields.begin(), known->fields.end(), [&](const auto& f) { return f.name == field && f.kind == FieldKind::kSecret; });
}

SourceConfig configOf(const QString& kind, const ui::LiveValues& values) {
    SourceConfig config{kind.toStdString(), {}};
    // In the order of the kind's fields, so that equal settings are equal.
    if (const source::SourceKind* known = source::findSourceKind(config.kind))
        for (const source::SourceField& field : known->fields)
            for (const QString& value : values.value(q(field.name)))
                config.add(field.name, value.toStdString());
    return config;
}

ui::LiveValues valuesOf(const SourceConfig& config) {
    ui::LiveValues values;
    for (const auto& [field, value] : config.values)
        values[q(field)] << q(value);
    return values;
}

QString secretKey(const SourceConfig& config, std::string_view field) {
    return q(config.kind + ' ' + config.value("url") + config.value("address") + '/') + q(field);
}

LiveRow::Phase phaseOf(SourceState::Phase phase) {
    switch (phase) {
    case SourceState::Phase::kStopped: return LiveRow::Phase::kStopped;
    case SourceState::Phase::kStarting: return LiveRow::Phase::kStarting;
    case SourceState::Phase::kRunning: return LiveRow::Phase::kRunning;
    case SourceState::Phase::kWaiting: return LiveRow::Phase::kWaiting;
    case SourceState::Phase::kDone: return LiveRow::Phase::kDone;
    case SourceState::Phase::kFailed: return LiveRow::Phase::kFailed;
    }
    return LiveRow::Phase::kStopped;
}

bool listens(const SourceConfig& config) { return config.kind == "otlp_grpc" || config.kind == "otlp_http"; }

bool reachable(const SourceConfig& config) {
    const auto listen = source::parseListen(config.value("address"), 0);
    return listens(config) && listen.ok() && !source::isLoopback(listen->host);
}

QString titleOf(const SourceConfig& config) {
    const source::SourceKind* kind = source::findSourceKind(config.kind);
    const QString where = q(config.value("url") + config.value("address") + config.value("path"));
    return (kind != nullptr ? q(kind->title) : q(config.kind)) + (where.isEmpty() ? QString() : QLatin1Char(' ') + where);
}

}  // namespace

LiveSession::LiveSession(ui::MainWindow& window, WindowSettings& settings, QObject* parent)
    : QObject(parent),
      window_(window),
      settings_(settings),
      secrets_(QStandardPaths::writableLocation(QStandardPaths::AppConfigLocation) + QStringLiteral("/secrets.json"), !QStandardPaths::isTestModeEnabled()) {
    worker_ = std::jthread([this] {
        std::unique_ptr<LiveEngine> engine;
        while (auto task = tasks_.pop())
            (*task)(engine);
    });
    timer_.setInterval(kPollMs);
    connect(&timer_, &QTimer::timeout, this, &LiveSession::poll);
}

LiveSession::~LiveSession() {
    ending_.request_stop();
    tasks_.close();
    worker_.join();
    probes_.waitForDone();
}

void LiveSession::post(Task task) { tasks_.push(std::move(task), 1); }

ui::LiveSources* LiveSession::book() { return window_.workbench() ? &ui::LiveSources::of(window_.workbench()->workspace()) : nullptr; }

LiveSession::Source* LiveSession::find(int id) {
    const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& source) { return source.id == id; });
    return found == sources_.end() ? nullptr : &*found;
}

void LiveSession::create(const QString& path, std::function<void(const QString& problem)> go) {
    post([this, file = QFile::encodeName(path).toStdString(), go = std::move(go)](std::unique_ptr<LiveEngine>&) {
        const auto made = [&]() -> Status {
            NJ_ASSIGN(const auto writer, store::CapsuleWriter::open(file));
            return writer->close();
        }();
        QMetaObject::invokeMethod(this, [go, made] { go(made.ok() ? QString() : q(made.error().message)); });
    });
}

void LiveSession::setCapsule(const QString& path) {
    connectWorkspace();
    if (path != capsule_) {
        capsule_ = path;
        sources_.clear();
        last_.clear();
        rowsShown_ = 0;
        active_ = false;
        post([file = QFile::encodeName(path).toStdString()](std::unique_ptr<LiveEngine>& engine) { engine = std::make_unique<LiveEngine>(file); });
        if (const QByteArray json = settings_.sources(path); !json.isEmpty())
            if (auto configs = source::sourcesFromJson(std::string_view(json.constData(), static_cast<size_t>(json.size()))); configs.ok())
                for (SourceConfig& config : *configs) {
                    const int id = nextId_++;
                    sources_.push_back({id, config});
                    post([id, config](std::unique_ptr<LiveEngine>& engine) { engine->put(id, config); });
                }
    }
    timer_.start();
    poll();
}

void LiveSession::connectWorkspace() {
    ui::LiveSources* live = book();
    if (live == nullptr)
        return;
    live->setKinds(allKinds());
    connect(live, &ui::LiveSources::keepRequested, this, &LiveSession::keep);
    connect(live, &ui::LiveSources::startRequested, this, &LiveSession::start);
    connect(live, &ui::LiveSources::testRequested, this, &LiveSession::test);
    connect(live, &ui::LiveSources::pullRequested, this, &LiveSession::pull);
    connect(live, &ui::LiveSources::pasteRequested, this, &LiveSession::paste);
    connect(live, &ui::LiveSources::stopRequested, this, [this](int id) {
        post([id](std::unique_ptr<LiveEngine>& engine) { engine->stop(id); });
        poll();
    });
    connect(live, &ui::LiveSources::removeRequested, this, [this](int id) {
        if (const Source* source = find(id))
            for (const char* field : {"token", "password"})
                secrets_.write(secretKey(source->config, field), {});
        std::erase_if(sources_, [&](const Source& source) { return source.id == id; });
        post([id](std::unique_ptr<LiveEngine>& engine) { engine->remove(id); });
        remember();
        poll();
    });
}

void LiveSession::keep(int id, const QString& kind, const ui::LiveValues& values) {
    SourceConfig config = configOf(kind, values);
    if (const Status good = source::checkConfig(config); !good.ok()) {
        book()->refuse(q(good.error().message));
        return;
    }
    // A secret that was left empty stays what it was.
    for (const auto& [field, value] : config.values)
        if (isSecret(config.kind, field))
            secrets_.write(secretKey(config, field), q(value));
    std::erase_if(config.values, [&](const auto& v) { return isSecret(config.kind, v.first); });
    if (Source* known = find(id)) {
        known->config = config;
    } else {
        id = nextId_++;
        sources_.push_back({id, config});
    }
    remember();
    start(id);
}

void LiveSession::withSecrets(const Source& source, std::function<void(SourceConfig)> then) {
    struct Gathering {
        SourceConfig config;
        int left = 1;
        std::function<void(SourceConfig)> then;
        void arrived() {
            if (--left == 0)
                then(std::move(config));
        }
    };
    auto gathering = std::make_shared<Gathering>(Gathering{source.config, 1, std::move(then)});
    if (const source::SourceKind* kind = source::findSourceKind(source.config.kind))
        for (const source::SourceField& field : kind->fields)
            if (field.kind == FieldKind::kSecret) {
                ++gathering->left;
                secrets_.read(secretKey(source.config, field.name), [gathering, name = std::string(field.name)](const QString& secret) {
                    if (!secret.isEmpty())
                        gathering->config.set(name, secret.toStdString());
                    gathering->arrived();
                });
            }
    gathering->arrived();
}

void LiveSession::start(int id) {
    const Source* source = find(id);
    if (source == nullptr)
        return;
    withSecrets(*source, [this, id](SourceConfig config) {
        post([this, id, config = std::move(config)](std::unique_ptr<LiveEngine>& engine) {
            engine->put(id, config);
            const Status started = engine->start(id);
            QMetaObject::invokeMethod(this, [this, started] {
                poll();
                if (!started.ok()) {
                    window_.say(tr("The source does not start: %1").arg(q(started.error().message)), true);
                    return;
                }
                // Nothing is there yet: what comes is what there is to see.
                if (ui::Workbench* bench = window_.workbench(); bench && bench->workspace().all().empty())
                    bench->live()->start();
            });
        });
    });
}

void LiveSession::test(int ticket, const QString& kind, const ui::LiveValues& values) {
    const auto answer = [this, ticket](bool good, const QString& words) {
        if (ui::LiveSources* live = book())
            live->tested(ticket, good, words);
    };
    const SourceConfig config = configOf(kind, values);
    if (const Status good = source::checkConfig(config); !good.ok()) {
        answer(false, q(good.error().message));
        return;
    }
    withSecrets({0, config}, [this, answer, config](SourceConfig stored) {
        for (const auto& [field, value] : config.values)   // what was typed just now wins
            if (isSecret(config.kind, field))
                stored.set(field, value);
        probes_.start([this, answer, stored, stop = ending_.get_token()] {
            const auto ready = source::withIdentity(stored, dataFolder());
            const auto probe = ready.ok() ? source::findSourceKind(stored.kind)->probe(*ready, stop) : Result<source::SourceProbe>(ready.error());
            const QString words = probe.ok() ? q(probe->summary) : q(probe.error().message);
            QMetaObject::invokeMethod(this, [answer, good = probe.ok(), words] { answer(good, words); });
        });
    });
}

// From the first Prometheus there is, as a source of its own that ends.
void LiveSession::pull(const QString& expression, TimeRange range) {
    const auto server = std::find_if(sources_.begin(), sources_.end(), [](const Source& source) { return source.config.kind == "prometheus"; });
    const std::vector<std::string> selectors = source::selectorsIn(expression.toStdString());
    if (server == sources_.end() || selectors.empty()) {
        window_.say(tr("No selector in it that a server could be asked for."));
        return;
    }
    SourceConfig config = server->config;
    std::erase_if(config.values, [](const auto& v) { return v.first == "pack" || v.first == "match" || v.first == "range" || v.first == "follow"; });
    for (const std::string& selector : selectors)
        config.add("match", selector);
    config.set("range", formatRfc3339(range.from - kBeforePulled, 3) + ".." + formatRfc3339(range.to, 3));
    config.set("follow", "no");
    keep(0, QStringLiteral("prometheus"), valuesOf(config));
}

void LiveSession::paste(const QString& text) {
    ui::LiveSources* live = book();
    if (live == nullptr)
        return;
    const auto pasted = source::parsePasted(text.toStdString(), nowNs());
    if (!pasted.ok()) {
        live->pasted({}, {}, QStringLiteral("◆ ") + q(pasted.error().message));
        return;
    }
    QStringList words{q(pasted->what)};
    for (const std::string& expression : pasted->expressions)
        words << q(expression).left(kShownExpression);
    for (const source::PastedAlert& alert : pasted->alerts)
        for (const auto& [name, value] : alert.labels)
            if (name == "alertname")
                words << tr("alert %1 since %2").arg(q(value), q(formatRfc3339(alert.from, 0)));
    // The time that is meant is what the window shows.
    if (ui::Workbench* bench = window_.workbench(); bench && !pasted->range.empty())
        bench->workspace().setRange(pasted->range);
    live->pasted(q(pasted->source.kind), valuesOf(pasted->source), (pasted->source.kind.empty() ? QStringLiteral("◆ ") : QStringLiteral("● ")) + words.mid(0, kShownWords).join(QStringLiteral(" · ")));
}

void LiveSession::remember() {
    std::vector<SourceConfig> configs;
    for (const Source& source : sources_)
        configs.push_back(source.config);
    settings_.setSources(capsule_, configs.empty() ? QByteArray() : QByteArray::fromStdString(source::sourcesToJson(configs)));
}

void LiveSession::pause(std::function<void()> go) {
    post([this, go = std::move(go)](std::unique_ptr<LiveEngine>& engine) {
        if (engine)
            (void)engine->pause();   // what fails here, the import that follows meets again and says
        QMetaObject::invokeMethod(this, go);
    });
}

void LiveSession::resume() {
    post([this](std::unique_ptr<LiveEngine>& engine) {
        const Status opened = engine ? engine->resume() : Status();
        if (!opened.ok())
            QMetaObject::invokeMethod(this, [this, words = q(opened.error().message)] { window_.say(tr("The live sources can't write: %1").arg(words), true); });
    });
}

void LiveSession::poll() {
    if (polling_ || sources_.empty()) {
        if (ui::LiveSources* live = book(); live && sources_.empty() && !live->rows().isEmpty())
            live->setRows({}, {});
        return;
    }
    polling_ = true;
    post([this, capsule = capsule_](std::unique_ptr<LiveEngine>& engine) {
        auto entries = std::make_shared<std::vector<LiveEngine::Entry>>(engine ? engine->entries() : std::vector<LiveEngine::Entry>());
        const std::string problem = engine ? engine->problem() : std::string();
        QMetaObject::invokeMethod(this, [this, capsule, entries, problem] {
            polling_ = false;
            if (capsule == capsule_)
                show(*entries, problem);
        });
    });
}

void LiveSession::show(const std::vector<LiveEngine::Entry>& entries, const std::string& problem) {
    ui::LiveSources* live = book();
    if (live == nullptr)
        return;
    QVector<LiveRow> rows;
    QStringList environment;
    uint64_t total = 0;
    active_ = false;
    const TimeNs now = nowNs();
    for (const LiveEngine::Entry& entry : entries) {
        if (find(entry.id) == nullptr)
            continue;
        const SourceState& state = entry.state;
        LiveRow row;
        row.id = entry.id;
        row.phase = phaseOf(state.phase);
        row.kind = q(entry.config.kind);
        SourceConfig shown = entry.config;
        std::erase_if(shown.values, [&](const auto& v) { return isSecret(shown.kind, v.first); });
        row.values = valuesOf(shown);
        row.title = state.title.empty() ? titleOf(entry.config) : q(state.title);
        row.activity = q(state.activity);
        row.progress = state.progress;
        row.rows = state.rows();
        row.requests = state.requests;
        row.rejected = state.rejected;
        row.retried = state.retried;
        row.duplicates = state.duplicates;
        row.problem = q(state.lastError);
        row.problemAt = state.lastErrorAt;
        row.open = reachable(entry.config);
        if (state.newest != 0)
            row.lag = now - state.newest;
        Last& last = last_[entry.id];
        if (last.at != 0 && now > last.at && row.rows >= last.rows) {
            const double rate = static_cast<double>(row.rows - last.rows) * 1e9 / static_cast<double>(now - last.at);
            last.rate = rate > 0 ? (last.rate > 0 ? 0.6 * last.rate + 0.4 * rate : rate) : last.rate < 1 ? 0 : last.rate / 2;   // steady to the eye
        }
        last.rows = row.rows;
        last.at = now;
        row.rowsPerSecond = row.active() ? last.rate : 0;
        active_ = active_ || row.active();
        total += row.rows;
        if (listens(entry.config) && row.active()) {
            QString address = row.title.section(QLatin1Char(' '), -1);
            // Every address of this computer: others call it by its name.
            for (const QString& any : {QStringLiteral("0.0.0.0:"), QStringLiteral("[::]:")})
                if (address.startsWith(any))
                    address = QSysInfo::machineHostName() + QLatin1Char(':') + address.mid(any.size());
            const bool tls = row.activity.contains(QLatin1String("TLS")) && entry.config.value("plain") != "yes";
            environment << QStringLiteral("export OTEL_EXPORTER_OTLP_ENDPOINT=%1://%2\nexport OTEL_EXPORTER_OTLP_PROTOCOL=%3\n")
                                   .arg(tls ? QStringLiteral("https") : QStringLiteral("http"), address, entry.config.kind == "otlp_grpc" ? QStringLiteral("grpc") : QStringLiteral("http/protobuf")) +
                               (entry.config.value("token").empty() ? QString() : QStringLiteral("export OTEL_EXPORTER_OTLP_HEADERS=authorization=Bearer%20%1\n").arg(q(entry.config.value("token"))));
        }
        rows.push_back(std::move(row));
    }
    live->setRows(std::move(rows), environment.value(0));
    if (total != rowsShown_) {
        rowsShown_ = total;
        window_.refresh();
    }
    if (problem != problem_) {
        problem_ = problem;
        if (!problem.empty())
            window_.say(tr("Nothing is taken for now; senders are told to come later: %1").arg(q(problem)), true);
    }
}

}  // namespace nj::app

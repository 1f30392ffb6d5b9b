#include "views/source_detail_panel.h"

#include <QFileInfo>
#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "query/search_syntax.h"
#include "state/import_requests.h"
#include "state/zone_correction.h"
#include "theme/number_format.h"
#include "widgets/fact_table.h"
#include "widgets/plain_label.h"

namespace nj::ui {
SourceDetailPanel::SourceDetailPanel(const ViewContext& context, QWidget* parent) : Panel(context.theme, parent), context_(context), book_(AnnotationBook::of(context.workspace)) {
    const Theme& theme = context.theme;
    auto* body = new QWidget;
    path_ = new PlainLabel({}, theme.mono, "", body);
    path_->setElided(true);
    facts_ = new PlainLabel({}, theme.table, "muted", body);
    facts_->setElided(true);
    health_ = new FactTable({{tr("rejected or repaired"), 0}, {tr("example"), 320, false, 1}, {tr("line"), 76, true, 2}, {tr("count"), 84, true}}, theme, body);
    health_->setObjectName(QStringLiteral("sourceHealth"));
    health_->setAccessibleName(tr("What was rejected or repaired, and why"));
    auto* column = new QVBoxLayout(body);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(2 * theme.unit);
    column->addWidget(path_);
    column->addWidget(facts_);
    column->addWidget(buildClock());
    column->addWidget(health_, 1);
    column->addWidget(buildActions());
    column->addStretch(0);   // nothing rejected: what there is stays at the top
    setBody(body);
    connect(&book_, &AnnotationBook::changed, this, &SourceDetailPanel::showClock);
    showImport(nullptr);
}

QWidget* SourceDetailPanel::buildClock() {
    const Theme& theme = context_.theme;
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * theme.unit);
    row->addWidget(new PlainLabel(tr("Its clock"), theme.table, "muted", box));
    scope_ = new QComboBox(box);
    scope_->setObjectName(QStringLiteral("sourceScope"));
    scope_->setAccessibleName(tr("What is corrected: this file or all of its host"));
    scope_->setFont(theme.table);
    scope_->setSizeAdjustPolicy(QComboBox::AdjustToContents);
    connect(scope_, &QComboBox::activated, this, &SourceDetailPanel::showClock);
    zone_ = new QComboBox(box);
    zone_->setObjectName(QStringLiteral("sourceZone"));
    zone_->setAccessibleName(tr("Zone the file's times are in"));
    zone_->setFont(theme.table);
    for (const int minutes : knownZones())
        zone_->addItem(zoneLabel(minutes), minutes);
    skew_ = new QLineEdit(box);
    skew_->setObjectName(QStringLiteral("sourceSkew"));
    skew_->setAccessibleName(tr("Skew of the clock"));
    skew_->setToolTip(tr("How much its clock was behind: +90s moves its rows later, -1h earlier"));
    skew_->setPlaceholderText(tr("skew: +90s, -1h"));
    skew_->setFont(theme.table);
    skew_->setMaxLength(40);
    skew_->setFixedWidth(130);
    apply_ = new QPushButton(tr("Apply"), box);
    apply_->setObjectName(QStringLiteral("sourceApply"));
    back_ = new QPushButton(tr("As read"), box);
    back_->setObjectName(QStringLiteral("sourceAsRead"));
    back_->setToolTip(tr("Take the correction back"));
    clock_ = new PlainLabel({}, theme.table, "warning", box);
    clock_->setElided(true);
    row->addWidget(scope_);
    row->addWidget(zone_);
    row->addWidget(skew_);
    row->addWidget(apply_);
    row->addWidget(back_);
    row->addWidget(clock_, 1);
    connect(apply_, &QPushButton::clicked, this, &SourceDetailPanel::apply);
    connect(skew_, &QLineEdit::returnPressed, this, &SourceDetailPanel::apply);
    connect(back_, &QPushButton::clicked, this, &SourceDetailPanel::takeBack);
    return box;
}

QWidget* SourceDetailPanel::buildActions() {
    const Theme& theme = context_.theme;
    auto* box = new QWidget;
    auto* row = new QHBoxLayout(box);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(2 * theme.unit);
    const auto push = [&](const QString& text, const char* name, const QString& tip) {
        auto* button = new QPushButton(text, box);
        button->setObjectName(QString::fromLatin1(name));
        button->setToolTip(tip);
        row->addWidget(button);
        return button;
    };
    connect(push(tr("Show its time"), "sourceRange", tr("The window's range becomes the file's")), &QPushButton::clicked, this, [this] { context_.workspace.setRange(import_.range); });
    connect(push(tr("Read again"), "sourceAgain", tr("Reads the path once more; rows that are here already are kept once")), &QPushButton::clicked, this,
            [this] { ImportRequests::of(context_.workspace).read({QString::fromStdString(import_.path)}); });
    connect(push(tr("Remove its rows"), "sourceRemove", tr("Takes everything read from it out of the capsule; Read again brings it back")), &QPushButton::clicked, this,
            [this] { ImportRequests::of(context_.workspace).remove(import_.id); });
    row->addStretch(1);
    return box;
}

std::string SourceDetailPanel::host() const {
    const auto known = hosts_.find(import_.id);
    return known == hosts_.end() ? std::string() : known->second;
}

bool SourceDetailPanel::wholeHost() const { return scope_->currentIndex() == 1; }

const TimeCorrection* SourceDetailPanel::correction() const {
    const TimeCorrection* found = nullptr;
    for (const TimeCorrection& one : book_.corrections()) {
        if (one.import == import_.id)
            return &one;
        if (one.import == 0 && !one.host.empty() && one.host == host())
            found = &one;
    }
    return found;
}

void SourceDetailPanel::setHosts(const std::map<int64_t, std::string>& hosts) {
    hosts_ = hosts;
    offerScopes();
    showClock();
}

// The scope of the correction there is; without one, this file.
void SourceDetailPanel::offerScopes() {
    scope_->clear();
    scope_->addItem(tr("this file"));
    const std::string own = host();
    if (!own.empty()) {
        const auto files = std::count_if(hosts_.begin(), hosts_.end(), [&](const auto& one) { return one.second == own; });
        scope_->addItem(tr("host %1, %n file(s)", nullptr, static_cast<int>(files)).arg(oneLine(own).left(60)));
    }
    const TimeCorrection* now = correction();
    scope_->setCurrentIndex(now && now->import == 0 ? 1 : 0);
    scope_->setVisible(scope_->count() > 1);
}

void SourceDetailPanel::takeBack() {
    if (const TimeCorrection* now = correction())
        book_.remove(std::string(now->id), now->import == 0 ? tr("Show a host's files as they were read") : tr("Show a file as it was read"));
}

void SourceDetailPanel::showImport(const query::ImportSummary* import) {
    import_ = import ? *import : query::ImportSummary{};
    if (!import) {
        setTitle(tr("A file"));
        setWords({});
        showEmpty(tr("Choose a file above to see what was read from it, what was rejected and why."));
        return;
    }
    setTitle(QFileInfo(QString::fromStdString(import_.path)).fileName().left(200));
    setWords(import_.format.empty() ? tr("not recognised") : tr("read as %1").arg(oneLine(import_.format)));
    path_->setPlain(QString::fromStdString(import_.path).left(4000));
    QStringList facts;
    facts << formatValue(static_cast<double>(import_.bytes), QStringLiteral("By"));
    for (const auto& [count, word] : {std::pair(import_.spans, tr("spans")), std::pair(import_.logs, tr("log records")), std::pair(import_.samples, tr("samples")),
                                      std::pair(import_.documents, tr("documents")), std::pair(import_.duplicates, tr("delivered twice"))})
        if (count > 0)
            facts << formatCount(count) + QLatin1Char(' ') + word;
    if (import_.finishedAt > 0)
        facts << tr("read %1").arg(formatDateTime(import_.finishedAt, context_.workspace.utc(), kSecond));
    if (!import_.note.empty())
        facts << oneLine(import_.note);
    facts_->setPlain(facts.join(QStringLiteral(" · ")));
    showHealth();
    offerScopes();
    showClock();
    showBody();
}

void SourceDetailPanel::showHealth() {
    std::vector<std::vector<FactCell>> rows;
    for (const query::HealthSummary& health : context_.workspace.info().health) {
        if (health.import != import_.id)
            continue;
        FactCell reason, example, line, count;
        const bool lost = health.severity == HealthSeverity::kLost, rejected = health.severity == HealthSeverity::kRejected;
        reason.text = oneLine(health.reason);
        reason.mark = lost ? QStringLiteral("▲") : rejected ? QStringLiteral("◆") : QStringLiteral("·");
        reason.role = lost ? QStringLiteral("error") : rejected ? QStringLiteral("warning") : QString();
        reason.order = -static_cast<double>(health.severity);
        example.text = oneLine(health.example);
        example.muted = true;
        line.text = health.line > 0 ? formatCount(health.line) : QString();
        line.order = static_cast<double>(health.line);
        count.text = formatCount(health.count);
        count.order = static_cast<double>(health.count);
        rows.push_back({reason, example, line, count});
    }
    health_->setVisible(!rows.empty());
    health_->setRows(std::move(rows));
}

void SourceDetailPanel::showClock() {
    if (import_.id == 0)
        return;
    const auto assumed = zoneMinutes(QString::fromStdString(import_.assumedZone));
    const TimeCorrection* now = correction();
    const bool ofHost = now && now->import == 0;
    const auto chosen = now && !ofHost ? zoneMinutes(QString::fromStdString(now->zone)) : std::nullopt;
    zone_->setEnabled(assumed.has_value());
    zone_->setVisible(!wholeHost());   // a host's other files may state their zone
    zone_->setCurrentIndex(zone_->findData(chosen.value_or(assumed.value_or(0))));
    zone_->setToolTip(assumed ? tr("The lines name no zone: %1 was assumed").arg(zoneLabel(*assumed)) : tr("The times of this file name their zone; a skew can still be corrected"));
    skew_->setText(now && ofHost == wholeHost() ? skewText(ofHost ? now->shift : skewOf(*now, assumed)) : QString());
    back_->setVisible(now != nullptr);
    clock_->setRole(now ? "warning" : "muted");
    clock_->setPlain(now        ? QStringLiteral("◆ ") + correctionText(*now) + (ofHost ? tr(", with all of host %1").arg(oneLine(now->host).left(60)) : QString())
                     : assumed  ? tr("assumed %1: the lines name no zone").arg(zoneLabel(*assumed))
                                : tr("times as the file states them"));
}

void SourceDetailPanel::apply() {
    const auto skew = parseSkew(skew_->text());
    if (!skew.ok()) {
        clock_->setRole("error");
        clock_->setPlain(QStringLiteral("▲ ") + QString::fromStdString(skew.error().message));
        return;
    }
    if (wholeHost()) {
        TimeCorrection ofHost;
        ofHost.host = host();
        ofHost.id = correctionId(0, ofHost.host);
        ofHost.shift = *skew;
        if (*skew == 0)
            book_.remove(ofHost.id, tr("Show a host's files as they were read"));
        else
            book_.put(ofHost, tr("Correct a host's clock"));
        return;
    }
    const auto assumed = zoneMinutes(QString::fromStdString(import_.assumedZone));
    const auto zone = assumed ? std::optional<int>(zone_->currentData().toInt()) : std::nullopt;
    const TimeCorrection correction = correctionOf(import_.id, assumed, zone, *skew);
    if (correction.deleted)
        book_.remove(correction.id, tr("Show a file as it was read"));
    else
        book_.put(correction, tr("Correct a file's clock"));
}

}  // namespace nj::ui

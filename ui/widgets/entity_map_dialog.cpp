#include "widgets/entity_map_dialog.h"

#include <QHBoxLayout>
#include <QVBoxLayout>
#include <algorithm>

#include "model/entity_mapping.h"
#include "theme/number_format.h"
#include "widgets/plain_label.h"

namespace nj::ui {
namespace {

constexpr EntityKind kKinds[] = {EntityKind::kPod, EntityKind::kService, EntityKind::kHost, EntityKind::kGpu, EntityKind::kReplica, EntityKind::kModel};
constexpr qsizetype kShown = 200;   // characters of a text

QString kindName(EntityKind kind) {
    switch (kind) {
    case EntityKind::kService: return EntityMapDialog::tr("service");
    case EntityKind::kPod: return EntityMapDialog::tr("pod");
    case EntityKind::kHost: return EntityMapDialog::tr("host");
    case EntityKind::kGpu: return EntityMapDialog::tr("GPU");
    case EntityKind::kReplica: return EntityMapDialog::tr("replica");
    case EntityKind::kModel: return EntityMapDialog::tr("model");
    }
    return {};
}

}  // namespace

EntityMapDialog::EntityMapDialog(const Theme& theme, QWidget* parent) : QDialog(parent), theme_(theme) {
    setWindowTitle(tr("Names that were not resolved"));
    setAttribute(Qt::WA_DeleteOnClose);
    resize(theme_.unit * 220, theme_.unit * 110);
    lead_ = new PlainLabel({}, theme_.body, "muted", this);
    texts_ = new FactTable({{tr("Name in the data"), 0, false, 0}, {tr("kind"), 72, false, 0}, {tr("seen"), 64, true, 2}, {tr("Why, or what it is"), 340, false, 1}}, theme_, this);
    texts_->setAccessibleName(tr("Names that were not resolved or are mapped by hand"));
    kinds_ = new QComboBox(this);
    kinds_->setAccessibleName(tr("Kind of the entity"));
    for (const EntityKind kind : kKinds)
        kinds_->addItem(kindName(kind), static_cast<int>(kind));
    targets_ = new QComboBox(this);
    targets_->setAccessibleName(tr("Entity"));
    targets_->setMinimumContentsLength(36);
    map_ = new QPushButton(tr("It is this"), this);
    unmap_ = new QPushButton(tr("Take back"), this);
    auto* close = new QPushButton(tr("Close"), this);
    sentence_ = new PlainLabel({}, theme_.body, "muted", this);

    auto* choice = new QHBoxLayout;
    choice->setSpacing(theme_.gap);
    choice->addWidget(new PlainLabel(tr("is the"), theme_.body, "muted", this));
    choice->addWidget(kinds_);
    choice->addWidget(targets_, 1);
    choice->addWidget(map_);
    choice->addWidget(unmap_);
    choice->addWidget(close);
    auto* layout = new QVBoxLayout(this);
    layout->setContentsMargins(theme_.padding, theme_.padding, theme_.padding, theme_.padding);
    layout->setSpacing(theme_.gap);
    layout->addWidget(lead_);
    layout->addWidget(texts_, 1);
    layout->addLayout(choice);
    layout->addWidget(sentence_);

    connect(texts_, &QTableWidget::itemSelectionChanged, this, &EntityMapDialog::chooseRow);
    connect(texts_, &QTableWidget::currentCellChanged, this, &EntityMapDialog::chooseRow);
    connect(kinds_, &QComboBox::currentIndexChanged, this, &EntityMapDialog::fillTargets);
    connect(map_, &QPushButton::clicked, this, &EntityMapDialog::requestMap);
    connect(unmap_, &QPushButton::clicked, this, [this] {
        if (const Row* row = current())
            Q_EMIT unmapRequested(row->kind, qText(row->text));
    });
    connect(close, &QPushButton::clicked, this, &QDialog::close);
    setGraph({});
}

const EntityMapDialog::Row* EntityMapDialog::current() const {
    const int row = texts_->currentRow();
    if (row < 0 || static_cast<size_t>(row) >= rows_.size())
        return nullptr;
    return &rows_[static_cast<size_t>(texts_->sourceRow(row))];
}

void EntityMapDialog::setGraph(const EntityGraph& graph) {
    const Row* before = current();
    const std::string kept = before ? before->text : std::string();
    graph_ = graph;
    rows_.clear();
    std::vector<std::vector<FactCell>> cells;
    const auto cell = [](const QString& text, bool muted = false) {
        FactCell c;
        c.text = text;
        c.muted = muted;
        return c;
    };
    const auto seen = [](uint64_t count) {
        FactCell c;
        c.text = count ? formatCount(count) : QString();
        c.order = double(count);
        return c;
    };
    for (const UnresolvedEntity& text : graph_.unresolved) {
        rows_.push_back({text.kind, text.text, false});
        FactCell name = cell(qText(text.text).left(kShown));
        name.mark = QStringLiteral("◆");
        name.role = QStringLiteral("warning");
        cells.push_back({name, cell(kindName(text.kind), true), seen(text.count), cell(qText(text.reason), true)});
    }
    for (const EntityEdge& edge : graph_.edges) {
        if (edge.evidence != kByHand)
            continue;
        rows_.push_back({edge.fromKind, edge.from, true});
        FactCell name = cell(qText(edge.from).left(kShown));
        name.mark = QStringLiteral("●");
        name.role = QStringLiteral("ok");
        cells.push_back({name, cell(kindName(edge.fromKind), true), seen(0), cell(tr("%1 %2, by hand").arg(kindName(edge.toKind), qText(edge.to).left(kShown)))});
    }
    const size_t unresolved = graph_.unresolved.size();
    lead_->setPlain(rows_.empty() ? tr("Every name in the data leads to an entity: nothing has to be mapped.")
                                  : tr("%n name(s) in the data lead to no entity. What you say is kept in the capsule and holds for later imports.", nullptr, static_cast<int>(unresolved)));
    texts_->setRows(std::move(cells));
    int row = rows_.empty() ? -1 : 0;
    for (int i = 0; i < texts_->rowCount(); ++i)
        if (rows_[static_cast<size_t>(texts_->sourceRow(i))].text == kept)
            row = i;
    if (row >= 0)
        texts_->setCurrentCell(row, 0);
    chooseRow();
}

void EntityMapDialog::say(const QString& sentence, bool problem) {
    sentence_->setRole(problem ? "error" : "muted");
    sentence_->setPlain(sentence);
}

void EntityMapDialog::chooseRow() {
    const Row* row = current();
    unmap_->setEnabled(row && row->mapped);
    // What a name most likely stands for: an address of an engine is a pod, a device is a card.
    const EntityKind likely = row && (row->kind == EntityKind::kGpu || row->kind == EntityKind::kHost) ? row->kind : EntityKind::kPod;
    kinds_->setCurrentIndex(kinds_->findData(static_cast<int>(likely)));
    fillTargets();
}

void EntityMapDialog::fillTargets() {
    const auto kind = static_cast<EntityKind>(kinds_->currentData().toInt());
    targets_->clear();
    for (const Entity& entity : graph_.entities) {
        if (entity.kind != kind)
            continue;
        QString name = entity.name.empty() ? qText(entity.key) : qText(entity.name);
        for (const EntityEdge& edge : graph_.edges)
            if (kind == EntityKind::kGpu && edge.fromKind == kind && edge.from == entity.key && edge.toKind == EntityKind::kHost)
                name += QStringLiteral(" · ") + qText(edge.to);
        targets_->addItem(name.left(kShown), qText(entity.key));
    }
    map_->setEnabled(current() && targets_->count() > 0);
}

void EntityMapDialog::requestMap() {
    const Row* row = current();
    if (!row || targets_->currentIndex() < 0)
        return;
    const auto kind = static_cast<EntityKind>(kinds_->currentData().toInt());
    Q_EMIT mapRequested({row->kind, row->text, kind, targets_->currentData().toString().toStdString(), mappedRelation(row->kind, kind), kByHand});
}

}  // namespace nj::ui

#include "shell/key_overlay.h"

#include <QCoreApplication>
#include <QKeyEvent>
#include <QPainter>
#include <algorithm>

namespace nj::ui {

namespace {

constexpr int kColumns = 3, kRow = 22, kKeyWidth = 128;

}  // namespace

KeyOverlay::KeyOverlay(const ActionRegistry& actions, const Theme& theme, QWidget* window) : QWidget(window), actions_(actions), theme_(theme) {
    setObjectName(QStringLiteral("keyOverlay"));
    setAccessibleName(tr("Keys"));
    setFocusPolicy(Qt::StrongFocus);
    hide();
}

QVector<KeyOverlay::Group> KeyOverlay::commonGroups() const {
    QVector<Group> groups;
    for (const ActionInfo& info : actions_.actions()) {
        if (info.keys.isEmpty())
            continue;
        auto group = std::find_if(groups.begin(), groups.end(), [&](const Group& g) { return g.name == info.group; });
        if (group == groups.end()) {
            groups.push_back({info.group, {}});
            group = groups.end() - 1;
        }
        QStringList keys;
        for (const QKeySequence& key : info.keys)
            keys.append(ActionRegistry::keyText(key));
        group->rows.push_back({keys.join(QStringLiteral(" · ")), info.text});
    }
    groups.push_back({tr("On any time axis"),
                      {{tr("drag"), tr("zoom to the stretch")},
                       {tr("Shift+drag"), tr("pan")},
                       {tr("Alt+drag"), tr("compare with the baseline")},
                       {tr("Ctrl+wheel"), tr("zoom at the pointer")},
                       {tr("double click"), tr("all time")},
                       {tr("right click"), tr("back")}}});
    groups.push_back({tr("In any list"), {{QStringLiteral("↑ ↓"), tr("row by row")}, {QStringLiteral("Enter"), tr("open")}}});
    return groups;
}

KeyOverlay::Group KeyOverlay::groupOf(const ViewFactory& view) {
    Group group{QCoreApplication::translate("nj::ui::View", view.title), {}};
    for (const KeyRow& row : view.keys ? view.keys() : QVector<KeyRow>())
        group.rows.push_back({row.keyText(), row.text});
    return group;
}

// What is specific comes first.
QVector<KeyOverlay::Group> KeyOverlay::groups() const {
    QVector<Group> groups = commonGroups();
    if (view_)
        if (Group own = groupOf(*view_); !own.rows.isEmpty()) {
            own.name = tr("In %1").arg(own.name);
            groups.push_front(std::move(own));
        }
    return groups;
}

QStringList KeyOverlay::lines() const {
    QStringList lines;
    for (const Group& group : groups())
        for (const auto& [keys, text] : group.rows)
            lines.append(keys + QLatin1Char('\t') + text);
    return lines;
}

QStringList KeyOverlay::allLines() const {
    QStringList lines;
    for (const Group& group : commonGroups())
        for (const auto& [keys, text] : group.rows)
            lines.append(keys + QLatin1Char('\t') + text);
    for (const ViewFactory* view : viewFactories()) {
        const Group group = groupOf(*view);
        for (const auto& [keys, text] : group.rows)
            lines.append(keys + QLatin1Char('\t') + tr("in %1: %2").arg(group.name, text));
    }
    return lines;
}

void KeyOverlay::open(const ViewFactory* view) {
    view_ = view;
    setGeometry(parentWidget()->rect());
    setAccessibleDescription(lines().join(QLatin1Char('\n')));
    show();
    raise();
    setFocus();
}

void KeyOverlay::leave() {
    hide();
    Q_EMIT closed();
}

void KeyOverlay::keyPressEvent(QKeyEvent* event) {
    if (event->key() == Qt::Key_Shift || event->key() == Qt::Key_Control || event->key() == Qt::Key_Alt)
        return;
    leave();
}

// No command runs while the keys are read.
bool KeyOverlay::event(QEvent* event) {
    if (event->type() == QEvent::ShortcutOverride)
        event->accept();
    return QWidget::event(event);
}

void KeyOverlay::mousePressEvent(QMouseEvent*) { leave(); }

void KeyOverlay::paintEvent(QPaintEvent*) {
    QPainter p(this);
    QColor dim = theme_.base;
    dim.setAlphaF(0.75F);
    p.fillRect(rect(), dim);
    const auto all = groups();
    // Groups go to the shortest column, in order.
    QVector<QVector<int>> columns(kColumns);
    QVector<int> heights(kColumns, 0);
    for (int i = 0; i < all.size(); ++i) {
        const auto shortest = std::min_element(heights.begin(), heights.end()) - heights.begin();
        columns[shortest].push_back(i);
        heights[shortest] += static_cast<int>(all[i].rows.size() + 2) * kRow;
    }
    const int tall = *std::max_element(heights.begin(), heights.end());
    const int w = std::min(width() - 16 * theme_.unit, 1240), h = std::min(height() - 8 * theme_.unit, tall + 16 * theme_.unit);
    const QRect card((width() - w) / 2, (height() - h) / 2, w, h);
    p.setRenderHint(QPainter::Antialiasing);
    p.setPen(theme_.line);
    p.setBrush(theme_.panel);
    p.drawRoundedRect(QRectF(card).adjusted(0.5, 0.5, -0.5, -0.5), theme_.radius, theme_.radius);
    const QRect inner = card.adjusted(6 * theme_.unit, 5 * theme_.unit, -6 * theme_.unit, -4 * theme_.unit);
    p.setFont(theme_.title);
    p.setPen(theme_.text);
    p.drawText(inner, Qt::AlignLeft | Qt::AlignTop, tr("Keys"));
    p.setFont(theme_.table);
    p.setPen(theme_.muted);
    p.drawText(inner, Qt::AlignRight | Qt::AlignTop, tr("any key closes"));
    const int columnWidth = inner.width() / kColumns;
    for (int column = 0; column < kColumns; ++column) {
        int y = inner.top() + 9 * theme_.unit;
        const int x = inner.left() + column * columnWidth;
        for (const int i : columns[column]) {
            p.setFont(theme_.panelTitle);
            p.setPen(theme_.text);
            p.drawText(QRect(x, y, columnWidth, kRow), Qt::AlignLeft | Qt::AlignVCenter, all[i].name);
            y += kRow;
            p.setFont(theme_.table);
            for (const auto& [keys, text] : all[i].rows) {
                p.setPen(theme_.accent);
                p.drawText(QRect(x, y, kKeyWidth, kRow), Qt::AlignLeft | Qt::AlignVCenter, p.fontMetrics().elidedText(keys, Qt::ElideRight, kKeyWidth - 8));
                p.setPen(theme_.text);
                p.drawText(QRect(x + kKeyWidth, y, columnWidth - kKeyWidth - 8, kRow), Qt::AlignLeft | Qt::AlignVCenter,
                           p.fontMetrics().elidedText(text, Qt::ElideRight, columnWidth - kKeyWidth - 8));
                y += kRow;
            }
            y += kRow / 2;
        }
    }
}

}  // namespace nj::ui

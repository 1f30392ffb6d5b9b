#include "widgets/waterfall_painter.h"

#include <QCoreApplication>
#include <algorithm>
#include <cmath>

#include "theme/number_format.h"
#include "widgets/duration_ticks.h"

namespace nj::ui {
namespace {

constexpr int kMaxNameCharacters = 200;

QString waterfallTr(const char* text) { return QCoreApplication::translate("nj::ui::WaterfallPainter", text); }

QString cell(const std::string& text) { return QString::fromUtf8(text.data(), static_cast<qsizetype>(std::min<size_t>(text.size(), 4096))).left(kMaxNameCharacters).simplified(); }

QColor mix(const QColor& a, const QColor& b, double share) {
    return QColor::fromRgbF(static_cast<float>(a.redF() * (1 - share) + b.redF() * share), static_cast<float>(a.greenF() * (1 - share) + b.greenF() * share),
                            static_cast<float>(a.blueF() * (1 - share) + b.blueF() * share));
}

QColor textOn(const QColor& fill) { return fill.lightnessF() > 0.55F ? QColor(0x10, 0x14, 0x1A) : QColor(Qt::white); }

}  // namespace

WaterfallPainter::WaterfallPainter(QPainter& painter, const Theme& theme, const WaterfallScene& scene) : painter_(painter), theme_(theme), scene_(scene) {
    painter_.setFont(theme_.table);
}

QColor WaterfallPainter::colorOf(const query::TraceSpan& s) const { return scene_.serviceColor ? scene_.serviceColor(s.service) : theme_.accent; }

void WaterfallPainter::paintGrid(const QRect& viewport) const {
    const TraceAxis& a = scene_.axis;
    for (const DurationTick& tick : durationTicks(a.from, a.to, scene_.layout.tree().from, std::max(1, a.width / 90)))
        painter_.fillRect(QRectF(std::round(a.x(tick.time)), kRulerHeight, 1, viewport.height()), theme_.grid);
}

void WaterfallPainter::paintRuler(int width) const {
    const TraceAxis& a = scene_.axis;
    painter_.fillRect(0, 0, width, kRulerHeight, theme_.panel);
    painter_.fillRect(0, kRulerHeight - 1, width, 1, theme_.line);
    painter_.setPen(theme_.muted);
    painter_.setFont(theme_.caption);
    const auto heading = [&](int x, int w, Qt::Alignment alignment, const QString& text) { painter_.drawText(QRect(x, 0, w, kRulerHeight - 2), alignment | Qt::AlignVCenter, text); };
    heading(theme_.unit, scene_.columns.duration, Qt::AlignLeft, waterfallTr("span"));
    heading(scene_.columns.duration, scene_.columns.self - scene_.columns.duration - 4, Qt::AlignRight, waterfallTr("duration"));
    if (scene_.selfTime)
        heading(scene_.columns.self, scene_.columns.bars - scene_.columns.self - theme_.padding - 4, Qt::AlignRight, waterfallTr("self"));
    for (const DurationTick& tick : durationTicks(a.from, a.to, scene_.layout.tree().from, std::max(1, a.width / 90))) {
        const int x = static_cast<int>(std::round(a.x(tick.time)));
        const int textWidth = painter_.fontMetrics().horizontalAdvance(tick.label) + 4;
        // The last label ends at the edge instead of being cut.
        heading(std::min(x + 3, a.left + a.width - textWidth + theme_.padding), textWidth, Qt::AlignLeft, tick.label);
    }
    painter_.setFont(theme_.table);
}

void WaterfallPainter::paintRow(int row, const QRect& rect, const QRect& bar) const {
    const WaterfallRow& r = scene_.layout.rows()[static_cast<size_t>(row)];
    const bool selected = r.isSpan() && r.span == scene_.selected;
    if (selected)
        painter_.fillRect(rect, theme_.selection);
    else if (row == scene_.hoveredRow)
        painter_.fillRect(rect, mix(theme_.panel, theme_.raised, 0.8));
    const bool matched = std::binary_search(scene_.matches.begin(), scene_.matches.end(), r.span);
    if (!scene_.matches.empty() && !matched)
        painter_.setOpacity(0.45);
    if (matched)
        painter_.fillRect(QRect(0, rect.top() + 2, 2, rect.height() - 4), theme_.accent);
    paintName(r, rect);
    paintNumbers(r, rect);
    painter_.save();
    painter_.setClipRect(QRect(scene_.columns.bars - 2, rect.top(), scene_.axis.width + theme_.padding + 2, rect.height()), Qt::IntersectClip);
    if (r.kind == WaterfallRow::Kind::kGap)
        paintGap(r, rect, bar);
    else if (r.kind == WaterfallRow::Kind::kMissing)
        paintMissing(bar);
    else
        paintBar(r, bar);
    painter_.restore();
    painter_.setOpacity(1);
}

void WaterfallPainter::paintName(const WaterfallRow& row, const QRect& rect) const {
    const auto& s = span(row);
    painter_.save();
    painter_.setClipRect(QRect(0, rect.top(), scene_.columns.duration - theme_.unit, rect.height()), Qt::IntersectClip);
    // One tree line per ancestor; deep levels share what room there is.
    const int room = scene_.columns.duration / 2;
    const int depth = std::min(row.depth, room / theme_.padding);
    const int middle = rect.center().y();
    for (int level = 0; level < depth; ++level)
        painter_.fillRect(theme_.unit + level * theme_.padding + 5, rect.top(), 1, rect.height(), theme_.line);
    int x = theme_.unit + depth * theme_.padding;
    painter_.setPen(theme_.muted);
    if (row.expandable)
        painter_.drawText(QRect(x, rect.top(), 12, rect.height()), Qt::AlignCenter, row.expanded ? QStringLiteral("▾") : QStringLiteral("▸"));
    x += 14;
    if (!row.isSpan()) {
        QFont italic = theme_.table;
        italic.setItalic(true);
        painter_.setFont(italic);
        const QString name = row.kind == WaterfallRow::Kind::kMissing ? waterfallTr("no engine span") + QStringLiteral("  ") + missingService(row) : row.backOff ? waterfallTr("back-off, no span") : waterfallTr("between attempts, no span");
        painter_.drawText(QRect(x, rect.top(), scene_.columns.duration, rect.height()), Qt::AlignVCenter, name);
        painter_.setFont(theme_.table);
        painter_.restore();
        return;
    }
    if (s.status == SpanStatus::kError) {
        painter_.setPen(theme_.error);
        painter_.drawText(QRect(x, rect.top(), 14, rect.height()), Qt::AlignVCenter, QStringLiteral("▲"));
        x += 14;
    }
    painter_.fillRect(QRect(x, middle - 4, 8, 8), colorOf(s));
    x += 14;
    QFont bold = theme_.table;
    bold.setWeight(QFont::DemiBold);
    painter_.setFont(bold);
    painter_.setPen(theme_.text);
    const QString name = cell(s.name);
    painter_.drawText(QRect(x, rect.top(), scene_.columns.duration, rect.height()), Qt::AlignVCenter, name);
    x += painter_.fontMetrics().horizontalAdvance(name) + 6;
    painter_.setFont(theme_.table);
    if (row.count > 1)
        paintCount(rect, x, row.count);
    if (!s.links.empty()) {
        painter_.setPen(theme_.accent);
        painter_.drawText(QRect(x, rect.top(), 14, rect.height()), Qt::AlignVCenter, QStringLiteral("↗"));
        x += 16;
    }
    painter_.setPen(theme_.muted);
    painter_.drawText(QRect(x, rect.top(), scene_.columns.duration, rect.height()), Qt::AlignVCenter, cell(s.service));
    painter_.restore();
}

void WaterfallPainter::paintCount(const QRect& rect, int& x, uint32_t count) const {
    const QString times = QStringLiteral("×") + formatCount(count);
    const int width = painter_.fontMetrics().horizontalAdvance(times) + 8;
    painter_.setPen(theme_.line);
    painter_.drawRect(QRect(x, rect.top() + 4, width, rect.height() - 9));
    painter_.setPen(theme_.text);
    painter_.drawText(QRect(x, rect.top(), width, rect.height()), Qt::AlignCenter, times);
    x += width + 6;
}

QString WaterfallPainter::missingService(const WaterfallRow& row) const {
    if (row.engine >= 0)
        return cell(scene_.layout.tree().spans[static_cast<size_t>(row.engine)].service);
    const AttributeValue* server = findAttribute(span(row).attributes, "server.address");
    return server ? cell(server->display()) : QString();
}

void WaterfallPainter::paintMissing(const QRect& bar) const {
    const QString label = waterfallTr("no engine span: cancelled before finish");
    QColor hatch = theme_.muted;
    hatch.setAlphaF(0.35F);
    painter_.setPen(QPen(theme_.muted, 1, Qt::DashLine));
    painter_.setBrush(QBrush(hatch, Qt::BDiagPattern));
    painter_.drawRect(bar.adjusted(0, 0, -1, -1));
    QFont italic = theme_.caption;
    italic.setItalic(true);
    painter_.setFont(italic);
    const int width = painter_.fontMetrics().horizontalAdvance(label);
    const bool inside = width + 12 < bar.width();
    const QRect place = inside ? QRect(bar.center().x() - width / 2 - 4, bar.top(), width + 8, bar.height()) : QRect(bar.right() + 6, bar.top(), width + 4, bar.height());
    if (inside)
        painter_.fillRect(place, theme_.panel);   // no text on hatching
    painter_.setPen(theme_.text);
    painter_.drawText(place, Qt::AlignCenter, label);
    painter_.setFont(theme_.table);
}

void WaterfallPainter::paintNumbers(const WaterfallRow& row, const QRect& rect) const {
    const auto number = [&](int left, int right, const QString& text, const QColor& color) {
        painter_.setPen(color);
        painter_.drawText(QRect(left, rect.top(), right - left - 4, rect.height()), Qt::AlignRight | Qt::AlignVCenter, text);
    };
    if (row.kind == WaterfallRow::Kind::kMissing) {
        number(scene_.columns.duration, scene_.columns.self, QStringLiteral("–"), theme_.muted);
        return;
    }
    number(scene_.columns.duration, scene_.columns.self, row.to < row.from ? waterfallTr("ends early") : formatLength(row.to - row.from), theme_.text);
    if (scene_.selfTime && row.kind == WaterfallRow::Kind::kSpan)
        number(scene_.columns.self, scene_.columns.bars - theme_.padding, formatLength(span(row).self), theme_.muted);
}

void WaterfallPainter::paintGap(const WaterfallRow& row, const QRect& rect, const QRect& bar) const {
    const int middle = rect.center().y();
    painter_.setPen(theme_.muted);
    painter_.drawLine(bar.left(), middle - 4, bar.left(), middle + 4);
    painter_.drawLine(bar.right(), middle - 4, bar.right(), middle + 4);
    painter_.drawLine(bar.left(), middle, bar.right(), middle);
    painter_.drawText(QRect(bar.right() + 6, rect.top(), 300, rect.height()), Qt::AlignVCenter, (row.backOff ? waterfallTr("back-off %1") : waterfallTr("%1 without a span")).arg(formatLength(row.to - row.from)));
}

void WaterfallPainter::paintBar(const WaterfallRow& row, const QRect& bar) const {
    const auto& s = span(row);
    const QColor color = colorOf(s);
    const bool selected = row.span == scene_.selected;
    // Bars step back from the text on them: the service colour over the panel.
    const QColor fill = mix(theme_.panel, color, selected ? 0.75 : 0.55);
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(fill);
    if (row.kind == WaterfallRow::Kind::kFolded) {
        const TraceAxis& a = scene_.axis;
        for (uint32_t i = 0; i < std::min<uint32_t>(row.count, 4096); ++i) {
            const auto& one = scene_.layout.tree().spans[static_cast<size_t>(row.span) + i];
            const double x = a.x(one.start);
            painter_.fillRect(QRectF(x, bar.top(), std::max(1.5, a.x(one.end) - x), bar.height()), fill);
        }
    } else {
        painter_.drawRoundedRect(bar, 2, 2);
        paintStages(s, bar, color);
    }
    if (s.endBeforeStart || s.orphan) {
        painter_.setBrush(QBrush(theme_.muted, Qt::BDiagPattern));
        painter_.drawRect(bar);
    }
    if (s.status == SpanStatus::kError) {
        painter_.setBrush(Qt::NoBrush);
        painter_.setPen(theme_.error);
        painter_.drawRoundedRect(bar.adjusted(0, 0, -1, -1), 2, 2);
        if (bar.width() > 16) {
            painter_.fillRect(QRect(bar.left(), bar.top(), 13, bar.height()), theme_.error);
            painter_.setPen(textOn(theme_.error));
            QFont small = theme_.caption;
            small.setPixelSize(9);
            painter_.setFont(small);
            painter_.drawText(QRect(bar.left(), bar.top(), 13, bar.height()), Qt::AlignCenter, QStringLiteral("▲"));
            painter_.setFont(theme_.table);
        }
    }
    const QString label = barLabel(row);
    const bool inside = !label.isEmpty() && painter_.fontMetrics().horizontalAdvance(label) + 36 < bar.width();
    if (scene_.criticalPath)
        paintCriticalPath(s, bar);
    paintLabel(row, bar, inside);
    paintMarks(row, bar);
    if (selected) {
        painter_.setBrush(Qt::NoBrush);
        painter_.setPen(QPen(theme_.accent, 2));
        painter_.drawRoundedRect(bar.adjusted(0, 0, -1, -1), 2, 2);
    }
}

void WaterfallPainter::paintStages(const query::TraceSpan& s, const QRect& bar, const QColor& color) const {
    const TraceAxis& a = scene_.axis;
    int shade = 0;
    for (const auto& stage : s.stages) {
        const double left = std::max<double>(a.x(stage.from), bar.left());
        const double right = std::min<double>(a.x(stage.to), bar.right() + 1);
        const QColor fill = mix(theme_.panel, color, shade++ % 2 == 0 ? 0.62 : 0.42);
        if (right <= left)
            continue;
        painter_.fillRect(QRectF(left, bar.top(), right - left, bar.height()), fill);
        painter_.fillRect(QRectF(right - 1, bar.top(), 1, bar.height()), theme_.panel);
    }
}

void WaterfallPainter::paintCriticalPath(const query::TraceSpan& s, const QRect& bar) const {
    const TraceAxis& a = scene_.axis;
    const QColor core = theme_.kind == ThemeKind::kDark ? QColor(255, 255, 255, 210) : QColor(20, 26, 34, 190);
    for (const auto& [from, to] : s.criticalParts) {
        const double left = std::max<double>(a.x(from), bar.left());
        const double right = std::min<double>(std::max(a.x(to), left + 1), bar.right() + 1);
        painter_.fillRect(QRectF(left, bar.bottom() - 1, right - left, 2), core);
    }
}

QString WaterfallPainter::barLabel(const WaterfallRow& row) const {
    const auto& s = span(row);
    if (row.kind == WaterfallRow::Kind::kFolded)
        return waterfallTr("%1 calls, %2").arg(row.count).arg(formatLength(row.to - row.from));
    if (!s.stages.empty())
        return {};
    if (row.expandable && !row.expanded && scene_.layout.isPreparation(row.span))
        return waterfallTr("preparation ×%1, %2: %3").arg(formatCount(row.count), formatLength(row.to - row.from), preparationSteps(scene_.layout, row));
    if (s.status == SpanStatus::kError && !s.statusMessage.empty())
        return cell(s.statusMessage).left(80) + QStringLiteral(", ") + formatLength(s.end - s.start);
    return s.end < s.start ? waterfallTr("ends before it starts") : formatLength(s.end - s.start);
}

QString WaterfallPainter::preparationSteps(const WaterfallLayout& layout, const WaterfallRow& row) {
    constexpr qsizetype kMost = 6;
    QStringList steps;
    const auto& spans = layout.tree().spans;
    const int32_t depth = spans[static_cast<size_t>(row.span)].depth;
    for (int32_t i = row.span + 1; i < layout.endOf(row.span); ++i)
        if (const auto& s = spans[static_cast<size_t>(i)]; s.depth == depth + 1)
            steps << cell(s.name).left(24) + QLatin1Char(' ') + formatLength(s.end - s.start);
    const qsizetype more = steps.size() - kMost;
    if (more > 0)
        steps = steps.mid(0, kMost) << waterfallTr("%1 more").arg(more);
    return steps.join(QStringLiteral(" · "));
}

void WaterfallPainter::paintLabel(const WaterfallRow& row, const QRect& bar, bool inside) const {
    painter_.setFont(theme_.caption);
    const auto& s = span(row);
    const TraceAxis& a = scene_.axis;
    for (const auto& stage : s.stages) {
        const double left = std::max<double>(a.x(stage.from), bar.left());
        const double right = std::min<double>(a.x(stage.to), bar.right() + 1);
        const QString label = QString::fromStdString(stage.name) + QLatin1Char(' ') + formatLength(stage.to - stage.from);
        if (painter_.fontMetrics().horizontalAdvance(label) + 8 < right - left) {
            painter_.setPen(theme_.text);
            painter_.drawText(QRectF(left, bar.top() - 1, right - left, bar.height()), Qt::AlignCenter, label);
        }
    }
    const QString label = barLabel(row);
    if (!label.isEmpty()) {
        const int width = painter_.fontMetrics().horizontalAdvance(label);
        const int edge = a.left + a.width;
        painter_.setPen(inside ? theme_.text : theme_.muted);
        if (inside) {
            const QRect shown = bar.intersected(QRect(a.left, bar.top(), a.width, bar.height()));
            painter_.drawText(shown.adjusted(16, -1, -2, -1), Qt::AlignCenter, label);
        } else if (bar.right() + 8 + width < edge) {
            painter_.drawText(QRect(bar.right() + 6, bar.top() - 1, width + 4, bar.height()), Qt::AlignVCenter, label);
        } else {
            painter_.drawText(QRect(bar.left() - width - 8, bar.top() - 1, width + 4, bar.height()), Qt::AlignVCenter | Qt::AlignRight, label);
        }
    }
    painter_.setFont(theme_.table);
}

void WaterfallPainter::paintMarks(const WaterfallRow& row, const QRect& bar) const {
    if (row.kind == WaterfallRow::Kind::kFolded)
        return;
    const auto& s = span(row);
    const TraceAxis& a = scene_.axis;
    double lastEvent = -1e9;
    for (const auto& event : s.events) {
        const double x = a.x(event.time);
        // A span may carry a million events: one tick a pixel, none outside.
        if (x - lastEvent < 1 || x < a.left || x > a.left + a.width)
            continue;
        lastEvent = x;
        painter_.fillRect(QRectF(x - 0.5, bar.top() - 3, 1.5, 6), theme_.text);
    }
    painter_.setPen(QPen(theme_.panel, 1));
    painter_.setRenderHint(QPainter::Antialiasing, true);
    double lastX = -1e9;
    const auto logs = scene_.logsOfSpan.find(row.span);
    for (const uint32_t index : logs == scene_.logsOfSpan.end() ? std::vector<uint32_t>() : logs->second) {
        const auto& log = scene_.layout.tree().logs[index];
        const double x = a.x(log.time);
        // Dots that would lie on each other are one dot; an error is never hidden by an info.
        if (x - lastX < 3 && log.severity < 17)
            continue;
        lastX = x;
        painter_.setBrush(log.severity >= 13 ? theme_.severityColor(log.severity) : theme_.text);
        painter_.drawEllipse(QPointF(x, bar.bottom() + 3), 2.5, 2.5);
    }
    painter_.setRenderHint(QPainter::Antialiasing, false);
}

void WaterfallPainter::paintCursor(int height) const {
    const TraceAxis& a = scene_.axis;
    if (!scene_.cursor || *scene_.cursor < a.from || *scene_.cursor > a.to)
        return;
    const int x = static_cast<int>(std::round(a.x(*scene_.cursor)));
    painter_.fillRect(x, kRulerHeight - 4, 1, height, mix(theme_.text, theme_.panel, 0.2));
    const QString label = QStringLiteral("+") + formatLength(*scene_.cursor - scene_.layout.tree().from);
    painter_.setFont(theme_.caption);
    const int width = painter_.fontMetrics().horizontalAdvance(label) + 12;
    const QRect box(std::clamp(x - width / 2, a.left, a.left + a.width - width), 2, width, kRulerHeight - 6);
    painter_.setPen(Qt::NoPen);
    painter_.setBrush(theme_.text);
    painter_.drawRoundedRect(box, 3, 3);
    painter_.setPen(theme_.base);
    painter_.drawText(box, Qt::AlignCenter, label);
    painter_.setFont(theme_.table);
}

QString WaterfallPainter::toolTip(const WaterfallLayout& layout, const WaterfallRow& row) {
    const auto& s = layout.tree().spans[static_cast<size_t>(row.span)];
    if (row.kind == WaterfallRow::Kind::kMissing)
        return waterfallTr("The engine writes its span when a request finishes there. This one was given up after %1, so there is none.").arg(formatLength(row.to - row.from));
    if (row.kind == WaterfallRow::Kind::kGap)
        return waterfallTr("%1 between two attempts in which nothing was traced").arg(formatLength(row.to - row.from));
    // Plain text: Qt would read telemetry that looks like HTML as rich text.
    QString text = cell(s.service) + QStringLiteral(" · ") + cell(s.name) + QStringLiteral("\n") +
                   waterfallTr("%1, self %2, starts at +%3").arg(formatLength(s.end - s.start), formatLength(s.self), formatLength(s.start - layout.tree().from));
    if (!s.statusMessage.empty())
        text += QStringLiteral("\n") + cell(s.statusMessage);
    for (const auto& stage : s.stages)
        text += QStringLiteral("\n%1 %2").arg(QString::fromStdString(stage.name), formatLength(stage.to - stage.from));
    if (s.orphan)
        text += QStringLiteral("\n") + waterfallTr("Its parent is not in this capsule.");
    if (s.inCycle)
        text += QStringLiteral("\n") + waterfallTr("Its parents form a cycle.");
    if (s.duplicateId)
        text += QStringLiteral("\n") + waterfallTr("Another span has the same id.");
    if (s.endBeforeStart)
        text += QStringLiteral("\n") + waterfallTr("It ends before it starts.");
    if (s.skewed)
        text += QStringLiteral("\n") + waterfallTr("It lies outside its parent: the hosts' clocks differ.");
    return text.toHtmlEscaped().replace(QLatin1Char('\n'), QStringLiteral("<br>"));
}

}  // namespace nj::ui
